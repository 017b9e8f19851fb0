"""Staging comes up through one disaster after the other; each run goes on from where the one before it was cut off."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.engine.stage import FAST, Ran, Stage, Things, stage

pytestmark = pytest.mark.engine

DATABASE, NODES = "aws:rds/instance:Instance", "aws:eks/nodeGroup:NodeGroup"
SLOW = ("--latency", "realistic", "--time-scale", "300")
"""A cluster takes two seconds, a database three."""


@pytest.fixture(scope="module")
def staging(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return stage(tmp_path_factory.mktemp("staging"), "staging")


def wait_until(true: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def cli_of(verb: subprocess.Popen[str]) -> int:
    """The engine's own process: the verb's child that is neither the stand-ins nor a tool."""
    listed = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(verb.pid)], capture_output=True, text=True, check=True).stdout
    (pid,) = [int(line.split()[0]) for line in listed.splitlines() if line.split()[1] == "pulumi"]
    return pid


def of(things: Things, type_: str) -> Things:
    return [(urn, id_) for urn, id_ in things if urn.rpartition("::")[0].endswith(type_)]


def doubled(things: Things) -> list[str]:
    return [urn for urn, count in Counter(urn for urn, _ in things).items() if count > 1]


class TestDisasters:
    def test_a_create_that_the_cloud_refuses_is_a_clear_error(self, staging: Stage) -> None:
        ran = staging.verb("up", "--fault", f"fail:{DATABASE}", env=FAST)

        assert ran.code not in (0, 2), ran.said
        assert f"{DATABASE} (playnew-staging-pn-agent-db)" in plain(ran)
        assert "InternalFailure: The request processing has failed" in ran.said
        assert "Traceback" not in ran.said
        assert of(staging.made(), DATABASE) == []
        assert staging.made() == staging.recorded() != []

    def test_the_next_run_resumes_until_a_provider_dies(self, staging: Stage) -> None:
        before = staging.recorded()
        ran = staging.verb("up", "--fault", f"crash:{NODES}")

        assert ran.code not in (0, 2), ran.said
        assert "hint: a stand-in provider went away in mid-operation: the next run picks up from there." in ran.err
        assert "Traceback" not in ran.said
        assert set(before) < set(staging.recorded()), "it went on, and lost nothing"
        assert len(of(staging.recorded(), DATABASE)) == 1
        assert set(of(staging.made(), NODES)) - set(of(staging.recorded(), NODES)), "the dead provider made nodes that nobody heard of"

    def test_the_next_run_goes_on_until_the_cli_is_killed(self, staging: Stage) -> None:
        before, enough = staging.recorded(), len(staging.made()) + 25
        verb = staging.start("up", *SLOW)
        wait_until(lambda: len(staging.made()) > enough)
        os.kill(cli_of(verb), signal.SIGKILL)
        out, _ = verb.communicate(timeout=60)
        staging.spoken.append(out)

        assert verb.returncode == 128 + signal.SIGKILL
        assert "a provider died before it could report" in out, "what it made is taken away"
        assert "hint: signal 9 ended the run: the next `make up` settles what was under way" in out
        assert list(staging.state.glob("backend/.pulumi/locks/**/*.json")), "it holds its lock"
        assert set(before) <= set(staging.recorded())
        for attributes in staging.state.glob("backend/.pulumi/stacks/*/staging.json.attrs"):
            attributes.write_bytes(b"")  # as if it had been killed in the middle of writing its state, which happens

    def test_the_next_run_converges_although_one_call_in_twenty_is_throttled(self, staging: Stage) -> None:
        before = staging.recorded()
        ran = staging.verb("up", "--fault", "throttle:0.05", env=FAST)

        assert ran.code == 0, ran.said
        assert "recovered: released the lock of a run that is no more" in ran.err
        assert "recovered: a write of staging.json was cut short: what stood there before counts" in ran.err
        assert set(ran.changes) <= {"create", "update"}
        assert set(before) <= set(staging.recorded()), "nothing is lost"
        assert doubled(staging.made()) == [], "nothing is there twice"
        assert staging.made() == staging.recorded()
        assert "throttled" in (staging.state / "stand-ins.log").read_text(encoding="utf-8")

    def test_then_all_is_as_declared(self, staging: Stage) -> None:
        ran = staging.verb("up", env=FAST)

        assert ran.code == 0, ran.said
        assert ran.changes == {}
        assert "recovered" not in ran.err
        assert f"staging: nothing to change, {len(staging.resources())} resources are as declared" in ran.out


def plain(ran: Ran) -> str:
    """The CLI shortens type tokens (aws:rds:Instance) in what it shows: spelt in full here."""
    return ran.said.replace("aws:rds:Instance", DATABASE)
