"""What PostgreSQL stores of a password (RFC 5802 and 7677): whoever has it may set the password, and nobody may log in with it."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode

ITERATIONS = 4096
"""PostgreSQL's own default. Passwords here are 40 random characters: no number of iterations is what protects them."""


def verifier(role: str, password: str) -> str:
    """For `ALTER ROLE … PASSWORD`, which takes it as it is. The salt follows from role and password, so that an unchanged password is an
    unchanged secret."""
    return made(password, hmac.digest(password.encode(), f"salt of {role}".encode(), "sha256")[:16])


def made(password: str, salt: bytes, iterations: int = ITERATIONS) -> str:
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${iterations}:{_text(salt)}${_text(stored)}:{_text(server)}"


def _text(value: bytes) -> str:
    return b64encode(value).decode()
