"""The other systems live on the real engine: up, unchanged, without a secret in plain text, released, gone."""

from __future__ import annotations

import json

import pytest

from components.vocabulary import Cloud
from tests.engine import leaks
from tests.engine.production import outputs, passed
from tests.engine.stage import FAST, Stage, stage
from tests.inventory.cases import Case, case

pytestmark = pytest.mark.engine

LIVED = (
    case(Cloud.AWS, "development", "supernova"),
    case(Cloud.AZURE, "staging", "supernova"),
    case(Cloud.GCP, "production", "supernova"),
    case(Cloud.AWS, "production", "ai-agents"),
)
"""Each system in each environment that it has, and each cloud: what stands under mocks everywhere need not live everywhere."""


@pytest.fixture(scope="module", params=LIVED, ids=str)
def lived(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, lived: Case) -> Stage:
    opened = stage(tmp_path_factory.mktemp(str(lived)), lived.stack, FAST)
    opened.edit(lived.changes)
    return opened


@pytest.fixture(scope="module")
def given(standing: Stage) -> tuple[str, ...]:
    """What people give, each with a value to recognise it by."""
    return standing.plant()


@pytest.mark.usefixtures("given")
class TestSystem:
    def test_one_command_brings_it_up(self, standing: Stage, lived: Case) -> None:
        ran = passed(standing.verb("up"))

        assert set(ran.changes) == {"create"}
        assert "warning" not in ran.said.lower()
        assert standing.made() == standing.recorded() != [], "the state holds what exists"
        known = outputs(standing)
        assert list(known["systems"]) == [lived.system]
        assert known["region"] == lived.configuration["region"]

    def test_a_second_up_changes_nothing(self, standing: Stage) -> None:
        ran = passed(standing.verb("up"))

        assert ran.changes == {}
        assert f"{standing.stack}: nothing to change, {len(standing.resources())} resources are as declared" in ran.out

    def test_a_refresh_of_what_nobody_touched_finds_nothing(self, standing: Stage) -> None:
        ran = standing.verb("refresh")

        assert ran.code == 0, ran.said
        assert f"{standing.stack}: nothing to change" in ran.out

    @pytest.mark.requirement("SN-06")
    def test_no_secret_stands_anywhere_in_plain_text(self, standing: Stage, given: tuple[str, ...]) -> None:
        with standing.world() as world:
            found = leaks.secrets_in(world)
            assert leaks.missing(given, found) == [], "what was given has arrived"
            assert len(found - set(given)) >= 7, "and what is generated is known"
            values = found | set(given)
            assert leaks.in_world(world, values) == []
        assert leaks.in_files(standing.state, values) == []
        assert leaks.in_text(standing.verb("export").out, values) == []
        assert leaks.in_text(json.dumps(outputs(standing)), values) == []
        assert [leaks.in_text(text, values) for text in standing.spoken] == [[] for _ in standing.spoken]

    def test_once_released_everything_goes(self, standing: Stage, lived: Case) -> None:
        if lived.configuration["environment"] == "production":
            standing.edit({"deletion_protection": False})
            released = passed(standing.verb("up"))
            assert set(released.changes) <= {"update"}, "a release replaces nothing"
        assert not [one["urn"] for one in standing.resources() if one.get("protect")]

        ran = standing.verb("destroy")

        assert ran.code == 0, ran.said
        assert f"{standing.stack}: nothing is left" in ran.out
        assert standing.made() == []
        assert standing.resources() == []
