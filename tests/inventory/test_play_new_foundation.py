"""Play New's rows on what whole stacks register on each cloud: region, network, nodes, database, registry, master key, budget."""

from __future__ import annotations

from typing import Any

import pytest

from components.geography import eu_region
from components.vocabulary import Cloud
from tests.inventory.cases import Case, case
from tests.inventory.clouds.facts import Database, Pool, View
from tests.inventory.pods import objects
from tests.recorder import Recording

pytestmark = pytest.mark.inventory

DOCUMENTED = {Cloud.AWS: "eu-west-1", Cloud.GCP: "europe-west1", Cloud.AZURE: "westeurope"}
"""Ireland, Belgium, West Europe: the document's other places."""


def primary(view: View, registered: Recording[Any]) -> Database:
    (found,) = [one for one in view.databases(registered) if not one.replica]
    return found


@pytest.mark.requirement("PN-01")
def test_everything_is_in_milan_but_the_copies_of_backups(case: Case) -> None:
    registered = case.recorded()
    elsewhere = {name for name, place in case.view.places(registered).items() if place != case.view.home}
    assert [name for name in sorted(elsewhere) if "-copy" not in name] == []
    durable = {item.name for item in registered if item.type in {case.view.types.database, case.view.types.cluster}}
    assert not durable & elsewhere


@pytest.mark.requirement("PN-01")
def test_copies_of_backups_lie_in_the_second_region_of_the_stack_file(
    cloud: Cloud, view: View, production: Recording[None], staging: Recording[None]
) -> None:
    copies = set(view.places(production).values()) - {view.home}
    second = case(cloud, "production").configuration.get("backup_region")
    assert copies == ({second} if second else set())
    assert all(eu_region(cloud, code) for code in copies)
    assert set(view.places(staging).values()) == {view.home}


@pytest.mark.requirement("PN-01")
def test_one_value_moves_the_whole_stack_to_the_other_places_of_the_document(cloud: Cloud, view: View) -> None:
    place = DOCUMENTED[cloud]
    moved = case(cloud, "staging").recorded({"region": place, "mail/host": "smtp.example.eu:587"})
    assert set(view.places(moved).values()) == {place}
    assert view.zones(moved) <= {place}


@pytest.mark.requirement("PN-02")
def test_the_internet_reaches_no_node_no_database_and_no_cache(case: Case) -> None:
    registered = case.recorded()
    assert case.view.reachable(registered) == []
    assert not any(pool.public for pool in case.view.pools(registered))
    assert not any(database.public for database in case.view.databases(registered))
    assert not any(cache.public for cache in case.view.caches(registered))


@pytest.mark.requirement("PN-02")
def test_one_service_alone_faces_the_internet(registered: Recording[None]) -> None:
    open_ = [
        name for name, obj in objects(registered) if obj["kind"] == "Service" and obj["spec"].get("type") in ("LoadBalancer", "NodePort")
    ]
    assert open_ == [f"{registered.one('eucloud:platform:Region').name}-addons-gateway"]


ONE_WAY_OUT = {Cloud.AZURE}
"""Gateways over all zones (StandardV2) are newer than the API version that the SDK speaks: see components/network/README.md."""


@pytest.mark.requirement("PN-02")
def test_in_production_a_zone_that_fails_takes_nobody_elses_way_out(cloud: Cloud, view: View, production: Recording[None]) -> None:
    assert view.ways_out(production) == (1 if cloud in ONE_WAY_OUT else 3)


def total(pools: list[Pool]) -> tuple[int, int]:
    return sum(pool.least for pool in pools), sum(pool.most for pool in pools)


FIRST_NODES = {Cloud.AWS: 2, Cloud.GCP: 3, Cloud.AZURE: 2}
"""Of each pool. GKE begins with the same number in each zone, and takes away what nobody needs."""


@pytest.mark.requirement("PN-03")
def test_the_nodes_of_each_phase_are_as_documented(cloud: Cloud, view: View, production: Recording[None], phase1: Recording[None]) -> None:
    assert [pool.desired for pool in view.pools(production)] == [FIRST_NODES[cloud]] * 2
    assert total(view.pools(production)) == (2, 6)
    assert total(view.pools(phase1)) == (8, 16)


@pytest.mark.requirement("PN-03")
def test_nodes_have_four_cpus_and_sixteen_gib_and_a_supported_kubernetes(case: Case) -> None:
    registered = case.recorded()
    version = case.view.kubernetes(registered)
    assert tuple(int(part) for part in version.split(".")[:2]) >= (1, 29)
    for pool in case.view.pools(registered):
        assert (pool.vcpus, pool.memory_gib, pool.zones) == (4, 16, 3), pool.name
        assert pool.version == version


@pytest.mark.requirement("PN-05")
def test_the_database_is_the_documented_one(view: View, production: Recording[None]) -> None:
    found = primary(view, production)
    assert (found.major, found.database, found.vcpus, found.memory_gib) == ("16", "pn_agent", 2, 8)
    assert found.storage_gib >= 100
    assert found.grows
    assert found.grows_to is None or found.grows_to > found.storage_gib
    assert found.highly_available
    assert found.key.startswith("playnew-production-data-key")
    assert found.tls_only
    assert (found.backup_days, found.point_in_time) == (30, True)
    assert found.maintenance[:2] == ("sat", "01:00")  # 02:00 CET
    assert found.protected
    assert not found.public


@pytest.mark.requirement("PN-05")
@pytest.mark.requirement("PN-23")
def test_phase_one_has_a_larger_database_and_a_read_replica(view: View, phase1: Recording[None]) -> None:
    first = primary(view, phase1)
    (replica,) = [one for one in view.databases(phase1) if one.replica]
    assert (first.vcpus, first.memory_gib) == (4, 16)
    assert (replica.vcpus, replica.memory_gib) == (4, 16)
    assert replica.key == first.key
    assert not replica.public


NO_IMMUTABLE_TAGS = {Cloud.AZURE}
"""A registry of Azure locks tags one by one, after they were pushed: see components/registry/README.md."""


@pytest.mark.requirement("PN-07")
def test_the_registry_has_the_two_repositories_under_the_stacks_key(play_new: Case) -> None:
    found = {one.name: one for one in play_new.view.repositories(play_new.recorded())}
    assert set(found) == {"pn-host", "pn-agent-runner"}
    prefix = play_new.recorded().one("eucloud:platform:Region").name
    for one in found.values():
        assert one.immutable or play_new.cloud in NO_IMMUTABLE_TAGS
        assert one.scanned
        assert one.cleaned
        assert one.key.startswith(f"{prefix}-data-key")


@pytest.mark.requirement("PN-08")
def test_the_master_key_is_used_by_the_host_and_by_nobody_else(play_new: Case) -> None:
    registered, view = play_new.recorded(), play_new.view
    prefix = registered.one("eucloud:platform:Region").name
    (key,) = [item for item in registered.of(view.types.key) if item.name.startswith(f"{prefix}-master-key")]
    assert view.rotated(key)
    assert view.users_of(registered, key) == {("pn-system", "pn-host")}
    (host,) = registered.of("kubernetes:apps/v1:Deployment")
    (container,) = host.inputs["spec"]["template"]["spec"]["containers"]
    assert view.reference(key) in next(item["value"] for item in container["env"] if item["name"] == "ENCRYPTION_KEY_REF")


@pytest.mark.requirement("PN-25")
def test_the_budget_covers_the_account_of_the_stack_and_warns_at_two_thousand_euros(
    cloud: Cloud, view: View, production: Recording[None]
) -> None:
    (budget,) = view.budgets(production)
    assert budget.monthly == 5000
    assert (budget.warnings[0], budget.warnings[-1]) == (2000, 5000)
    assert budget.recipients == {"ops@playnew.ai"}
    assert case(cloud, "production").configuration["account"] in budget.account
