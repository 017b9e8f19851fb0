from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from sandbox.aws.moto.rows import ROWS, SCHEMA_ONLY
from sandbox.contract import Record, Refused
from tests.sandbox.accounts import policy
from tests.sandbox.moto.life import Case, Ground, ec2_tags, live
from tests.sandbox.moto.stage import REGION, Bench

LOGS = "aws:cloudwatch/logGroup:LogGroup"
FLOW = "aws:ec2/flowLog:FlowLog"
POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
TRAIL = "aws:cloudtrail/trail:Trail"
BUDGET = "aws:budgets/budget:Budget"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/flows"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"


def logs(client: Any, thing: Record) -> dict[str, Any]:
    (found,) = client.describe_log_groups(logGroupNamePrefix=thing.inputs["name"])["logGroups"]
    arn = found["arn"].removesuffix(":*")  # AWS's list tells the ARN of what is in the group
    assert arn == thing.outputs["arn"]
    told = {name: found.get(name) for name in ("retentionInDays", "kmsKeyId")}
    return told | {"tags": client.list_tags_for_resource(resourceArn=arn)["tags"]}


def log_group(days: int | None, **tags: str) -> dict[str, Any]:
    return {"retentionInDays": days, "kmsKeyId": KEY, "tags": tags}


def deliver(group: str) -> str:
    principal = {"Service": "delivery.logs.amazonaws.com"}
    return policy(Principal=principal, Action="logs:PutLogEvents", Resource=f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:*")


def resource_policy(client: Any, thing: Record) -> str:
    (found,) = [one for one in client.describe_resource_policies()["resourcePolicies"] if one["policyName"] == thing.id]
    return found["policyDocument"]


def flow(ec2: Any, thing: Record) -> dict[str, Any]:
    (found,) = ec2.describe_flow_logs(FlowLogIds=[thing.id])["FlowLogs"]
    names = ("ResourceId", "TrafficType", "LogDestination", "DeliverLogsPermissionArn", "MaxAggregationInterval")
    return {name: found[name] for name in names} | {"tags": ec2_tags(ec2, thing)}


def flowing(ground: Ground, **tags: str) -> dict[str, Any]:
    return {
        "ResourceId": ground.vpc.id,
        "TrafficType": "ALL",
        "LogDestination": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:flows",
        "DeliverLogsPermissionArn": ROLE,
        "MaxAggregationInterval": 60,
        "tags": tags,
    }


def trail(client: Any, thing: Record) -> dict[str, Any]:
    found = client.get_trail(Name=thing.id)["Trail"]
    assert found["TrailARN"] == thing.id == thing.outputs["arn"]
    (tagged,) = client.list_tags(ResourceIdList=[thing.id])["ResourceTagList"]
    return {
        "on": client.get_trail_status(Name=thing.id)["IsLogging"],
        "everywhere": found["IsMultiRegionTrail"],
        "proven": found["LogFileValidationEnabled"],
        "key": found.get("KmsKeyId"),
        "tags": {one["Key"]: one["Value"] for one in tagged["TagsList"]},
    }


def trailing(ground: Ground) -> dict[str, Any]:
    ground.bench.boto3("s3").create_bucket(Bucket="a-trail", CreateBucketConfiguration={"LocationConstraint": REGION})
    return {"name": "a-trail", "s3BucketName": "a-trail", "isMultiRegionTrail": True, "kmsKeyId": KEY, "tags": {"a": "b"}}


def budget(client: Any, thing: Record) -> dict[str, Any]:
    name = thing.inputs["name"]
    found = client.describe_budget(AccountId=ACCOUNT, BudgetName=name)["Budget"]
    notices = client.describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName=name)["Notifications"]
    limit = found["BudgetLimit"]
    thresholds = {(one["NotificationType"], one["Threshold"]) for one in notices}
    return {"limit": float(limit["Amount"]), "unit": limit["Unit"], "period": found["TimeUnit"], "thresholds": thresholds}


def notice(kind: str, threshold: int) -> dict[str, Any]:
    about = {"notificationType": kind, "threshold": threshold, "comparisonOperator": "GREATER_THAN", "thresholdType": "PERCENTAGE"}
    return {**about, "subscriberEmailAddresses": ["ops@example.org"]}


CASES = (
    Case(
        LOGS,
        "logs",
        given=lambda ground: {"name": "/a/group", "retentionInDays": 30, "kmsKeyId": KEY, "tags": {"a": "b"}},
        show=logs,
        made=lambda ground: log_group(30, a="b"),
        change=lambda ground: {"retentionInDays": 90, "tags": {"c": "d"}},
        changed=lambda ground: log_group(90, c="d"),
        meddle=lambda client, thing, ground: client.put_retention_policy(logGroupName="/a/group", retentionInDays=1),
        drift=lambda ground: {"retentionInDays": 1},
    ),
    Case(
        POLICY,
        "logs",
        given=lambda ground: {"policyName": "deliver", "policyDocument": deliver("one")},
        show=resource_policy,
        made=lambda ground: deliver("one"),
        change=lambda ground: {"policyDocument": deliver("two")},
        changed=lambda ground: deliver("two"),
        meddle=lambda client, thing, ground: client.put_resource_policy(policyName="deliver", policyDocument=deliver("three")),
        drift=lambda ground: {"policyDocument": deliver("three")},
    ),
    Case(
        FLOW,
        "ec2",
        given=lambda ground: {
            "vpcId": ground.vpc.id,
            "trafficType": "ALL",
            "maxAggregationInterval": 60,
            "logDestinationType": "cloud-watch-logs",
            "logDestination": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:flows",
            "iamRoleArn": ROLE,
            "tags": {"a": "b"},
        },
        show=flow,
        made=lambda ground: flowing(ground, a="b"),
        change=lambda ground: {"tags": {"c": "d"}},
        changed=lambda ground: flowing(ground, c="d"),
        meddle=lambda ec2, thing, ground: ec2.delete_tags(Resources=[thing.id], Tags=[{"Key": "c"}]),
        drift=lambda ground: {"tags": {}},
    ),
    Case(
        TRAIL,
        "cloudtrail",
        given=trailing,
        show=trail,
        made=lambda ground: {"on": True, "everywhere": True, "proven": False, "key": KEY, "tags": {"a": "b"}},
        change=lambda ground: {"enableLogFileValidation": True, "kmsKeyId": None, "tags": {"c": "d"}},
        changed=lambda ground: {"on": True, "everywhere": True, "proven": True, "key": "", "tags": {"c": "d"}},
        meddle=lambda client, thing, ground: client.stop_logging(Name=thing.id),
        drift=lambda ground: {"enableLogging": False},
    ),
    Case(
        BUDGET,
        "budgets",
        given=lambda ground: {
            "name": "a-budget",
            "accountId": ACCOUNT,
            "budgetType": "COST",
            "timeUnit": "MONTHLY",
            "limitAmount": "100",
            "limitUnit": "USD",
            "notifications": [notice("ACTUAL", 80), notice("FORECASTED", 100)],
        },
        show=budget,
        made=lambda ground: {"limit": 100, "unit": "USD", "period": "MONTHLY", "thresholds": {("ACTUAL", 80), ("FORECASTED", 100)}},
        change=lambda ground: {"limitAmount": "200", "notifications": [notice("ACTUAL", 50)]},
        changed=lambda ground: {"limit": 200, "unit": "USD", "period": "MONTHLY", "thresholds": {("ACTUAL", 50)}},
        meddle=lambda client, thing, ground: client.delete_notification(
            AccountId=ACCOUNT,
            BudgetName="a-budget",
            Notification={
                "NotificationType": "ACTUAL",
                "Threshold": 50,
                "ComparisonOperator": "GREATER_THAN",
                "ThresholdType": "PERCENTAGE",
            },
        ),
        drift=lambda ground: {"notifications": []},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_lives_in_moto_from_creation_to_deletion(ground: Ground, case: Case):
    live(case, ground)


def test_a_log_group_that_is_to_keep_everything_has_no_retention(bench: Bench):
    made = bench.make(LOGS, {"name": "/kept/group", "retentionInDays": 7})
    for kept in (0, None):
        made = bench.change(made, {"retentionInDays": kept})
        (found,) = bench.boto3("logs").describe_log_groups(logGroupNamePrefix="/kept/group")["logGroups"]
        assert "retentionInDays" not in found
        assert bench.drifted(made) == {}
        made = bench.change(made, {"retentionInDays": 7})


def test_a_group_is_not_taken_for_another_one_whose_name_begins_like_it(bench: Bench):
    long = bench.make(LOGS, {"name": "/begins/like/it"})
    short = bench.make(LOGS, {"name": "/begins"})
    bench.boto3("logs").delete_log_group(logGroupName="/begins")
    assert bench.drifted(short) is None
    assert bench.drifted(long) == {}


@pytest.mark.parametrize(
    ("type_", "inputs"),
    [(LOGS, {"name": "/again"}), (TRAIL, {"name": "again", "s3BucketName": "again"})],
    ids=("group", "trail"),
)
def test_what_comes_again_under_a_name_does_not_get_the_tags_of_the_first(bench: Bench, type_: str, inputs: dict[str, Any]):
    if type_ == TRAIL:
        bench.boto3("s3").create_bucket(Bucket="again", CreateBucketConfiguration={"LocationConstraint": REGION})
    bench.remove(bench.make(type_, inputs | {"tags": {"old": "tag"}}))
    made = bench.make(type_, inputs)
    assert bench.drifted(made) == {}
    show = logs if type_ == LOGS else trail
    assert show(bench.boto3(ROWS[type_].service), made)["tags"] == {}


def test_a_trail_can_be_made_silent(bench: Bench):
    bench.boto3("s3").create_bucket(Bucket="silent", CreateBucketConfiguration={"LocationConstraint": REGION})
    made = bench.make(TRAIL, {"name": "silent", "s3BucketName": "silent", "enableLogging": False})
    assert not bench.boto3("cloudtrail").get_trail_status(Name="silent")["IsLogging"]
    made = bench.change(made, {"enableLogging": None})
    assert bench.boto3("cloudtrail").get_trail_status(Name="silent")["IsLogging"]


REFUSED = {
    "ResourceAlreadyExistsException": (LOGS, {"name": "/once"}),
    "S3BucketDoesNotExistException": (TRAIL, {"name": "no-bucket", "s3BucketName": "nowhere"}),
    "InvalidTrailNameException": (TRAIL, {"name": "wrong name", "s3BucketName": "nowhere"}),
    "DuplicateRecordException": (
        BUDGET,
        {"name": "once", "budgetType": "COST", "timeUnit": "MONTHLY", "limitAmount": "1", "limitUnit": "USD"},
    ),
    "InvalidVpcID.NotFound": (
        FLOW,
        {"vpcId": "vpc-00000000000000000", "trafficType": "ALL", "logDestination": "arn", "iamRoleArn": ROLE},
    ),
}


def test_what_moto_refuses_is_refused_in_its_words(bench: Bench):
    for code in ("ResourceAlreadyExistsException", "DuplicateRecordException"):
        bench.make(*REFUSED[code])
    codes: list[str] = []
    for type_, inputs in REFUSED.values():
        with pytest.raises(Refused) as refusal:
            bench.make(type_, inputs)
        codes.append(refusal.value.code)
    assert codes == list(REFUSED)


def test_moto_still_lacks_what_stays_with_the_stand_in():
    assert "aws:accessanalyzer/analyzer:Analyzer" in SCHEMA_ONLY
    assert importlib.util.find_spec("moto.cloudtrail")
    assert not importlib.util.find_spec("moto.accessanalyzer")
