"""What the add-ons and the host ask for at once, against the nodes of the host pool."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, cast

import pytest

from components.addons.aws import AwsDialect
from infra.profiles import PROFILES
from infra.systems.play_new.options import PlayNewOptions
from infra.systems.play_new.phases import HOST_POOL, PHASES
from tests import fakes
from tests.components.addons.world import RELEASE, World, build, spec

# Of a node with 4 vCPU and 16 GiB, what the kubelet and the system leave to pods.
NODE = (3920, 14.5 * 1024)
# The cloud's own pods, by its defaults: network, proxy, identity agent and storage on every node; DNS, storage and snapshots once.
CLOUD_PER_NODE, CLOUD_ONCE = (320, 700), (420, 800)
# What the charts add by their defaults: reloaders, Envoy's shutdown manager, Grafana's second sidecar, Loki's cache of results.
UNSEEN = (150, 600)
DAEMONS = {"kube-prometheus-stack.prometheus-node-exporter", "alloy.alloy", "alloy.configReloader"}
# Run and go: hooks, and init containers, which do not add to what runs after them.
PASSING = re.compile(r"certgen|startupapicheck|admissionWebhooks|upgradeJobResources|kubectl|initContainers")
REPLICAS = ("replicaCount", "replicas")


def requests(values: Mapping[str, Any], path: str, copies: int) -> Iterator[tuple[str, tuple[float, float]]]:
    """Where in the values, and CPU (millicores) and memory (MiB) of all copies. A part without its own number takes that of the part around
    it, which errs to the safe side."""
    copies = next((int(values[key]) for key in REPLICAS if key in values), copies)
    for key, value in values.items():
        if not isinstance(value, Mapping) or PASSING.search(key):
            continue
        part = cast("Mapping[str, Any]", value)
        asked = part.get("requests", {})
        if key == "resources" and "cpu" in asked:
            yield path, (copies * millicores(asked["cpu"]), copies * mebibytes(asked["memory"]))
        else:
            yield from requests(part, f"{path}.{key}", copies)


def millicores(quantity: str) -> float:
    return float(quantity.removesuffix("m")) * (1 if quantity.endswith("m") else 1000)


def mebibytes(quantity: str) -> float:
    return float(quantity[:-2]) * {"Mi": 1, "Gi": 1024}[quantity[-2:]]


def everything(world: World, nodes: int) -> dict[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = {}
    for release in world.recording.of(RELEASE):
        name = release.inputs["name"]
        for path, (cpu, memory) in requests(release.inputs["values"], name, 1):
            times = nodes if path in DAEMONS else 1
            found[path] = (times * cpu, times * memory)
    proxy = world.custom("EnvoyProxy", "shared").inputs["spec"]["provider"]["kubernetes"]
    asked, copies = proxy["envoyDeployment"]["container"]["resources"]["requests"], proxy["envoyHpa"]["minReplicas"]
    found["envoy"] = (copies * millicores(asked["cpu"]), copies * mebibytes(asked["memory"]))
    return found


@pytest.mark.requirement("PN-03")
@pytest.mark.requirement("PN-23")
@pytest.mark.parametrize("phase", [0, 1])
def test_the_add_ons_and_the_host_fit_on_the_host_pools_usual_nodes(phase: Literal[0, 1]):
    values = PHASES[phase]
    nodes = next(pool.desired_nodes for pool in values.pools if pool.name == HOST_POOL)
    available = PROFILES["production"].highly_available
    wanted = spec(tracing=values.traces, log_collection=values.logs, highly_available=available)
    asked = everything(build(wanted, dialect=AwsDialect(fakes.SITE)), nodes)
    # Found where they are expected: a sum of nothing would fit anywhere.
    assert {"envoy-gateway.deployment.envoyGateway", "kube-prometheus-stack.prometheus.prometheusSpec", "velero"} <= set(asked)
    assert asked["kube-prometheus-stack.prometheus.prometheusSpec"] == (600, 2048)
    host = PlayNewOptions(version="0.1.0").replicas
    for index, own in enumerate((500, 1024)):
        total = sum(pair[index] for pair in asked.values()) + host * own + CLOUD_ONCE[index] + UNSEEN[index]
        # A fifth stays free: for a roll-out, and for the autoscaler to notice in time.
        assert total <= 0.8 * nodes * (NODE[index] - CLOUD_PER_NODE[index]), asked
