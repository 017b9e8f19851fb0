"""What others compose with a database."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class DatabaseOutputs:
    """`admin_secret` is the path or ARN of the administrator's password in the cloud's secret manager (JSON with `username` and
    `password`). Where the cloud keeps it by itself, it never passes through the engine."""

    host: pulumi.Output[str]
    port: int
    database: str
    identifier: str
    ref: pulumi.Output[str]
    admin: str
    admin_secret: pulumi.Output[str]
    admin_secret_key: str
    """The field of the secret's JSON that holds the password, empty when the secret is the bare password."""
    replica_hosts: tuple[pulumi.Output[str], ...] = ()
