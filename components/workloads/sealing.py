"""Seals values as kubeseal does, without a cluster: the controller's public certificate is all that it takes.

Format: https://github.com/bitnami-labs/sealed-secrets, pkg/crypto and pkg/apis/sealedsecrets/v1alpha1. Two bytes of length (big-endian),
the session key under RSA-OAEP (SHA-256, label `namespace/name`: the strict scope), the value under AES-256-GCM with a nonce of zeros.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HASH = 32
NONCE = bytes(12)
LEAST_BITS = 2048
LEAST_SALT = 32


@dataclass(frozen=True)
class Sealer:
    """`certificate` is the controller's (PEM). `salt` is secret, and the same for ever: what is random in kubeseal comes from it and the
    value, so that a value that has not changed is an object that has not changed. Who knows the salt can test guesses of a value; who
    does not learns nothing, not even that two Secrets hold the same."""

    certificate: str
    salt: str = field(repr=False)

    def seal(self, namespace: str, name: str, values: Mapping[str, str]) -> dict[str, str]:
        """`encryptedData` of the SealedSecret of that name, which opens under no other name and in no other namespace.

        Raises ValueError for a certificate or a salt that is not good enough.
        """
        if len(self.salt) < LEAST_SALT:
            raise ValueError(f"salt has {len(self.salt)} characters; allowed: {LEAST_SALT} and more")
        key = public_key(self.certificate)
        return {field: _sealed(key, self.salt.encode(), f"{namespace}/{name}".encode(), field, text) for field, text in values.items()}


def public_key(certificate: str) -> RSAPublicKey:
    try:
        key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    except ValueError as mistake:
        raise ValueError("the sealing certificate is no PEM certificate; allowed: what `kubeseal --fetch-cert` prints") from mistake
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        raise ValueError(f"the sealing certificate's key is no RSA key of {LEAST_BITS} bits or more, which alone can seal")
    return key


def _sealed(key: RSAPublicKey, salt: bytes, label: bytes, field: str, text: str) -> str:
    def derived(use: bytes) -> bytes:
        """Length-prefixed, so that no two different inputs read the same. A session key serves one value only: hence the fixed nonce."""
        modulus = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        parts = (use, modulus, label, field.encode(), text.encode())
        return hmac.digest(salt, b"".join(len(part).to_bytes(8, "big") + part for part in parts), "sha256")

    session = derived(b"session key")
    wrapped = oaep(key, session, label, seed=derived(b"oaep seed"))
    return b64encode(len(wrapped).to_bytes(2, "big") + wrapped + AESGCM(session).encrypt(NONCE, text.encode(), None)).decode()


def oaep(key: RSAPublicKey, message: bytes, label: bytes, seed: bytes) -> bytes:
    """RFC 8017, 7.1.1 with SHA-256 throughout. By hand, since libraries let nobody choose the seed."""
    size = key.key_size // 8
    block = sha256(label).digest() + bytes(size - len(message) - 2 * HASH - 2) + b"\x01" + message
    masked_block = _xor(block, _mask(seed, len(block)))
    masked_seed = _xor(seed, _mask(masked_block, HASH))
    numbers = key.public_numbers()
    return pow(int.from_bytes(masked_seed + masked_block, "big"), numbers.e, numbers.n).to_bytes(size, "big")


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1."""
    blocks = (sha256(seed + counter.to_bytes(4, "big")).digest() for counter in range(-(-length // HASH)))
    return b"".join(blocks)[:length]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(left, right, strict=True))
