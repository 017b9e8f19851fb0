"""RDS."""

from __future__ import annotations

from typing import Any, cast

from sandbox.aws.moto.row import Api, Call, Creation, Own, Read, Row, Scope, Source, Tagging

_TAGS = Tagging("$arn", "AddTagsToResource", "RemoveTagsFromResource")


def _parameters(found: Any) -> list[dict[str, Any]]:
    """What people set, as Pulumi writes it."""
    return [
        {"name": one["ParameterName"], "value": one.get("ParameterValue", ""), "applyMethod": one.get("ApplyMethod", "immediate")}
        for one in cast("list[dict[str, Any]]", found["Parameters"])
        if one.get("Source") != "engine-default"
    ]


def _set_parameters(api: Api, thing: Scope) -> None:
    group = thing.inputs["name"]
    there = _parameters(api.call("DescribeDBParameters", DBParameterGroupName=group))
    wanted = cast("list[dict[str, Any]]", thing.inputs.get("parameters") or [])
    changes = [
        {
            "ParameterName": one["name"],
            "ParameterValue": str(one["value"]),
            "ApplyMethod": one.get("applyMethod") or "immediate",
            "Source": "user",
        }
        for one in wanted
    ]
    # Moto 5.2.5 has no ResetDBParameterGroup: what is no longer given is shown as the engine's own, as it would be after that.
    names = {one["name"] for one in wanted}
    changes += [
        {"ParameterName": one["name"], "ParameterValue": "", "Source": "engine-default"} for one in there if one["name"] not in names
    ]
    if changes:
        api.call("ModifyDBParameterGroup", DBParameterGroupName=group, Parameters=changes)


def _manage_password(api: Api, thing: Scope) -> None:
    """RDS keeps the password in a secret, or does so no longer. Moto makes another secret each time it is asked."""
    (there,) = api.call("DescribeDBInstances", DBInstanceIdentifier=thing.inputs["identifier"])["DBInstances"]
    secret, wanted = cast("dict[str, Any] | None", there.get("MasterUserSecret")), thing.inputs.get("manageMasterUserPassword") is True
    key = cast("str | None", thing.inputs.get("masterUserSecretKmsKeyId"))
    given = {"DBInstanceIdentifier": thing.inputs["identifier"], "ApplyImmediately": True}
    if secret and (not wanted or (key and key != secret["KmsKeyId"])):
        api.call("ModifyDBInstance", **given, ManageMasterUserPassword=False)
        secret = None
    if wanted and not secret:
        api.call("ModifyDBInstance", **given, ManageMasterUserPassword=True, **({"MasterUserSecretKmsKeyId": key} if key else {}))


def _export_logs(api: Api, thing: Scope) -> None:
    (there,) = api.call("DescribeDBInstances", DBInstanceIdentifier=thing.inputs["identifier"])["DBInstances"]
    exported = cast("list[str]", there.get("EnabledCloudwatchLogsExports") or [])
    wanted = cast("list[str]", thing.inputs.get("enabledCloudwatchLogsExports") or [])
    changes = {"EnableLogTypes": sorted({*wanted} - {*exported}), "DisableLogTypes": sorted({*exported} - {*wanted})}
    if any(changes.values()):
        api.call("ModifyDBInstance", DBInstanceIdentifier=thing.inputs["identifier"], CloudwatchLogsExportConfiguration=changes)


def _promote(api: Api, thing: Scope) -> None:
    if not thing.inputs.get("replicateSourceDb"):
        api.call("PromoteReadReplica", DBInstanceIdentifier=thing.inputs["identifier"])


def _undo(api: Api, thing: Scope) -> None:
    """Also what protects itself already; no backups stay of what nobody ever had."""
    name = thing.inputs["identifier"]
    api.call("ModifyDBInstance", DBInstanceIdentifier=name, DeletionProtection=False, ApplyImmediately=True)
    api.call("DeleteDBInstance", DBInstanceIdentifier=name, SkipFinalSnapshot=True, DeleteAutomatedBackups=True)


_COMMON: dict[str, Source] = {
    "DBInstanceIdentifier": "$identifier",
    "DBInstanceClass": "$instanceClass",
    "DBParameterGroupName": "$parameterGroupName",
    "PreferredBackupWindow": "$backupWindow",
    "PreferredMaintenanceWindow": "$maintenanceWindow",
    "CACertificateIdentifier": "$caCertIdentifier",
    "EnableCloudwatchLogsExports": "$enabledCloudwatchLogsExports",
    "EnableIAMDatabaseAuthentication": "$iamDatabaseAuthenticationEnabled",
    "MasterUserPassword": "$password",
    "TagSpecifications": None,
}
_RENAME = Call(
    "ModifyDBInstance",
    {"DBInstanceIdentifier": lambda thing: thing.outputs["identifier"], "NewDBInstanceIdentifier": "$identifier", "ApplyImmediately": True},
    ("identifier",),
    fill=False,
)
_MODIFY = Call("ModifyDBInstance", {**_COMMON, "ManageMasterUserPassword": None, "MasterUserSecretKmsKeyId": None})
_LIMIT = Call(
    "ModifyDBInstance",
    # Without a limit of its own, storage does not grow: that is what the API takes the present size for.
    {
        "DBInstanceIdentifier": "$identifier",
        "MaxAllocatedStorage": lambda thing: thing.inputs.get("maxAllocatedStorage") or thing.inputs.get("allocatedStorage"),
    },
    ("maxAllocatedStorage",),
    fill=False,
)
_PASSWORD = Own(_manage_password, ("manageMasterUserPassword", "masterUserSecretKmsKeyId"))
_LOGS = Own(_export_logs, ("enabledCloudwatchLogsExports",))
_SECRETS = "[{kmsKeyId: MasterUserSecret.KmsKeyId, secretArn: MasterUserSecret.SecretArn, secretStatus: 'active'}]"
_LATE = {
    "NetworkType": "$networkType",
    "DedicatedLogVolume": "$dedicatedLogVolume",
    "PerformanceInsightsKMSKeyId": "$performanceInsightsKmsKeyId",
    "PerformanceInsightsRetentionPeriod": "$performanceInsightsRetentionPeriod",
}

ROWS: dict[str, Row] = {
    "aws:rds/instance:Instance": Row(
        "rds",
        create=Call("CreateDBInstance", {**_COMMON, "MasterUsername": "$username"}),
        others={
            # Moto copies the primary with all that it has: what the replica does not share is said.
            "replicateSourceDb": Creation(
                Call(
                    "CreateDBInstanceReadReplica",
                    {
                        **_COMMON,
                        "SourceDBInstanceIdentifier": "$replicateSourceDb",
                        "DeletionProtection": lambda thing: thing.inputs.get("deletionProtection") is True,
                        "MultiAZ": lambda thing: thing.inputs.get("multiAz") is True,
                    },
                ),
                (_MODIFY, _LOGS),
            ),
            "snapshotIdentifier": Creation(
                Call("RestoreDBInstanceFromDBSnapshot", {**_COMMON, "DBSnapshotIdentifier": "$snapshotIdentifier", "DBName": None}),
                (_MODIFY, _PASSWORD, _LOGS),
            ),
        },
        # Not the id: moto gives all instances the same resource id.
        reads=(
            Read(
                "DescribeDBInstances",
                {"DBInstanceIdentifier": "$identifier"},
                "DBInstances[0]",
                {
                    "identifier": "DBInstanceIdentifier",
                    "instanceClass": "DBInstanceClass",
                    "username": "MasterUsername",
                    "backupWindow": "PreferredBackupWindow",
                    "maintenanceWindow": "PreferredMaintenanceWindow",
                    "parameterGroupName": "DBParameterGroups[0].DBParameterGroupName",
                    "dbSubnetGroupName": "DBSubnetGroup.DBSubnetGroupName",
                    "vpcSecurityGroupIds": "VpcSecurityGroups[].VpcSecurityGroupId",
                    "caCertIdentifier": "CACertificateIdentifier",
                    "port": "Endpoint.Port",
                    "optionGroupName": "OptionGroupMemberships[0].OptionGroupName",
                    "replicateSourceDb": "ReadReplicaSourceDBInstanceIdentifier",
                    "manageMasterUserPassword": "MasterUserSecret && `true`",
                    "masterUserSecretKmsKeyId": "MasterUserSecret.KmsKeyId",
                },
                facts={
                    "arn": "DBInstanceArn",
                    "address": "Endpoint.Address",
                    "availabilityZone": "AvailabilityZone",
                    "backupWindow": "PreferredBackupWindow",
                    "maintenanceWindow": "PreferredMaintenanceWindow",
                    "masterUserSecrets": f"MasterUserSecret && {_SECRETS} || `[]`",
                },
            ),
        ),
        settings=(
            # Moto 5.2.5 takes these when an instance is changed, not when it is made.
            Call(
                "ModifyDBInstance", {"DBInstanceIdentifier": "$identifier", **_LATE}, tuple(name[1:] for name in _LATE.values()), fill=False
            ),
        ),
        updates=(_RENAME, _MODIFY, _LIMIT, _PASSWORD, _LOGS, Own(_promote, ("replicateSourceDb",))),
        delete=Call(
            "DeleteDBInstance",
            {
                "DBInstanceIdentifier": "$identifier",
                "SkipFinalSnapshot": lambda thing: thing.inputs.get("skipFinalSnapshot") is True,
                "FinalDBSnapshotIdentifier": lambda thing: (
                    None if thing.inputs.get("skipFinalSnapshot") is True else thing.inputs.get("finalSnapshotIdentifier")
                ),
            },
        ),
        undo=_undo,
        tagging=_TAGS,
        beyond={"performanceInsightsEnabled": "dropped by moto 5.2.5"},
        fixed={"port": "ModifyDBInstance's DBPortNumber is dropped by moto 5.2.5"},
    ),
    "aws:rds/parameterGroup:ParameterGroup": Row(
        "rds",
        create=Call("CreateDBParameterGroup", {"DBParameterGroupName": "$name", "DBParameterGroupFamily": "$family"}),
        outputs={"arn": "DBParameterGroup.DBParameterGroupArn"},
        reads=(
            Read(
                "DescribeDBParameterGroups",
                {"DBParameterGroupName": "$name"},
                "DBParameterGroups[0]",
                {"name": "DBParameterGroupName", "family": "DBParameterGroupFamily"},
            ),
            Read("DescribeDBParameters", {"DBParameterGroupName": "$name"}, seen={"parameters": _parameters}),
            Read("ListTagsForResource", {"ResourceName": "$arn"}),
        ),
        settings=(Own(_set_parameters, ("parameters",)),),
        delete=Call("DeleteDBParameterGroup", {"DBParameterGroupName": "$name"}),
        tagging=_TAGS,
        watched=("parameters",),
    ),
    "aws:rds/subnetGroup:SubnetGroup": Row(
        "rds",
        create=Call("CreateDBSubnetGroup", {"DBSubnetGroupName": "$name", "DBSubnetGroupDescription": "$description"}),
        outputs={"arn": "DBSubnetGroup.DBSubnetGroupArn", "vpcId": "DBSubnetGroup.VpcId"},
        reads=(
            Read(
                "DescribeDBSubnetGroups",
                {"DBSubnetGroupName": "$name"},
                "DBSubnetGroups[0]",
                {"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription", "subnetIds": "Subnets[].SubnetIdentifier"},
            ),
            Read("ListTagsForResource", {"ResourceName": "$arn"}),
        ),
        updates=(Call("ModifyDBSubnetGroup", {"DBSubnetGroupName": "$name", "DBSubnetGroupDescription": "$description"}),),
        delete=Call("DeleteDBSubnetGroup", {"DBSubnetGroupName": "$name"}),
        tagging=_TAGS,
    ),
}
