"""The runbook says what the program does: every option, alert and metric that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from components.observability.spec import AlertRule
from infra.systems.ai_agents.alerts import rules
from infra.systems.ai_agents.metrics import APPLICATION
from infra.systems.ai_agents.options import AiAgentsOptions, DatabaseOptions, Downgrade, Workers
from tests.infra.systems.ai_agents_world import options, system

ROOT = Path(__file__).resolve().parents[3]
RUNBOOK = ROOT / "docs" / "runbooks" / "ai-agents.md"
ALERTS = {rule.name: rule for group in rules("production") for rule in group.rules if isinstance(rule, AlertRule)}


@pytest.fixture(scope="module")
def text() -> str:
    return RUNBOOK.read_text(encoding="utf-8")


def headings(text: str) -> set[str]:
    return {line.removeprefix("## ").lower().replace(" ", "-") for line in text.splitlines() if line.startswith("## ")}


@pytest.mark.requirement("AA-13")
def test_every_alert_leads_to_a_chapter_that_speaks_of_it(text: str):
    for rule in ALERTS.values():
        file, _, anchor = rule.runbook.partition("#")
        assert ROOT / file == RUNBOOK
        assert anchor in headings(text), rule.name
    assert set(re.findall(r"\*(AiAgents\w+)\*", text)) >= set(ALERTS) - {"AiAgentsHighErrorRate"}


def test_every_option_that_the_runbook_names_exists(text: str):
    fields: set[str] = set()
    for model in (AiAgentsOptions, DatabaseOptions, Downgrade, Workers):
        fields |= set(model.model_fields)
    named = set(re.findall(r"`([a-z_]+): ", text))
    assert named >= {"version", "versions", "workers", "replicas", "database", "rotations", "servicedesk_port", "public_metrics"}
    assert named <= fields


@pytest.mark.requirement("AA-16")
def test_the_downgrade_that_the_runbook_shows_is_accepted(text: str):
    shown = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert shown
    back = AiAgentsOptions.model_validate(yaml.safe_load(shown[1])).database.downgrade
    assert back is not None
    assert back.version == "v1.0.0"
    assert "-l app=ai-agents-db-downgrade" in text
    assert next(
        job for job in system(database={"downgrade": back.model_dump()}).jobs if job.name == "ai-agents-db-downgrade"
    ).pod.labels == {"app": "ai-agents-db-downgrade"}


@pytest.mark.requirement("AA-12")
def test_the_metrics_that_the_application_must_export_are_listed_with_their_labels(text: str):
    rows = re.findall(r"^\| `([a-z_]+)` \| [^|]+ \|([^|]*)\|$", text, re.MULTILINE)
    assert {name: set(re.findall(r"`([a-z_]+)`", labels)) - {"success"} for name, labels in rows} == {
        name: set(labels) for name, labels in APPLICATION.items()
    }


def test_the_secrets_that_the_runbook_names_are_those_that_people_give(text: str):
    assert set(system().given) <= set(re.findall(r"[a-z-]+", text))
    assert options(rotations={"openai-api-key": 1, "servicedesk": 1, "database": 1}).rotations.keys() == {
        "openai-api-key",
        "servicedesk",
        "database",
    }
