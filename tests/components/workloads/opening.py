"""The Sealed Secrets controller's side: a key pair, and what it does with what was sealed for it."""

from __future__ import annotations

from base64 import b64decode
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from components.workloads.sealing import Sealer

SALT = "s" * 32


def private(bits: int = 2048) -> rsa.RSAPrivateKey:
    """The same one for each size."""
    return _private(bits)


@cache
def _private(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sealed-secrets")])
    start = datetime(2026, 1, 1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    signed = builder.not_valid_before(start).not_valid_after(start + timedelta(days=3650)).sign(key, SHA256())
    return signed.public_bytes(Encoding.PEM).decode()


@cache
def sealer(salt: str = SALT, bits: int = 2048) -> Sealer:
    return Sealer(certificate(private(bits)), salt)


def opened(sealed: str, label: str, bits: int = 2048, key: rsa.RSAPrivateKey | None = None) -> str:
    """As the controller does: pkg/crypto.HybridDecrypt. `key` is another one than the usual of that size."""
    raw = b64decode(sealed, validate=True)
    length = int.from_bytes(raw[:2], "big")
    oaep_sha256 = padding.OAEP(padding.MGF1(SHA256()), SHA256(), label.encode())
    session = (key or private(bits)).decrypt(raw[2 : 2 + length], oaep_sha256)
    assert len(session) == 32
    return AESGCM(session).decrypt(bytes(12), raw[2 + length :], None).decode()
