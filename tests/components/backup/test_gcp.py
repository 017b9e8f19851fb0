from __future__ import annotations

from typing import Any

import pytest

from components import geography
from components.backup.gcp import GcpBackup
from components.backup.gcp_plan import plan
from components.backup.spec import BackupSpec
from components.vocabulary import Cloud
from tests.components.gcp_wiring import CLUSTER, KEY, SITE, cluster, key, project
from tests.recorder import Recording, record

NAME = "playnew-production-backup"
PLAN = "gcp:gkebackup/backupPlan:BackupPlan"
RESTORE = "gcp:gkebackup/restorePlan:RestorePlan"
CRYPTO_KEY = "gcp:kms/cryptoKey:CryptoKey"
MILAN = geography.region(Cloud.GCP, "europe-west8")
FULL = BackupSpec(backup_days=30, start_hour_utc=2, hourly=True, copy_region="europe-west3", locked=True)


def made(spec: BackupSpec) -> Recording[Any]:
    return record(lambda: GcpBackup(NAME, spec, SITE, project(), cluster(), key()))


@pytest.fixture(scope="module")
def full() -> Recording[Any]:
    return made(FULL)


@pytest.mark.requirement("PN-22")
def test_backups_are_daily_and_hourly_where_the_recovery_point_asks_for_it(full: Recording[Any]) -> None:
    daily, hourly = (full.one(PLAN, f"{NAME}-{line}").inputs for line in ("daily", "hourly"))
    assert (daily["backupSchedule"], daily["retentionPolicy"]["backupRetainDays"]) == ({"cronSchedule": "0 2 * * *", "paused": False}, 30)
    assert (hourly["backupSchedule"], hourly["retentionPolicy"]["backupRetainDays"]) == ({"cronSchedule": "30 * * * *", "paused": False}, 2)


@pytest.mark.requirement("PN-22")
def test_objects_secrets_and_volumes_of_the_whole_cluster_are_backed_up_under_the_customer_key(full: Recording[Any]) -> None:
    daily = full.one(PLAN, f"{NAME}-daily").inputs
    assert (daily["cluster"], daily["location"]) == (CLUSTER, "europe-west8")
    assert daily["backupConfig"] == {
        "allNamespaces": True,
        "includeVolumeData": True,
        "includeSecrets": True,
        "encryptionKey": {"gcpKmsEncryptionKey": KEY},
        "permissiveMode": False,
    }


@pytest.mark.requirement("PN-01")
def test_a_copy_is_made_in_the_second_region_under_a_key_of_that_region(full: Recording[Any]) -> None:
    copy, own = full.one(PLAN, f"{NAME}-copy").inputs, full.one(CRYPTO_KEY)
    provider = full.one("pulumi:providers:gcp")
    assert (provider.name, provider.inputs["region"], provider.inputs["zone"]) == (f"{NAME}-copy", "europe-west3", "europe-west3-a")
    abroad = {item.type for item in full if item.provider == provider.name}
    assert abroad == {PLAN, CRYPTO_KEY, "gcp:kms/keyRing:KeyRing", "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"}
    assert (copy["location"], copy["cluster"]) == ("europe-west3", CLUSTER)
    assert copy["backupConfig"]["encryptionKey"] == {"gcpKmsEncryptionKey": f"{own.name}-id"}
    assert full.one("gcp:kms/keyRing:KeyRing").inputs["location"] == "europe-west3"
    let_in = {item.inputs["member"] for item in full.of("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember")}
    assert any("gkebackup" in member for member in let_in)


def test_plans_of_one_cluster_begin_apart() -> None:
    moments = [line.schedule for line in plan(FULL, MILAN).lines]
    assert moments == ["0 2 * * *", "30 * * * *", "0 3 * * *"]
    late = plan(BackupSpec(start_hour_utc=23, copy_region="europe-west3"), MILAN)
    assert [line.schedule for line in late.lines] == ["0 23 * * *", "0 0 * * *"]


@pytest.mark.requirement("PN-01")
@pytest.mark.parametrize(
    ("region", "message"),
    [
        ("europe-west2", r"^copy_region: 'europe-west2' is in London, GB, outside the eu profile"),
        ("europe-west6", r"^copy_region: 'europe-west6' is in Zurich, CH, outside the eu profile"),
        ("europe-west99", r"^copy_region: 'europe-west99' is no gcp region"),
        ("europe-west8", r"^copy_region: 'europe-west8' is no second region; allowed: .*europe-west3"),
    ],
)
def test_a_copy_outside_the_eu_or_at_home_is_refused(region: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plan(BackupSpec(copy_region=region), MILAN)


def test_without_a_second_region_nothing_is_copied() -> None:
    registered = made(BackupSpec(backup_days=7))
    assert [item.name for item in registered.of(PLAN)] == [f"{NAME}-daily"]
    assert registered.of(CRYPTO_KEY) == []


def test_a_lock_keeps_each_backup_for_its_whole_life_and_cannot_be_undone(full: Recording[Any]) -> None:
    assert {item.name.removeprefix(f"{NAME}-"): item.inputs["retentionPolicy"] for item in full.of(PLAN)} == {
        "daily": {"backupRetainDays": 30, "backupDeleteLockDays": 30, "locked": True},
        "hourly": {"backupRetainDays": 2, "backupDeleteLockDays": 2, "locked": True},
        "copy": {"backupRetainDays": 30, "backupDeleteLockDays": 30, "locked": True},
    }


def test_there_is_no_lock_unless_asked_for() -> None:
    [daily] = made(BackupSpec()).of(PLAN)
    assert daily.inputs["retentionPolicy"] == {"backupRetainDays": 30, "backupDeleteLockDays": 0, "locked": False}


@pytest.mark.requirement("PN-22")
def test_a_restore_brings_missing_namespaces_back_and_touches_no_others(full: Recording[Any]) -> None:
    assert {item.name for item in full.of(RESTORE)} == {f"{NAME}-daily-restore", f"{NAME}-hourly-restore"}
    restore = full.one(RESTORE, f"{NAME}-daily-restore").inputs
    assert restore["backupPlan"] == f"{NAME}-daily-id"
    assert restore["cluster"] == CLUSTER
    assert restore["restoreConfig"] == {
        "allNamespaces": True,
        "namespacedResourceRestoreMode": "FAIL_ON_CONFLICT",
        "volumeDataRestorePolicy": "RESTORE_VOLUME_DATA_FROM_BACKUP",
        "clusterResourceRestoreScope": {"noGroupKinds": True},
    }


@pytest.mark.parametrize("protected", [True, False])
def test_a_protected_plan_outlives_a_mistake(protected: bool) -> None:
    registered = made(BackupSpec(deletion_protected=protected, copy_region="europe-west3"))
    assert {item.protect for item in (*registered.of(PLAN), registered.one(CRYPTO_KEY))} == {protected}
