from __future__ import annotations

import pytest

from sandbox.contract import Refused
from tests.sandbox.moto.stage import REGION, Bench

VAULT = "aws:backup/vault:Vault"
PLAN = "aws:backup/plan:Plan"
KEY = "arn:aws:kms:eu-south-1:123456789012:key/k"
RULE = {
    "ruleName": "daily",
    "targetVaultName": "vault",
    "schedule": "cron(0 3 * * ? *)",
    "scheduleExpressionTimezone": "Etc/UTC",
    "startWindow": 60,
    "completionWindow": 360,
    "enableContinuousBackup": False,
    "lifecycle": {"deleteAfter": 30, "coldStorageAfter": 7},
    "copyActions": [{"destinationVaultArn": "arn:aws:backup:eu-central-1:123456789012:backup-vault:copy", "lifecycle": {"deleteAfter": 5}}],
    "recoveryPointTags": {"keptBy": "rule"},
}


def test_a_vault_lives_in_moto_from_creation_to_deletion(bench: Bench):
    backup = bench.boto3("backup")
    vault = bench.make(VAULT, {"name": "vault", "kmsKeyArn": KEY, "tags": {"a": "b"}})

    there = backup.describe_backup_vault(BackupVaultName="vault")
    assert there["BackupVaultArn"] == vault.outputs["arn"] == f"arn:aws:backup:{REGION}:123456789012:backup-vault:vault"
    assert there["EncryptionKeyArn"] == KEY
    assert bench.drifted(vault) == {}

    vault = bench.change(vault, {"tags": {"c": "d"}})
    assert backup.list_tags(ResourceArn=vault.outputs["arn"])["Tags"] == {"c": "d"}

    backup.tag_resource(ResourceArn=vault.outputs["arn"], Tags={"c": "other"})
    assert bench.drifted(vault) == {"tags": {"c": "other"}}

    bench.remove(vault)
    assert bench.drifted(vault) is None


def test_a_vault_s_name_is_given_once(bench: Bench):
    bench.make(VAULT, {"name": "once", "kmsKeyArn": KEY})

    with pytest.raises(Refused, match="AlreadyExistsException"):
        bench.make(VAULT, {"name": "once", "kmsKeyArn": KEY})


def test_a_plan_stands_in_moto_rule_by_rule(bench: Bench):
    backup = bench.boto3("backup")
    plan = bench.make(PLAN, {"name": "plan", "rules": [RULE], "tags": {"a": "b"}})

    there = backup.get_backup_plan(BackupPlanId=plan.id)
    assert (there["BackupPlanArn"], there["VersionId"]) == (plan.outputs["arn"], plan.outputs["version"])
    (rule,) = there["BackupPlan"]["Rules"]
    assert (rule["RuleName"], rule["TargetBackupVaultName"], rule["ScheduleExpression"]) == ("daily", "vault", RULE["schedule"])
    assert (rule["StartWindowMinutes"], rule["CompletionWindowMinutes"]) == (60, 360)
    assert rule["Lifecycle"] == {"DeleteAfterDays": 30, "MoveToColdStorageAfterDays": 7}
    assert rule["CopyActions"][0]["DestinationBackupVaultArn"].endswith("backup-vault:copy")
    assert rule["RecoveryPointTags"] == {"keptBy": "rule"}
    assert bench.drifted(plan) == {}


def test_a_plan_s_tags_change_and_its_rules_stay_with_the_stand_in(bench: Bench):
    backup = bench.boto3("backup")
    plan = bench.make(PLAN, {"name": "changing", "rules": [RULE]})
    changed = bench.change(plan, {"tags": {"c": "d"}, "rules": [RULE | {"startWindow": 90}]})

    assert backup.list_tags(ResourceArn=plan.outputs["arn"])["Tags"] == {"c": "d"}
    assert changed.outputs["rules"][0]["startWindow"] == 90
    assert backup.get_backup_plan(BackupPlanId=plan.id)["BackupPlan"]["Rules"][0]["StartWindowMinutes"] == 60
    assert bench.drifted(changed) == {}


def test_a_plan_that_somebody_deletes_is_gone_and_can_be_made_again(bench: Bench):
    given = {"name": "again", "rules": [RULE]}
    plan = bench.make(PLAN, given)

    bench.boto3("backup").delete_backup_plan(BackupPlanId=plan.id)
    assert bench.drifted(plan) is None
    assert bench.drifted(bench.make(PLAN, given)) == {}


def test_a_plan_s_name_is_given_once(bench: Bench):
    bench.make(PLAN, {"name": "single", "rules": [RULE]})

    with pytest.raises(Refused, match="AlreadyExistsException"):
        bench.make(PLAN, {"name": "single", "rules": [RULE]})
