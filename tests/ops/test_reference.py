"""The configuration reference in README.md is the one that Settings gives."""

from __future__ import annotations

from infra.settings import Settings
from ops.reference import README, rendered, rows


def test_the_reference_is_up_to_date() -> None:
    text = README.read_text(encoding="utf-8")
    assert rendered(text) == text, "run: uv run python -m ops.reference"


def test_every_key_is_told_with_what_it_takes() -> None:
    table = {row.split("`")[1]: row for row in rows(Settings)}
    assert {"region", "network.cidr", "cluster.admin_cidrs", "systems.play-new.phase", "systems.play-new.orgs[].id"} <= set(table)
    assert "| `0` or `1` |" in table["systems.play-new.phase"]
    assert "required" in table["domain"]
    assert "list of texts" in table["cluster.admin_cidrs"]
