"""What every system stands on: keys, network, cluster, zone, buckets, registry of backups, budget and guardrails of one region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components.backup.outputs import BackupOutputs
from components.backup.spec import BackupSpec
from components.bucket.outputs import BucketOutputs
from components.bucket.spec import BucketSpec
from components.cluster.outputs import ClusterOutputs
from components.cluster.spec import ClusterSpec
from components.dns.outputs import DnsOutputs
from components.dns.spec import DnsSpec
from components.geography import eu_regions
from components.guardrail.spec import GuardrailSpec
from components.key.outputs import KeyOutputs
from components.key.spec import KeyService, KeySpec
from components.network.outputs import NetworkOutputs
from components.network.spec import NetworkSpec
from components.platforms import Platform
from infra.settings import Settings
from infra.system import SystemSpec

# Purposes of the platform's own keys, and the cloud services that use each by themselves.
PURPOSES: Mapping[str, tuple[KeyService, ...]] = {
    "data": ("logs", "databases", "registries"),
    "cluster": ("logs", "nodes", "clusters"),
    "secrets": ("secrets",),
    "logs": ("logs", "audit", "buckets"),
    "backup": ("backup", "buckets"),
}


@dataclass(frozen=True)
class Foundation:
    """`keys` are by purpose; `logs` and `backups` are the buckets of the cluster's logs and of its own backups."""

    keys: Mapping[str, KeyOutputs]
    network: NetworkOutputs
    cluster: ClusterOutputs
    zone: DnsOutputs
    logs: BucketOutputs
    backups: BucketOutputs
    backup: BackupOutputs


def lay(platform: Platform, settings: Settings, systems: Sequence[SystemSpec]) -> Foundation:
    """Declares the foundation, as large as the systems together ask for."""
    profile = settings.profile
    protect = profile.deletion_protected
    keys = {
        purpose: platform.key(f"{purpose}-key", KeySpec(purpose=purpose, services=services, deletion_protected=protect)).outputs
        for purpose, services in purposes(systems).items()
    }
    network = platform.network(
        "network",
        NetworkSpec(
            cidr=settings.network.cidr,
            zones=len(platform.site.zones),
            services_cidr=settings.network.services_cidr,
            nat_per_zone=profile.nat_per_zone,
            flow_log_days=profile.log_days,
        ),
        keys["logs"],
    ).outputs
    cluster = platform.cluster(
        "cluster",
        ClusterSpec(
            version=settings.cluster.version,
            pools=tuple(pool for system in systems for pool in system.pools),
            admin_cidrs=settings.cluster.admin_cidrs,
            admin_principals=settings.cluster.admin_principals,
            services_cidr=settings.network.services_cidr,
            log_days=profile.log_days,
            deletion_protected=protect,
        ),
        network,
        keys["cluster"],
    ).outputs
    zone = platform.dns("zone", DnsSpec(domain=settings.domain, ops_email=settings.ops_email, deletion_protected=protect)).outputs
    logs = platform.bucket(
        "logs",
        BucketSpec(purpose="logs", expire_after_days=profile.log_days + 7, keep_versions_days=1, deletion_protected=protect),
        network,
        keys["logs"],
    ).outputs
    backups = platform.bucket(
        "backups",
        BucketSpec(
            purpose="backups",
            keep_versions_days=profile.backup_days,
            copy_region=settings.backup_region,
            deletion_protected=protect,
        ),
        network,
        keys["backup"],
    ).outputs
    backup = platform.backup("backup", backup_of(settings, systems), cluster, keys["backup"]).outputs
    platform.guardrail(
        "guardrail",
        GuardrailSpec(
            allowed_regions=tuple(region.code for region in eu_regions(settings.cloud)),
            deny_target=settings.guardrail.deny_target,
            replicators=settings.cluster.admin_principals if settings.backup_region else (),
            record_configuration=settings.guardrail.record_configuration,
            deletion_protected=protect,
        ),
        keys["logs"],
    )
    for system in systems:
        if system.budget is not None:
            platform.budget(f"{system.id}-budget", system.budget)
    return Foundation(keys, network, cluster, zone, logs, backups, backup)


def purposes(systems: Sequence[SystemSpec]) -> Mapping[str, tuple[KeyService, ...]]:
    """Caches use the key of data where a system has any: on Azure its versions then never expire."""
    if not any(system.caches for system in systems):
        return PURPOSES
    return {**PURPOSES, "data": (*PURPOSES["data"], "caches")}


def weekly_days(systems: Sequence[SystemSpec]) -> set[int]:
    """How long weekly backups of databases are kept, each length that is asked for."""
    asked = (database.weekly_backup_days for system in systems for database in system.databases.values())
    return {days for days in asked if days is not None}


def backup_of(settings: Settings, systems: Sequence[SystemSpec]) -> BackupSpec:
    """One plan for the stack: the longest retention asked for, hourly as soon as one system's recovery point needs it."""
    profile = settings.profile
    return BackupSpec(
        backup_days=max((system.backup.backup_days for system in systems), default=profile.backup_days),
        hourly=any(system.backup.hourly for system in systems),
        weekly_days=tuple(sorted(weekly_days(systems))),
        copy_region=settings.backup_region,
        deletion_protected=profile.deletion_protected,
    )
