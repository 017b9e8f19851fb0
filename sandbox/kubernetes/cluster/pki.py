"""Private keys and certificates of a control plane that serves one machine."""

from __future__ import annotations

import base64
import json
import os
import secrets
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID = timedelta(days=3650)
CLIENTS = {
    "admin": ("admin", "system:masters"),
    # One identity for all controllers: the separate service accounts that a cluster may give them cost a login each at every start.
    "controllers": ("system:kube-controller-manager", "system:masters"),
}
"""Client certificates: file stem to user and group."""


def write_private(path: Path, content: bytes) -> None:
    """Complete or not at all, readable by the owner only from its first byte on."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft.replace(path)


def issue(folder: Path) -> None:
    """Makes all keys, certificates and the key that encrypts Secrets at rest, unless they are there.

    The authority's key is kept nowhere: nothing can be signed later, and nobody can steal it.
    """
    last = folder / "encryption.json"
    if last.exists():
        return
    authority_key, authority = _authority()
    for name, (user, group) in CLIENTS.items():
        _signed(folder, name, authority_key, authority, _name(user, group), ExtendedKeyUsageOID.CLIENT_AUTH)
    _signed(folder, "server", authority_key, authority, _name("kube-apiserver"), ExtendedKeyUsageOID.SERVER_AUTH)
    write_private(folder / "ca.crt", authority.public_bytes(Encoding.PEM))
    accounts = ec.generate_private_key(ec.SECP256R1())
    write_private(folder / "accounts.key", _pem(accounts))
    write_private(folder / "accounts.pub", accounts.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    write_private(last, _encryption(secrets.token_bytes(32)))


def _encryption(key: bytes) -> bytes:
    provider = {"secretbox": {"keys": [{"name": "key1", "secret": base64.b64encode(key).decode()}]}}
    configuration = {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "EncryptionConfiguration",
        "resources": [{"resources": ["secrets"], "providers": [provider]}],
    }
    return json.dumps(configuration).encode()


def _authority() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("sandbox-kubernetes")
    builder = _builder(name, name, key.public_key(), key.public_key(), authority=True)
    return key, builder.sign(key, hashes.SHA256())


def _signed(
    folder: Path,
    name: str,
    authority_key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    subject: x509.Name,
    use: x509.ObjectIdentifier,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(subject, authority.subject, key.public_key(), authority_key.public_key(), authority=False)
    builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    if use == ExtendedKeyUsageOID.SERVER_AUTH:
        names = [x509.DNSName("localhost"), x509.DNSName("kubernetes.default.svc"), x509.IPAddress(ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    write_private(folder / f"{name}.key", _pem(key))
    write_private(folder / f"{name}.crt", builder.sign(authority_key, hashes.SHA256()).public_bytes(Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, signer: ec.EllipticCurvePublicKey, *, authority: bool
) -> x509.CertificateBuilder:
    now = datetime.now(UTC).replace(microsecond=0)
    usage = x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        # Python 3.13 refuses certificates without both identifiers.
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
    )


def _name(user: str, group: str | None = None) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, user)]
    return x509.Name(([x509.NameAttribute(NameOID.ORGANIZATION_NAME, group)] if group else []) + parts)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
