"""Play New: who may talk to whom."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from tests.infra.systems.world import World

DATA = {"10.20.4.0/24", "10.20.5.0/24", "10.20.6.0/24"}
NODES = {"10.20.16.0/20", "10.20.32.0/20", "10.20.48.0/20"}
API = "172.20.0.1/32"
IDENTITY = "169.254.170.23/32"


def policy(world: World, name: str, namespace: str) -> dict[str, Any]:
    return world.named("NetworkPolicy", name, namespace).inputs["spec"]


def addresses(world: World, name: str, namespace: str) -> set[tuple[str, int]]:
    """Address ranges that the pods may open connections to, with the port."""
    return {
        (peer["ipBlock"]["cidr"], int(port["port"]))
        for rule in policy(world, name, namespace).get("egress", [])
        for peer in rule["to"]
        for port in rule["ports"]
        if "ipBlock" in peer
    }


def named(peer: dict[str, Any]) -> str:
    return peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]


def outside(world: World, name: str, namespace: str) -> list[dict[str, Any]]:
    return [
        rule
        for rule in policy(world, name, namespace)["egress"]
        if any(peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0" for peer in rule["to"])
    ]


@pytest.mark.requirement("PN-17")
@pytest.mark.parametrize("namespace", ["pn-system", "pn-agents"])
def test_everything_is_denied_both_ways_unless_allowed(phase0: World, namespace: str):
    denied = policy(phase0, "default-deny", namespace)
    assert denied["podSelector"] == {}
    assert denied["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in denied
    assert "egress" not in denied


@pytest.mark.requirement("PN-17")
def test_every_policy_governs_both_directions(phase0: World):
    assert all(item.inputs["spec"]["policyTypes"] == ["Ingress", "Egress"] for item in phase0.all("NetworkPolicy"))


@pytest.mark.requirement("PN-17")
def test_the_host_is_reached_by_the_gateway_and_by_prometheus_on_its_port_alone(phase0: World):
    spec = policy(phase0, "pn-host", "pn-system")
    assert spec["podSelector"]["matchLabels"] == {"app": "playnew", "component": "host"}
    reached = {(named(peer), int(port["port"])) for rule in spec["ingress"] for peer in rule["from"] for port in rule["ports"]}
    assert reached == {("gateway", 3000), ("monitoring", 3000)}


@pytest.mark.requirement("PN-17")
def test_the_host_reaches_database_cluster_api_identity_and_the_internet(phase0: World):
    assert addresses(phase0, "pn-host", "pn-system") == {
        *((cidr, 5432) for cidr in DATA),
        *((cidr, 443) for cidr in NODES),
        (API, 443),
        (IDENTITY, 80),
        ("0.0.0.0/0", 443),
    }


@pytest.mark.requirement("PN-17")
@pytest.mark.parametrize("job", ["pn-db-roles", "pn-db-migrate"])
def test_database_jobs_reach_the_database_and_nothing_else(phase0: World, job: str):
    assert addresses(phase0, job, "pn-system") == {(cidr, 5432) for cidr in DATA}
    assert "ingress" not in policy(phase0, job, "pn-system")
    labels = policy(phase0, job, "pn-system")["podSelector"]["matchLabels"]
    assert phase0.job(job).inputs["spec"]["template"]["metadata"]["labels"].items() >= labels.items()


@pytest.mark.requirement("PN-17")
def test_agents_reach_names_and_the_internet_and_are_reached_by_nobody(phase0: World):
    spec = policy(phase0, "pn-agent-runner", "pn-agents")
    assert spec["podSelector"]["matchLabels"] == {"app": "playnew", "component": "agent-runner"}
    assert "ingress" not in spec
    assert addresses(phase0, "pn-agent-runner", "pn-agents") == {("0.0.0.0/0", 443)}
    assert len(spec["egress"]) == 2


@pytest.mark.requirement("PN-17")
@pytest.mark.parametrize(("pods", "namespace"), [("pn-host", "pn-system"), ("pn-agent-runner", "pn-agents")])
def test_the_internet_is_neither_the_private_network_nor_the_metadata_service(phase0: World, pods: str, namespace: str):
    rules = outside(phase0, pods, namespace)
    assert len(rules) == 1
    excluded = [ip_network(cidr) for cidr in rules[0]["to"][0]["ipBlock"]["except"]]
    for address in ("10.20.4.10", "172.20.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"):
        assert any(ip_address(address) in network for network in excluded), address
    assert [(port["protocol"], port["port"]) for port in rules[0]["ports"]] == [("TCP", 443)]


@pytest.mark.requirement("PN-17")
@pytest.mark.parametrize(
    ("pods", "namespace"),
    [("pn-host", "pn-system"), ("pn-db-roles", "pn-system"), ("pn-db-migrate", "pn-system"), ("pn-agent-runner", "pn-agents")],
)
def test_names_are_asked_of_the_clusters_own_servers(phase0: World, pods: str, namespace: str):
    rules = [
        rule
        for rule in policy(phase0, pods, namespace)["egress"]
        if {(port["protocol"], int(port["port"])) for port in rule["ports"]} == {("UDP", 53), ("TCP", 53)}
    ]
    assert len(rules) == 1
    (peer,) = rules[0]["to"]
    assert named(peer) == "kube-system"
    assert peer["podSelector"]["matchLabels"] == {"k8s-app": "kube-dns"}


@pytest.mark.requirement("PN-17")
def test_no_pod_starts_before_its_policies(phase0: World):
    policies = {item.name for item in phase0.all("NetworkPolicy") if item.inputs["metadata"]["namespace"] == "pn-system"}
    for item in (*phase0.all("Job"), *phase0.all("Deployment")):
        assert policies <= set(item.depends_on), item.name


@pytest.mark.requirement("PN-26")
def test_from_phase_one_the_host_sends_traces_to_the_collector(phase0: World, phase1: World):
    def collectors(world: World) -> set[int]:
        rules = policy(world, "pn-host", "pn-system")["egress"]
        return {
            int(port["port"])
            for rule in rules
            for peer in rule["to"]
            if "namespaceSelector" in peer and named(peer) == "monitoring"
            for port in rule["ports"]
        }

    assert collectors(phase0) == set()
    assert collectors(phase1) == {4317, 4318}
