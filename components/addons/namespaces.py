"""The add-ons' namespaces: what their pods may be, who may call them and what they may call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import pulumi
from pulumi_kubernetes.core.v1 import Namespace
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs
from pulumi_kubernetes.networking.v1 import (
    IPBlockArgs,
    NetworkPolicy,
    NetworkPolicyEgressRuleArgs,
    NetworkPolicyIngressRuleArgs,
    NetworkPolicyPeerArgs,
    NetworkPolicyPortArgs,
    NetworkPolicySpecArgs,
)

from components.addons.context import AddonsContext
from components.addons.spec import AddonsSpec
from components.identity.endpoints import ENDPOINTS
from components.vocabulary import Cloud

SYSTEM = "kube-system"

# Where the API server has no way of its own to pods, its calls come from agents: pods of kube-system with these labels.
AGENTS: Mapping[Cloud, Mapping[str, str]] = {
    Cloud.GCP: {"k8s-app": "konnectivity-agent"},
    Cloud.AZURE: {"app": "konnectivity-agent"},
}

# Cilium (GKE's Dataplane V2, AKS) knows nodes by what they are: no range of addresses means one, not even 0.0.0.0/0.
CILIUM = frozenset({Cloud.GCP, Cloud.AZURE})


@dataclass(frozen=True)
class Place:
    """`webhooks` are ports that the API server calls from inside the network, `public` ports that anybody calls, `shared` ports that every
    pod of the cluster calls. `egress` are ports on any address besides 443; `reaches_cluster` lets its pods call every pod and node, and
    `nodes` are the ports that they do call on nodes.
    `claims` says that pods have volumes: what charts claim for them goes with the namespace at the latest."""

    name: str
    pod_security: Literal["privileged", "baseline", "restricted"] = "restricted"
    webhooks: tuple[int, ...] = ()
    public: tuple[int, ...] = ()
    shared: tuple[int, ...] = ()
    clients: tuple[tuple[str, int], ...] = ()
    egress: tuple[int, ...] = ()
    reaches_cluster: bool = False
    nodes: tuple[int, ...] = ()
    claims: bool = False


# Envoy listens on the Gateway's ports plus 10000, since ports below 1024 need a capability.
GATEWAY = Place("gateway-system", webhooks=(9443,), public=(10080, 10443), reaches_cluster=True)
# Port 80: cert-manager checks its own HTTP-01 answer before it asks the authority to.
CERT_MANAGER = Place("cert-manager", webhooks=(10250,), egress=(80,))
EXTERNAL_SECRETS = Place("external-secrets", webhooks=(10250,))
EXTERNAL_DNS = Place("external-dns")
# Prometheus scrapes every pod and the nodes; Alertmanager sends mail; every pod may send traces.
MONITORING = Place(
    "monitoring",
    webhooks=(10250,),
    shared=(4317, 4318),
    clients=(("gateway-system", 3000), ("node-telemetry", 3100)),
    egress=(587,),
    reaches_cluster=True,
    nodes=(9100, 10250),
    claims=True,
)
# Privileged: node-exporter uses the node's network, process and file namespaces, Alloy reads the pods' log files under /var/log.
NODE_TELEMETRY = Place("node-telemetry", pod_security="privileged", reaches_cluster=True)
VELERO = Place("velero")

# What the gateway calls where the parts of monitoring have public hosts, by part.
EXPOSED: Mapping[str, int] = {"prometheus": 9090, "alertmanager": 9093, "jaeger": 16686}
SEALED_SECRETS = Place("sealed-secrets")

PLACES = (GATEWAY, CERT_MANAGER, EXTERNAL_SECRETS, EXTERNAL_DNS, MONITORING, NODE_TELEMETRY, VELERO)


def places(spec: AddonsSpec) -> tuple[Place, ...]:
    """The namespaces of one cluster; the gateway reaches what is exposed and nothing else."""
    called = tuple((GATEWAY.name, EXPOSED[part]) for part in spec.exposed_hosts)
    monitoring = replace(MONITORING, clients=(*MONITORING.clients, *called))
    return (*(monitoring if place is MONITORING else place for place in PLACES), *((SEALED_SECRETS,) if spec.sealed else ()))


def namespace(ctx: AddonsContext, place: Place) -> pulumi.Output[str]:
    """The namespace, its default deny and what it allows. The name is an Output, so that whoever uses it waits for it."""
    made = Namespace(
        f"{ctx.name}-{place.name}",
        metadata=ObjectMetaArgs(name=place.name, labels=labels(place)),
        opts=ctx.after(*(ctx.cluster.volumes if place.claims else ())),
    )
    name = made.metadata.apply(lambda metadata: metadata.name or place.name)
    NetworkPolicy(
        f"{ctx.name}-{place.name}-default-deny",
        metadata=ObjectMetaArgs(name="default-deny", namespace=name),
        spec=NetworkPolicySpecArgs(pod_selector=LabelSelectorArgs(), policy_types=["Ingress", "Egress"]),
        opts=ctx.after(),
    )
    NetworkPolicy(
        f"{ctx.name}-{place.name}-allow",
        metadata=ObjectMetaArgs(name="allow", namespace=name),
        spec=NetworkPolicySpecArgs(
            pod_selector=LabelSelectorArgs(),
            policy_types=["Ingress", "Egress"],
            ingress=list(ingress(place, ctx.network.cidr, ctx.platform.site.cloud)),
            egress=list(egress(place, ctx.network.cidr, ctx.platform.site.cloud)),
        ),
        opts=ctx.after(),
    )
    return name


def labels(place: Place) -> dict[str, str]:
    return {
        "app.kubernetes.io/part-of": "platform",
        "pod-security.kubernetes.io/enforce": place.pod_security,
        "pod-security.kubernetes.io/warn": place.pod_security,
        "pod-security.kubernetes.io/audit": "restricted",
    }


def ingress(place: Place, network: str, cloud: Cloud) -> Iterator[NetworkPolicyIngressRuleArgs]:
    yield NetworkPolicyIngressRuleArgs(from_=[_own_pods()])
    if place.name != MONITORING.name:
        yield NetworkPolicyIngressRuleArgs(from_=[_pods_of(MONITORING.name)])
    for client, port in place.clients:
        yield NetworkPolicyIngressRuleArgs(from_=[_pods_of(client)], ports=_tcp(port))
    if place.webhooks:
        callers = [_addresses(network), *([_pods_of(SYSTEM, AGENTS[cloud])] if cloud in AGENTS else ())]
        yield NetworkPolicyIngressRuleArgs(from_=callers, ports=_tcp(*place.webhooks))
    if place.public:
        yield NetworkPolicyIngressRuleArgs(from_=[_addresses("0.0.0.0/0")], ports=_tcp(*place.public))
    if place.shared:
        yield NetworkPolicyIngressRuleArgs(from_=[_all_pods()], ports=_tcp(*place.shared))


def egress(place: Place, network: str, cloud: Cloud) -> Iterator[NetworkPolicyEgressRuleArgs]:
    yield NetworkPolicyEgressRuleArgs(to=[_own_pods()])
    yield NetworkPolicyEgressRuleArgs(to=[_pods_of(SYSTEM)], ports=[NetworkPolicyPortArgs(protocol="UDP", port=53), *_tcp(53)])
    # The API server, the cloud's APIs and the certificate authority answer on 443, from addresses that nobody promises.
    yield NetworkPolicyEgressRuleArgs(to=[_addresses("0.0.0.0/0")], ports=_tcp(443, *place.egress))
    if cloud in ENDPOINTS:
        address, port = ENDPOINTS[cloud]
        yield NetworkPolicyEgressRuleArgs(to=[_addresses(address)], ports=_tcp(port))
    if place.reaches_cluster:
        yield NetworkPolicyEgressRuleArgs(to=[_all_pods(), _addresses(network)])
    if place.nodes and cloud in CILIUM:
        yield NetworkPolicyEgressRuleArgs(ports=_tcp(*place.nodes))


def _tcp(*ports: int) -> list[NetworkPolicyPortArgs]:
    return [NetworkPolicyPortArgs(protocol="TCP", port=port) for port in ports]


def _own_pods() -> NetworkPolicyPeerArgs:
    return NetworkPolicyPeerArgs(pod_selector=LabelSelectorArgs())


def _all_pods() -> NetworkPolicyPeerArgs:
    return NetworkPolicyPeerArgs(namespace_selector=LabelSelectorArgs())


def _pods_of(name: str, labelled: Mapping[str, str] | None = None) -> NetworkPolicyPeerArgs:
    return NetworkPolicyPeerArgs(
        namespace_selector=LabelSelectorArgs(match_labels={"kubernetes.io/metadata.name": name}),
        pod_selector=LabelSelectorArgs(match_labels=dict(labelled)) if labelled else None,
    )


def _addresses(cidr: str) -> NetworkPolicyPeerArgs:
    return NetworkPolicyPeerArgs(ip_block=IPBlockArgs(cidr=cidr))
