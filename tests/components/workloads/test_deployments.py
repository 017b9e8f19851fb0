"""Workers, and where metrics are scraped."""

from __future__ import annotations

from typing import Any

import kubernetes_validate
import pytest

from components.workloads.spec import Autoscale, ExecProbe
from tests.components.workloads.samples import KUBERNETES, deployed
from tests.crds import needs_crds, validate
from tests.recorder import Recording

SERVICE = "kubernetes:core/v1:Service"
ALIVE = ExecProbe(command=("celery", "inspect", "ping"))
WORKER: dict[str, Any] = {"port": None, "liveness": ALIVE, "readiness": ALIVE}
MONITORING = "monitoring.coreos.com/v1"


def monitor(recording: Recording[Any]) -> tuple[str, dict[str, Any]]:
    (item,) = (item for item in recording if item.type.startswith(f"kubernetes:{MONITORING}:"))
    assert "definitions" in item.depends_on
    return item.type.rpartition(":")[2], item.inputs["spec"]


def ports(recording: Recording[Any]) -> list[dict[str, Any]]:
    container = recording.one("kubernetes:apps/v1:Deployment").inputs["spec"]["template"]["spec"]["containers"][0]
    return container.get("ports", [])


@pytest.mark.requirement("AA-08")
def test_a_worker_has_no_service_and_is_scaled_and_guarded_as_any_other():
    worker = deployed(**WORKER, autoscale=Autoscale(maximum=10), replicas=3)
    assert worker.of(SERVICE) == []
    assert worker.result.outputs.service is None
    assert ports(worker) == []
    deployment = worker.one("kubernetes:apps/v1:Deployment").inputs
    kubernetes_validate.validate(deployment, KUBERNETES, strict=True)
    assert "replicas" not in deployment["spec"]
    assert worker.one("kubernetes:autoscaling/v2:HorizontalPodAutoscaler").inputs["spec"]["minReplicas"] == 3
    assert worker.one("kubernetes:policy/v1:PodDisruptionBudget").inputs["spec"]["maxUnavailable"] == 1


def test_pods_are_spread_by_the_autoscalers_minimum():
    def spread(replicas: int) -> bool:
        scaled = deployed(replicas=replicas, autoscale=Autoscale(maximum=10))
        return "topologySpreadConstraints" in scaled.one("kubernetes:apps/v1:Deployment").inputs["spec"]["template"]["spec"]

    assert spread(2)
    assert not spread(1)


def test_an_autoscaler_without_room_is_refused():
    with pytest.raises(ValueError, match=r"app.autoscale.maximum is 3; allowed: more than replicas, 3"):
        deployed(replicas=3, autoscale=Autoscale(maximum=3))


def test_a_services_metrics_are_scraped_on_its_own_port():
    scraped = deployed(metrics_path="/metrics")
    kind, spec = monitor(scraped)
    assert kind == "ServiceMonitor"
    assert spec == {
        "selector": {"matchLabels": {"app": "app"}},
        "endpoints": [{"port": "http", "path": "/metrics", "interval": "30s"}],
    }
    assert [port["name"] for port in scraped.one(SERVICE).inputs["spec"]["ports"]] == ["http"]


def test_metrics_on_a_port_of_their_own_are_a_port_of_the_service():
    scraped = deployed(metrics_path="/metrics", metrics_port=9090)
    kind, spec = monitor(scraped)
    assert (kind, spec["endpoints"][0]["port"]) == ("ServiceMonitor", "metrics")
    service = scraped.one(SERVICE).inputs["spec"]["ports"]
    assert {(port["name"], port["port"], port["targetPort"]) for port in service} == {("http", 80, 8080), ("metrics", 9090, 9090)}
    assert ports(scraped) == [{"containerPort": 8080, "name": "http"}, {"containerPort": 9090, "name": "metrics"}]


def test_a_workers_metrics_are_scraped_from_its_pods():
    scraped = deployed(**WORKER, metrics_path="/metrics", metrics_port=9540)
    kind, spec = monitor(scraped)
    assert (kind, spec["podMetricsEndpoints"][0]["port"]) == ("PodMonitor", "metrics")
    assert ports(scraped) == [{"containerPort": 9540, "name": "metrics"}]


@needs_crds
def test_both_monitors_are_ones_that_their_definitions_take():
    for recording in (deployed(metrics_path="/metrics"), deployed(**WORKER, metrics_path="/metrics", metrics_port=9540)):
        kind, spec = monitor(recording)
        assert validate(MONITORING, kind, {"spec": spec}) == []


def test_metrics_of_no_port_are_refused():
    with pytest.raises(ValueError, match=r"app.metrics_path '/metrics' is given without a port; allowed: `port` or `metrics_port`"):
        deployed(**WORKER, metrics_path="/metrics")
