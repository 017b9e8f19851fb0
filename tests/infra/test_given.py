"""Secrets that come from people are asked for by name, all at once, and never shown."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_random as random
import pytest

from infra import given
from infra.mistakes import SettingsError
from infra.settings import Settings
from tests.recorder import record
from tests.stacks import configuration, planted


@pytest.fixture
def production() -> Settings:
    return Settings.parse(configuration("prod"))


def configured(secrets: Any) -> None:
    pulumi.runtime.set_all_config({"eu-cloud:secrets": json.dumps(secrets)}, ["eu-cloud:secrets"])


ACCOUNTS = tuple(f"platform.{host}-{part}" for host in ("docker-hub", "github") for part in ("username", "token"))


def test_a_stack_needs_the_keys_of_its_systems_and_the_mail_password(production: Settings) -> None:
    assert given.given(production) == ("platform.smtp-password", *ACCOUNTS, "play-new.anthropic-api-key", "play-new.openai-api-key")


def test_only_the_mirror_needs_accounts_at_public_registries() -> None:
    without = Settings.parse(configuration("prod", {"mirror": False}))
    assert not set(ACCOUNTS) & set(given.given(without))


def test_each_system_with_a_channel_needs_its_webhook() -> None:
    assert "platform.slack-webhook-url-supernova" in given.given(Settings.parse(configuration("supernova-prod")))


def test_paging_needs_a_routing_key() -> None:
    paging = Settings.parse(configuration("prod", {"systems/play-new/phase": 1}))
    assert "platform.pagerduty-routing-key" in given.given(paging)


def test_values_are_secret_in_whatever_takes_them(production: Settings) -> None:
    secrets = planted(production)

    def program() -> None:
        for owner, outputs in given.values(production).items():
            for name, value in outputs.items():
                random.RandomPet(f"{owner}-{name}", prefix=value)

    recording = record(program, config={"eu-cloud:secrets": json.dumps(secrets)}, secret_keys=["eu-cloud:secrets"])
    assert {item.name: (item.inputs["prefix"], item.secrets) for item in recording.of("random:index/randomPet:RandomPet")} == {
        f"{owner}-{name}": (value, ("prefix",)) for owner, values in secrets.items() for name, value in values.items()
    }


def test_every_missing_secret_is_a_line_that_says_how_to_set_it(production: Settings) -> None:
    configured({"play-new": {"openai-api-key": "x"}})
    with pytest.raises(SettingsError) as raised:
        given.values(production)
    assert raised.value.lines == (
        "eu-cloud:secrets.platform.smtp-password: missing; set it with: "
        "pulumi config set --secret --path 'eu-cloud:secrets.platform.smtp-password'",
        *(f"eu-cloud:secrets.{one}: missing; set it with: pulumi config set --secret --path 'eu-cloud:secrets.{one}'" for one in ACCOUNTS),
        "eu-cloud:secrets.play-new.anthropic-api-key: missing; set it with: "
        "pulumi config set --secret --path 'eu-cloud:secrets.play-new.anthropic-api-key'",
    )


def test_unknown_secrets_are_refused_without_their_value(production: Settings) -> None:
    secrets = planted(production)
    secrets["play-new"]["anthropic-key"] = "planted-by-mistake"
    secrets["nobody"] = {"x": "planted-by-mistake"}
    configured(secrets)
    with pytest.raises(SettingsError) as raised:
        given.values(production)
    assert [line.split(";")[0] for line in raised.value.lines] == [
        "eu-cloud:secrets.play-new.anthropic-key: unknown secret",
        "eu-cloud:secrets.nobody: unknown owner",
    ]
    assert "planted" not in str(raised.value)
