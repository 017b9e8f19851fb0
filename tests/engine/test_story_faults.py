"""Staging on GCP and on Azure comes up although calls are throttled, a create is refused and a provider dies: nothing lost or doubled."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.engine.stage import Stage, stage
from tests.engine.stories import PREFIX
from tests.engine.test_story_disasters import doubled, of

pytestmark = pytest.mark.engine

STAGING = PREFIX.replace("production", "staging")


@dataclass(frozen=True)
class Trouble:
    """A database whose creation is refused, and nodes that a provider dies of."""

    stack: str
    database: str
    nodes: str

    def __str__(self) -> str:
        return self.stack


TROUBLES = (
    Trouble("play-new-gcp", "gcp:sql/databaseInstance:DatabaseInstance", "gcp:container/nodePool:NodePool"),
    Trouble("play-new-azure", "azure-native:dbforpostgresql:Server", "azure-native:containerservice:AgentPool"),
)


@pytest.fixture(scope="module", params=TROUBLES, ids=str)
def trouble(request: pytest.FixtureRequest) -> Trouble:
    return request.param


@pytest.fixture(scope="module")
def staging(tmp_path_factory: pytest.TempPathFactory, trouble: Trouble) -> Stage:
    opened = stage(tmp_path_factory.mktemp("staging"), trouble.stack)
    opened.edit({"environment": "staging", "backup_region": None})
    return opened


class TestFaults:
    def test_a_create_that_the_cloud_refuses_is_a_clear_error_amid_throttled_calls(self, staging: Stage, trouble: Trouble) -> None:
        ran = staging.verb("up", "--fault", f"fail:{trouble.database}", "--fault", "throttle:0.05")

        assert ran.code not in (0, 2), ran.said
        assert "InternalFailure: The request processing has failed" in ran.said
        assert f"{STAGING}-pn-agent-db" in ran.said
        assert "Traceback" not in ran.said
        assert of(staging.made(), trouble.database) == []
        assert staging.made() == staging.recorded() != []

    def test_the_next_run_resumes_until_a_provider_dies_of_what_it_made(self, staging: Stage, trouble: Trouble) -> None:
        before = staging.recorded()
        ran = staging.verb("up", "--fault", f"crash:{trouble.nodes}")

        assert ran.code not in (0, 2), ran.said
        assert "hint: a stand-in provider went away in mid-operation: the next run picks up from there." in ran.err
        assert set(before) <= set(staging.recorded()), "it went on, and lost nothing"
        assert set(of(staging.made(), trouble.nodes)) - set(of(staging.recorded(), trouble.nodes)), "nobody heard of these nodes"

    def test_then_it_converges_and_each_thing_stands_once(self, staging: Stage) -> None:
        ran = staging.verb("up")

        assert ran.code == 0, ran.said
        assert "taken away, the next update creates it anew" in ran.err
        assert doubled(staging.made()) == []
        assert staging.made() == staging.recorded()

    def test_a_destroy_under_throttled_calls_leaves_nothing(self, staging: Stage) -> None:
        ran = staging.verb("destroy", "--fault", "throttle:0.05")

        assert ran.code == 0, ran.said
        assert "nothing is left" in ran.out
        assert staging.made() == []
