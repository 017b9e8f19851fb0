"""Nothing outside the EU gets past preview: neither through the settings nor around them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.launcher import session
from sandbox.tools import REPOSITORY
from tests.engine.programs import PLACES, project
from tests.engine.stage import Stage, stage

pytestmark = pytest.mark.engine

PACK = str(REPOSITORY / "policies")


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return stage(tmp_path_factory.mktemp("mistaken"), "prod")


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        pytest.param({"region": "eu-west-2"}, ["eu-cloud:stack.region: 'eu-west-2' is in London"], id="London"),
        pytest.param({"region": "eu-central-2"}, ["eu-cloud:stack.region: 'eu-central-2' is in Zurich"], id="Zurich"),
        pytest.param({"region": "us-east-1"}, ["eu-cloud:stack.region: 'us-east-1'"], id="Virginia"),
        pytest.param({"zones": ["eu-south-1a", "eu-central-1a"]}, ["eu-cloud:stack.zones: 'eu-central-1a'"], id="zone of another region"),
        pytest.param({"backup_region": "eu-west-2"}, ["eu-cloud:stack.backup_region: 'eu-west-2' is in London"], id="copies in London"),
        pytest.param(
            {"domian": "playnew.ai", "network": {"cidr": "8.8.0.0/16"}, "systems/play-new/phase": 3},
            [
                "eu-cloud:stack.network.cidr: '8.8.0.0/16'",
                "eu-cloud:stack.systems.play-new.phase: 3 given",
                "eu-cloud:stack.domian: unknown key (did you mean 'domain'?)",
            ],
            id="several mistakes",
        ),
    ],
)
def test_a_mistake_in_the_stack_file_is_one_line_and_nothing_begins(prod: Stage, changes: dict[str, Any], lines: list[str]) -> None:
    kept = prod.file.read_text(encoding="utf-8")
    prod.edit(changes)
    try:
        ran = prod.verb("up")
    finally:
        prod.file.write_text(kept, encoding="utf-8")

    assert ran.code == 1
    assert ran.out == ""
    title, *told = ran.err.splitlines()
    assert title == "Pulumi.prod.yaml is not right, nothing was registered:"
    assert len(told) == len(lines), ran.err
    for line, expected in zip(sorted(told), sorted(lines), strict=True):
        assert line.strip().startswith(expected)
        assert "allowed: " in line
    assert not prod.state.exists()


def test_the_program_itself_refuses_too(tmp_path: Path) -> None:
    production = stage(tmp_path, "prod")
    production.edit({"region": "eu-west-2"})
    with session(production.state, cwd=production.root) as started:
        started.run("stack", "init", "prod", check=True)
        ran = started.run("up", "--yes", "--stack", "prod")

    assert ran.returncode != 0
    assert "the stack's configuration has 1 mistake(s):" in ran.stdout
    assert "eu-cloud:stack.region: 'eu-west-2' is in London" in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr
    assert production.recorded() == []
    assert production.made() == []


@pytest.mark.parametrize("where", PLACES)
def test_a_place_that_no_setting_names_is_stopped_by_the_policies(tmp_path: Path, where: str) -> None:
    program, named = PLACES[where]
    with session(tmp_path / "state", cwd=project(tmp_path / "project", program)) as started:
        started.run("stack", "init", "dev", check=True)
        ran = started.run("up", "--yes", "--policy-pack", PACK)
        exported = json.loads(started.run("stack", "export", check=True).stdout)

        assert ran.returncode != 0
        assert "[mandatory]" in ran.stdout
        assert named in ran.stdout, ran.stdout
        assert "Updating (" not in ran.stdout, "it ends with the preview"
        assert not exported["deployment"].get("resources")
        assert list(started.world().all()) == []
