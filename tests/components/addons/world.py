"""The add-ons of one production cluster, recorded once for all tests that look at them."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_tls as tls

from components.addons.aws import AwsDialect
from components.addons.context import AddonsContext
from components.addons.dialect import Dialect
from components.addons.install import install
from components.addons.outputs import AddonsOutputs
from components.addons.spec import AddonsSpec, Alerting, Email, Listener, Oidc, PagerDuty
from components.identity.spec import SecretsGrant
from tests import fake_outputs, fakes
from tests.fake_dialect import FakeDialect
from tests.recorder import Recording, Registered, record

DOMAIN = "playnew.example"
PATHS = (
    "grafana-admin-password",
    "smtp-password",
    "pagerduty-routing-key",
    "slack-webhook-url",
    "monitoring-htpasswd",
    "oidc-client-secret",
)
PLATFORM_PREFIX = "platform/production"
SYSTEM_PREFIX = "pn/production"
EMAIL = Email(to=("ops@playnew.example",), sender="alerts@playnew.example", smarthost="mail.playnew.example:587", username="alerts")
API = Listener(name="pn-ingress", host=f"api.{DOMAIN}", tls_secret="pn-tls", namespace="pn-system")

OIDC = Oidc(
    issuer="https://login.playnew.example/realms/staff",
    jwks_uri="https://login.playnew.example/realms/staff/protocol/openid-connect/certs",
    client_id="monitoring",
    allowed=("platform", "on-call"),
)

RELEASE = "kubernetes:helm.sh/v3:Release"


def spec(**changes: Any) -> AddonsSpec:
    given: dict[str, Any] = {
        "domain": DOMAIN,
        "ops_email": "ops@playnew.example",
        "listeners": (API,),
        "alerting": Alerting(email=EMAIL, pagerduty=PagerDuty()),
    }
    return AddonsSpec(**given | changes)


@dataclass(frozen=True)
class World:
    """What was registered, and the platform that was asked."""

    recording: Recording[AddonsOutputs]
    platform: fakes.FakePlatform

    def release(self, name: str) -> Registered:
        return next(item for item in self.recording.of(RELEASE) if item.inputs["name"] == name)

    def values(self, name: str) -> Mapping[str, Any]:
        return self.release(name).inputs["values"]

    def customs(self) -> list[Registered]:
        """Objects of kinds that the cluster's definitions bring: their groups are not those of Kubernetes itself."""
        builtin = ("kubernetes:core/", "kubernetes:helm.sh/", "kubernetes:networking.k8s.io/", "kubernetes:storage.k8s.io/")
        return [item for item in self.recording if item.type.startswith("kubernetes:") and not item.type.startswith(builtin)]

    def custom(self, kind: str, name: str) -> Registered:
        return next(item for item in self.customs() if item.type.endswith(f":{kind}") and item.inputs["metadata"]["name"] == name)


def build(
    addons: AddonsSpec,
    *,
    dialect: Dialect | None = None,
    paths: tuple[str, ...] = PATHS,
    caches: Sequence[str] = fake_outputs.CACHED,
    pairs: bool = True,
) -> World:
    made: list[fakes.FakePlatform] = []

    def declare() -> AddonsOutputs:
        platform = fakes.FakePlatform(speaks=dialect or FakeDialect())
        made.append(platform)
        secrets = fake_outputs.secrets_outputs(PLATFORM_PREFIX, paths, version=fakes.Thing("versions", "platform-versions"))
        return install(
            AddonsContext(
                platform=platform,
                cluster=fake_outputs.cluster_outputs(ready=(fakes.Thing("nodes", "nodes"),), volumes=(fakes.Thing("drivers", "drivers"),)),
                network=fake_outputs.network_outputs(),
                key=fake_outputs.key_outputs(),
                zone=fake_outputs.dns_outputs(),
                logs=fake_outputs.bucket_outputs("logs"),
                backups=fake_outputs.bucket_outputs("backups"),
                secrets=secrets,
                readable=SecretsGrant((PLATFORM_PREFIX, SYSTEM_PREFIX), (secrets.key,)),
                spec=addons,
                opts=pulumi.ResourceOptions(parent=platform.root),
                caches=fake_outputs.registry_outputs(caches=caches).caches,
                pairs=tls.Provider("pairs") if pairs else None,
            )
        )

    status = {"status": {"loadBalancer": {"ingress": [{"hostname": "lb.fake"}]}}}
    recording = record(declare, {"kubernetes:core/v1:Service": status})
    return World(recording, made[0])


@functools.cache
def production(*, aws: bool = False) -> World:
    return build(spec(), dialect=AwsDialect(fakes.SITE) if aws else None)


@functools.cache
def everything(*, aws: bool = False, oidc: bool = False) -> World:
    """With all that a cluster has by choice."""
    chosen = spec(exposed=True, sealed=True, weekly_backup_days=90, hourly_backups=True, oidc=OIDC if oidc else None)
    return build(chosen, dialect=AwsDialect(fakes.SITE) if aws else None)
