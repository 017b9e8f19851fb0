"""Secrets that come from people: which ones a stack needs, and their values from `eu-cloud:secrets`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

import pulumi
from pulumi.runtime.config import get_config

from infra.mistakes import SettingsError
from infra.selection import specs
from infra.settings import Settings

KEY = "eu-cloud:secrets"
PLATFORM = "platform"
REGISTRY_ACCOUNTS: Mapping[str, str] = {"docker.io": "docker-hub", "ghcr.io": "github"}
"""First part of the names of the secrets of each public registry that is asked in the name of an account."""


def given(settings: Settings) -> tuple[str, ...]:
    """Paths below `eu-cloud:secrets`, such as `play-new.anthropic-api-key`."""
    return tuple(f"{owner}.{name}" for owner, names in needed(settings).items() for name in names)


def needed(settings: Settings) -> Mapping[str, tuple[str, ...]]:
    """Owner (`platform` or a system's id) to the names of the secrets that people give it."""
    found: dict[str, tuple[str, ...]] = {PLATFORM: platform_secrets(settings)}
    for system in specs(settings):
        found[system.id] = system.given
    return found


def platform_secrets(settings: Settings) -> tuple[str, ...]:
    """The mail relay's password always; the others where a system or the mirror asks for them."""
    systems = specs(settings)
    found = ["smtp-password"]
    if any(system.receivers.pagerduty for system in systems):
        found.append("pagerduty-routing-key")
    found += [slack_webhook(system.id) for system in systems if system.receivers.slack]
    if settings.mirrored:
        found += [f"{name}-{part}" for name in REGISTRY_ACCOUNTS.values() for part in ("username", "token")]
    return tuple(found)


def slack_webhook(system: str) -> str:
    """Slack binds a webhook to one channel, so that each system has its own."""
    return f"slack-webhook-url-{system}"


def values(settings: Settings) -> Mapping[str, Mapping[str, pulumi.Output[str]]]:
    """Values of the running program, each a secret Output. Raises SettingsError with one line for each that is missing or unknown."""
    wanted = needed(settings)
    raw = cast("dict[str, Any]", json.loads(get_config(KEY) or "{}"))
    lines = list(_mistakes(wanted, raw))
    if lines:
        raise SettingsError(lines)
    return {owner: {name: pulumi.Output.secret(str(raw[owner][name])) for name in names} for owner, names in wanted.items()}


def _mistakes(wanted: Mapping[str, tuple[str, ...]], raw: Mapping[str, Any]) -> Iterable[str]:
    for owner, names in wanted.items():
        have = cast("dict[str, Any]", raw.get(owner) or {})
        for name in names:
            if not have.get(name):
                yield f"{KEY}.{owner}.{name}: missing; set it with: pulumi config set --secret --path '{KEY}.{owner}.{name}'"
        for name in sorted(set(have) - set(names)):
            yield f"{KEY}.{owner}.{name}: unknown secret; allowed: {', '.join(names) or 'none'}"
    for owner in sorted(set(raw) - set(wanted)):
        yield f"{KEY}.{owner}: unknown owner; allowed: {', '.join(wanted)}"
