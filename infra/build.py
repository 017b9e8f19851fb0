"""Regions → platform → foundation → add-ons → systems, one way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_random as random

from components.addons.context import AddonsContext
from components.addons.install import install
from components.addons.outputs import AddonsOutputs
from components.addons.spec import AddonsSpec, Alerting, Email, PagerDuty
from components.identity.spec import SecretsGrant
from components.platforms import Platform, load
from components.registry.outputs import RegistryOutputs
from components.registry.spec import RegistrySpec
from components.secrets.spec import SecretsSpec
from components.site import Site
from infra import given
from infra.foundation import Foundation, lay
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
        "registry", shared_registry(systems), foundation.network, foundation.cluster, foundation.keys["data"]
    ).outputs
    addons = _addons(platform, settings, systems, foundation, registry, people[given.PLATFORM], in_cluster)
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


def shared_registry(systems: Sequence[SystemSpec]) -> RegistrySpec:
    """One registry for the stack: every system's repositories, and the caches that add-ons pull through."""
    asked = [system.registry for system in systems if system.registry is not None]
    return RegistrySpec(
        repositories=tuple(dict.fromkeys(name for spec in asked for name in spec.repositories)),
        keep_images=max((spec.keep_images for spec in asked), default=50),
        deletion_protected=any(spec.deletion_protected for spec in asked),
    )


def alerting(settings: Settings, systems: Sequence[SystemSpec]) -> Alerting:
    """Every system's receivers together: e-mail to all of them, incidents where one asks for them."""
    to = tuple(dict.fromkeys(address for system in systems for address in system.receivers.emails))
    mail = Email(to=to, sender=settings.mail.sender, smarthost=settings.mail.host, username=settings.mail.user)
    paging = any(system.receivers.pagerduty for system in systems)
    return Alerting(email=mail, pagerduty=PagerDuty() if paging else None)


def _addons(
    platform: Platform,
    settings: Settings,
    systems: Sequence[SystemSpec],
    foundation: Foundation,
    registry: RegistryOutputs,
    people: Mapping[str, pulumi.Output[str]],
    in_cluster: pulumi.ResourceOptions,
) -> AddonsOutputs:
    profile = settings.profile
    own = SecretsSpec(prefix=f"{given.PLATFORM}/{profile.path}", deletion_protected=profile.deletion_protected)
    grafana = random.RandomPassword(
        f"{settings.prefix}-grafana-admin-password",
        length=40,
        special=False,
        opts=pulumi.ResourceOptions(parent=platform.root, provider=platform.passwords),
    )
    store = platform.secrets("secrets", own, {"grafana-admin-password": grafana.result, **people}, foundation.keys["secrets"]).outputs
    spec = AddonsSpec(
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
    )
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
        "systems": {
            name: {
                "urls": list(outputs.urls),
                "databases": dict(outputs.databases),
                "replicas": list(outputs.replicas),
                "repositories": dict(outputs.repositories),
            }
            for name, outputs in systems.items()
        },
    }
