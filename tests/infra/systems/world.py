"""Play New declared on a platform of no cloud: what it registers, and what it asks the platform for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pulumi

from components.addons.outputs import AddonsOutputs
from components.vocabulary import Cloud
from infra.profiles import PROFILES, Environment
from infra.system import Place, SystemSpec
from infra.systems.play_new import PlayNewOptions, play_new
from infra.translate import SystemContext, SystemOutputs, declare
from tests.fake_outputs import backup_outputs, cluster_outputs, dns_outputs, key_outputs, network_outputs, out
from tests.fakes import FakePlatform, Thing
from tests.recorder import Recording, Registered, record

PLACE = Place(cloud=Cloud.AWS, region="eu-south-1", domain="playnew.example", ops_email="ops@playnew.example")
ORGS = ({"id": "alpha"}, {"id": "bravo"}, {"id": "charlie"})
GIVEN = {"anthropic-api-key": "planted-anthropic", "openai-api-key": "planted-openai"}
NAME = "playnew-production-play-new"

KINDS = {
    "Deployment": "kubernetes:apps/v1:Deployment",
    "Job": "kubernetes:batch/v1:Job",
    "ConfigMap": "kubernetes:core/v1:ConfigMap",
    "Namespace": "kubernetes:core/v1:Namespace",
    "ResourceQuota": "kubernetes:core/v1:ResourceQuota",
    "LimitRange": "kubernetes:core/v1:LimitRange",
    "Service": "kubernetes:core/v1:Service",
    "ServiceAccount": "kubernetes:core/v1:ServiceAccount",
    "Role": "kubernetes:rbac.authorization.k8s.io/v1:Role",
    "RoleBinding": "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    "NetworkPolicy": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "PodDisruptionBudget": "kubernetes:policy/v1:PodDisruptionBudget",
    "ExternalSecret": "kubernetes:external-secrets.io/v1:ExternalSecret",
    "HTTPRoute": "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
    "BackendTrafficPolicy": "kubernetes:gateway.envoyproxy.io/v1alpha1:BackendTrafficPolicy",
    "HTTPRouteFilter": "kubernetes:gateway.envoyproxy.io/v1alpha1:HTTPRouteFilter",
    "ServiceMonitor": "kubernetes:monitoring.coreos.com/v1:ServiceMonitor",
    "PrometheusRule": "kubernetes:monitoring.coreos.com/v1:PrometheusRule",
}


def options(phase: Literal[0, 1] = 0, **more: Any) -> PlayNewOptions:
    return PlayNewOptions.model_validate({"phase": phase, "version": "0.1.0", "orgs": list(ORGS), **more})


def system(phase: Literal[0, 1] = 0, environment: Environment = "production", **more: Any) -> SystemSpec:
    return play_new(PROFILES[environment], options(phase, **more), PLACE)


@dataclass(frozen=True)
class World:
    registered: Recording[SystemOutputs]
    platform: FakePlatform
    spec: SystemSpec

    def all(self, kind: str) -> list[Registered]:
        return self.registered.of(KINDS[kind])

    def named(self, kind: str, name: str, namespace: str | None = None) -> Registered:
        """By the name that the object has in the cluster."""
        found = [item for item in self.all(kind) if _is(item, name, namespace)]
        assert len(found) == 1, f"{len(found)} {kind} {name}; there are {sorted(self.names(kind))}"
        return found[0]

    def names(self, kind: str) -> list[str]:
        return [item.inputs["metadata"]["name"] for item in self.all(kind)]

    def job(self, prefix: str) -> Registered:
        """A Job's name ends in a hash of its content."""
        found = [item for item in self.all("Job") if item.inputs["metadata"]["name"].rpartition("-")[0] == prefix]
        assert len(found) == 1, f"{len(found)} Jobs {prefix}"
        return found[0]

    @property
    def stored(self) -> Registered:
        """What the cloud's secret manager was given, by path."""
        return self.registered.one("fake:index/vault:Vault")

    def pods(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every pod template, by its object's name."""
        for item in (*self.all("Deployment"), *self.all("Job")):
            yield item.inputs["metadata"]["name"], item.inputs["spec"]["template"]


def _is(item: Registered, name: str, namespace: str | None) -> bool:
    metadata = item.inputs["metadata"]
    return metadata["name"] == name and namespace in (None, metadata.get("namespace"))


class Vault(pulumi.CustomResource):
    """Takes what the platform was given to keep secret, so that the recording shows it."""

    def __init__(self, values: Mapping[str, pulumi.Input[str]]) -> None:
        super().__init__("fake:index/vault:Vault", "vault", dict(values))


def addons() -> AddonsOutputs:
    return AddonsOutputs(
        secret_store="cloud-secret-store",
        issuer="letsencrypt-prod",
        gateway="shared",
        gateway_namespace="gateway",
        gateway_address=out("lb.example"),
        monitoring_namespace="monitoring",
        rule_labels={"release": "monitoring"},
        dashboard_labels={"grafana_dashboard": "1"},
        trace_endpoint="http://collector.monitoring:4318",
        secrets_ready=Thing("ready", "secrets-ready"),
        certificates_ready=Thing("ready", "certificates-ready"),
        gateway_ready=Thing("ready", "gateway-ready"),
        monitoring_ready=Thing("ready", "monitoring-ready"),
        grafana_url="https://grafana.playnew.example",
    )


def _password(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """As long as was asked for, and never found by chance in anything else."""
    return {"result": "Qz9" * (int(inputs["length"]) // 3) + "Q" * (int(inputs["length"]) % 3)}


def bring_up(phase: Literal[0, 1] = 0, environment: Environment = "production", **more: Any) -> World:
    spec = system(phase, environment, **more)
    platforms: list[FakePlatform] = []

    def program() -> SystemOutputs:
        platform = FakePlatform()
        platforms.append(platform)
        context = SystemContext(
            site=platform.site,
            platform=platform,
            network=network_outputs(),
            cluster=cluster_outputs(ready=(Thing("ready", "cluster-ready"),)),
            keys={"data": key_outputs("data"), "secrets": key_outputs("secrets")},
            addons=addons(),
            dns=dns_outputs(PLACE.domain),
            kubernetes=pulumi.ResourceOptions(parent=platform.root),
            backup=backup_outputs(),
            given={name: pulumi.Output.secret(value) for name, value in GIVEN.items()},
        )
        declared = declare(spec, context)
        Vault(platform.secret_values)
        return declared

    return World(record(program, {"random:index/randomPassword:RandomPassword": _password}), platforms[0], spec)


def pod(item: Registered) -> dict[str, Any]:
    return item.inputs["spec"]["template"]["spec"]


def host(world: World) -> Registered:
    return world.named("Deployment", "pn-host")


def stamps(world: World) -> dict[str, str]:
    """Annotations of the host's pods: a change of them rolls the host."""
    return host(world).inputs["spec"]["template"]["metadata"]["annotations"]
