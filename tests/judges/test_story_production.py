"""Whole stacks live before an AWS and a Kubernetes that others wrote: up, unchanged, tampered with, kept, released, gone."""

from __future__ import annotations

import stat
import time
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

from sandbox.kubernetes.cluster import pods
from sandbox.kubernetes.cluster.api import Api, Object
from sandbox.kubernetes.cluster.leftovers import leftovers
from sandbox.kubernetes.planes import FOLDER, planes
from tests.crds import CRDS
from tests.engine import leaks
from tests.engine.stage import FAST, Ran
from tests.inventory.cases import CASES
from tests.judges.census import LISTINGS, lingers
from tests.judges.standing import Standing, standing
from tests.judges.tampering import Tampering, tamperings

pytestmark = pytest.mark.judge

STOOD = tuple(case for case in CASES if case.name == "aws-production" and case.system in ("play-new", "supernova"))
"""The two that differ most. The others, and all on other clouds, live shorter: see short_story.py."""
BOUND = {"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "aws:secretsmanager/secretVersion:SecretVersion"}
"""What goes with what it belongs to, and not before, though the engine forgets it."""
WORKLOADS = ("Deployment", "Job", "StatefulSet", "DaemonSet")
NOTHING: dict[str, frozenset[str]] = {}


@pytest.fixture(scope="module", params=STOOD, ids=str)
def stood(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Standing]:
    with standing(tmp_path_factory.mktemp(str(request.param)), request.param, FAST) as stack:
        yield stack


@pytest.fixture(scope="module")
def planted(stood: Standing) -> tuple[str, ...]:
    return stood.stage.plant()


@pytest.fixture(scope="module")
def done(stood: Standing) -> list[Tampering]:
    """Chosen once: the resources that they are about go and come again."""
    return tamperings(stood)


def passed(ran: Ran) -> Ran:
    assert ran.code == 0, ran.said
    return ran


@pytest.mark.usefixtures("planted")
class TestStory:
    def test_it_comes_up(self, stood: Standing) -> None:
        assert set(passed(stood.stage.verb("up")).changes) == {"create"}

    def test_what_the_engine_recorded_stands_in_aws_each_once_and_nothing_else_does(self, stood: Standing) -> None:
        assert {thing.type for thing in stood.recorded()} <= {listing.type for listing in LISTINGS}, (
            "a type that the census does not ask for yet"
        )

        found = stood.in_aws()
        assert found == stood.recorded()
        assert {thing.region for thing in found} == {"", *stood.regions}

    def test_its_objects_stand_on_the_api_server(self, stood: Standing) -> None:
        with stood.cluster() as api:
            missing = [object_ for resource, object_ in stood.objects() if is_built_in(resource["type"]) and api.get(object_) is None]
        assert missing == []
        assert stood.stray_objects() == []

    def test_its_custom_objects_do_too(self, stood: Standing) -> None:
        if not CRDS.is_dir():
            pytest.skip("the definitions of custom kinds are not beside the project: such objects stay with the stand-in")
        with stood.cluster() as api:
            custom = [object_ for resource, object_ in stood.objects() if not is_built_in(resource["type"])]
            assert [object_ for object_ in custom if api.get(object_) is None] == []
        assert custom

    def test_its_workloads_have_pods_and_pod_security_says_nothing(self, stood: Standing) -> None:
        workloads = [(resource, object_) for resource, object_ in stood.objects() if object_["kind"] in WORKLOADS]
        assert workloads
        with stood.cluster() as api:
            for _, object_ in workloads:
                live = api.get(object_)
                assert live
                assert pods.admit(api, live) == ()
            assert without_pods(api, [one for _, one in workloads]) == set(), "controllers make them, nobody runs them"
            assert pods.complaints(api) == []

    def test_a_second_up_changes_nothing(self, stood: Standing) -> None:
        assert passed(stood.stage.verb("up")).changes == NOTHING

    def test_a_refresh_of_what_nobody_touched_finds_nothing(self, stood: Standing) -> None:
        assert passed(stood.stage.verb("refresh")).changes == NOTHING
        passed(stood.stage.verb("pulumi", "--", "preview", "--expect-no-changes"))

    def test_what_somebody_changed_there_is_found_and_mended(self, stood: Standing, done: list[Tampering]) -> None:
        before = {one.resource: one.look() for one in done}
        for one in done:
            one.act()
            assert one.look() != before[one.resource], one.resource
        gone = frozenset(one.resource for one in done if one.gone)
        other = frozenset(one.resource for one in done if not one.gone)

        assert passed(stood.stage.verb("refresh")).changes == {"delete": gone, "update": other}
        assert passed(stood.stage.verb("up")).changes == {"create": gone, "update": other}
        assert {one.resource: one.look() for one in done} == before
        assert stood.in_aws() == stood.recorded()

    def test_no_secret_stands_in_any_file_but_where_a_cloud_keeps_it(self, stood: Standing, planted: tuple[str, ...]) -> None:
        with stood.stage.world() as world:
            values = leaks.secrets_in(world) | set(planted)
        kept = stood.stage.state / "moto" / "moto.pickle"
        assert leaks.in_files(stood.stage.state, values) == []
        assert [mode(path) for path in (kept, kept.parent)] == [0o600, 0o700]
        assert {mode(path) for path in (stood.stage.state / FOLDER).iterdir()} == {0o700}
        assert [leaks.in_text(text, values) for text in stood.stage.spoken] == [[] for _ in stood.stage.spoken]

    def test_destroy_keeps_what_is_protected_and_what_that_stands_on(self, stood: Standing) -> None:
        ran = passed(stood.stage.verb("destroy"))

        assert "not deleted for another reason" not in ran.out
        assert stood.recorded()
        kept = [thing for thing in stood.in_aws() if thing.type not in BOUND]
        assert kept == [thing for thing in stood.recorded() if thing.type not in BOUND]
        with stood.cluster() as api:
            assert leftovers(api) == [], "the cluster is protected, what was in it is not"

    def test_once_released_nothing_is_left_anywhere(self, stood: Standing) -> None:
        stood.stage.edit({"deletion_protection": False})
        passed(stood.stage.verb("up"))
        passed(stood.stage.verb("destroy"))

        assert stood.stage.resources() == []
        assert stood.stage.made() == []
        assert [thing for thing in stood.census() if not lingers(thing)] == []
        assert planes(stood.stage.state) == {}, "the control plane went with the cluster"
        assert "left in" not in (stood.stage.state / "stand-ins.log").read_text(encoding="utf-8"), "which was empty by then"


def is_built_in(type_: str) -> bool:
    """`kubernetes:apps/v1:Deployment` is; groups that somebody else owns have a domain other than Kubernetes' own."""
    group = type_.split(":")[1].partition("/")[0]
    return "." not in group or (group.endswith(".k8s.io") and group != "gateway.networking.k8s.io")


def without_pods(api: Api, workloads: Sequence[Object], patience: float = 60) -> set[tuple[str, str]]:
    """Kind and name of the workloads that controllers have made no pod of, in as many seconds: on a busy machine they come late."""
    wanted = {(one["kind"], one["metadata"]["name"]) for one in workloads}
    end = time.monotonic() + patience
    while True:
        left = wanted - {owner_of(api, pod) for pod in api.list(api.discovery.resource("v1", "Pod"))}
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.5)


def owner_of(api: Api, pod: Object) -> tuple[str, str]:
    """Kind and name of what a pod belongs to, past the replica set of a deployment."""
    (owner,) = pod["metadata"]["ownerReferences"]
    if owner["kind"] != "ReplicaSet":
        return owner["kind"], owner["name"]
    above = {**owner, "metadata": {"name": owner["name"], "namespace": pod["metadata"]["namespace"]}}
    set_ = api.get(above)
    assert set_
    (top,) = set_["metadata"]["ownerReferences"]
    return top["kind"], top["name"]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
