"""Keys and X.509 certificates as the tls provider makes them."""

from __future__ import annotations

import base64
import ipaddress
from datetime import UTC, datetime, timedelta
from hashlib import md5
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.contract import Properties
from sandbox.invent import digits

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

_CURVES = {"P224": ec.SECP224R1, "P256": ec.SECP256R1, "P384": ec.SECP384R1, "P521": ec.SECP521R1}
_NAMES = {
    "commonName": NameOID.COMMON_NAME,
    "country": NameOID.COUNTRY_NAME,
    "emailAddress": NameOID.EMAIL_ADDRESS,
    "locality": NameOID.LOCALITY_NAME,
    "organization": NameOID.ORGANIZATION_NAME,
    "organizationalUnit": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "postalCode": NameOID.POSTAL_CODE,
    "province": NameOID.STATE_OR_PROVINCE_NAME,
    "serialNumber": NameOID.SERIAL_NUMBER,
}
_BASIC = {
    "digital_signature": "digital_signature",
    "content_commitment": "content_commitment",
    "key_encipherment": "key_encipherment",
    "data_encipherment": "data_encipherment",
    "key_agreement": "key_agreement",
    "cert_signing": "key_cert_sign",
    "crl_signing": "crl_sign",
    "encipher_only": "encipher_only",
    "decipher_only": "decipher_only",
}
_EXTENDED = {
    "any_extended": ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    "server_auth": ExtendedKeyUsageOID.SERVER_AUTH,
    "client_auth": ExtendedKeyUsageOID.CLIENT_AUTH,
    "code_signing": ExtendedKeyUsageOID.CODE_SIGNING,
    "email_protection": ExtendedKeyUsageOID.EMAIL_PROTECTION,
    "timestamping": ExtendedKeyUsageOID.TIME_STAMPING,
    "ocsp_signing": ExtendedKeyUsageOID.OCSP_SIGNING,
}


def private_key(inputs: Properties) -> tuple[str, Properties]:
    algorithm, bits, curve = str(inputs["algorithm"]), int(inputs.get("rsaBits") or 2048), str(inputs.get("ecdsaCurve") or "P224")
    key: Key
    if algorithm == "RSA":
        key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    elif algorithm == "ECDSA":
        key = ec.generate_private_key(_CURVES[curve]())
    else:
        key = ed25519.Ed25519PrivateKey.generate()
    pkcs8 = _private(key, PrivateFormat.PKCS8)
    plain = pkcs8 if algorithm == "ED25519" else _private(key, PrivateFormat.TraditionalOpenSSL)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    # OpenSSH knows no P-224.
    ssh = (
        ""
        if (algorithm, curve) == ("ECDSA", "P224")
        else key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode() + "\n"
    )
    digest = hashes.Hash(hashes.SHA1())
    digest.update(public)
    return digest.finalize().hex(), {
        "rsaBits": bits,
        "ecdsaCurve": curve,
        "privateKeyPem": plain,
        "privateKeyPemPkcs8": pkcs8,
        "privateKeyOpenssh": _private(key, PrivateFormat.OpenSSH) if ssh else "",
        "publicKeyPem": public.decode(),
        "publicKeyOpenssh": ssh,
        "publicKeyFingerprintMd5": ":".join(f"{byte:02x}" for byte in md5(public, usedforsecurity=False).digest()),
        "publicKeyFingerprintSha256": f"SHA256:{_sha256(public)}",
    }


def request(inputs: Properties) -> tuple[str, Properties]:
    key = _key(inputs, "privateKeyPem")
    builder = x509.CertificateSigningRequestBuilder().subject_name(_subject(inputs))
    if names := _alternatives(inputs):
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    made = builder.sign(key, _hash(key))
    return digits(38), {"certRequestPem": made.public_bytes(Encoding.PEM).decode(), "keyAlgorithm": _algorithm(key)}


def self_signed(inputs: Properties) -> tuple[str, Properties]:
    key = _key(inputs, "privateKeyPem")
    subject = _subject(inputs)
    return _certificate(inputs, subject, subject, key.public_key(), key, _alternatives(inputs), {"keyAlgorithm": _algorithm(key)})


def locally_signed(inputs: Properties) -> tuple[str, Properties]:
    key = _key(inputs, "caPrivateKeyPem")
    wanted = x509.load_pem_x509_csr(str(inputs["certRequestPem"]).encode())
    authority = x509.load_pem_x509_certificate(str(inputs["caCertPem"]).encode())
    try:
        names = list(wanted.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        names = []
    return _certificate(inputs, wanted.subject, authority.subject, wanted.public_key(), key, names, {"caKeyAlgorithm": _algorithm(key)})


def _certificate(
    inputs: Properties, subject: x509.Name, issuer: x509.Name, public: Any, key: Key, names: list[x509.GeneralName], extra: Properties
) -> tuple[str, Properties]:
    start = datetime.now(UTC).replace(microsecond=0)
    end = start + timedelta(hours=int(inputs["validityPeriodHours"]))
    serial = x509.random_serial_number()
    authority = inputs.get("isCaCertificate") is True
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public).serial_number(serial)
    builder = builder.not_valid_before(start).not_valid_after(end)
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    uses = [str(use) for use in cast("list[Any]", inputs.get("allowedUses") or [])]
    if basic := [_BASIC[use] for use in uses if use in _BASIC]:
        builder = builder.add_extension(x509.KeyUsage(**{name: name in basic for name in _BASIC.values()}), critical=True)
    if extended := [_EXTENDED[use] for use in uses if use in _EXTENDED]:
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=False)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    made = builder.sign(key, _hash(key))
    return str(serial), {
        **extra,
        "certPem": made.public_bytes(Encoding.PEM).decode(),
        "validityStartTime": start.isoformat(),
        "validityEndTime": end.isoformat(),
        "readyForRenewal": False,
        "isCaCertificate": authority,
        "earlyRenewalHours": inputs.get("earlyRenewalHours") or 0,
    }


def _private(key: Key, form: PrivateFormat) -> str:
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def _sha256(data: bytes) -> str:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(data)
    return base64.b64encode(digest.finalize()).decode().rstrip("=")


def _key(inputs: Properties, name: str) -> Key:
    text = inputs.get(name) or inputs.get(f"{name}Wo")
    if not isinstance(text, str):
        raise ValueError(f"{name} is missing")
    loaded = serialization.load_pem_private_key(text.encode(), password=None)
    if not isinstance(loaded, Key):
        raise ValueError(f"{name}: only RSA, ECDSA and ED25519 keys sign certificates")
    return loaded


def _hash(key: Key) -> hashes.SHA256 | None:
    return None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()


def _algorithm(key: Key) -> str:
    match key:
        case rsa.RSAPrivateKey():
            return "RSA"
        case ec.EllipticCurvePrivateKey():
            return "ECDSA"
        case _:
            return "ED25519"


def _subject(inputs: Properties) -> x509.Name:
    given = cast("dict[str, Any]", inputs.get("subject") or {})
    return x509.Name([x509.NameAttribute(oid, str(given[name])) for name, oid in _NAMES.items() if given.get(name)])


def _alternatives(inputs: Properties) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = [x509.DNSName(str(name)) for name in cast("list[Any]", inputs.get("dnsNames") or [])]
    names += [x509.IPAddress(ipaddress.ip_address(str(ip))) for ip in cast("list[Any]", inputs.get("ipAddresses") or [])]
    return names + [x509.UniformResourceIdentifier(str(uri)) for uri in cast("list[Any]", inputs.get("uris") or [])]
