from __future__ import annotations

import json
from typing import Any

import pytest

from components.guardrail.aws import AwsGuardrail
from components.guardrail.spec import GuardrailSpec
from tests.answers import ACCOUNT
from tests.components.aws_wiring import KEY_ARN, SITE, key
from tests.recorder import Recording, record

NAME = "playnew-production-guardrail"
REGIONS = ("eu-south-1", "eu-west-1")
FULL = GuardrailSpec(allowed_regions=REGIONS, deny_target="ou-ab12-cdefghij", record_configuration=True)


def made(spec: GuardrailSpec) -> Recording[Any]:
    return record(lambda: AwsGuardrail(NAME, spec, SITE, key()))


@pytest.fixture(scope="module")
def full() -> Recording[Any]:
    return made(FULL)


@pytest.fixture(scope="module")
def alone() -> Recording[Any]:
    return made(GuardrailSpec(allowed_regions=REGIONS, audit_days=90, deletion_protected=False))


def test_the_audit_trail_sees_all_regions_and_stays_in_one(full: Recording[Any]) -> None:
    trail = full.one("aws:cloudtrail/trail:Trail")
    assert trail.inputs["isMultiRegionTrail"] is trail.inputs["includeGlobalServiceEvents"] is True
    assert "region" not in trail.inputs
    assert trail.inputs["s3BucketName"] == f"{NAME}-audit-{ACCOUNT}-eu-south-1"


def test_the_audit_trail_is_encrypted_and_shows_tampering(full: Recording[Any]) -> None:
    trail = full.one("aws:cloudtrail/trail:Trail")
    assert (trail.inputs["kmsKeyId"], trail.inputs["enableLogFileValidation"], trail.inputs["enableLogging"]) == (KEY_ARN, True, True)
    assert trail.protect


def test_the_trail_waits_for_the_bucket_policy_that_lets_it_write(full: Recording[Any]) -> None:
    assert f"{NAME}-audit-policy" in full.one("aws:cloudtrail/trail:Trail").depends_on
    policy = json.loads(full.one("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"])
    trail = f"arn:aws:cloudtrail:eu-south-1:{ACCOUNT}:trail/playnew-production-*"
    assert {"ArnLike": {"aws:SourceArn": trail}} in [statement["Condition"] for statement in policy["Statement"]]
    assert full.one("aws:cloudtrail/trail:Trail").inputs["name"].startswith("playnew-production-")


@pytest.mark.parametrize(("recording", "days", "cold"), [("full", 365, True), ("alone", 90, False)])
def test_audit_records_turn_cold_and_go_when_their_time_has_come(
    recording: str, days: int, cold: bool, request: pytest.FixtureRequest
) -> None:
    registered: Recording[Any] = request.getfixturevalue(recording)
    current, _ = registered.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").inputs["rules"]
    assert current["expiration"] == {"days": days}
    assert ("transitions" in current) is cold


@pytest.mark.requirement("PN-01")
def test_the_region_deny_is_attached_where_it_is_asked_for(full: Recording[Any]) -> None:
    policy = full.one("aws:organizations/policy:Policy").inputs
    assert policy["type"] == "SERVICE_CONTROL_POLICY"
    assert json.loads(policy["content"])["Statement"][0]["Condition"] == {"StringNotEquals": {"aws:RequestedRegion": list(REGIONS)}}
    attachment = full.one("aws:organizations/policyAttachment:PolicyAttachment").inputs
    assert attachment == {"policyId": f"{NAME}-deny-id", "targetId": "ou-ab12-cdefghij"}


def test_without_a_target_the_document_is_there_to_be_attached_by_others(alone: Recording[Any]) -> None:
    assert alone.of("aws:organizations/policy:Policy") == []
    outputs = alone.one("eucloud:aws:Guardrail").outputs
    assert json.loads(outputs["deny_document"])["Statement"][0]["Sid"] == "OutsideRegions"
    assert outputs["audit_trail"] == alone.one("aws:cloudtrail/trail:Trail").state["arn"]


def test_the_accounts_defaults_are_safe(alone: Recording[Any]) -> None:
    assert alone.one("aws:ebs/encryptionByDefault:EncryptionByDefault").inputs == {"enabled": True}
    assert alone.one("aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess").inputs == {"state": "block-all-sharing"}
    block = alone.one("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock").inputs
    assert [block[key] for key in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")] == [True] * 4
    assert alone.one("aws:accessanalyzer/analyzer:Analyzer").inputs["type"] == "ACCOUNT"


def test_configuration_is_recorded_only_where_asked_for(full: Recording[Any], alone: Recording[Any]) -> None:
    assert [item for item in alone if item.type.startswith("aws:cfg/")] == []
    recorder = full.one("aws:cfg/recorder:Recorder").inputs
    assert recorder["recordingGroup"] == {"allSupported": True, "includeGlobalResourceTypes": True}
    assert full.one("aws:cfg/deliveryChannel:DeliveryChannel").inputs["s3KmsKeyArn"] == KEY_ARN


def test_a_recorder_is_switched_on_after_its_channel_stands(full: Recording[Any]) -> None:
    assert f"{NAME}-recorder" in full.one("aws:cfg/deliveryChannel:DeliveryChannel").depends_on
    assert f"{NAME}-recorder-channel" in full.one("aws:cfg/recorderStatus:RecorderStatus").depends_on


def test_the_recorder_writes_its_own_folder_of_the_audit_bucket(full: Recording[Any]) -> None:
    bucket = full.one("aws:s3/bucket:Bucket").state["arn"]
    write, *_ = json.loads(full.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])["Statement"]
    assert (write["Action"], write["Resource"]) == (["s3:PutObject", "s3:PutObjectAcl"], f"{bucket}/AWSLogs/{ACCOUNT}/Config/*")
