"""What watches: logs, trails, budgets."""

from __future__ import annotations

from typing import Any, cast

from sandbox.aws.moto.row import Api, Call, Own, Read, Row, Scope, Tagging
from sandbox.aws.moto.rows.ec2 import tagging

SCHEMA_ONLY: dict[str, str] = {
    "aws:accessanalyzer/analyzer:Analyzer": "moto 5.2.5 has no CreateAnalyzer",
}


def _flow(thing: Scope) -> tuple[str, str]:
    """What a flow log watches: EC2's name of the kind, and the property that has the id."""
    kinds = (("VPC", "vpcId"), ("Subnet", "subnetId"), ("NetworkInterface", "eniId"))
    return next((kind, name) for kind, name in kinds if thing.inputs.get(name))


def _retain(api: Api, thing: Scope) -> None:
    """Zero days is AWS's "never expire", which has an operation of its own."""
    if days := int(thing.inputs.get("retentionInDays") or 0):
        api.call("PutRetentionPolicy", logGroupName=thing.inputs["name"], retentionInDays=days)
    else:
        api.call("DeleteRetentionPolicy", logGroupName=thing.inputs["name"])


def _delete_group(api: Api, thing: Scope) -> None:
    """With its tags: the next one of that name would get them from moto."""
    name = thing.inputs["name"]
    if tags := api.call("ListTagsLogGroup", logGroupName=name)["tags"]:
        api.call("UntagLogGroup", logGroupName=name, tags=list(tags))
    api.call("DeleteLogGroup", logGroupName=name)


def _log(api: Api, thing: Scope) -> None:
    """A trail that the inputs say nothing of is to be on."""
    api.call("StopLogging" if thing.inputs.get("enableLogging") is False else "StartLogging", Name=thing.inputs["name"])


def _key(thing: Scope) -> str:
    """An empty one takes the key away; one that is left out changes nothing."""
    return thing.inputs.get("kmsKeyId") or ""


def _delete_trail(api: Api, thing: Scope) -> None:
    """By its name and with its tags: moto ignores an ARN, and gives the tags to the next trail of that name."""
    trail = api.call("GetTrail", Name=thing.id)["Trail"]
    (tagged,) = api.call("ListTags", ResourceIdList=[trail["TrailARN"]])["ResourceTagList"]
    if tagged["TagsList"]:
        api.call("RemoveTags", ResourceId=trail["TrailARN"], TagsList=tagged["TagsList"])
    api.call("DeleteTrail", Name=trail["Name"])


def _owner(thing: Scope) -> str:
    return thing.inputs.get("accountId") or thing.account


def _budget(thing: Scope) -> dict[str, Any]:
    given = thing.inputs
    parts = {
        "BudgetName": given.get("name"),
        "BudgetType": given.get("budgetType"),
        "TimeUnit": given.get("timeUnit"),
        "BudgetLimit": {"Amount": str(given["limitAmount"]), "Unit": given.get("limitUnit")} if given.get("limitAmount") else None,
        "CostFilters": {one["name"]: one["values"] for one in given["costFilters"]} if given.get("costFilters") else None,
    }
    return {name: value for name, value in parts.items() if value is not None}


_NOTIFICATION = {
    "notificationType": "NotificationType",
    "comparisonOperator": "ComparisonOperator",
    "threshold": "Threshold",
    "thresholdType": "ThresholdType",
}


def _notifications(thing: Scope) -> list[dict[str, Any]]:
    return [
        {
            "Notification": {member: one[name] for name, member in _NOTIFICATION.items()},
            "Subscribers": [
                {"SubscriptionType": kind, "Address": address}
                for kind, name in (("EMAIL", "subscriberEmailAddresses"), ("SNS", "subscriberSnsTopicArns"))
                for address in one.get(name) or ()
            ],
        }
        for one in cast("list[dict[str, Any]]", thing.inputs.get("notifications") or [])
    ]


def _renew_budget(api: Api, thing: Scope) -> None:
    """Moto has no UpdateBudget."""
    api.call("DeleteBudget", AccountId=_owner(thing), BudgetName=thing.inputs["name"])
    api.call("CreateBudget", AccountId=_owner(thing), Budget=_budget(thing), NotificationsWithSubscribers=_notifications(thing))


_TRAIL_LOGS = {"CloudWatchLogsLogGroupArn": "$cloudWatchLogsGroupArn"}
_BUDGET = ("limitAmount", "limitUnit", "timeUnit", "budgetType", "costFilters", "notifications")

ROWS: dict[str, Row] = {
    "aws:cloudwatch/logGroup:LogGroup": Row(
        "logs",
        create=Call("CreateLogGroup", {"logGroupName": "$name"}),
        reads=(
            Read(
                "DescribeLogGroups", {"logGroupNamePrefix": "$name"}, "logGroups[?logGroupName=='{name}'] | [0]", {"name": "logGroupName"}
            ),
            Read("ListTagsLogGroup", {"logGroupName": "$name"}),
        ),
        settings=(Own(_retain, ("retentionInDays",)),),
        delete=_delete_group,
        tagging=Tagging(),
        fixed={"kmsKeyId": "moto 5.2.5 has no AssociateKmsKey"},
    ),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": Row(
        "logs",
        create=Call("PutResourcePolicy"),
        reads=(Read("DescribeResourcePolicies", at="resourcePolicies[?policyName=='{policyName}'] | [0]"),),
        updates=(Call("PutResourcePolicy"),),
        delete=Call("DeleteResourcePolicy", {"policyName": "$policyName"}),
    ),
    "aws:ec2/flowLog:FlowLog": Row(
        "ec2",
        create=Call(
            "CreateFlowLogs",
            {
                "ResourceType": lambda thing: _flow(thing)[0],
                "ResourceIds": lambda thing: [thing.inputs[_flow(thing)[1]]],
                "DeliverLogsPermissionArn": "$iamRoleArn",
            },
            (
                "vpcId",
                "subnetId",
                "eniId",
                "iamRoleArn",
                "trafficType",
                "logDestination",
                "logDestinationType",
                "logFormat",
                "maxAggregationInterval",
            ),
        ),
        id="FlowLogIds[0]",
        reads=(
            Read(
                "DescribeFlowLogs",
                {"FlowLogIds": ["$id"]},
                "FlowLogs[0]",
                {"vpcId": "ResourceId", "subnetId": "ResourceId", "eniId": "ResourceId", "iamRoleArn": "DeliverLogsPermissionArn"},
            ),
        ),
        delete=Call("DeleteFlowLogs", {"FlowLogIds": ["$id"]}),
        tagging=tagging("vpc-flow-log"),
    ),
    "aws:cloudtrail/trail:Trail": Row(
        "cloudtrail",
        create=Call("CreateTrail", _TRAIL_LOGS),
        id="TrailARN",
        outputs={"arn": "TrailARN"},
        reads=(
            Read(
                "GetTrail",
                {"Name": "$id"},
                "Trail",
                {"enableLogFileValidation": "LogFileValidationEnabled", "cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn"},
            ),
            Read("GetTrailStatus", {"Name": "$id"}, seen={"enableLogging": "IsLogging"}),
            Read("ListTags", {"ResourceIdList": ["$id"]}, "ResourceTagList[0]"),
        ),
        updates=(Call("UpdateTrail", _TRAIL_LOGS), Call("UpdateTrail", {"Name": "$id", "KmsKeyId": _key}, ("kmsKeyId",), fill=False)),
        settings=(Own(_log, ("enableLogging", "name")),),
        delete=_delete_trail,
        tagging=Tagging("$id", "AddTags", "RemoveTags"),
        watched=("enableLogging",),
    ),
    "aws:budgets/budget:Budget": Row(
        "budgets",
        create=Call(
            "CreateBudget",
            {"AccountId": _owner, "Budget": _budget, "NotificationsWithSubscribers": _notifications},
            ("accountId", "name", *_BUDGET),
        ),
        reads=(
            Read(
                "DescribeBudget",
                {"AccountId": _owner, "BudgetName": "$name"},
                "Budget",
                {"name": "BudgetName", "limitAmount": "BudgetLimit.Amount", "limitUnit": "BudgetLimit.Unit"},
            ),
            Read(
                "DescribeNotificationsForBudget",
                {"AccountId": _owner, "BudgetName": "$name"},
                seen={
                    "notifications": lambda found: [
                        {ours: one[theirs] for ours, theirs in _NOTIFICATION.items()} for one in found["Notifications"]
                    ]
                },
            ),
        ),
        updates=(Own(_renew_budget, _BUDGET),),
        delete=Call("DeleteBudget", {"AccountId": _owner, "BudgetName": "$name"}),
    ),
}
