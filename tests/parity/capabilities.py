"""Every capability with a base to start from and, for each field, the values that it is changed to."""

from __future__ import annotations

from components.backup.outputs import BackupOutputs
from components.backup.spec import BackupSpec
from components.bucket.outputs import BucketOutputs
from components.bucket.spec import BucketSpec
from components.budget.outputs import BudgetOutputs
from components.budget.spec import BudgetSpec
from components.cache.outputs import CacheOutputs
from components.cache.spec import CacheSpec
from components.cluster.outputs import ClusterOutputs
from components.cluster.spec import ClusterSpec
from components.database.outputs import DatabaseOutputs
from components.database.spec import DatabaseSpec
from components.dns.outputs import DnsOutputs
from components.dns.spec import DnsSpec
from components.guardrail.outputs import GuardrailOutputs
from components.guardrail.spec import GuardrailSpec
from components.identity.spec import (
    AutoscalingGrant,
    BucketGrant,
    DnsGrant,
    KeyGrant,
    LoadBalancingGrant,
    SecretsGrant,
    SnapshotGrant,
)
from components.key.outputs import KeyOutputs
from components.key.spec import KeySpec
from components.network.outputs import NetworkOutputs
from components.network.spec import NetworkSpec
from components.registry.credentials import Credential
from components.registry.outputs import RegistryOutputs
from components.registry.spec import RegistrySpec
from components.registry.upstreams import OPEN
from components.secrets.outputs import SecretsOutputs
from components.secrets.spec import SecretsSpec
from components.vocabulary import Access, Cloud
from tests.components import aws_wiring, azure_wiring
from tests.parity.trials import Capability, Described, Granted, Value, by_cloud, everywhere

UNPROTECTED = (everywhere(False),)
# Milan has no pair on Azure: there the one value is refused, and the other shows where it goes in a region that has one.
PAIRED = Value({Cloud.AZURE: "northeurope"}, region="westeurope")
SECOND_REGION = (by_cloud("eu-central-1", "europe-west3", "germanywestcentral"), PAIRED)

_AUTHORITY, _OTHER_ADMIN = azure_wiring.PRINCIPAL, azure_wiring.PRINCIPAL.replace("c1", "e3")
_ADMINS = by_cloud((aws_wiring.ADMIN,), ("group:platform@playnew.ai",), (_AUTHORITY,))
_OTHER_ADMINS = by_cloud((f"{aws_wiring.ADMIN}-2",), ("group:operators@playnew.ai",), (_OTHER_ADMIN,))
_READER = Credential("reader", "token")
_POOLS = (
    {"name": "agent", "min_nodes": 1, "desired_nodes": 2, "max_nodes": 6},
    {"name": "host", "min_nodes": 2, "desired_nodes": 2, "max_nodes": 4},
)

BACKUP = Described(
    "backup",
    BackupSpec,
    BackupOutputs,
    lambda platform, spec, wiring: platform.backup("backup", spec, wiring.cluster(), wiring.key()),
    everywhere({"weekly_days": (90,)}),
    {
        "backup_days": (everywhere(14),),
        "deletion_protected": UNPROTECTED,
        "start_hour_utc": (everywhere(5),),
        "hourly": (everywhere(True),),
        "weekly_days": (everywhere((90, 180)),),
        "copy_region": SECOND_REGION,
        "locked": (everywhere(True),),
    },
)

BUCKET = Described(
    "bucket",
    BucketSpec,
    BucketOutputs,
    lambda platform, spec, wiring: platform.bucket(spec.purpose, spec, wiring.network(), wiring.key()),
    everywhere({"purpose": "logs", "cold_after_days": 90, "expire_after_days": 365}),
    {
        "purpose": (everywhere("traces"),),
        "cold_after_days": (everywhere(60),),
        "expire_after_days": (everywhere(400),),
        "keep_versions_days": (everywhere(7),),
        # Azure copies objects to any region, one by one.
        "copy_region": (by_cloud("eu-central-1", "europe-west3", "germanywestcentral"),),
        "deletion_protected": UNPROTECTED,
        "service_writers": (everywhere(("audit",)),),
    },
)

BUDGET = Described(
    "budget",
    BudgetSpec,
    BudgetOutputs,
    lambda platform, spec, _: platform.budget("budget", spec),
    everywhere({"monthly_eur": 5000, "emails": ("ops@playnew.ai",)}),
    {
        "monthly_eur": (everywhere(6000),),
        "thresholds": (everywhere((60, 90)),),
        "emails": (everywhere(("finance@playnew.ai",)),),
        "own_costs_only": (everywhere(True),),
        "usd_per_eur": (everywhere(1.3),),
    },
)

CACHE = Described(
    "cache",
    CacheSpec,
    CacheOutputs,
    lambda platform, spec, wiring: platform.cache("queue", spec, wiring.network(), wiring.key(), wiring.cluster()),
    everywhere({"snapshot_days": 7, "maintenance": {"start": "02:00", "end": "04:00"}}),
    {
        "mode": (everywhere("single", beside={"replicas": 0}), everywhere("cluster", beside={"shards": 2})),
        "memory_gib": (everywhere(12),),
        "shards": (everywhere(3, within={"mode": "cluster", "shards": 2}),),
        "replicas": (everywhere(2),),
        "databases": (everywhere(2),),
        "eviction": (everywhere("allkeys-lru"),),
        "maintenance.day": (everywhere("sun"),),
        "maintenance.start": (everywhere("01:00"), everywhere("02:30")),
        "maintenance.end": (everywhere("06:00"),),
        "maintenance.utc_offset_hours": (everywhere(2),),
        "snapshot_days": (everywhere(0),),
        "deletion_protected": UNPROTECTED,
    },
)

CLUSTER = Described(
    "cluster",
    ClusterSpec,
    ClusterOutputs,
    lambda platform, spec, wiring: platform.cluster("cluster", spec, wiring.network(), wiring.key()),
    Value({cloud: {"version": "1.35", "pools": _POOLS, "admin_principals": _ADMINS.on[cloud]} for cloud in Cloud}),
    {
        "version": (everywhere("1.36"),),
        "pools[].name": (everywhere("runner"),),
        "pools[].size": (everywhere("large"),),
        "pools[].min_nodes": (everywhere(2),),
        "pools[].desired_nodes": (everywhere(5),),
        "pools[].max_nodes": (everywhere(8),),
        "pools[].disk_gib": (everywhere(120),),
        "pools[].capacity": (everywhere("spot"),),
        "pools[].labels": (everywhere({"tier": "batch"}),),
        "pools[].tainted": (everywhere(True),),
        "admin_cidrs": (everywhere(("203.0.113.0/24",)),),
        "admin_principals": (_OTHER_ADMINS,),
        "services_cidr": (everywhere("172.21.0.0/16"),),
        "log_days": (everywhere(365),),
        "deletion_protected": UNPROTECTED,
    },
)

DATABASE = Described(
    "database",
    DatabaseSpec,
    DatabaseOutputs,
    lambda platform, spec, wiring: platform.database("db", spec, wiring.network(), wiring.key(), wiring.cluster(), wiring.backup()),
    everywhere({"database": "pn_agent", "replicas": 1, "maintenance": {"start": "02:00", "end": "04:00"}}),
    {
        "backup_days": (everywhere(14),),
        "deletion_protected": UNPROTECTED,
        "major": (everywhere("17"),),
        "database": (everywhere("pn_other"),),
        "admin": (everywhere("dba"),),
        "size": (everywhere("large"),),
        "storage_gib": (everywhere(200),),
        "max_storage_gib": (everywhere(2000),),
        "highly_available": (everywhere(False),),
        "replicas": (everywhere(2),),
        "maintenance.day": (everywhere("sun"),),
        "maintenance.start": (everywhere("01:00"), everywhere("02:30")),
        "maintenance.end": (everywhere("06:00"),),
        "maintenance.utc_offset_hours": (everywhere(2),),
        "backup_region": SECOND_REGION,
        "weekly_backup_days": (everywhere(90), everywhere(400)),
        "slow_query_ms": (everywhere(250),),
        "restore_from": (
            by_cloud("pn-manual-20260501", "pn-agent-db-0a1b/1714521600000", "pn-agent-db-0a1b2c@2026-05-01T10:00:00Z"),
            Value({Cloud.GCP: "pn-manual-20260501", Cloud.AZURE: "pn-manual-20260501"}),
        ),
    },
)

DNS = Described(
    "dns",
    DnsSpec,
    DnsOutputs,
    lambda platform, spec, _: platform.dns("zone", spec),
    everywhere({"domain": "playnew.ai", "ops_email": "ops@playnew.ai"}),
    {
        "domain": (everywhere("playnew.eu"),),
        "caa": (everywhere(("sectigo.com",)),),
        "ops_email": (everywhere("platform@playnew.ai"),),
        "deletion_protected": UNPROTECTED,
    },
)

GUARDRAIL = Described(
    "guardrail",
    GuardrailSpec,
    GuardrailOutputs,
    lambda platform, spec, wiring: platform.guardrail("guardrail", spec, wiring.key()),
    by_cloud(
        {"allowed_regions": ("eu-south-1",), "deny_target": "ou-ab12-cdefghij"},
        {"allowed_regions": ("europe-west8",), "deny_target": "folders/123456789"},
        {"allowed_regions": ("italynorth",), "deny_target": "platform"},
    ),
    {
        "allowed_regions": (
            by_cloud(("eu-south-1", "eu-central-1"), ("europe-west8", "europe-west3"), ("italynorth", "germanywestcentral")),
        ),
        "deny_target": (by_cloud("ou-ab12-klmnopqr", "folders/987654321", "systems"),),
        "exempt": (
            by_cloud(
                ("cloudfront:*",), ("compute.requireOsLogin",), (f"/subscriptions/{azure_wiring.SUBSCRIPTION}/resourceGroups/shared",)
            ),
            Value({Cloud.GCP: ("cloudfront:*",), Cloud.AZURE: ("cloudfront:*",)}),
        ),
        "replicators": (everywhere((aws_wiring.ADMIN,)),),
        "audit_days": (everywhere(400),),
        "record_configuration": (everywhere(True),),
        "deletion_protected": UNPROTECTED,
    },
)

IDENTITY = Granted(
    {"namespace": "pn-system", "service_account": "pn-host"},
    {"namespace": (everywhere("pn-agents"),), "service_account": (everywhere("pn-runner"),)},
    {
        "KeyGrant": (lambda _: (), lambda wiring: (KeyGrant(wiring.key()),)),
        "BucketGrant": (lambda _: (), lambda wiring: (BucketGrant(wiring.bucket(), Access.READ),)),
        "BucketGrant.access": (
            lambda wiring: (BucketGrant(wiring.bucket(), Access.READ),),
            lambda wiring: (BucketGrant(wiring.bucket(), Access.READ_WRITE),),
        ),
        "SecretsGrant": (lambda _: (), lambda wiring: (SecretsGrant(("pn/production",), (wiring.key(),)),)),
        "SecretsGrant.prefixes": (
            lambda wiring: (SecretsGrant(("pn/production",), (wiring.key(),)),),
            lambda wiring: (SecretsGrant(("pn/production", "platform/production"), (wiring.key(),)),),
        ),
        "SecretsGrant.keys": (
            lambda _: (SecretsGrant(("pn/production",), ()),),
            lambda wiring: (SecretsGrant(("pn/production",), (wiring.key(),)),),
        ),
        "SecretsGrant.database_admins": (
            lambda wiring: (SecretsGrant(("pn/production",), (wiring.key(),)),),
            lambda wiring: (SecretsGrant(("pn/production",), (wiring.key(),), database_admins=True),),
        ),
        "DnsGrant": (lambda _: (), lambda wiring: (DnsGrant(wiring.zone()),)),
        "AutoscalingGrant": (lambda _: (), lambda wiring: (AutoscalingGrant(wiring.cluster()),)),
        "LoadBalancingGrant": (lambda _: (), lambda wiring: (LoadBalancingGrant(wiring.cluster(), wiring.network()),)),
        "SnapshotGrant": (lambda _: (), lambda wiring: (SnapshotGrant(wiring.cluster()),)),
    },
)

KEY = Described(
    "key",
    KeySpec,
    KeyOutputs,
    lambda platform, spec, _: platform.key("key", spec),
    everywhere({"purpose": "data"}),
    {
        "purpose": (everywhere("logs"),),
        "services": tuple(
            everywhere((service,))
            for service in (
                "logs",
                "audit",
                "notifications",
                "backup",
                "nodes",
                "clusters",
                "databases",
                "caches",
                "buckets",
                "registries",
                "secrets",
            )
        ),
        "exclusive": (everywhere(True),),
        "rotation_days": (everywhere(180),),
        "deletion_days": (everywhere(14),),
        "deletion_protected": UNPROTECTED,
    },
)

NETWORK = Described(
    "network",
    NetworkSpec,
    NetworkOutputs,
    lambda platform, spec, wiring: platform.network("network", spec, wiring.key()),
    everywhere({"cidr": "10.20.0.0/16"}),
    {
        "cidr": (everywhere("10.30.0.0/16"),),
        "zones": (everywhere(2),),
        "services_cidr": (everywhere("172.21.0.0/16"),),
        "nat_per_zone": (everywhere(False),),
        "flow_log_days": (everywhere(30),),
    },
)

REGISTRY = Described(
    "registry",
    RegistrySpec,
    RegistryOutputs,
    lambda platform, spec, wiring: platform.registry(
        "registry", spec, wiring.network(), wiring.cluster(), wiring.key(), {host: _READER for host in spec.credentials}
    ),
    everywhere({"repositories": ("pn-host",)}),
    {
        "repositories": (everywhere(("pn-host", "pn-agent")),),
        "caches": (everywhere(("quay.io",)), everywhere(("docker.io",))),
        "credentials": (everywhere(("docker.io",), beside={"caches": (*OPEN, "docker.io")}),),
        "keep_images": (everywhere(20),),
        "deletion_protected": UNPROTECTED,
    },
)

SECRETS = Described(
    "secrets",
    SecretsSpec,
    SecretsOutputs,
    lambda platform, spec, wiring: platform.secrets("secrets", spec, {"jwt-secret": "value"}, wiring.key()),
    everywhere({"prefix": "pn/production"}),
    {
        "prefix": (everywhere("pn/staging"),),
        "recovery_days": (everywhere(14),),
        "deletion_protected": (everywhere(True),),
    },
)

CAPABILITIES: tuple[Capability, ...] = (
    NETWORK,
    KEY,
    CLUSTER,
    IDENTITY,
    DATABASE,
    CACHE,
    BUCKET,
    REGISTRY,
    SECRETS,
    DNS,
    BACKUP,
    BUDGET,
    GUARDRAIL,
)
