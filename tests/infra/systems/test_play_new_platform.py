"""Play New: what it asks of the platform, and what its options refuse."""

from __future__ import annotations

from math import floor
from typing import Any, Literal

import pytest
from pydantic import ValidationError

from components.cluster.spec import NodePool
from components.identity.spec import IdentitySpec, KeyGrant
from components.vocabulary import Size
from infra.systems.play_new.agents import CPU_REQUEST, MEMORY_REQUEST, quota
from infra.systems.play_new.options import DATABASE
from infra.systems.play_new.phases import PHASES
from tests.infra.systems.world import World, bring_up, options, system

DSN = "https://0123456789abcdef0123456789abcdef@o4501.ingest.de.sentry.io/4502"
# Of a node with 4 vCPU and 16 GiB, what the kubelet and the system leave to pods, less what runs on every node.
NODE_CPU, NODE_MEMORY = 3920 - 320, (14.5 - 0.7) * 1024


def pools(phase: Literal[0, 1]) -> dict[str, NodePool]:
    return {pool.name: pool for pool in system(phase).pools}


def total(phase: Literal[0, 1], field: str) -> int:
    return sum(getattr(pool, field) for pool in system(phase).pools)


def refused(**given: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        options(**given)
    return str(caught.value)


@pytest.mark.requirement("PN-01")
def test_no_data_of_the_system_leaves_its_region():
    for phase in (0, 1):
        spec = system(phase)
        assert spec.backup.copy_region is None
        assert all(database.backup_region is None for database in spec.databases.values())


@pytest.mark.requirement("PN-03")
def test_the_cluster_has_two_nodes_for_the_host_and_two_for_agents_and_scales_from_two_to_six():
    assert {name: pool.desired_nodes for name, pool in pools(0).items()} == {"host": 2, "agents": 2}
    assert (total(0, "min_nodes"), total(0, "max_nodes")) == (2, 6)
    assert {pool.size for pool in system().pools} == {Size.MEDIUM}


@pytest.mark.requirement("PN-03")
@pytest.mark.requirement("PN-23")
def test_in_phase_one_the_cluster_scales_from_eight_to_sixteen():
    assert (total(1, "min_nodes"), total(1, "max_nodes")) == (8, 16)


@pytest.mark.requirement("PN-03")
def test_agents_have_their_nodes_to_themselves_and_never_wait_for_the_first():
    agents = pools(0)["agents"]
    assert agents.tainted
    assert agents.min_nodes >= 1
    assert not pools(0)["host"].tainted


@pytest.mark.requirement("PN-03")
@pytest.mark.parametrize("phase", [0, 1])
def test_the_documented_number_of_agents_fits_the_usual_nodes_at_once(phase: Literal[0, 1]):
    wanted, nodes = PHASES[phase].agents_at_once, pools(phase)["agents"].desired_nodes
    assert wanted >= 20
    assert nodes * floor(NODE_CPU / CPU_REQUEST) >= wanted
    assert nodes * floor(NODE_MEMORY / MEMORY_REQUEST) >= wanted


@pytest.mark.requirement("PN-03")
def test_the_quota_has_room_for_twenty_agents_and_a_fifth_more():
    room = quota(20)
    assert (room.pods, room.limits_cpu, room.limits_memory) == (24, "12000m", "12288Mi")
    assert (room.requests_cpu, room.requests_memory) == ("6000m", "6144Mi")


@pytest.mark.requirement("PN-05")
def test_the_database_is_postgresql_16_as_documented():
    database = system().databases[DATABASE]
    assert (database.major, database.database, database.size) == ("16", "pn_agent", Size.SMALL)
    assert (database.storage_gib, database.highly_available, database.backup_days) == (100, True, 30)
    assert database.max_storage_gib > database.storage_gib
    assert database.deletion_protected
    window = database.maintenance
    assert (window.day, window.start, window.end, window.utc_offset_hours) == ("sat", "02:00", "04:00", 1)


@pytest.mark.requirement("PN-05")
@pytest.mark.requirement("PN-23")
def test_phase_one_doubles_the_database_and_adds_a_read_replica():
    database = system(1).databases[DATABASE]
    assert (database.size, database.replicas) == (Size.MEDIUM, 1)
    assert system(0).databases[DATABASE].replicas == 0


@pytest.mark.requirement("PN-07")
def test_the_registry_holds_the_two_repositories(phase0: World):
    assert set(phase0.registered.result.repositories) == {"pn-host", "pn-agent-runner"}


@pytest.mark.requirement("PN-08")
def test_the_master_key_is_the_hosts_alone(phase0: World):
    assert phase0.spec.keys["master"].exclusive
    assert set(phase0.platform.identities) == {"pn-host"}
    asked = phase0.platform.identities["pn-host"]
    assert asked.spec == IdentitySpec(namespace="pn-system", service_account="pn-host")
    assert [type(grant) for grant in asked.grants] == [KeyGrant]


@pytest.mark.requirement("PN-20")
def test_alerts_go_by_mail_and_from_phase_one_to_pagerduty_too():
    assert (system(0).receivers.emails, system(0).receivers.pagerduty) == (("ops@playnew.example",), False)
    assert system(1).receivers.pagerduty


@pytest.mark.requirement("PN-21")
@pytest.mark.parametrize(
    "dsn",
    [
        "https://0123456789abcdef0123456789abcdef@o4501.ingest.sentry.io/4502",
        "https://0123456789abcdef0123456789abcdef@o4501.ingest.us.sentry.io/4502",
        "https://0123456789abcdef0123456789abcdef@o4501.ingest.de.sentry.io.example.com/4502",
        "http://0123456789abcdef0123456789abcdef@o4501.ingest.de.sentry.io/4502",
    ],
)
def test_a_sentry_outside_the_eu_is_refused_without_repeating_its_key(dsn: str):
    message = refused(sentry_dsn=dsn).split("[type=", maxsplit=1)[0]
    assert "ingest.de.sentry.io" in message
    assert "0123456789abcdef" not in message


@pytest.mark.requirement("PN-21")
def test_sentry_in_the_eu_gets_environment_release_and_a_tenth_of_the_traces():
    host = bring_up(sentry_dsn=DSN).named("Deployment", "pn-host")
    env = {item["name"]: item["value"] for item in host.inputs["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert env["SENTRY_DSN"] == DSN
    assert (env["SENTRY_ENVIRONMENT"], env["SENTRY_RELEASE"], env["SENTRY_TRACES_SAMPLE_RATE"]) == ("production", "0.1.0", "0.1")
    assert env["APP_VERSION"] == "0.1.0"


@pytest.mark.requirement("PN-16")
def test_an_organisation_given_twice_is_refused_by_its_id():
    message = refused(orgs=[{"id": "alpha"}, {"id": "bravo"}, {"id": "alpha"}])
    assert "orgs" in message
    assert "'alpha' is given more than once" in message


@pytest.mark.requirement("PN-16")
@pytest.mark.parametrize("org", ["Alpha", "a_b", "-a", "a" * 41, ""])
def test_an_organisation_id_that_is_no_name_of_an_object_is_refused(org: str):
    assert "orgs" in refused(orgs=[{"id": org}])


@pytest.mark.requirement("PN-22")
def test_a_restore_makes_a_second_instance_and_leaves_the_first_as_it_is():
    restored = {"name": "pn-agent-db-restored", "snapshot": "pn-manual-20260501"}
    databases = system(database={"restored": restored}).databases
    assert databases[DATABASE] == system().databases[DATABASE]
    assert databases["pn-agent-db-restored"].restore_from == "pn-manual-20260501"


@pytest.mark.requirement("PN-22")
def test_one_value_switches_the_application_to_the_restored_instance():
    restored = {"snapshot": "pn-manual-20260501"}
    before = bring_up(database={"restored": restored})
    after = bring_up(database={"restored": restored, "active": "pn-agent-db-restored"})
    assert "pn-agent-db-restored.db" in after.stored.inputs["database-url"]
    assert "pn-agent-db-restored.db" not in before.stored.inputs["database-url"]
    assert before.job("pn-db-roles").inputs["metadata"]["name"] != after.job("pn-db-roles").inputs["metadata"]["name"]
    assert template(before)["metadata"]["annotations"] != template(after)["metadata"]["annotations"]


@pytest.mark.requirement("PN-22")
def test_a_database_that_does_not_exist_cannot_be_active():
    assert "allowed: pn-agent-db" in refused(database={"active": "pn-agent-db-restored"})


@pytest.mark.requirement("PN-22")
def test_phase_one_backs_up_every_hour():
    assert (system(0).backup.hourly, system(1).backup.hourly) == (False, True)


@pytest.mark.requirement("PN-24")
def test_the_llm_fail_over_is_one_option_and_off_by_default(phase0: World):
    assert "INTERACTIVE_FALLBACK" not in variables(phase0)
    assert variables(bring_up(interactive_fallback="openai"))["INTERACTIVE_FALLBACK"] == "openai"


@pytest.mark.requirement("PN-25")
def test_the_budget_of_phase_zero_speaks_up_at_two_thousand_and_at_five_thousand_euros():
    budget = system().budget
    assert budget is not None
    assert budget.monthly_eur * min(budget.thresholds) / 100 == 2000
    assert budget.monthly_eur == 5000
    assert 100 in budget.thresholds
    assert budget.emails == ("ops@playnew.example",)


@pytest.mark.requirement("PN-26")
@pytest.mark.requirement("PN-23")
def test_phase_one_adds_traces_and_logs(phase0: World, phase1: World):
    assert (phase0.spec.observability.traces, phase0.spec.observability.logs) == (False, False)
    assert (phase1.spec.observability.traces, phase1.spec.observability.logs) == (True, True)
    assert variables(phase1)["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://collector.monitoring:4318"
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" not in variables(phase0)


def test_a_key_that_is_unknown_is_refused():
    assert "version_tag" in refused(version_tag="1")


def template(world: World) -> dict[str, Any]:
    return world.named("Deployment", "pn-host").inputs["spec"]["template"]


def variables(world: World) -> dict[str, str]:
    return {item["name"]: item["value"] for item in template(world)["spec"]["containers"][0]["env"]}
