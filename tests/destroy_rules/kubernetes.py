"""What of a cluster must go before what, on every cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ops.stack.order import Deletion, Rule, Those, before, but, either, texts, types

OBJECTS = types("kubernetes:*")
RELEASES = types("kubernetes:helm.sh/v3:Release")
WORKLOADS = types("kubernetes:helm.sh/v3:Release", "kubernetes:apps/v1:*", "kubernetes:batch/v1:*")


def at(value: Any, *path: str) -> Any:
    """None where the path breaks off."""
    for key in path:
        value = cast("Mapping[str, Any]", value).get(key) if isinstance(value, Mapping) else None
    return value


def entries(value: Any) -> list[tuple[str, Any]]:
    """Keys and values of a mapping; those of the mappings in a list."""
    if isinstance(value, Mapping):
        return list(cast("Mapping[str, Any]", value).items())
    return [entry for one in cast("list[Any]", value) for entry in entries(one)] if isinstance(value, list) else []


def keys(value: Any) -> frozenset[str]:
    """Every key, however deep."""
    return frozenset[str]().union(*({key} | keys(inner) for key, inner in entries(value)))


def namespace(one: Deletion) -> str:
    return one.inputs.get("namespace") or at(one.inputs, "metadata", "namespace") or ""


def release(name: str) -> Those:
    return lambda one: RELEASES(one) and one.inputs.get("name") == name


def load_balancer(one: Deletion) -> bool:
    return one.type == "kubernetes:core/v1:Service" and at(one.inputs, "spec", "type") == "LoadBalancer"


def public_name(one: Deletion) -> bool:
    """An object from which external-dns takes a host name."""
    annotations: Mapping[str, str] = at(one.inputs, "metadata", "annotations") or {}
    return any(key.startswith("external-dns.alpha.kubernetes.io/") for key in annotations)


def claims(one: Deletion) -> bool:
    """Holds a volume: a claim, or a release whose values ask for some of a class."""
    return one.type == "kubernetes:core/v1:PersistentVolumeClaim" or (
        RELEASES(one) and bool({"storageClassName", "storageClass"} & keys(one.inputs))
    )


def accounts(value: Any) -> frozenset[str]:
    """The service accounts that a chart's values or a pod's template name."""
    found = [texts(inner) if key.startswith("serviceAccount") else accounts(inner) for key, inner in entries(value)]
    return frozenset[str]().union(*found)


def runs_as(one: Deletion, space: str, account: str) -> bool:
    """Starts pods of that service account."""
    return WORKLOADS(one) and namespace(one) == space and account in accounts(one.inputs)


PLAIN = either(
    types("kubernetes:core/v1:*", "kubernetes:rbac.authorization.k8s.io/*", "kubernetes:networking.k8s.io/v1:NetworkPolicy"),
    types("kubernetes:policy/v1:*", "kubernetes:storage.k8s.io/*", "kubernetes:monitoring.coreos.com/*"),
    release("prometheus-operator-crds"),
)
HANDLED = either(but(OBJECTS, PLAIN), load_balancer)
"""What more than the API server takes part in when it goes: a kubelet that stops pods, a controller that finalizes."""

CLEANERS: tuple[tuple[str, Those, Those], ...] = (
    ("the records of public names", public_name, release("external-dns")),
    ("proxies", types("kubernetes:gateway.networking.k8s.io/*", "kubernetes:gateway.envoyproxy.io/*"), release("envoy-gateway")),
    ("certificates and their challenges", types("kubernetes:cert-manager.io/*"), release("cert-manager")),
    ("the secrets that it wrote", types("kubernetes:external-secrets.io/*"), release("external-secrets")),
    ("objects whose definition is gone", types("kubernetes:monitoring.coreos.com/*"), release("prometheus-operator-crds")),
)
"""What a controller removes or finalizes, and which one it is."""


def names(one: Deletion, other: Deletion) -> bool:
    """Whether the one refers to the other by its id."""
    return other.id in texts(one.inputs)


def cleaned(*cleaners: tuple[str, Those, Those]) -> tuple[Rule, ...]:
    return tuple(Rule(f"nobody else removes {what}", before(those, cleaner)) for what, those, cleaner in cleaners)


def rules(cluster: Those, nodes: Those, network: Those) -> tuple[Rule, ...]:
    """`network` is what a load balancer stands in."""
    return (
        Rule("nothing stops pods and finalizes objects any more when the nodes are gone", before(HANDLED, nodes)),
        Rule("a load balancer that stands keeps subnets and addresses", before(load_balancer, either(cluster, network))),
        Rule("volumes that stand are lost from sight with their cluster", before(claims, either(nodes, cluster))),
        *cleaned(*CLEANERS),
    )
