"""Production lives its life on the real engine: up, unchanged, drifted, updated, released, gone. Clouds tell it of their own."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from components import geography
from components.vocabulary import Cloud
from ops.stack import files
from sandbox import drift
from tests.engine import leaks
from tests.engine.stage import Ran, Stage
from tests.engine.stories import PREFIX, Story

PLAY_NEW = f"{PREFIX}-play-new"
REGION = {
    Cloud.AWS: re.compile(r"\b(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov|-iso[a-z]*)?-(?:north|south|east|west|central)[a-z]*-\d\b"),
    Cloud.GCP: re.compile(
        r"\b(?:africa|asia|australia|europe|me|northamerica|southamerica|us)-(?:north|south|east|west|central)[a-z]*\d+\b"
    ),
    Cloud.AZURE: re.compile(r"(?<=\"location\": \")(?!global)[A-Za-z ]+\d?(?=\")"),
}
NOTHING: dict[str, frozenset[str]] = {}


def outputs(prod: Stage) -> dict[str, Any]:
    ran = prod.verb("pulumi", "--", "stack", "output", "--json")
    assert ran.code == 0, ran.said
    return json.loads(ran.out)


def organisations(prod: Stage) -> list[dict[str, Any]]:
    return files.read(prod.file)["config"]["eu-cloud:stack"]["systems"]["play-new"]["orgs"]


def passed(ran: Ran) -> Ran:
    assert ran.code == 0, ran.said
    assert re.search(r"eu-residency v[\d.]+: passed over \d+ resources", ran.out), ran.said
    return ran


@pytest.mark.usefixtures("planted")
class ProductionStory:
    def test_a_preview_makes_nothing(self, prod: Stage) -> None:
        ran = passed(prod.verb("preview"))

        assert set(ran.changes) == {"create"}
        assert prod.resources() == []
        assert prod.made() == []

    def test_one_command_brings_it_up(self, prod: Stage, story: Story) -> None:
        ran = passed(prod.verb("up"))

        assert set(ran.changes) == {"create"}
        assert "warning" not in ran.said.lower()
        count = len(prod.resources())
        assert f"{prod.stack}: {count} created" in ran.out
        packages = dict(re.findall(r"([\w-]+) (\d+)", re.findall(rf"resources +│ {count} \((.+)\)", ran.out)[0]))
        assert packages.keys() == {story.package, "kubernetes", "components", "random", "providers"}
        assert sum(map(int, packages.values())) == count
        assert re.search(r"time +│ \d+ s", ran.out)
        assert prod.made() == prod.recorded(), "the state holds what exists, each once"
        assert len(set(prod.made())) == len(prod.made())

    def test_its_outputs_say_where_everything_is(self, prod: Stage, story: Story) -> None:
        known = outputs(prod)

        assert known["region"] == story.home
        assert known["cluster"]["name"] == f"{PREFIX}-cluster"
        assert re.fullmatch(story.endpoint, known["cluster"]["endpoint"])
        (database,) = known["systems"]["play-new"]["databases"].values()
        assert re.fullmatch(story.database, database)
        assert re.fullmatch(story.registry, known["registry"])
        assert re.fullmatch(story.gateway, known["gateway"])
        assert len(known["nameServers"]) == story.name_servers
        assert known["grafana"] == "https://grafana.playnew.ai"
        assert known["kubeconfig"] == "[secret]"

    def test_everything_is_in_its_own_region_except_copies_and_no_place_outside_the_eu_is_named(self, prod: Stage, story: Story) -> None:
        with prod.world() as world:
            own = {record.urn: record.region for record in world.all(package=story.package)}
        assert {region for region in own.values() if region != story.home} == ({story.copies} if story.copies else set())
        assert [urn for urn, region in own.items() if region != story.home and "-cop" not in urn] == []
        named = set(REGION[story.cloud].findall(json.dumps(prod.resources())))
        assert story.home in named
        for region in named:
            geography.eu_region(story.cloud, region)

    def test_a_second_up_changes_nothing_and_says_so(self, prod: Stage) -> None:
        ran = passed(prod.verb("up"))

        assert ran.changes == NOTHING
        assert f"{prod.stack}: nothing to change, {len(prod.resources())} resources are as declared" in ran.out
        strict = prod.verb("pulumi", "--", "preview", "--expect-no-changes")
        assert strict.code == 0, strict.said

    def test_a_refresh_of_what_nobody_touched_finds_nothing(self, prod: Stage) -> None:
        before = prod.resources()
        ran = prod.verb("refresh")

        assert ran.code == 0, ran.said
        assert f"{prod.stack}: nothing to change" in ran.out
        assert [one["urn"] for one in prod.resources()] == [one["urn"] for one in before]

    def test_what_somebody_changed_by_hand_is_found_and_mended(self, prod: Stage, story: Story) -> None:
        with prod.world() as world:
            before = {record.urn: record.inputs for record in world.all()}
            for name, path, value in story.changed:
                drift.change(world, f"{PREFIX}-{name}", path, value)
            drift.delete(world, f"{PREFIX}-{story.deleted}")
            drift.delete(world, "pn-system/pn-config")

        found = prod.verb("refresh")
        assert found.code == 0, found.said
        assert "2 updated" in found.out, found.out
        assert "2 deleted" in found.out, found.out

        mended = passed(prod.verb("up")).changes
        assert mended == {
            "update": frozenset(f"{PREFIX}-{name}" for name, _, _ in story.changed),
            "create": frozenset({f"{PREFIX}-{story.deleted}", f"{PLAY_NEW}-pn-config"}),
        }
        with prod.world() as world:
            assert {record.urn: record.inputs for record in world.all()} == before

    def test_a_new_organisation_is_three_objects(self, prod: Stage) -> None:
        prod.edit({"systems/play-new/orgs": [*organisations(prod), {"id": "delta"}]})

        assert passed(prod.verb("up")).changes == {"create": OF_DELTA}
        with prod.world() as world:
            ids = {record.id for record in world.all() if record.id.endswith("-delta")}
        assert ids == {f"pn-agents/{name}-delta" for name in ("pn-agent-config", "pn-org-context", "pn-agent-secrets")}

    def test_a_removed_organisation_takes_its_objects_along_and_a_new_configuration_rolls_the_host(self, prod: Stage) -> None:
        prod.edit({"systems/play-new/orgs": organisations(prod)[:-1], "systems/play-new/log_level": "debug"})

        changes = dict(passed(prod.verb("up")).changes)
        assert changes.pop("delete") == OF_DELTA
        assert changes == {"update": frozenset({f"{PLAY_NEW}-pn-config", f"{PLAY_NEW}-pn-host-deployment"})}

    def test_no_secret_stands_anywhere_in_plain_text(self, prod: Stage, planted: tuple[str, ...]) -> None:
        with prod.world() as world:
            values = leaks.secrets_in(world)
            assert leaks.missing(planted, values) == [], "what was planted has arrived"
            assert len(values - set(planted)) >= 7, "passwords, and addresses with passwords in them"
            everything = values | set(planted)
            assert leaks.in_world(world, everything) == []
        assert leaks.in_files(prod.state, everything) == []
        assert leaks.in_text(prod.verb("export").out, everything) == []
        assert leaks.in_text(json.dumps(outputs(prod)), everything) == []
        assert [leaks.in_text(text, everything) for text in prod.spoken] == [[] for _ in prod.spoken]
        assert all(path.stat().st_mode & 0o077 == 0 for path in prod.state.glob(f"{leaks.VAULT}*"))

    def test_export_prints_the_state_and_nothing_else(self, prod: Stage) -> None:
        ran = prod.verb("export")

        assert ran.code == 0
        assert json.loads(ran.out)["deployment"]["resources"] == prod.resources()
        assert ran.err == ""

    def test_destroy_leaves_what_is_protected_and_says_how_to_release_it(self, prod: Stage, story: Story) -> None:
        ran = prod.verb("destroy")

        assert ran.code == 0, ran.said
        left = prod.resources()
        protected = {one["urn"].rpartition("::")[2] for one in left if one.get("protect")}
        kinds = {one["type"] for one in left if one.get("protect")}
        assert kinds >= story.kept
        assert all(name in ran.out for name in protected)
        assert not [one["urn"] for one in left if one["type"].startswith("kubernetes:")]
        assert prod.made() == prod.recorded()
        assert "not deleted for another reason" not in ran.out, "the rest is what those stand on"
        assert f"write `deletion_protection: false` under `eu-cloud:stack` in Pulumi.{prod.stack}.yaml" in ran.out

    def test_once_released_everything_goes(self, prod: Stage) -> None:
        prod.edit({"deletion_protection": False})
        passed(prod.verb("up"))
        assert not [one["urn"] for one in prod.resources() if one.get("protect")]

        ran = prod.verb("destroy")
        assert ran.code == 0, ran.said
        assert f"{prod.stack}: nothing is left" in ran.out
        assert prod.made() == []
        assert prod.resources() == []


OF_DELTA = frozenset(f"{PLAY_NEW}-{name}-delta" for name in ("pn-agent-config", "pn-org-context", "pn-agent-secrets"))
