"""What the tls provider answers under mocks: one real key for all, since what is made of keys is real too, and must not change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tests.answers import State

_KEY = Path(__file__).with_name("signing.pem")


@cache
def key() -> RSAPrivateKey:
    key = load_pem_private_key(_KEY.read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    return key


def _pair(inputs: Mapping[str, Any]) -> dict[str, Any]:
    assert inputs["algorithm"] == "RSA"
    return {
        "privateKeyPem": key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode(),
        "privateKeyPemPkcs8": key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        "publicKeyPem": key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    }


@cache
def _certificate() -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sealed-secrets")])
    dated = x509.CertificateBuilder().not_valid_before(datetime(2026, 1, 1)).not_valid_after(datetime(2036, 1, 1))
    signed = dated.subject_name(name).issuer_name(name).serial_number(1).public_key(key().public_key()).sign(key(), hashes.SHA256())
    return signed.public_bytes(Encoding.PEM).decode()


STATES: dict[str, State] = {
    "tls:index/privateKey:PrivateKey": _pair,
    "tls:index/selfSignedCert:SelfSignedCert": lambda inputs: {"certPem": _certificate()},
}
