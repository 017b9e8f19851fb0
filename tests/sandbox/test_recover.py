"""What a killed CLI leaves in the backend's files."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from sandbox.aws.moto import daemon
from sandbox.recover import recover
from sandbox.world import World


@pytest.fixture
def world(tmp_path: Path) -> Generator[World]:
    with closing(World(tmp_path)) as opened:
        yield opened


def written(world: World, name: str, content: str) -> Path:
    path = world.state / "backend" / ".pulumi" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def nothing_is_run(*args: str, check: bool) -> subprocess.CompletedProcess[str]:
    raise AssertionError(args)


def test_a_state_whose_writing_was_cut_short_counts_as_it_was_before(world: World) -> None:
    state = written(world, "stacks/eu-cloud/prod.json", '{"checkpoint": {}}')
    attributes = written(world, "stacks/eu-cloud/prod.json.attrs", "")
    partial = written(world, "stacks/eu-cloud/prod.json.18ea0611052c4386.tmp", '{"checkpoint": {"latest"')
    other = written(world, "stacks/eu-cloud/prod.json.bak.attrs", "{}")

    assert recover(nothing_is_run, "prod", world) == ["a write of prod.json was cut short: what stood there before counts"]
    assert state.exists()
    assert other.exists()
    assert not attributes.exists()
    assert not partial.exists()
    assert recover(nothing_is_run, "prod", world) == []


def test_nothing_is_touched_while_another_run_is_at_work(world: World) -> None:
    owner = {"hostname": f"not-{socket.gethostname()}", "pid": os.getpid(), "timestamp": "2026-01-01T00:00:00Z"}
    written(world, "locks/organization/eu-cloud/prod/1.json", json.dumps(owner))
    written(world, "stacks/eu-cloud/prod.json", '{"checkpoint": {}}')
    attributes = written(world, "stacks/eu-cloud/prod.json.attrs", "")

    assert recover(nothing_is_run, "prod", world) == []
    assert attributes.exists()


def test_what_a_killed_moto_lost_is_taken_out_of_every_stack_once(world: World) -> None:
    ran: list[str] = []

    def run(*args: str, check: bool) -> subprocess.CompletedProcess[str]:
        ran.append(" ".join(args))
        (world.state / daemon.FOLDER / daemon.UNSAVED).unlink(missing_ok=True)  # it runs again
        return subprocess.CompletedProcess(args, 0, "", "")

    for folder in (daemon.FOLDER, "stacks/prod", "stacks/staging"):
        (world.state / folder).mkdir(parents=True)
    assert recover(run, "prod", world) == []
    (world.state / daemon.FOLDER / daemon.UNSAVED).touch()

    lost = ["moto was killed and lost its last seconds: what was made in them is out of the state, the next update makes it anew"]
    assert recover(run, "prod", world) == lost
    assert set(ran) == {"refresh --yes --skip-preview --stack prod"}
    assert recover(run, "staging", world) == lost
    assert recover(run, "prod", world) == recover(run, "staging", world) == []
