"""The runbook says what the program does: every option, alert, object and chapter that is named is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.observability.spec import AlertRule
from infra.systems.supernova.options import DatabaseOptions, RateLimits, Restored, Signing, SupernovaOptions
from tests.infra.systems.supernova_world import options, system

ROOT = Path(__file__).resolve().parents[3]
RUNBOOK = ROOT / "docs" / "runbooks" / "supernova.md"
CHAPTERS = {"scale", "roll-back", "migrations", "restore", "rotate-secrets", "rotate-signing-keys", "no-emergency-bypass"}


@pytest.fixture(scope="module")
def text() -> str:
    return RUNBOOK.read_text(encoding="utf-8")


def headings(text: str) -> set[str]:
    return {line.removeprefix("## ").lower().replace(" ", "-") for line in text.splitlines() if line.startswith("## ")}


def test_the_runbook_has_every_documented_action(text: str):
    assert headings(text) >= CHAPTERS


@pytest.mark.requirement("SN-12")
def test_an_alert_leads_to_a_chapter_that_exists_and_every_alert_is_spoken_of(text: str):
    seen = system().observability
    alerts = [rule for group in seen.rules for rule in group.rules if isinstance(rule, AlertRule)]
    for runbook in (*(rule.runbook for rule in alerts), *(item.runbook for item in seen.slos)):
        file, _, anchor = runbook.partition("#")
        assert ROOT / file == RUNBOOK
        assert anchor in headings(text), runbook
    assert set(re.findall(r"\*(Supernova\w+)\*", text)) == {rule.name for rule in alerts}


def test_every_option_that_the_runbook_names_exists(text: str):
    known = {field for model in (SupernovaOptions, DatabaseOptions, RateLimits, Restored, Signing) for field in model.model_fields}
    named = set(re.findall(r"`([a-z_]+): ", text))
    assert named >= {"version", "migrations", "seed", "replicas", "max_replicas", "redis", "rotated", "rotation_days", "rate_limits"}
    assert named <= known


def shown(text: str) -> list[dict[str, Any]]:
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    return [*blocks, *(yaml.safe_load(line) for line in re.findall(r"`((?:rotated|rate_limits): \{.*?\})`", text))]


@pytest.mark.requirement("SN-06")
def test_every_change_that_the_runbook_shows_is_accepted(text: str):
    changes = shown(text)
    assert len(changes) >= 7
    for change in changes:
        assert options(**change) != options(), change


@pytest.mark.requirement("SN-09")
def test_the_objects_that_the_runbook_looks_at_exist(text: str):
    spec = system()
    named = {item.name for item in (*spec.jobs, *spec.deployments, *spec.views)} | set(spec.databases)
    assert set(re.findall(r"`(supernova-server-[a-z]+)`", text)) <= named
    assert 'container="supernova-server"' in text


@pytest.mark.requirement("SN-05")
def test_the_bypass_is_not_offered(text: str):
    chapter = text.partition("## No emergency bypass")[2].partition("\n## ")[0]
    assert "IAM-07" in chapter
    assert "set env" not in text
