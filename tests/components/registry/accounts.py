"""Accounts at public registries, for the registries under test."""

from __future__ import annotations

from components.registry.credentials import Credential
from components.registry.upstreams import ACCOUNTS


def upstream_accounts() -> dict[str, Credential]:
    return {host: Credential(username=f"reader-{host}", token=f"token-{host}") for host in ACCOUNTS}
