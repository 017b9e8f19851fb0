"""Which custom kinds a cluster knows: from CRD objects and from the charts that install them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sandbox.contract import Record, Refused, World
from sandbox.kubernetes.clusters import fresh
from sandbox.kubernetes.objects import mapping

RELEASE = "kubernetes:helm.sh/v3:Release"
CRD = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"


@dataclass(frozen=True)
class Chart:
    """Groups with their served versions. `switches` are value paths that install them (one true is enough); `default` is the chart's."""

    groups: Mapping[str, tuple[str, ...]]
    switches: tuple[str, ...] = ()
    default: bool = True


_GATEWAY = {"gateway.networking.k8s.io": ("v1", "v1beta1", "v1alpha2", "v1alpha3")}
_ENVOY = {"gateway.envoyproxy.io": ("v1alpha1",)}

CHARTS: dict[str, tuple[Chart, ...]] = {
    "gateway-helm": (Chart({**_GATEWAY, **_ENVOY}, ("crds.enabled",)),),
    "gateway-crds-helm": (
        Chart(_GATEWAY, ("crds.gatewayAPI.enabled",), default=False),
        Chart(_ENVOY, ("crds.envoyGateway.enabled",), default=False),
    ),
    "cert-manager": (Chart({"cert-manager.io": ("v1",), "acme.cert-manager.io": ("v1",)}, ("crds.enabled", "installCRDs"), default=False),),
    "external-secrets": (
        Chart({"external-secrets.io": ("v1", "v1alpha1"), "generators.external-secrets.io": ("v1alpha1",)}, ("installCRDs",)),
    ),
    "kube-prometheus-stack": (Chart({"monitoring.coreos.com": ("v1", "v1alpha1")}, ("crds.enabled",)),),
    "prometheus-operator-crds": (Chart({"monitoring.coreos.com": ("v1", "v1alpha1")}),),
    "alloy": (Chart({"monitoring.grafana.com": ("v1alpha2",)}, ("crds.create",)),),
    "argo-cd": (Chart({"argoproj.io": ("v1alpha1",)}, ("crds.install",)),),
    "aws-load-balancer-controller": (
        Chart({"elbv2.k8s.aws": ("v1beta1", "v1alpha1"), "gateway.k8s.aws": ("v1", "v1beta1"), "aga.k8s.aws": ("v1beta1",)}),
    ),
    "cloudnative-pg": (Chart({"postgresql.cnpg.io": ("v1",)}, ("crds.create",)),),
    "altinity-clickhouse-operator": (Chart({"clickhouse.altinity.com": ("v1",), "clickhouse-keeper.altinity.com": ("v1",)}),),
    "external-dns": (Chart({"externaldns.k8s.io": ("v1alpha1",)}),),
    "karpenter": (Chart({"karpenter.sh": ("v1",), "karpenter.k8s.aws": ("v1",)}),),
    "karpenter-crd": (Chart({"karpenter.sh": ("v1",), "karpenter.k8s.aws": ("v1",)}),),
    "keda": (Chart({"keda.sh": ("v1alpha1",), "eventing.keda.sh": ("v1alpha1",)}, ("crds.install",)),),
    "kyverno": (Chart({"kyverno.io": ("v1", "v2", "v2beta1"), "policies.kyverno.io": ("v1", "v1beta1", "v1alpha1")}, ("crds.install",)),),
    "nack": (Chart({"jetstream.nats.io": ("v1beta2",)}),),
    "opentelemetry-operator": (Chart({"opentelemetry.io": ("v1beta1", "v1alpha1")}, ("crds.create",)),),
    "sealed-secrets": (Chart({"bitnami.com": ("v1alpha1",)}, ("createController",)),),
    "sloth": (Chart({"sloth.slok.dev": ("v1",)}),),
    "snapshot-controller": (Chart({"snapshot.storage.k8s.io": ("v1",), "groupsnapshot.storage.k8s.io": ("v1", "v1beta2", "v1beta1")}),),
    "traefik": (Chart({"traefik.io": ("v1alpha1",), "hub.traefik.io": ("v1alpha1",)}),),
    "trivy-operator": (Chart({"aquasecurity.github.io": ("v1alpha1",)}),),
    "velero": (Chart({"velero.io": ("v1", "v2alpha1")}),),
    "vertical-pod-autoscaler": (Chart({"autoscaling.k8s.io": ("v1",)}),),
    "vpa": (Chart({"autoscaling.k8s.io": ("v1",)}),),
    "base": (
        Chart(
            {
                "networking.istio.io": ("v1", "v1beta1", "v1alpha3"),
                "security.istio.io": ("v1", "v1beta1"),
                "telemetry.istio.io": ("v1", "v1alpha1"),
                "extensions.istio.io": ("v1alpha1",),
            }
        ),
    ),
}
"""By chart name, from the charts' own CRD files and values."""


def chart_name(chart: str) -> str:
    """`oci://docker.io/envoyproxy/gateway-helm` → `gateway-helm`."""
    return chart.rstrip("/").rpartition("/")[2]


def _switch(values: Mapping[str, Any], path: str) -> Any:
    value: Any = values
    for part in path.split("."):
        value = mapping(value).get(part)
    return value


def _installs(chart: Chart, release: Record) -> bool:
    if release.inputs.get("skipCrds") is True and not chart.switches:
        return False
    values = mapping(release.inputs.get("values"))
    given = [_switch(values, path) for path in chart.switches]
    told = [value for value in given if value is not None]
    return any(value is True for value in told) if told else chart.default


def kinds(cluster: str, world: World) -> Iterator[tuple[str, str, str]]:
    """Group, version and kind (`*` for every kind of a group) that the cluster serves."""
    yield from ((group, version, "*") for group, versions in fresh(cluster, world).groups.items() for version in versions)
    for record in world.all(CRD):
        if record.region == cluster:
            yield from _defined(record)
    for release in world.all(RELEASE):
        if release.region == cluster:
            for chart in CHARTS.get(chart_name(str(release.inputs.get("chart", ""))), ()):
                if _installs(chart, release):
                    yield from ((group, version, "*") for group, versions in chart.groups.items() for version in versions)


def _defined(record: Record) -> Iterator[tuple[str, str, str]]:
    spec = mapping(record.inputs.get("spec"))
    versions = spec.get("versions")
    for version in cast("list[Any]", versions) if isinstance(versions, list) else []:
        if mapping(version).get("served") is not False:
            yield str(spec.get("group")), str(mapping(version).get("name")), str(mapping(spec.get("names")).get("kind"))


def require(api_version: str, kind: str, cluster: str, world: World) -> None:
    """Raises Refused for a kind that the cluster does not serve."""
    group, _, version = api_version.rpartition("/")
    known = list(kinds(cluster, world))
    if any(g == group and v == version and k in {"*", kind} for g, v, k in known):
        return
    served = sorted({f"{g}/{v}" for g, v, _ in known if g == group})
    hint = f" (this group is served as {', '.join(served)})" if served else ": ensure CRDs are installed first"
    raise Refused("NoKindMatch", f'no matches for kind "{kind}" in version "{api_version}"{hint}')
