"""The container beside the API: takes its traces at once and passes them on, so that no request waits for the collector."""

from __future__ import annotations

from components.addons.catalogue import OPENTELEMETRY_COLLECTOR
from components.workloads.spec import ConfigSpec, ContainerSpec, HttpProbe, Resources
from components.workloads.values import CachedImage, Filled, TraceEndpoint

CONFIG, FOLDER = "ai-agents-telemetry", "/etc/otel"
ENDPOINT = "http://127.0.0.1:4318"
HEALTH_PORT = 13133
# The image of the platform's own collector.
IMAGE = CachedImage(
    registry="ghcr.io",
    repository="open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-k8s",
    tag=OPENTELEMETRY_COLLECTOR.app_version,
)
SETTINGS = """\
extensions:
  health_check:
    endpoint: 0.0.0.0:13133
receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:4318
processors:
  memory_limiter:
    check_interval: 5s
    limit_percentage: 80
    spike_limit_percentage: 25
  batch: {}
exporters:
  otlp_http:
    endpoint: "@collector@"
service:
  extensions: [health_check]
  telemetry:
    metrics:
      level: none
  pipelines:
    traces:
      receivers: [otlp]
      processors: [memory_limiter, batch]
      exporters: [otlp_http]
"""


def config(namespace: str) -> ConfigSpec:
    return ConfigSpec(name=CONFIG, namespace=namespace, data={"config.yaml": Filled(text=SETTINGS, values={"collector": TraceEndpoint()})})


def sidecar() -> ContainerSpec:
    """Takes traces of its own pod alone; what answers the kubelet's probes says that it runs, not whether the collector answers."""
    healthy = HttpProbe(path="/", timeout=3)
    return ContainerSpec(
        name="telemetry",
        image=IMAGE,
        args=(f"--config={FOLDER}/config.yaml",),
        mounts={FOLDER: CONFIG},
        port=HEALTH_PORT,
        liveness=healthy,
        readiness=healthy,
        resources=Resources(requests_cpu="25m", requests_memory="64Mi", limits_cpu="200m", limits_memory="128Mi"),
    )
