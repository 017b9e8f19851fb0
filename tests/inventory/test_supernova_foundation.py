"""Supernova's rows on what whole stacks register on each cloud: nodes, namespaces, policies, database, backups, Redis, images."""

from __future__ import annotations

import re
from typing import Any

import pytest

from components.vocabulary import Cloud
from tests.inventory.cases import Case
from tests.inventory.pods import found, objects, of_kind
from tests.inventory.supernova import MIGRATE, POOLER, ROLES, SEED, SERVER, VALKEY, namespace, release, stored, usual
from tests.inventory.test_images import cached, containers, direct
from tests.recorder import Recording, Registered

pytestmark = pytest.mark.inventory

ANYWHERE = {"monitoring", "gateway-system", "kube-system"}
"""Namespaces of the platform whose pods talk with every system's."""


def own(registered: Recording[Any]) -> list[Registered]:
    """The system's own objects of the cluster, without what it puts into the platform's namespaces."""
    component = registered.one("eucloud:System")
    within = [item for item in registered if item.custom and item.type.startswith("kubernetes:") and item.name.startswith(component.name)]
    return [item for item in within if item.inputs.get("metadata", {}).get("namespace") != "monitoring"]


@pytest.mark.requirement("SN-01")
def test_production_has_three_nodes_of_four_cpus_over_three_zones_at_least(in_production: Case) -> None:
    (pool,) = in_production.view.pools(in_production.recorded())
    assert pool.least >= 3
    assert pool.vcpus >= 4
    assert pool.memory_gib >= 8
    assert (pool.zones, pool.public) == (3, False)


@pytest.mark.requirement("SN-01")
@pytest.mark.requirement("SN-02")
def test_one_namespace_is_the_systems_restricted_closed_and_bounded(supernova: Case) -> None:
    registered, name = supernova.recorded(), namespace(supernova)
    assert [obj["metadata"]["name"] for obj in of_kind(registered, "Namespace") if "supernova" in obj["metadata"]["name"]] == [name]
    labels = found(registered, "Namespace", name)["metadata"]["labels"]
    assert {labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")} == {"restricted"}
    closed = [
        obj["metadata"]["namespace"]
        for obj in of_kind(registered, "NetworkPolicy")
        if obj["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    ]
    assert name in closed
    bounds = {obj["kind"] for _, obj in objects(registered) if obj["metadata"].get("namespace") == name}
    assert {"ResourceQuota", "LimitRange"} <= bounds


@pytest.mark.requirement("SN-02")
def test_everything_of_the_system_stands_in_its_namespace(supernova: Case) -> None:
    within = own(supernova.recorded())
    assert len(within) > 25
    places = {item.inputs["metadata"].get("namespace") or item.inputs["metadata"]["name"] for item in within}
    assert places == {namespace(supernova)}


def peers(rules: list[dict[str, Any]], side: str) -> set[str]:
    """Whom the rules let through: pods of the system by name, namespaces of the platform, `data` for other private addresses."""
    told: set[str] = set()
    for peer in (peer for rule in rules for peer in rule[side]):
        if block := peer.get("ipBlock"):
            told.add("internet" if block["cidr"] == "0.0.0.0/0" else "data")
        else:
            space = peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
            labels = peer.get("podSelector", {}).get("matchLabels", {})
            told.add(space if space in ANYWHERE else labels.get("component") or labels["app"])
    return told


def reach(registered: Recording[Any], name: str) -> tuple[set[str], set[str]]:
    """Who may connect to the pods of that name, and what they may connect to."""
    (spec,) = [
        obj["spec"]
        for obj in of_kind(registered, "NetworkPolicy")
        if name in {obj["spec"]["podSelector"].get("matchLabels", {}).get(label) for label in ("component", "app")}
    ]
    assert set(spec["policyTypes"]) == {"Ingress", "Egress"}
    return peers(spec.get("ingress", []), "from"), peers(spec.get("egress", []), "to")


@pytest.mark.requirement("SN-01")
def test_pods_reach_what_they_use_and_nothing_else(supernova: Case) -> None:
    registered = supernova.recorded()
    redis = VALKEY if supernova.configuration["environment"] == "production" else "data"
    assert reach(registered, SERVER) == ({"gateway-system", "monitoring"}, {"kube-system", POOLER, redis, "internet"})
    assert reach(registered, POOLER) == ({SERVER, SEED, "monitoring"}, {"kube-system", "data"})
    assert reach(registered, MIGRATE) == reach(registered, ROLES) == (set(), {"kube-system", "data"})
    assert reach(registered, SEED) == (set(), {"kube-system", POOLER})
    if redis == VALKEY:
        assert reach(registered, VALKEY) == ({SERVER, VALKEY, "monitoring"}, {VALKEY, "kube-system"})


@pytest.mark.requirement("SN-03")
def test_the_database_is_postgresql_16_closed_encrypted_and_of_the_environment(supernova: Case) -> None:
    registered, environment = supernova.recorded(), supernova.configuration["environment"]
    (database,) = supernova.view.databases(registered)
    assert int(database.major) >= 15
    assert database.database == f"supernova_{environment}"
    assert database.key.startswith(f"supernova-{environment}-data-key")
    assert (database.tls_only, database.public, database.point_in_time) == (True, False, True)
    assert database.highly_available is (environment != "development")


@pytest.mark.requirement("SN-03")
def test_production_keeps_daily_backups_for_thirty_days(in_production: Case) -> None:
    (database,) = in_production.view.databases(in_production.recorded())
    assert database.backup_days >= 30
    assert database.protected


@pytest.mark.requirement("SN-03")
@pytest.mark.xdist_group("supernova-aws-production")
def test_on_aws_a_plan_keeps_a_full_backup_of_each_week_for_ninety_days() -> None:
    registered = usual(Cloud.AWS).recorded()
    tags = registered.one("aws:rds/instance:Instance").inputs["tags"]
    chosen = {
        selection.inputs["planId"].removesuffix("-id")
        for selection in registered.of("aws:backup/selection:Selection")
        for tag in selection.inputs["selectionTags"]
        if tags.get(tag["key"]) == tag["value"]
    }
    rules = {rule["ruleName"]: rule for plan in chosen for rule in registered.one("aws:backup/plan:Plan", plan).inputs["rules"]}
    assert {name: rule["lifecycle"]["deleteAfter"] for name, rule in rules.items()} == {"daily": 30, "hourly": 2, "weekly": 90}
    assert rules["weekly"]["schedule"].endswith("SUN *)")
    # In the second region too.
    assert [copy["lifecycle"]["deleteAfter"] for copy in rules["weekly"]["copyActions"]] == [90]


@pytest.mark.requirement("SN-03")
@pytest.mark.xdist_group("supernova-gcp-production")
def test_on_gcp_the_instance_keeps_its_daily_backups_for_ninety_days() -> None:
    """Cloud SQL has one schedule: the weekly ones are among the daily ones. Every backup can be restored by itself."""
    settings = usual(Cloud.GCP).recorded().one("gcp:sql/databaseInstance:DatabaseInstance").inputs["settings"]
    assert settings["backupConfiguration"]["backupRetentionSettings"] == {"retainedBackups": 90, "retentionUnit": "COUNT"}


@pytest.mark.requirement("SN-03")
@pytest.mark.xdist_group("supernova-azure-production")
def test_on_azure_a_policy_keeps_the_first_full_backup_of_each_week_for_ninety_days() -> None:
    registered = usual(Cloud.AZURE).recorded()
    policies = {item.urn: item for item in registered.of("azure-native:dataprotection:BackupPolicy")}
    (instance,) = [item for item in registered.of("azure-native:dataprotection:BackupInstance") if "postgresql" in str(item.inputs).lower()]
    (policy,) = [policies[urn] for urn in instance.through & set(policies)]
    kept = {
        rule["name"]: lifecycle["deleteAfter"]["duration"]
        for rule in policy.inputs["properties"]["policyRules"]
        for lifecycle in rule.get("lifecycles", [])
    }
    assert kept == {"Default": "P30D", "Weekly": "P90D"}


def pooler(registered: Recording[Any]) -> dict[str, str]:
    """The settings of PgBouncer."""
    text = found(registered, "ConfigMap", POOLER)["data"]["pgbouncer.ini"]
    return dict(re.findall(r"^(\w+) = (.*)$", text, re.MULTILINE))


@pytest.mark.requirement("SN-03")
def test_pgbouncer_pools_transactions_and_speaks_tls_on_both_sides(supernova: Case) -> None:
    registered = supernova.recorded()
    settings = pooler(registered)
    assert (settings["pool_mode"], settings["client_tls_sslmode"]) == ("transaction", "require")
    assert settings["server_tls_sslmode"] in {"require", "verify-ca", "verify-full"}
    assert settings["auth_type"] == "scram-sha-256"
    deployment = found(registered, "Deployment", POOLER)
    assert deployment["spec"]["replicas"] == (1 if supernova.configuration["environment"] == "development" else 2)


@pytest.mark.requirement("SN-03")
def test_the_servers_url_leads_to_pgbouncer_and_the_migrations_past_it(supernova: Case) -> None:
    registered, space = supernova.recorded(), namespace(supernova)
    database = f"supernova_{supernova.configuration['environment']}"
    url, owner = stored(supernova, "database-url"), stored(supernova, "database-owner-url")
    assert re.fullmatch(rf"postgresql://supernova:[^@]+@{POOLER}\.{space}\.svc\.cluster\.local:6432/{database}\?sslmode=require", url)
    served = re.search(
        rf"^{database} = host=(\S+) port=5432", found(registered, "ConfigMap", POOLER)["data"]["pgbouncer.ini"], re.MULTILINE
    )
    assert served
    assert re.fullmatch(rf"postgresql://supernova_owner:[^@]+@{re.escape(served[1])}:5432/{database}\?sslmode=require", owner)


@pytest.mark.requirement("SN-13")
def test_the_cluster_is_backed_up_for_thirty_and_ninety_days_and_every_hour(in_production: Case) -> None:
    registered = in_production.recorded()
    values = release(registered, "velero")
    hours = {name: int(one["template"]["ttl"].partition("h")[0]) for name, one in values["schedules"].items() if not one["disabled"]}
    assert hours == {"hourly": 48, "daily": 30 * 24, "weekly": 90 * 24}
    # An hour is the most that may be lost.
    assert values["schedules"]["hourly"]["schedule"].split()[1:] == ["*", "*", "*", "*"]
    assert all(one["template"]["includedNamespaces"] == ["*"] for one in values["schedules"].values())
    (place,) = values["configuration"]["backupStorageLocation"]
    assert place["default"] is True
    assert place["bucket"] in {
        name for item in registered.of(in_production.view.types.bucket) for name in (item.inputs.get("bucket"), item.state["name"])
    }


@pytest.mark.requirement("SN-16")
def test_no_image_comes_from_outside_the_stacks_registry(supernova: Case) -> None:
    registered = supernova.recorded()
    assert direct(registered) == set()
    assert cached(registered) >= {"ghcr.io", "docker.io", "quay.io", "registry.k8s.io"}


@pytest.mark.requirement("SN-16")
def test_the_servers_image_is_the_one_of_ghcr_by_way_of_the_cache(supernova: Case) -> None:
    registered = supernova.recorded()
    images = {str(container["image"]) for owner, container in containers(registered) if SERVER in str(owner)}
    (image,) = images
    assert image.endswith("/supernova/supernova-server:v1.2.3")
    assert image.startswith(registered.one(f"eucloud:{supernova.cloud}:Registry").outputs["caches"]["ghcr.io"])
