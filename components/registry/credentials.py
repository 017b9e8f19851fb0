"""Accounts at public registries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pulumi

from components.registry.spec import RegistrySpec


@dataclass(frozen=True)
class Credential:
    """`token` is one that reads and does nothing else, never the account's password. Both are kept as secrets."""

    username: pulumi.Input[str]
    token: pulumi.Input[str]


Credentials = Mapping[str, Credential]
"""By host, as image references name it."""

NONE: Credentials = MappingProxyType({})


def matching(spec: RegistrySpec, given: Credentials) -> dict[str, Credential]:
    """The given ones, in the spec's order. Raises ValueError for one that is missing, and for one that nobody asks for."""
    lines = [
        f"credentials: {host!r} is not given; allowed: a user name and a token for it" for host in spec.credentials if host not in given
    ]
    lines += [
        f"credentials: {host!r} is given for nothing; allowed: {', '.join(spec.credentials) or 'none'}"
        for host in given
        if host not in spec.credentials
    ]
    if lines:
        raise ValueError("\n".join(lines))
    return {host: given[host] for host in spec.credentials}
