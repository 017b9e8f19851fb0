from __future__ import annotations

import json
from typing import Any

import pytest

from components.backup.aws import AwsBackup
from components.backup.aws_plan import Lock, plan
from components.backup.spec import BackupSpec
from components.geography import UnknownRegion
from components.site import Site
from tests.components.aws_wiring import KEY_ARN, SITE, SOVEREIGN, key
from tests.recorder import Recording, record

NAME = "playnew-production-backup"
FULL = BackupSpec(backup_days=30, start_hour_utc=2, hourly=True, copy_region="eu-central-1", locked=True)


def made(spec: BackupSpec, site: Site = SITE) -> Recording[Any]:
    return record(lambda: AwsBackup(NAME, spec, site, key()))


@pytest.fixture(scope="module")
def full() -> Recording[Any]:
    return made(FULL)


@pytest.mark.requirement("PN-22")
def test_backups_are_daily_and_hourly_where_the_recovery_point_asks_for_it(full: Recording[Any]) -> None:
    daily, hourly = full.one("aws:backup/plan:Plan").inputs["rules"]
    assert (daily["schedule"], daily["lifecycle"]) == ("cron(0 2 * * ? *)", {"deleteAfter": 30})
    assert (hourly["schedule"], hourly["lifecycle"]) == ("cron(30 * * * ? *)", {"deleteAfter": 2})
    assert {rule["scheduleExpressionTimezone"] for rule in (daily, hourly)} == {"Etc/UTC"}


def test_a_window_leaves_an_hour_to_finish() -> None:
    assert all(rule.completion_window - rule.start_window >= 60 for rule in plan(FULL).rules)


def test_the_databases_keep_their_own_retention(full: Recording[Any]) -> None:
    assert {rule["enableContinuousBackup"] for rule in full.one("aws:backup/plan:Plan").inputs["rules"]} == {False}


def test_what_carries_the_stacks_tag_is_backed_up(full: Recording[Any]) -> None:
    selection = full.one("aws:backup/selection:Selection").inputs
    assert selection["selectionTags"] == [{"type": "STRINGEQUALS", "key": "backup", "value": "playnew-production"}]
    assert selection["iamRoleArn"] == full.one("aws:iam/role:Role").state["arn"]


def test_vaults_are_encrypted_with_a_key_of_their_own_region(full: Recording[Any]) -> None:
    vault = full.one("aws:backup/vault:Vault", f"{NAME}-vault")
    copy = full.one("aws:backup/vault:Vault", f"{NAME}-copy-vault")
    assert vault.inputs["kmsKeyArn"] == KEY_ARN
    assert copy.inputs["kmsKeyArn"] == full.one("aws:kms/key:Key").state["arn"]
    policy = json.loads(full.one("aws:kms/key:Key").inputs["policy"])
    assert "backup.amazonaws.com" in [statement["Principal"].get("Service") for statement in policy["Statement"]]


@pytest.mark.requirement("PN-01")
def test_copies_go_to_the_second_region_by_a_provider_of_that_region(full: Recording[Any]) -> None:
    provider = full.one("pulumi:providers:aws")
    assert (provider.name, provider.inputs["region"]) == (f"{NAME}-copy", "eu-central-1")
    abroad = {item.name for item in full if item.provider == provider.name}
    assert abroad == {f"{NAME}-copy-vault", f"{NAME}-copy-lock", f"{NAME}-copy-key-cmk", f"{NAME}-copy-key-alias"}
    daily, hourly = full.one("aws:backup/plan:Plan").inputs["rules"]
    assert daily["copyActions"] == [
        {
            "destinationVaultArn": full.one("aws:backup/vault:Vault", f"{NAME}-copy-vault").state["arn"],
            "lifecycle": {"deleteAfter": 30},
        }
    ]
    assert "copyActions" not in hourly


@pytest.mark.requirement("PN-01")
@pytest.mark.parametrize(
    ("site", "region", "message"),
    [
        (SITE, "eu-west-2", "'eu-west-2' is in London, GB, outside the eu profile"),
        (SITE, "us-east-1", "outside the eu profile"),
        (SITE, "eu-south-9", "'eu-south-9' is no aws region"),
        (SITE, "eusc-de-east-1", "'eusc-de-east-1' is in the partition aws-eusc, eu-south-1 in aws"),
        (SOVEREIGN, "eu-central-1", "in the partition aws, eusc-de-east-1 in aws-eusc"),
    ],
)
def test_a_copy_outside_the_eu_or_the_partition_is_refused(site: Site, region: str, message: str) -> None:
    with pytest.raises(UnknownRegion, match=message):
        made(BackupSpec(copy_region=region), site)


def test_without_a_second_region_nothing_is_copied() -> None:
    registered = made(BackupSpec(backup_days=7))
    assert registered.types()["aws:backup/vault:Vault"] == 1
    assert registered.of("pulumi:providers:aws") == []
    [daily] = registered.one("aws:backup/plan:Plan").inputs["rules"]
    assert "copyActions" not in daily


def test_a_lock_spans_the_rules_of_its_vault(full: Recording[Any]) -> None:
    assert plan(FULL).lock == Lock(min_days=2, max_days=30)
    assert plan(FULL).copy_lock == Lock(min_days=30, max_days=30)
    lock = full.one("aws:backup/vaultLockConfiguration:VaultLockConfiguration", f"{NAME}-lock").inputs
    assert (lock["minRetentionDays"], lock["maxRetentionDays"], lock["changeableForDays"]) == (2, 30, 3)


def test_there_is_no_lock_unless_asked_for() -> None:
    assert made(BackupSpec()).of("aws:backup/vaultLockConfiguration:VaultLockConfiguration") == []


def test_the_role_is_aws_backups_alone_and_named_in_the_partition() -> None:
    registered = made(BackupSpec(), SOVEREIGN)
    [trust] = json.loads(registered.one("aws:iam/role:Role").inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "backup.amazonaws.com"}
    # AWS Backup promises no source account where it assumes a role: asking for one would end all backups.
    assert "Condition" not in trust
    assert {item.inputs["policyArn"] for item in registered.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")} == {
        "arn:aws-eusc:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
        "arn:aws-eusc:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores",
    }


@pytest.mark.parametrize("protected", [True, False])
def test_a_protected_vault_outlives_a_mistake(protected: bool) -> None:
    registered = made(BackupSpec(deletion_protected=protected, copy_region="eu-central-1"))
    assert {(vault.protect, vault.inputs["forceDestroy"]) for vault in registered.of("aws:backup/vault:Vault")} == {
        (protected, not protected)
    }
    assert registered.one("aws:kms/key:Key").protect is protected


WEEKLY = BackupSpec(backup_days=30, start_hour_utc=3, copy_region="eu-central-1", locked=True, weekly_days=(90, 180, 90))


@pytest.fixture(scope="module")
def weekly() -> Recording[Any]:
    return made(WEEKLY)


@pytest.mark.requirement("SN-03")
def test_weekly_backups_have_a_plan_for_each_time_that_they_are_kept(weekly: Recording[Any]) -> None:
    plans = {item.inputs["name"]: item for item in weekly.of("aws:backup/plan:Plan")}
    assert set(plans) == {NAME, f"{NAME}-weekly-90", f"{NAME}-weekly-180"}
    [rule] = plans[f"{NAME}-weekly-90"].inputs["rules"]
    # Two hours after the daily one: of two that start together, one is left out.
    assert (rule["schedule"], rule["lifecycle"]) == ("cron(0 5 ? * SUN *)", {"deleteAfter": 90})
    assert (rule["targetVaultName"], rule["copyActions"][0]["lifecycle"]) == (NAME, {"deleteAfter": 90})
    assert weekly.one("eucloud:aws:Backup").outputs["weekly"].keys() == {"90", "180"}


@pytest.mark.requirement("SN-03")
def test_only_what_asks_for_it_is_kept_longer(weekly: Recording[Any]) -> None:
    tags = {item.name: item.inputs["selectionTags"] for item in weekly.of("aws:backup/selection:Selection")}
    for days in (90, 180):
        wanted = {"type": "STRINGEQUALS", "key": "backup-weekly", "value": f"playnew-production-{days}"}
        assert tags[f"{NAME}-weekly-{days}-selection"] == [wanted]
    assert tags[f"{NAME}-selection"] == [{"type": "STRINGEQUALS", "key": "backup", "value": "playnew-production"}]
    assert all(len(item.inputs["name"]) <= 50 for item in weekly.of("aws:backup/selection:Selection"))


def test_a_lock_lets_weekly_backups_in() -> None:
    decided = plan(WEEKLY)
    assert (decided.lock, decided.copy_lock) == (Lock(30, 180), Lock(30, 180))
