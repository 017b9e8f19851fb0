"""ElastiCache."""

from __future__ import annotations

from typing import Any, cast

from sandbox.aws.moto.row import Api, Call, Own, Read, Row, Scope, Source, Tagging

SCHEMA_ONLY: dict[str, str] = {
    "aws:elasticache/parameterGroup:ParameterGroup": "moto 5.2.5 has no CreateCacheParameterGroup",
    "aws:elasticache/subnetGroup:SubnetGroup": "moto 5.2.5 has no DeleteCacheSubnetGroup: the next stack would find its name taken",
}

_ARN = "arn:aws:elasticache:{region}:{account}:replicationgroup:{replicationGroupId}"
"""As moto calls it, in every partition."""


def _replicas(thing: Scope) -> int | None:
    """Moto counts members by replicas alone, also of the one shard that `numCacheClusters` is about."""
    nodes = thing.inputs.get("numCacheClusters")
    return int(nodes) - 1 if nodes else thing.inputs.get("replicasPerNodeGroup")


def _deliveries(thing: Scope) -> list[dict[str, Any]] | None:
    given = cast("list[dict[str, Any]]", thing.inputs.get("logDeliveryConfigurations") or [])
    details = {"cloudwatch-logs": ("CloudWatchLogsDetails", "LogGroup"), "kinesis-firehose": ("KinesisFirehoseDetails", "DeliveryStream")}
    return [
        {
            "LogType": one["logType"],
            "LogFormat": one["logFormat"],
            "DestinationType": one["destinationType"],
            "DestinationDetails": {
                details[one["destinationType"]][0]: {details[one["destinationType"]][1]: one["destination"]},
            },
        }
        for one in given
    ] or None


def _delivered(found: Any) -> list[dict[str, Any]]:
    """As Pulumi writes it."""
    return [
        {
            "logType": one["LogType"],
            "logFormat": one["LogFormat"],
            "destinationType": one["DestinationType"],
            "destination": next(name for of in one["DestinationDetails"].values() for name in of.values()),
        }
        for one in cast("list[dict[str, Any]]", found.get("LogDeliveryConfigurations") or [])
    ]


def _delete(api: Api, thing: Scope) -> None:
    """With its tags: the next one of that name would get them from moto."""
    name = thing.inputs["replicationGroupId"]
    arn = _ARN.format(region=thing.region, account=thing.account, replicationGroupId=name)
    if tags := api.call("ListTagsForResource", ResourceName=arn)["TagList"]:
        api.call("RemoveTagsFromResource", ResourceName=arn, TagKeys=[one["Key"] for one in tags])
    api.call("DeleteReplicationGroup", ReplicationGroupId=name)


_COMMON: dict[str, Source] = {
    "ReplicationGroupDescription": "$description",
    "CacheNodeType": "$nodeType",
    "CacheParameterGroupName": "$parameterGroupName",
    "CacheSubnetGroupName": "$subnetGroupName",
    "PreferredMaintenanceWindow": "$maintenanceWindow",
    "NumCacheClusters": None,
    "ReplicasPerNodeGroup": _replicas,
    "LogDeliveryConfigurations": _deliveries,
}
_CHANGED = ("description", "engine", "nodeType", "automaticFailoverEnabled", "multiAzEnabled", "snapshotRetentionLimit")
_DROPPED = "dropped by moto 5.2.5's ModifyReplicationGroup"
_COUNT = "moto 5.2.5 has no IncreaseReplicaCount"
_SHARDS = "moto 5.2.5 has no ModifyReplicationGroupShardConfiguration"

ROWS: dict[str, Row] = {
    "aws:elasticache/replicationGroup:ReplicationGroup": Row(
        "elasticache",
        create=Call("CreateReplicationGroup", _COMMON),
        reads=(
            Read(
                "DescribeReplicationGroups",
                {"ReplicationGroupId": "$replicationGroupId"},
                "ReplicationGroups[0]",
                {
                    "description": "Description",
                    "nodeType": "CacheNodeType",
                    "automaticFailoverEnabled": "AutomaticFailover == 'enabled'",
                    "multiAzEnabled": "MultiAZ == 'enabled'",
                    "dataTieringEnabled": "DataTiering == 'enabled'",
                    "numNodeGroups": "length(NodeGroups)",
                    "numCacheClusters": "length(MemberClusters)",
                    "replicasPerNodeGroup": lambda group: len(group["NodeGroups"][0]["NodeGroupMembers"]) - 1,
                    "logDeliveryConfigurations": _delivered,
                },
            ),
            Read("ListTagsForResource", {"ResourceName": _ARN}),
        ),
        updates=(
            Call(
                "ModifyReplicationGroup",
                {"ReplicationGroupDescription": "$description", "CacheNodeType": "$nodeType", "LogDeliveryConfigurations": None},
                _CHANGED,
            ),
        ),
        delete=Own(_delete, ("replicationGroupId",)),
        tagging=Tagging(_ARN, "AddTagsToResource", "RemoveTagsFromResource"),
        beyond={
            "applyImmediately": "moto 5.2.5 makes every change at once",
            "authTokenUpdateStrategy": "moto 5.2.5 keeps no password, but that there is one",
            "finalSnapshotIdentifier": "dropped by moto 5.2.5's DeleteReplicationGroup",
        },
        fixed={
            **dict.fromkeys(
                (
                    *("authToken", "autoMinorVersionUpgrade", "clusterMode", "engineVersion", "ipDiscovery", "logDeliveryConfigurations"),
                    *("maintenanceWindow", "notificationTopicArn", "parameterGroupName", "securityGroupIds", "snapshotWindow"),
                    *("transitEncryptionEnabled", "transitEncryptionMode", "userGroupIds"),
                ),
                _DROPPED,
            ),
            "numCacheClusters": _COUNT,
            "replicasPerNodeGroup": _COUNT,
            "numNodeGroups": _SHARDS,
        },
    ),
}
