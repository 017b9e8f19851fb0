"""Signing keys: RSA pairs by generation, and the public document (JWKS) by which others verify what was signed."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_tls as tls
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from infra.system import SigningSpec

ALGORITHM = "RS256"


@dataclass(frozen=True)
class Pair:
    """`private` is PKCS #8, a secret; `public` is SubjectPublicKeyInfo; both PEM."""

    kid: str
    private: pulumi.Output[str]
    public: pulumi.Output[str]


@dataclass(frozen=True)
class Pairs:
    """What signs, and what signed before as long as its signatures must still be accepted."""

    current: Pair
    previous: Pair | None = None

    @property
    def published(self) -> tuple[Pair, ...]:
        return (self.current, self.previous) if self.previous else (self.current,)

    @property
    def document(self) -> pulumi.Output[str]:
        """The JWKS document, current pair first."""
        publics = {pair.kid: pair.public for pair in self.published}
        return pulumi.Output.all(**publics).apply(lambda known: key_set({kid: known[kid] for kid in publics}))


def keys(name: str, spec: SigningSpec, opts: pulumi.ResourceOptions) -> Pairs:
    """`opts` carry the parent and the tls provider. A pair that is published no longer is deleted, with its private half."""
    made = {number: _pair(name, spec, number, opts) for number in generations(spec)}
    return Pairs(made[spec.generation], made.get(spec.generation - 1))


def generations(spec: SigningSpec) -> tuple[int, ...]:
    """Of the pairs that exist, the current one first."""
    return (spec.generation, spec.generation - 1) if spec.previous and spec.generation > 1 else (spec.generation,)


def kid(spec: SigningSpec, generation: int | None = None) -> str:
    """The id that signatures carry: of the current pair unless told otherwise."""
    return f"{spec.prefix}-{spec.generation if generation is None else generation}"


def _pair(name: str, spec: SigningSpec, generation: int, opts: pulumi.ResourceOptions) -> Pair:
    # Another length would make another key under an id that verifiers have cached: it comes with the next generation.
    fixed = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(ignore_changes=["rsaBits"]))
    key = tls.PrivateKey(f"{name}-{generation}", algorithm="RSA", rsa_bits=spec.bits, opts=fixed)
    return Pair(kid(spec, generation), pulumi.Output.secret(key.private_key_pem_pkcs8), key.public_key_pem)


def key_set(publics: Mapping[str, str]) -> str:
    """The JWKS document (RFC 7517, section 5) of public keys in PEM by their ids, in that order."""
    return json.dumps({"keys": [jwk(pem, kid) for kid, pem in publics.items()]}, indent=2)


def jwk(public_pem: str, kid: str) -> dict[str, str]:
    """One public key (RFC 7517, RFC 7518 section 6.3.1). Raises ValueError for what is no RSA public key."""
    key = load_pem_public_key(public_pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise ValueError(f"{kid}: a key of type {type(key).__name__} given; allowed: RSA, as {ALGORITHM} signs with nothing else")
    numbers = key.public_numbers()
    return {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e), "kid": kid, "alg": ALGORITHM, "use": "sig"}


def _number(value: int) -> str:
    """Base64urlUInt (RFC 7518, section 2): big-endian in as few bytes as hold it, without padding."""
    return base64.urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()
