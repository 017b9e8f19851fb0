"""What a system's in-cluster Valkeys add to it: the password's view, who connects to whom; and the servers themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pulumi

from components.valkey import plan
from components.valkey.outputs import ValkeyOutputs
from components.valkey.valkey import Valkey
from components.workloads.authority import AuthorityOutputs
from components.workloads.connections import Connection, Dns, Monitoring, Pods
from components.workloads.pod_spec import PodSpec
from components.workloads.spec import SecretItem, SecretSpec
from components.workloads.values import CachePassword, SecretValue
from components.workloads.wiring import Wiring
from infra.system import SystemSpec


def secret(valkey: str) -> str:
    """Path in the store, and name of the Secret."""
    return f"{plan.called(valkey)}-password"


def completed(system: SystemSpec) -> SystemSpec:
    """The system with what its Valkeys need."""
    values: dict[str, SecretValue] = {secret(valkey): CachePassword(cache=valkey) for valkey in system.valkeys}
    if not values:
        return system
    store = system.secrets.model_copy(update={"values": {**system.secrets.values, **values}})
    added = {"secrets": store, "views": (*system.views, *views(system)), "connections": (*system.connections, *opened(system))}
    return system.model_copy(update=added)


def views(system: SystemSpec) -> tuple[SecretSpec, ...]:
    """Delivered as the other Secrets of the namespace are."""
    return tuple(
        SecretSpec(
            name=secret(valkey),
            namespace=spec.namespace,
            data={plan.PASSWORD: SecretItem(path=secret(valkey))},
            delivery=system.delivery(spec.namespace),
        )
        for valkey, spec in system.valkeys.items()
    )


def subject(system: SystemSpec, valkey: str) -> Pods:
    """The servers' pods, as network policies know them: what uses them connects on `PORTS`."""
    return Pods(name=plan.called(valkey), namespace=system.valkeys[valkey].namespace, labels=plan.labels(valkey))


PORTS = (plan.PORT, plan.SENTINEL_PORT)


def opened(system: SystemSpec) -> tuple[Connection, ...]:
    """Servers and sentinels among themselves. Connections to them follow from what pods use."""
    own = (subject(system, valkey) for valkey in system.valkeys)
    return tuple(
        connection
        for pods in own
        for connection in (
            Connection(source=pods, target=pods, ports=PORTS),
            Connection(source=pods, target=Dns()),
            Connection(source=Monitoring(), target=pods, ports=(plan.METRICS_PORT,)),
        )
    )


def sentinels(system: SystemSpec, valkey: str) -> str:
    """`host:port`, comma-separated: what `Sentinels` resolves to, before anything is made."""
    return ",".join(plan.sentinels(valkey, system.valkeys[valkey].namespace))


def declare(
    name: str,
    system: SystemSpec,
    signing: Mapping[str, AuthorityOutputs],
    wired: Callable[[str, PodSpec], Wiring],
    content: Callable[[SecretSpec], str],
    monitoring: pulumi.Resource | None,
    opts: pulumi.ResourceOptions,
) -> dict[str, ValkeyOutputs]:
    """`wired` gives the wiring of a pod in a namespace, `content` what changes when a view's values do, as for any workload."""
    made: dict[str, ValkeyOutputs] = {}
    for (valkey, spec), view in zip(system.valkeys.items(), views(system), strict=True):
        reads = PodSpec(image=plan.IMAGE, secrets=(view.name,), resources=plan.server_resources(spec))
        made[valkey] = Valkey(
            f"{name}-{plan.called(valkey)}",
            valkey,
            spec,
            view.name,
            content(view),
            wired(spec.namespace, reads),
            signing.get(spec.namespace),
            monitoring,
            opts,
        ).outputs
    return made
