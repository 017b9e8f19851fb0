"""The capabilities that keep what a customer has: backups, objects, entries, rows, images and secrets."""

from __future__ import annotations

from components.backup.outputs import BackupOutputs
from components.backup.spec import BackupSpec
from components.bucket.outputs import BucketOutputs
from components.bucket.spec import BucketSpec
from components.cache.outputs import CacheOutputs
from components.cache.spec import CacheSpec
from components.database.outputs import DatabaseOutputs
from components.database.spec import DatabaseSpec
from components.registry.credentials import Credential
from components.registry.outputs import RegistryOutputs
from components.registry.spec import RegistrySpec
from components.registry.upstreams import OPEN
from components.secrets.outputs import SecretsOutputs
from components.secrets.spec import SecretsSpec
from components.vocabulary import Cloud
from tests.parity.trials import UNPROTECTED, Described, Value, by_cloud, everywhere

# Milan has no pair on Azure: there the one value is refused, and the other shows where it goes in a region that has one.
PAIRED = Value({Cloud.AZURE: "northeurope"}, region="westeurope")
SECOND_REGION = (by_cloud("eu-central-1", "europe-west3", "germanywestcentral"), PAIRED)
_READER = Credential("reader", "token")

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
