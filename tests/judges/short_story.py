"""What production of every system goes through before the judges, on every cloud: up, its objects stand, nothing to change, gone.

Clouds tell it in modules of their own, side by side. Two systems live longer on AWS: see test_story_production.py.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

from components.vocabulary import Cloud
from sandbox.kubernetes.cluster import pods
from sandbox.kubernetes.planes import planes
from tests.crds import CRDS
from tests.engine.stage import FAST
from tests.inventory.cases import CASES, Case
from tests.judges.census import LISTINGS, lingers
from tests.judges.standing import Standing, standing
from tests.judges.test_story_production import NOTHING, STOOD, WORKLOADS, is_built_in, passed, without_pods


def stood_on(cloud: Cloud) -> list[Case]:
    """Production of every system that is listed for the cloud and has no longer story: a new one is judged by being listed."""
    return [case for case in CASES if case.name == f"{cloud}-production" and case not in STOOD]


def told(case: Case, factory: pytest.TempPathFactory) -> Generator[Standing]:
    """Nothing up yet, and nothing protected."""
    with standing(factory.mktemp(str(case)), case, FAST) as stack:
        stack.stage.edit({"deletion_protection": False})
        yield stack


class ShortStory:
    """`stood` is the module's own."""

    def test_it_comes_up(self, stood: Standing) -> None:
        assert set(passed(stood.stage.verb("up")).changes) == {"create"}

    def test_what_the_engine_recorded_stands_in_aws_or_moto_was_not_started(self, stood: Standing) -> None:
        if stood.settings.cloud is not Cloud.AWS:
            assert not (stood.stage.state / "moto").exists()
            return
        assert {thing.type for thing in stood.recorded()} <= {listing.type for listing in LISTINGS}
        assert stood.in_aws() == stood.recorded() != []

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
            assert without_pods(api, [one for _, one in workloads]) == set()
            assert pods.complaints(api) == []

    def test_a_second_up_changes_nothing(self, stood: Standing) -> None:
        assert passed(stood.stage.verb("up")).changes == NOTHING

    def test_nothing_is_left_after_a_destroy(self, stood: Standing) -> None:
        passed(stood.stage.verb("destroy"))

        assert stood.stage.resources() == []
        assert stood.stage.made() == []
        if stood.settings.cloud is Cloud.AWS:
            assert [thing for thing in stood.census() if not lingers(thing)] == []
        assert planes(stood.stage.state) == {}, "the control plane went with the cluster"
        assert "left in" not in (stood.stage.state / "stand-ins.log").read_text(encoding="utf-8"), "which was empty by then"
