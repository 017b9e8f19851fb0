"""Regions → platform → foundation → add-ons → systems, one way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_random as random
import pulumi_tls as tls

from components.addons.context import AddonsContext
from components.addons.exposure import htpasswd
from components.addons.install import install
from components.addons.outputs import AddonsOutputs
from components.addons.spec import AddonsSpec, Alerting, Email, PagerDuty, Slack
from components.identity.spec import SecretsGrant
from components.platforms import Platform, load
from components.registry.credentials import Credential, Credentials
from components.registry.outputs import RegistryOutputs
from components.registry.spec import RegistrySpec
from components.registry.upstreams import ACCOUNTS, MIRRORED, OPEN
from components.secrets.spec import SecretsSpec
from components.site import Site
from infra import given
from infra.foundation import Foundation, lay, weekly_days
from infra.selection import specs
from infra.settings import Settings
from infra.system import SystemSpec
from infra.translate import SystemContext, SystemOutputs, declare


def build(settings: Settings) -> dict[str, Any]:
    """Declares the stack and gives its outputs. Raises SettingsError, before anything is registered, for a secret that is not given."""
    systems = specs(settings)
    people = given.values(settings)
    platform = load(settings.cloud, site(settings))
    foundation = lay(platform, settings, systems)
    access = kubernetes.Provider(
        f"{settings.prefix}-kubernetes",
        kubeconfig=foundation.cluster.kubeconfig,
        # Else a change deletes a ConfigMap and makes it again, and a pod that starts in between fails.
        enable_config_map_mutable=True,
        opts=pulumi.ResourceOptions(parent=platform.root),
    )
    in_cluster = pulumi.ResourceOptions(parent=platform.root, providers=[access])
    registry = platform.registry(
        "registry",
        shared_registry(settings, systems),
        foundation.network,
        foundation.cluster,
        foundation.keys["data"],
        credentials(settings, people[given.PLATFORM]),
    ).outputs
    pairs = (
        tls.Provider(f"{settings.prefix}-tls", opts=pulumi.ResourceOptions(parent=platform.root))
        if any(system.signing or system.sealed for system in systems)
        else None
    )
    addons = _addons(platform, settings, systems, foundation, registry, people[given.PLATFORM], in_cluster, pairs)
    declared = {
        system.id: declare(
            system,
            SystemContext(
                site=platform.site,
                platform=platform,
                network=foundation.network,
                cluster=foundation.cluster,
                keys=foundation.keys,
                addons=addons,
                dns=foundation.zone,
                kubernetes=in_cluster,
                random=platform.passwords,
                pairs=pairs,
                backup=foundation.backup,
                given=people[system.id],
                registry=registry,
                services_cidr=settings.network.services_cidr,
            ),
        )
        for system in systems
    }
    return _outputs(settings, foundation, addons, registry, declared)


def site(settings: Settings) -> Site:
    return Site(
        cloud=settings.cloud,
        region=settings.region,
        name=settings.prefix,
        account=settings.account,
        environment=settings.environment,
        zones=settings.zones or settings.place.zones[:3],
        tags={"environment": settings.environment, "domain": settings.domain},
    )


def shared_registry(settings: Settings, systems: Sequence[SystemSpec]) -> RegistrySpec:
    """One registry for the stack: every system's repositories, and the caches that everything in the cluster pulls through."""
    asked = [system.registry for system in systems if system.registry is not None]
    return RegistrySpec(
        repositories=tuple(dict.fromkeys(name for spec in asked for name in spec.repositories)),
        caches=MIRRORED if settings.mirrored else OPEN,
        credentials=ACCOUNTS if settings.mirrored else (),
        keep_images=max((spec.keep_images for spec in asked), default=50),
        deletion_protected=settings.profile.deletion_protected,
    )


def credentials(settings: Settings, people: Mapping[str, pulumi.Output[str]]) -> Credentials:
    """Of the public registries, from what people gave for them."""
    if not settings.mirrored:
        return {}
    accounts = given.REGISTRY_ACCOUNTS
    return {host: Credential(people[f"{name}-username"], people[f"{name}-token"]) for host, name in accounts.items()}


def alerting(settings: Settings, systems: Sequence[SystemSpec]) -> Alerting:
    """Every system's receivers together: e-mail to all of them, incidents where one asks for them, each system's own channel."""
    to = tuple(dict.fromkeys(address for system in systems for address in system.receivers.emails))
    mail = Email(to=to, sender=settings.mail.sender, smarthost=settings.mail.host, username=settings.mail.user)
    paging = any(system.receivers.pagerduty for system in systems)
    slack = tuple(
        Slack(system=system.id, channel=system.receivers.slack, webhook_secret=given.slack_webhook(system.id))
        for system in systems
        if system.receivers.slack
    )
    return Alerting(email=mail, pagerduty=PagerDuty() if paging else None, slack=slack)


def addons_spec(settings: Settings, systems: Sequence[SystemSpec]) -> AddonsSpec:
    """What the systems together ask of the cluster's add-ons."""
    profile = settings.profile
    days = [objective.days for system in systems for objective in system.observability.slos]
    return AddonsSpec(
        domain=settings.domain,
        ops_email=settings.ops_email,
        acme_production=profile.acme_production,
        listeners=tuple(listener for system in systems for listener in system.listeners),
        alerting=alerting(settings, systems),
        highly_available=profile.highly_available,
        tracing=any(system.observability.traces for system in systems),
        log_collection=any(system.observability.logs for system in systems),
        logs_days=profile.log_days,
        backup_days=profile.backup_days,
        weekly_backup_days=max(weekly_days(systems), default=None),
        metrics_days=max((15, *(day + 1 for day in days))),
        metrics_gib=100 if days else 50,
        hourly_backups=any(system.backup.hourly for system in systems),
        exposed=any(system.observability.exposed for system in systems),
        sealed=any(system.sealed for system in systems),
    )


def _addons(
    platform: Platform,
    settings: Settings,
    systems: Sequence[SystemSpec],
    foundation: Foundation,
    registry: RegistryOutputs,
    people: Mapping[str, pulumi.Output[str]],
    in_cluster: pulumi.ResourceOptions,
    pairs: tls.Provider | None,
) -> AddonsOutputs:
    profile, spec = settings.profile, addons_spec(settings, systems)
    own = SecretsSpec(prefix=f"{given.PLATFORM}/{profile.path}", deletion_protected=profile.deletion_protected)

    def generated(name: str) -> pulumi.Output[str]:
        opts = pulumi.ResourceOptions(parent=platform.root, provider=platform.passwords)
        return random.RandomPassword(f"{settings.prefix}-{name}", length=40, special=False, opts=opts).result

    values = {
        "grafana-admin-password": generated("grafana-admin-password"),
        **{path: people[path] for path in people if path in spec.secrets},
    }
    if spec.exposed:
        password = generated("monitoring-password")
        values |= {"monitoring-password": password, spec.htpasswd_secret: password.apply(htpasswd)}
    store = platform.secrets("secrets", own, values, foundation.keys["secrets"]).outputs
    return install(
        AddonsContext(
            platform=platform,
            cluster=foundation.cluster,
            network=foundation.network,
            key=foundation.keys["cluster"],
            zone=foundation.zone,
            logs=foundation.logs,
            backups=foundation.backups,
            secrets=store,
            readable=SecretsGrant(
                prefixes=(own.prefix, *(system.secrets.store.prefix for system in systems)),
                keys=(foundation.keys["secrets"], foundation.keys["data"]),
                database_admins=True,
            ),
            spec=spec,
            opts=in_cluster,
            caches=registry.caches,
            pairs=pairs,
        )
    )


def _outputs(
    settings: Settings,
    foundation: Foundation,
    addons: AddonsOutputs,
    registry: RegistryOutputs,
    systems: Mapping[str, SystemOutputs],
) -> dict[str, Any]:
    return {
        "region": settings.region,
        "cluster": {"name": foundation.cluster.name, "endpoint": foundation.cluster.endpoint, "version": foundation.cluster.version},
        "kubeconfig": pulumi.Output.secret(foundation.cluster.kubeconfig),
        "registry": registry.url,
        "gateway": addons.gateway_address,
        "nameServers": foundation.zone.name_servers,
        "grafana": addons.grafana_url,
        "monitoring": dict(addons.exposed),
        "systems": {
            name: {
                "urls": list(outputs.urls),
                "databases": dict(outputs.databases),
                "caches": {cache: list(endpoints) for cache, endpoints in outputs.caches.items()},
                "passwords": dict(outputs.passwords),
                "replicas": list(outputs.replicas),
                "repositories": dict(outputs.repositories),
            }
            for name, outputs in systems.items()
        },
    }
