"""Staging comes up although judges refuse, answers get lost, and providers and judges die on the way: nothing is lost, nothing doubled."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator

import pytest

from sandbox.aws.moto import daemon
from sandbox.kubernetes.planes import planes
from tests.engine.test_story_disasters import doubled, wait_until
from tests.inventory.cases import CASES
from tests.judges.standing import Standing, standing

pytestmark = pytest.mark.judge

STAGING = next(case for case in CASES if case.name.endswith("-staging"))
BUSY = ("--fault", "busy:0.05")
LOST_EARLY = ("ec2 CreateVpc", "iam CreateRole", "s3 CreateBucket", "ec2 AllocateAddress", "secretsmanager CreateSecret")
LOST_THEN = ("kubernetes namespaces",)
LOST_LATE = ("kubernetes deployments", "kubernetes poddisruptionbudgets")
"""Service and operation of calls whose answer gets lost on the way, once."""
NAT, CONFIG = "aws:ec2/natGateway:NatGateway", "kubernetes:core/v1:ConfigMap"


@pytest.fixture(scope="module")
def stood(tmp_path_factory: pytest.TempPathFactory) -> Generator[Standing]:
    with standing(tmp_path_factory.mktemp("staging"), STAGING) as stack:
        yield stack


def lost(calls: tuple[str, ...]) -> list[str]:
    return [option for call in calls for option in ("--fault", f"drop:{call.split()[1]}")]


def log(stood: Standing) -> str:
    return (stood.stage.state / "stand-ins.log").read_text(encoding="utf-8")


def not_lost(stood: Standing, calls: tuple[str, ...]) -> list[str]:
    return [call for call in calls if f"met by a fault (drop): {call}" not in log(stood)]


def killed_on_the_way(stood: Standing, when: Callable[[], bool], pid: Callable[[], int]) -> str:
    """What `up` said, which found a judge dead from a certain moment on."""
    verb = stood.stage.start("up", *BUSY, *lost(LOST_THEN))
    wait_until(lambda: when() or verb.poll() is not None, seconds=400)
    in_time = verb.poll() is None
    if in_time:
        os.kill(pid(), signal.SIGKILL)
    said, _ = verb.communicate(timeout=300)
    stood.stage.spoken.append(said)
    assert in_time, f"it ended before its time:\n{said[-4000:]}"
    assert verb.returncode not in (0, 2), said
    assert "Traceback" not in said
    assert "the sandbox's stand-in for" not in said, "no failure inside"
    return said


class TestDisasters:
    def test_answers_get_lost_calls_are_refused_then_a_provider_dies_of_what_it_made(self, stood: Standing) -> None:
        ran = stood.stage.verb("up", *BUSY, *lost(LOST_EARLY), "--fault", f"crash:{NAT}")

        assert ran.code not in (0, 2), ran.said
        assert "hint: a stand-in provider went away in mid-operation: the next run picks up from there." in ran.err
        assert "Traceback" not in ran.said
        assert not_lost(stood, LOST_EARLY) == []
        assert "(throttle): ec2 " in log(stood)
        assert doubled(stood.stage.made()) == []

    def test_the_next_run_goes_on_until_moto_is_killed(self, stood: Standing) -> None:
        # Early: once the cluster stands, moto is asked for little and has mostly saved what it did.
        enough, unsaved = len(stood.stage.made()) + 5, stood.stage.state / daemon.FOLDER / daemon.UNSAVED

        def amid_changes() -> bool:
            return len(stood.stage.made()) > enough and unsaved.exists()

        said = killed_on_the_way(stood, amid_changes, lambda: daemon.pid(stood.stage.state))

        assert "moto gives no answer: Could not connect to the endpoint URL" in said
        assert "taken away, the next update creates it anew" in said, "what the dead provider of before had made"

    def test_the_next_run_goes_on_until_the_api_server_is_killed(self, stood: Standing) -> None:
        lost_some = daemon.died(stood.stage.state)  # it may have saved the last of its changes that very moment

        def objects() -> int:
            return sum("$kubernetes:" in urn for urn, _ in stood.stage.made())

        def pid() -> int:
            (plane,) = planes(stood.stage.state).values()
            return plane.processes()["kube-apiserver"]

        said = killed_on_the_way(stood, lambda: objects() > 20, pid)

        assert ("recovered: moto was killed and lost its last seconds" in said) == lost_some
        assert "Unreachable: https://127.0.0.1:" in said
        assert "no answer in 10 attempts" in said
        assert doubled(stood.stage.made()) == []
        assert stood.stage.made() == stood.stage.recorded()

    def test_the_next_run_goes_on_until_a_provider_dies_of_an_object_that_it_made(self, stood: Standing) -> None:
        ran = stood.stage.verb("up", *BUSY, "--fault", f"crash:{CONFIG}")

        assert ran.code not in (0, 2), ran.said
        assert len(stood.stage.made()) > len(stood.stage.recorded()), "nobody heard of it"

    def test_then_it_converges_although_answers_get_lost_and_calls_are_refused(self, stood: Standing) -> None:
        before = stood.stage.recorded()
        ran = stood.stage.verb("up", *BUSY, *lost(LOST_LATE))

        assert ran.code == 0, ran.said
        assert set(ran.changes) <= {"create", "update"}
        assert set(before) <= set(stood.stage.recorded()), "nothing is lost"
        assert stood.stage.made() == stood.stage.recorded()
        assert not_lost(stood, LOST_THEN + LOST_LATE) == []
        assert "(throttle): kubernetes " in log(stood)

    def test_each_thing_stands_once_before_its_judge(self, stood: Standing) -> None:
        assert stood.in_aws() == stood.recorded()
        assert stood.stray_objects() == []
        with stood.cluster() as api:
            assert [object_ for _, object_ in stood.judged_objects() if api.get(object_) is None] == []

    def test_and_the_next_run_finds_all_as_declared(self, stood: Standing) -> None:
        ran = stood.stage.verb("pulumi", "--", "preview", "--refresh", "--expect-no-changes")

        assert ran.code == 0, ran.said
        assert "recovered" not in ran.err
