"""What the program seals, the controller opens: here with another implementation of the same two ciphers."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from components.workloads.sealing import Sealer, oaep
from tests.components.workloads.opening import SALT, certificate, opened, private, sealer


@pytest.mark.requirement("SN-10")
@settings(max_examples=40, deadline=None)
@given(values=st.dictionaries(st.from_regex(r"[A-Za-z0-9._-]{1,20}", fullmatch=True), st.text(max_size=2000), max_size=4))
def test_the_controller_opens_what_was_sealed(values: dict[str, str]):
    sealed = sealer().seal("apps", "db", values)
    assert {key: opened(value, "apps/db") for key, value in sealed.items()} == values
    assert sealed == sealer().seal("apps", "db", values)


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_keys_of_every_usual_size_seal(bits: int):
    (sealed,) = sealer(bits=bits).seal("apps", "db", {"KEY": "value"}).values()
    assert opened(sealed, "apps/db", bits) == "value"


@given(message=st.binary(min_size=0, max_size=190), label=st.binary(max_size=50), seed=st.binary(min_size=32, max_size=32))
@settings(max_examples=40, deadline=None)
def test_the_padding_is_the_one_that_libraries_open(message: bytes, label: bytes, seed: bytes):
    key = private()
    assert key.decrypt(oaep(key.public_key(), message, label, seed), padding.OAEP(padding.MGF1(SHA256()), SHA256(), label)) == message


@pytest.mark.parametrize(("namespace", "name"), [("other", "db"), ("apps", "other")])
def test_it_opens_under_its_own_name_and_in_its_own_namespace_alone(namespace: str, name: str):
    (sealed,) = sealer().seal("apps", "db", {"KEY": "value"}).values()
    with pytest.raises(ValueError, match="Decryption failed"):
        opened(sealed, f"{namespace}/{name}")


def test_a_value_that_was_tampered_with_does_not_open():
    (sealed,) = sealer().seal("apps", "db", {"KEY": "value"}).values()
    with pytest.raises(InvalidTag):
        opened(sealed[:-4] + ("AAAA" if sealed[-4:] != "AAAA" else "BBBB"), "apps/db")


def test_nothing_tells_that_two_values_are_the_same():
    same = {
        *sealer().seal("apps", "db", {"ONE": "value", "OTHER": "value"}).values(),
        *sealer().seal("apps", "other", {"ONE": "value"}).values(),
        *sealer().seal("other", "db", {"ONE": "value"}).values(),
        *sealer("t" * 32).seal("apps", "db", {"ONE": "value"}).values(),
        *Sealer(certificate(private(3072)), SALT).seal("apps", "db", {"ONE": "value"}).values(),
    }
    assert len(same) == 6
    assert len({value[-24:] for value in same}) == 6


def test_a_changed_value_shares_nothing_with_the_one_before():
    """A session key that served two values would show what they differ in."""
    one, other = (sealer().seal("apps", "db", {"KEY": value})["KEY"] for value in ("value-1", "value-2"))
    assert b64decode(one)[2:34] != b64decode(other)[2:34]
    assert b64decode(one)[-23:-17] != b64decode(other)[-23:-17]


@pytest.mark.parametrize(
    ("made", "mistake"),
    [
        (lambda: Sealer("no certificate", SALT), "is no PEM certificate; allowed: what `kubeseal --fetch-cert` prints"),
        (lambda: Sealer(certificate(ec.generate_private_key(ec.SECP256R1())), SALT), "is no RSA key of 2048 bits or more"),
        (lambda: Sealer(certificate(private(1024)), SALT), "is no RSA key of 2048 bits or more"),
        (lambda: sealer("short"), "salt has 5 characters; allowed: 32 and more"),
    ],
)
def test_what_cannot_seal_well_is_refused(made: Callable[[], Sealer], mistake: str):
    with pytest.raises(ValueError, match=mistake):
        made().seal("apps", "db", {"KEY": "value"})


def test_the_salt_is_not_shown():
    assert SALT not in repr(sealer())
