"""Whole stacks of the clouds that nobody else implements here live before a real API server: their objects are judged all the same."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from components.vocabulary import Cloud
from sandbox.kubernetes.cluster import pods
from sandbox.kubernetes.planes import planes
from tests.crds import CRDS
from tests.engine.stage import FAST
from tests.inventory.cases import CASES
from tests.judges.standing import Standing, standing
from tests.judges.tampering import Tampering, in_the_cluster
from tests.judges.test_story_production import NOTHING, WORKLOADS, is_built_in, owner_of, passed

pytestmark = pytest.mark.judge

STOOD = tuple(case for case in CASES if case.name.endswith("-production") and case.cloud is not Cloud.AWS)
"""Production of every system there: a new one is judged by being listed."""


@pytest.fixture(scope="module", params=STOOD, ids=str)
def stood(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Standing]:
    with standing(tmp_path_factory.mktemp(str(request.param)), request.param, FAST) as stack:
        stack.stage.edit({"deletion_protection": False})
        yield stack


@pytest.fixture(scope="module")
def done(stood: Standing) -> list[Tampering]:
    return list(in_the_cluster(stood))


class TestStory:
    def test_it_comes_up_and_moto_is_not_started_for_it(self, stood: Standing) -> None:
        assert set(passed(stood.stage.verb("up")).changes) == {"create"}
        assert not (stood.stage.state / "moto").exists()

    def test_its_objects_stand_on_the_api_server(self, stood: Standing) -> None:
        with stood.cluster() as api:
            missing = [
                object_
                for resource, object_ in stood.objects()
                if (is_built_in(resource["type"]) or CRDS.is_dir()) and api.get(object_) is None
            ]
        assert missing == []
        assert stood.stray_objects() == []

    def test_its_workloads_have_pods_and_pod_security_says_nothing(self, stood: Standing) -> None:
        workloads = [(resource, object_) for resource, object_ in stood.objects() if object_["kind"] in WORKLOADS]
        assert workloads
        with stood.cluster() as api:
            for _, object_ in workloads:
                live = api.get(object_)
                assert live
                assert pods.admit(api, live) == ()
            owners = {owner_of(api, pod) for pod in api.list(api.discovery.resource("v1", "Pod"))}
            assert {(one["kind"], one["metadata"]["name"]) for _, one in workloads} <= owners
            assert pods.complaints(api) == []

    def test_what_somebody_changed_there_is_found_and_mended(self, stood: Standing, done: list[Tampering]) -> None:
        before = {one.resource: one.look() for one in done}
        for one in done:
            one.act()
        gone = frozenset(one.resource for one in done if one.gone)
        other = frozenset(one.resource for one in done if not one.gone)

        assert passed(stood.stage.verb("refresh")).changes == {"delete": gone, "update": other}
        assert passed(stood.stage.verb("up")).changes == {"create": gone, "update": other}
        assert {one.resource: one.look() for one in done} == before

    def test_a_second_up_changes_nothing(self, stood: Standing) -> None:
        assert passed(stood.stage.verb("up")).changes == NOTHING

    def test_nothing_is_left_after_a_destroy(self, stood: Standing) -> None:
        passed(stood.stage.verb("destroy"))

        assert stood.stage.resources() == []
        assert stood.stage.made() == []
        assert planes(stood.stage.state) == {}, "the control plane went with the cluster"
        assert "left in" not in (stood.stage.state / "stand-ins.log").read_text(encoding="utf-8"), "which was empty by then"
