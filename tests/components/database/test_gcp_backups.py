from __future__ import annotations

import pytest

from components.database.gcp import GcpDatabase
from components.database.gcp_plan import Restore, plan
from tests.components import gcp_wiring as wiring
from tests.components.database.gcp_database import DATABASE, INSTANCE, MILAN, SPEC, database, spec
from tests.recorder import Recording


@pytest.fixture(scope="module")
def production() -> Recording[GcpDatabase]:
    return database()


@pytest.mark.requirement("PN-05")
def test_backups_are_kept_thirty_days_at_home_and_outlive_the_database(production: Recording[GcpDatabase]) -> None:
    settings = production.one(INSTANCE).inputs["settings"]
    backups = settings["backupConfiguration"]
    assert (backups["enabled"], backups["location"]) == (True, "europe-west8")
    assert backups["backupRetentionSettings"] == {"retainedBackups": 30, "retentionUnit": "COUNT"}
    assert (settings["retainBackupsOnDelete"], settings["finalBackupConfig"]) == (True, {"enabled": True, "retentionDays": 30})
    assert database(spec(deletion_protected=False)).one(INSTANCE).inputs["settings"]["retainBackupsOnDelete"] is True


@pytest.mark.requirement("PN-22")
@pytest.mark.parametrize(("days", "log_days"), [(30, 7), (7, 7), (1, 1)])
def test_the_log_of_changes_is_kept_as_long_as_the_edition_and_the_backups_allow(days: int, log_days: int) -> None:
    backups = database(spec(backup_days=days)).one(INSTANCE).inputs["settings"]["backupConfiguration"]
    assert (backups["pointInTimeRecoveryEnabled"], backups["transactionLogRetentionDays"]) == (True, log_days)


@pytest.mark.requirement("PN-22")
def test_backups_lie_in_a_second_eu_region_where_one_is_asked_for() -> None:
    backups = database(spec(backup_region="europe-west3")).one(INSTANCE).inputs["settings"]["backupConfiguration"]
    assert backups["location"] == "europe-west3"


@pytest.mark.requirement("SN-03")
def test_weekly_backups_are_among_daily_ones_that_are_kept_as_long() -> None:
    """Cloud SQL keeps a number of backups, one a day, under the instance's own key and in its place."""
    settings = database(spec(backup_days=30, weekly_backup_days=90)).one(INSTANCE).inputs["settings"]
    assert settings["backupConfiguration"]["backupRetentionSettings"] == {"retainedBackups": 90, "retentionUnit": "COUNT"}
    assert settings["finalBackupConfig"]["retentionDays"] == 90


def test_more_backups_than_cloud_sql_keeps_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^weekly_backup_days: 400 is more than .*; allowed: up to 365$"):
        plan(spec(weekly_backup_days=400), MILAN)


@pytest.mark.requirement("PN-22")
def test_an_instance_may_be_made_from_a_backup_which_is_then_forgotten(production: Recording[GcpDatabase]) -> None:
    registered = database(spec(restore_from="playnew-production-pn-agent-db-0a1b/1714521600000"))
    restored = registered.one(INSTANCE)
    assert restored.inputs["restoreBackupContext"] == {
        "backupRunId": 1714521600000,
        "instanceId": "playnew-production-pn-agent-db-0a1b",
        "project": wiring.PROJECT,
    }
    assert {"restoreBackupContext", "clone"} <= set(restored.ignore_changes)
    assert not {"restoreBackupContext", "clone"} & set(production.one(INSTANCE).inputs)
    # It comes with the backup; making it again would fail.
    assert registered.of(DATABASE) == []


@pytest.mark.requirement("PN-22")
def test_an_instance_may_be_made_as_another_was_at_a_point_in_time() -> None:
    registered = database(spec(restore_from="pn-agent-db-0a1b@2026-05-01T10:00:00Z"))
    assert registered.one(INSTANCE).inputs["clone"] == {"sourceInstanceName": "pn-agent-db-0a1b", "pointInTime": "2026-05-01T10:00:00Z"}
    assert registered.of(DATABASE) == []


def test_backups_are_told_by_number_and_moments_by_time() -> None:
    assert plan(spec(restore_from="a-b/12"), MILAN).restore == Restore("a-b", backup=12)
    assert plan(spec(restore_from="a-b@2026-05-01T10:00:00.5Z"), MILAN).restore == Restore("a-b", time="2026-05-01T10:00:00.5Z")
    assert plan(SPEC, MILAN).restore is None
