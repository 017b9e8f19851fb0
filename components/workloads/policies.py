"""NetworkPolicies from connections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.networking import v1 as networking

from components.core import Component
from components.workloads.connections import Allowed, Connection, Peer, Policy, Terrain, policies
from components.workloads.wiring import metadata


@dataclass(frozen=True)
class PoliciesOutputs:
    """By namespace; a pod that starts before its policy finds every door closed: for `depends_on`."""

    made: Mapping[str, tuple[pulumi.Resource, ...]]


class Policies(Component[PoliciesOutputs]):
    TYPE = "workloads:Policies"

    def __init__(
        self,
        name: str,
        connections: Sequence[Connection],
        terrain: Terrain,
        namespaces: Mapping[str, pulumi.Input[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        made: dict[str, tuple[pulumi.Resource, ...]] = dict.fromkeys(namespaces, ())
        for policy in policies(connections, terrain):
            subject = policy.subject
            resource = networking.NetworkPolicy(
                f"{name}-{subject.namespace}-{subject.name}",
                metadata=metadata(subject.name, namespaces[subject.namespace]),
                spec=_spec(policy),
                opts=self.child,
            )
            made[subject.namespace] = (*made[subject.namespace], resource)
        self.outputs = PoliciesOutputs(made)
        self.register_outputs({})  # nothing but resources, which stay out of the state


def _spec(policy: Policy) -> networking.NetworkPolicySpecArgs:
    return networking.NetworkPolicySpecArgs(
        pod_selector=meta.LabelSelectorArgs(match_labels=dict(policy.subject.labels)),
        policy_types=["Ingress", "Egress"],
        ingress=[
            networking.NetworkPolicyIngressRuleArgs(from_=[_peer(peer) for peer in item.peers], ports=_ports(item))
            for item in policy.ingress
        ]
        or None,
        egress=[
            networking.NetworkPolicyEgressRuleArgs(to=[_peer(peer) for peer in item.peers], ports=_ports(item)) for item in policy.egress
        ]
        or None,
    )


def _ports(allowed: Allowed) -> list[networking.NetworkPolicyPortArgs]:
    return [
        *(networking.NetworkPolicyPortArgs(protocol=protocol, port=port) for protocol, port in allowed.ports),
        *(networking.NetworkPolicyPortArgs(protocol="TCP", port=first, end_port=last) for first, last in allowed.ranges),
    ]


def _peer(peer: Peer) -> networking.NetworkPolicyPeerArgs:
    if peer.cidr:
        return networking.NetworkPolicyPeerArgs(ip_block=networking.IPBlockArgs(cidr=peer.cidr, except_=list(peer.excluded) or None))
    return networking.NetworkPolicyPeerArgs(
        namespace_selector=meta.LabelSelectorArgs(match_labels={"kubernetes.io/metadata.name": peer.namespace}),
        pod_selector=meta.LabelSelectorArgs(match_labels=dict(peer.labels)) if peer.labels else None,
    )
