"""The server's side of SCRAM, against the example of RFC 7677."""

from __future__ import annotations

import hmac
from base64 import b64decode

import pytest

from infra import scram

SALT = "W22ZaJ0SNY7soEsUEjb6gQ=="
MESSAGES = ",".join(
    (
        "n=user,r=rOprNGfwEbeRWgbNEkqO",
        f"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s={SALT},i=4096",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
    )
)
SIGNATURE = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


def test_a_client_accepts_the_server_that_holds_the_verifier():
    text = scram.made("pencil", b64decode(SALT))
    assert text.startswith(f"SCRAM-SHA-256$4096:{SALT}$")
    key = b64decode(text.rpartition(":")[2])
    assert hmac.digest(key, MESSAGES.encode(), "sha256") == b64decode(SIGNATURE)


def test_the_same_password_is_the_same_verifier_and_that_of_another_role_is_not():
    assert scram.verifier("pn_app", "x" * 40) == scram.verifier("pn_app", "x" * 40)
    assert scram.verifier("pn_app", "x" * 40) != scram.verifier("pn_admin", "x" * 40)


@pytest.mark.parametrize("password", ["x" * 40, "0123456789abcdefghijABCDEFGHIJ0123456789"])
def test_a_verifier_does_not_hold_the_password(password: str):
    assert password not in scram.verifier("pn_app", password)
