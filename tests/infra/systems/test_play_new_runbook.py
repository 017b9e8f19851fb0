"""The runbook says what the program does: every option and alert that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from components.observability.spec import AlertRule
from infra.systems.play_new.alerts import rules
from infra.systems.play_new.options import PlayNewOptions, Restored

ROOT = Path(__file__).resolve().parents[3]
RUNBOOK = ROOT / "docs" / "runbooks" / "play-new.md"
ALERTS = {rule.name: rule for group in rules(10) for rule in group.rules if isinstance(rule, AlertRule)}


@pytest.fixture(scope="module")
def text() -> str:
    return RUNBOOK.read_text(encoding="utf-8")


def headings(text: str) -> set[str]:
    return {line.removeprefix("## ").lower().replace(" ", "-") for line in text.splitlines() if line.startswith("## ")}


@pytest.mark.requirement("PN-24")
def test_the_runbook_has_every_documented_action(text: str):
    assert {"scale", "back-up", "restore", "llm-fail-over", "add-an-organisation", "rotate-a-secret", "roll-back"} <= headings(text)


@pytest.mark.requirement("PN-24")
def test_an_alert_leads_to_a_chapter_that_exists(text: str):
    for rule in ALERTS.values():
        if rule.runbook:
            file, _, anchor = rule.runbook.partition("#")
            assert ROOT / file == RUNBOOK
            assert anchor in headings(text), rule.name


@pytest.mark.requirement("PN-24")
def test_every_option_and_alert_that_the_runbook_names_exists(text: str):
    options = set(PlayNewOptions.model_fields) | {"active", "restored", "own_anthropic_key", "context"}
    named = set(re.findall(r"`([a-z_]+): ", text))
    assert named >= {"agents_at_once", "replicas", "phase", "interactive_fallback", "rotations", "version", "active"}
    assert named <= options
    assert set(re.findall(r"\*(PlayNew\w+)\*", text)) <= set(ALERTS)


@pytest.mark.requirement("PN-24")
def test_the_restore_that_the_runbook_shows_is_accepted(text: str):
    shown = re.search(r"restored: \{name: ([\w-]+), snapshot: ([\w-]+)\}", text)
    assert shown
    restored = Restored(name=shown[1], snapshot=shown[2])
    options = PlayNewOptions.model_validate({"version": "1", "database": {"restored": restored.model_dump(), "active": restored.name}})
    assert options.database.active == restored.name
