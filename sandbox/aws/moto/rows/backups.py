"""AWS Backup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sandbox.aws.moto.row import Call, Read, Row, Scope, Tagging

_NAMES = {
    "targetVaultName": "TargetBackupVaultName",
    "schedule": "ScheduleExpression",
    "startWindow": "StartWindowMinutes",
    "completionWindow": "CompletionWindowMinutes",
    "destinationVaultArn": "DestinationBackupVaultArn",
    "deleteAfter": "DeleteAfterDays",
    "coldStorageAfter": "MoveToColdStorageAfterDays",
}
_FREE = ("recoveryPointTags", "backupOptions")
"""Their keys are people's own."""


def document(value: Any) -> Any:
    """A part of a plan as the API takes it."""
    if isinstance(value, list):
        return [document(item) for item in cast("list[Any]", value)]
    if not isinstance(value, Mapping):
        return value
    return {
        _NAMES.get(name, f"{name[0].upper()}{name[1:]}"): inner if name in _FREE else document(inner)
        for name, inner in cast("Mapping[str, Any]", value).items()
        if inner is not None
    }


def configured(value: Any) -> Any:
    """The reverse, as Pulumi writes it."""
    if isinstance(value, list):
        return [configured(item) for item in cast("list[Any]", value)]
    if not isinstance(value, Mapping):
        return value
    names = {theirs: ours for ours, theirs in _NAMES.items()}
    found = {names.get(name, f"{name[0].lower()}{name[1:]}"): inner for name, inner in cast("Mapping[str, Any]", value).items()}
    return {name: inner if name in _FREE else configured(inner) for name, inner in found.items() if name != "ruleId"}


def _plan(thing: Scope) -> dict[str, Any]:
    settings = thing.inputs.get("advancedBackupSettings")
    plan = {"BackupPlanName": thing.inputs["name"], "Rules": document(thing.inputs["rules"])}
    return plan | ({"AdvancedBackupSettings": document(settings)} if settings else {})


_NO_UPDATE = "moto 5.2.5 has no UpdateBackupPlan"

ROWS: dict[str, Row] = {
    "aws:backup/vault:Vault": Row(
        "backup",
        create=Call("CreateBackupVault", {"BackupVaultName": "$name", "EncryptionKeyArn": "$kmsKeyArn"}),
        outputs={"arn": "BackupVaultArn"},
        reads=(
            Read("DescribeBackupVault", {"BackupVaultName": "$name"}, seen={"name": "BackupVaultName", "kmsKeyArn": "EncryptionKeyArn"}),
            Read("ListTags", {"ResourceArn": "$arn"}),
        ),
        delete=Call("DeleteBackupVault", {"BackupVaultName": "$name"}),
        tagging=Tagging(),
        beyond={"forceDestroy": "the provider's own: what it would empty first, moto 5.2.5 never fills (it has no StartBackupJob)"},
    ),
    "aws:backup/plan:Plan": Row(
        "backup",
        create=Call("CreateBackupPlan", {"BackupPlan": _plan}, ("name", "rules", "advancedBackupSettings")),
        id="BackupPlanId",
        outputs={"arn": "BackupPlanArn", "version": "VersionId"},
        reads=(
            # A deleted plan can still be read, with the date.
            Read(
                "GetBackupPlan",
                {"BackupPlanId": "$id"},
                "[@][?!DeletionDate] | [0].BackupPlan",
                {
                    "name": "BackupPlanName",
                    "rules": lambda plan: configured(plan["Rules"]),
                    "advancedBackupSettings": lambda plan: configured(plan.get("AdvancedBackupSettings")),
                },
            ),
            Read("ListTags", {"ResourceArn": "$arn"}),
        ),
        delete=Call("DeleteBackupPlan", {"BackupPlanId": "$id"}),
        tagging=Tagging(),
        fixed={"name": _NO_UPDATE, "rules": _NO_UPDATE, "advancedBackupSettings": _NO_UPDATE},
    ),
}

SCHEMA_ONLY = {"aws:backup/selection:Selection": "moto 5.2.5 has no CreateBackupSelection"}
