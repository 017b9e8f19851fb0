"""PgBouncer before one database."""

from __future__ import annotations

from dataclasses import replace

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.apps import v1 as apps
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta
from pulumi_kubernetes.policy import v1 as policy

from components.core import Component
from components.database.outputs import DatabaseOutputs
from components.pooler import pods
from components.pooler.outputs import PoolerOutputs
from components.pooler.plan import DRAIN_SECONDS, METRICS_PORT, PORT, START, Pool, ini
from components.pooler.spec import PoolerSpec
from components.workloads.authority import AuthorityOutputs, certificate, service_names
from components.workloads.config import checksum
from components.workloads.wiring import Wiring, metadata

AFFINITY_SECONDS = 24 * 3600
"""The longest that Kubernetes takes."""


def called(database: str) -> str:
    return f"{database}-pooler"


def host(database: str, namespace: str) -> str:
    """In full: a pod's own search path costs several questions to DNS for each answer."""
    return f"{called(database)}.{namespace}.svc.cluster.local"


def labels(database: str) -> dict[str, str]:
    return {"app": "pooler", "component": called(database)}


class Pooler(Component[PoolerOutputs]):
    """`users` names the Secret with the user list, `monitoring` is what scraping needs to exist.

    `wiring.checksums` hold the user list's: PgBouncer re-reads it hourly, and a changed password should not wait for that.
    """

    TYPE = "workloads:Pooler"

    def __init__(
        self,
        name: str,
        database: str,
        spec: PoolerSpec,
        upstream: DatabaseOutputs,
        pool: Pool,
        users: str,
        authority: AuthorityOutputs,
        wiring: Wiring,
        monitoring: pulumi.Resource | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        within, own, labelled = wiring.namespace, called(database), labels(database)
        files = {
            "pgbouncer.ini": upstream.host.apply(lambda known: ini(upstream.database, known, upstream.port, spec, pool)),
            "start.sh": START,
        }
        config = core.ConfigMap(f"{name}-config", metadata=metadata(own, within), data=files, opts=self.child)
        signed = certificate(f"{name}-tls", f"{own}-tls", service_names(own, spec.namespace), authority, self)
        wiring = replace(wiring, checksums={**wiring.checksums, f"eu-cloud/config-{own}": checksum(files)})
        selector = meta.LabelSelectorArgs(match_labels=labelled)
        single = spec.replicas == 1
        deployment = apps.Deployment(
            f"{name}-deployment",
            metadata=metadata(own, within, labels=labelled),
            spec=apps.DeploymentSpecArgs(
                replicas=spec.replicas,
                selector=selector,
                template=pods.template(own, users, labelled, wiring, spread=not single),
                # One pod at a time goes and is replaced, and none before the last one has let go of its connections: only so are they
                # never more than the pool was computed for. A single pod is replaced before it goes.
                min_ready_seconds=DRAIN_SECONDS,
                strategy=apps.DeploymentStrategyArgs(
                    type="RollingUpdate",
                    rolling_update=apps.RollingUpdateDeploymentArgs(max_surge=int(single), max_unavailable=int(not single)),
                ),
            ),
            # Met by name: the user list, the policies, the certificate.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*wiring.after, config, signed]),
        )
        core.Service(
            f"{name}-service",
            metadata=metadata(own, within, labels=labelled),
            spec=core.ServiceSpecArgs(
                type="ClusterIP",
                selector=labelled,
                ports=[
                    core.ServicePortArgs(name="postgres", port=PORT, target_port=PORT, protocol="TCP"),
                    core.ServicePortArgs(name="metrics", port=METRICS_PORT, target_port=METRICS_PORT, protocol="TCP"),
                ],
                # A request to cancel a query is a connection of its own, and only the pod that runs the query knows it.
                session_affinity="ClientIP",
                session_affinity_config=core.SessionAffinityConfigArgs(client_ip=core.ClientIPConfigArgs(timeout_seconds=AFFINITY_SECONDS)),
            ),
            # The engine gives up on a Service without endpoints after ten minutes: it must not start before the pods do.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[deployment]),
        )
        if not single:
            policy.PodDisruptionBudget(
                f"{name}-disruption",
                metadata=metadata(own, within),
                spec=policy.PodDisruptionBudgetSpecArgs(max_unavailable=1, selector=selector),
                opts=self.child,
            )
        if monitoring:
            CustomResource(
                f"{name}-monitor",
                api_version="monitoring.coreos.com/v1",
                kind="ServiceMonitor",
                metadata=metadata(own, within, labels=wiring.monitor_labels),
                spec={"selector": {"matchLabels": labelled}, "endpoints": [{"port": "metrics", "path": "/metrics", "interval": "30s"}]},
                opts=pulumi.ResourceOptions(parent=self, depends_on=[monitoring]),  # its definition comes with the add-on
            )
        self.publish(PoolerOutputs(host=host(database, spec.namespace), port=PORT, ready=deployment))
