"""Signing keys: what is signed with the private half verifies by the published document alone."""

from __future__ import annotations

import base64
import json
from typing import Any

import pulumi
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from infra.signing import Pairs, jwk, key_set, keys
from infra.system import SigningSpec
from sandbox.certificates import private_key
from tests.recorder import Recording, record

KEY = "tls:index/privateKey:PrivateKey"


def made(spec: SigningSpec) -> Recording[Pairs]:
    """With real keys, as the stand-in for the tls provider makes them."""

    def declare() -> Pairs:
        pairs = keys("jwks", spec, pulumi.ResourceOptions())
        pulumi.export("document", pairs.document)
        pulumi.export("private", pairs.current.private)
        return pairs

    return record(declare, {KEY: lambda inputs: private_key(dict(inputs))[1]})


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signed(private_pem: str, kid: str) -> str:
    """A token as RFC 7515 describes it."""
    key = load_pem_private_key(private_pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    parts = ({"alg": "RS256", "typ": "JWT", "kid": kid}, {"sub": "user123", "roles": ["admin"]})
    message = ".".join(encoded(json.dumps(part).encode()) for part in parts)
    return f"{message}.{encoded(key.sign(message.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def verify(token: str, document: str) -> dict[str, Any]:
    """By the document alone. Raises KeyError for an unknown key, InvalidSignature for a wrong signature."""
    message, _, signature = token.rpartition(".")
    header, claims = (json.loads(decoded(part)) for part in message.split("."))
    found = {key["kid"]: key for key in json.loads(document)["keys"]}[header["kid"]]
    number = {name: int.from_bytes(decoded(found[name]), "big") for name in ("n", "e")}
    public = rsa.RSAPublicNumbers(number["e"], number["n"]).public_key()
    public.verify(decoded(signature), message.encode(), padding.PKCS1v15(), hashes.SHA256())
    return claims


@pytest.mark.requirement("SN-06")
def test_a_token_signed_with_the_private_key_verifies_by_the_published_document():
    registered = made(SigningSpec(prefix="supernova"))
    token = signed(registered.exports["private"], "supernova-1")
    assert verify(token, registered.exports["document"])["sub"] == "user123"
    other = made(SigningSpec(prefix="supernova"))
    with pytest.raises(InvalidSignature):
        verify(token, other.exports["document"])


@pytest.mark.requirement("SN-06")
def test_a_published_key_has_the_documented_fields_and_no_private_number():
    [key] = json.loads(made(SigningSpec(prefix="supernova")).exports["document"])["keys"]
    assert {name: key[name] for name in ("kty", "e", "kid", "alg", "use")} == {
        "kty": "RSA",
        "e": "AQAB",
        "kid": "supernova-1",
        "alg": "RS256",
        "use": "sig",
    }
    assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}
    assert len(decoded(key["n"])) == 256
    assert not {"+", "/", "="} & set(key["n"])


@pytest.mark.requirement("SN-06")
@pytest.mark.parametrize(
    ("spec", "published"),
    [
        (SigningSpec(prefix="supernova"), [1]),
        (SigningSpec(prefix="supernova", generation=2), [2, 1]),
        (SigningSpec(prefix="supernova", generation=2, previous=False), [2]),
        (SigningSpec(prefix="supernova", generation=3), [3, 2]),
    ],
)
def test_a_rotation_publishes_the_new_pair_and_the_one_before_until_that_is_ended(spec: SigningSpec, published: list[int]):
    registered = made(spec)
    assert [item.name for item in registered.of(KEY)] == [f"jwks-{number}" for number in published]
    assert [key["kid"] for key in json.loads(registered.exports["document"])["keys"]] == [f"supernova-{number}" for number in published]
    assert (registered.result.previous is None) == (len(published) == 1)
    assert registered.result.current.kid == f"supernova-{published[0]}"


@pytest.mark.requirement("SN-06")
def test_what_was_signed_before_a_rotation_is_accepted_during_it_and_not_after():
    # The engine keeps the older pair: its name and its inputs are what they were.
    first, during, after = (
        made(SigningSpec(prefix="supernova", generation=generation, previous=previous))
        for generation, previous in ((1, True), (2, True), (2, False))
    )
    older = first.one(KEY)
    assert [(item.name, item.inputs) for item in during.of(KEY)][1] == (older.name, older.inputs)
    publics = {"supernova-2": during.of(KEY)[0].state["publicKeyPem"], "supernova-1": older.state["publicKeyPem"]}
    token = signed(first.exports["private"], "supernova-1")
    assert verify(token, key_set(publics))
    with pytest.raises(KeyError):
        verify(token, after.exports["document"])


@pytest.mark.requirement("SN-06")
def test_another_length_changes_no_key_under_the_id_that_verifiers_know():
    [key] = made(SigningSpec(prefix="supernova", bits=3072)).of(KEY)
    assert key.inputs == {"algorithm": "RSA", "rsaBits": 3072}
    assert key.ignore_changes == ("rsaBits",)


def test_a_key_that_cannot_sign_so_is_refused():
    curve = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(ValueError, match=r"supernova-1: a key of type .* given; allowed: RSA"):
        jwk(curve.decode(), "supernova-1")
