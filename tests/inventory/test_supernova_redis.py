"""Supernova's Redis on what whole stacks register on each cloud: three modes, and the variables of each."""

from __future__ import annotations

import pytest

from components.vocabulary import Cloud
from tests.inventory.cases import Case
from tests.inventory.pods import found, of_kind
from tests.inventory.supernova import ENV, SERVER, VALKEY, container, environment, stored, variables

pytestmark = [pytest.mark.inventory, pytest.mark.requirement("SN-04")]

REDIS = {
    "single": {"REDIS_URL"},
    "sentinel": {"REDIS_SENTINEL", "REDIS_MASTER", "REDIS_PASSWORD"},
    "cluster": {"REDIS_CLUSTER_NODES", "REDIS_PASSWORD", "REDIS_TLS"},
}
"""The variables of each mode, with the credentials that its addresses have no room for."""
NO_PASSWORD = {Cloud.GCP}
"""A cluster of Memorystore knows none: see components/cache/README.md."""


def test_the_server_gets_the_variables_of_its_mode_of_redis_and_of_no_other(supernova: Case) -> None:
    mode = "sentinel" if environment(supernova) == "production" else "single"
    assert {name for name in variables(supernova.recorded()) if name.startswith("REDIS_")} == REDIS[mode]


def test_outside_production_the_url_leads_to_one_managed_node(outside_production: Case) -> None:
    registered = outside_production.recorded()
    endpoints = registered.exports["systems"]["supernova"]["caches"]
    (node,) = outside_production.view.caches(registered)
    assert (node.mode, node.replicas, node.eviction) == ("single", 0, "volatile-lru")
    assert (node.tls_only, node.password, node.public) == (True, True, False)
    assert node.key.startswith(f"supernova-{environment(outside_production)}-data-key")
    (endpoint,) = endpoints["supernova-redis"]
    url = stored(outside_production, "redis-url")
    assert url.startswith("rediss://:")
    assert url.endswith(f"@{endpoint}/0")
    assert not of_kind(registered, "StatefulSet")


def test_in_production_three_sentinels_watch_three_servers(in_production: Case) -> None:
    registered = in_production.recorded()
    assert in_production.view.caches(registered) == []
    servers = found(registered, "StatefulSet", VALKEY)["spec"]
    assert servers["replicas"] == 3
    assert {one["name"] for one in servers["template"]["spec"]["containers"]} == {"server", "sentinel", "exporter"}
    data = found(registered, "ConfigMap", ENV)["data"]
    hosts = [f"{VALKEY}-{number}.{VALKEY}.supernova.svc.cluster.local:26379" for number in range(3)]
    assert data["REDIS_SENTINEL"].split(",") == hosts
    (sentinel,) = [one for one in servers["template"]["spec"]["containers"] if one["name"] == "sentinel"]
    told = {one["name"]: one.get("value") for one in sentinel["env"]}
    assert (data["REDIS_MASTER"], told["QUORUM"]) == (told["MASTER"], "2")
    assert stored(in_production, "redis-password") == stored(in_production, f"{VALKEY}-password")


def test_a_managed_cluster_is_named_by_its_nodes(otherwise: Case) -> None:
    registered = otherwise.recorded()
    (cluster,) = otherwise.view.caches(registered)
    assert (cluster.mode, cluster.replicas, cluster.fails_over) == ("cluster", 1, True)
    assert (cluster.tls_only, cluster.public, cluster.protected) == (True, False, True)
    assert cluster.password is (otherwise.cloud not in NO_PASSWORD)
    expected = REDIS["cluster"] - (set() if cluster.password else {"REDIS_PASSWORD"})
    assert {name for name in variables(registered) if name.startswith("REDIS_")} == expected
    nodes = found(registered, "ConfigMap", ENV)["data"]["REDIS_CLUSTER_NODES"]
    assert nodes.split(",") == registered.exports["systems"]["supernova"]["caches"]["supernova-redis"]
    assert not of_kind(registered, "StatefulSet")


def test_the_server_trusts_the_authority_of_the_managed_cache(outside_production: Case) -> None:
    """GCP's are signed by an authority of their own; on the others the file is empty."""
    registered = outside_production.recorded()
    only = container(registered, "Deployment", SERVER)
    trusted = {one["name"]: one.get("value") for one in only.get("env", [])}.get("NODE_EXTRA_CA_CERTS")
    (mount,) = [one for one in only["volumeMounts"] if str(trusted).startswith(f"{one['mountPath']}/")]
    assert mount["readOnly"] is True
    pem = found(registered, "ConfigMap", "supernova-redis-authority")["data"][str(trusted).removeprefix(f"{mount['mountPath']}/")]
    assert bool(pem) is (outside_production.cloud is Cloud.GCP)
