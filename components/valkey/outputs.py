"""What others compose with an in-cluster Valkey."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class ValkeyOutputs:
    """`sentinels` are `host:port`, known before anything is made. `authority` is the Secret whose `ca.crt` clients trust, where they must
    speak TLS. `ready` exists once a primary has its replicas: for `depends_on`."""

    sentinels: tuple[str, ...]
    hosts: tuple[str, ...]
    master: str
    password: str
    authority: str | None
    ready: pulumi.Resource
