from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from sandbox.aws.moto.client import Endpoint
from sandbox.contract import Properties, Record, Refused
from tests.sandbox.moto.life import Case, Ground, live
from tests.sandbox.moto.stage import REGION, Bench

SECRET, VERSION, KEY = "aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretVersion:SecretVersion", "aws:kms/key:Key"
COPY = "eu-central-1"
HUSH = "hush-hush-horse-battery"


def rule(action: str) -> str:
    statement = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def shown(client: Any, secret: Record) -> Properties:
    found = client.describe_secret(SecretId=secret.id)
    return {
        "description": found.get("Description"),
        "regions": [one["Region"] for one in found.get("ReplicationStatus", [])],
        "policy": json.loads(client.get_resource_policy(SecretId=secret.id).get("ResourcePolicy", "null")),
        "tags": {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])},
    }


def meddle(client: Any, secret: Record, ground: Ground) -> None:
    client.update_secret(SecretId=secret.id, Description="mine")
    client.replicate_secret_to_regions(SecretId=secret.id, AddReplicaRegions=[{"Region": "eu-west-1"}])
    client.delete_resource_policy(SecretId=secret.id)
    client.untag_resource(SecretId=secret.id, TagKeys=["c"])


CASE = Case(
    SECRET,
    "secretsmanager",
    given=lambda _: {"name": "app/one", "description": "d", "replicas": [{"region": COPY}], "tags": {"a": "b"}, "recoveryWindowInDays": 7},
    show=shown,
    made=lambda _: {"description": "d", "regions": [COPY], "policy": None, "tags": {"a": "b"}},
    change=lambda _: {"description": "other", "replicas": None, "policy": rule("secretsmanager:*"), "tags": {"c": "d"}},
    changed=lambda _: {"description": "other", "regions": [], "policy": json.loads(rule("secretsmanager:*")), "tags": {"c": "d"}},
    meddle=meddle,
    drift=lambda _: {"description": "mine", "replicas": [{"region": "eu-west-1"}], "policy": None, "tags": {}},
)


def secret(bench: Bench, name: str, **inputs: Any) -> Record:
    return bench.make(SECRET, {"name": name, "recoveryWindowInDays": 7, **inputs})


def version(bench: Bench, of: Record, value: str = HUSH, **inputs: Any) -> Record:
    return bench.make(VERSION, {"secretId": of.id, "secretString": value, **inputs})


def value(bench: Bench, of: Record, **which: str) -> str:
    return bench.boto3("secretsmanager").get_secret_value(SecretId=of.id, **which)["SecretString"]


def stages(bench: Bench, of: Record) -> dict[str, list[str]]:
    return bench.boto3("secretsmanager").describe_secret(SecretId=of.id)["VersionIdsToStages"]


def test_a_secret_lives_in_moto(ground: Ground):
    live(CASE, ground)


def test_a_secret_is_known_by_what_moto_calls_it_and_encrypted_with_its_key(bench: Bench):
    key = bench.make(KEY, {})
    made = secret(bench, "app/named", kmsKeyId=key.outputs["arn"])
    found = bench.boto3("secretsmanager").describe_secret(SecretId="app/named")
    assert made.id == made.outputs["arn"] == found["ARN"]
    assert found["ARN"].startswith(f"arn:aws:secretsmanager:{REGION}:123456789012:secret:app/named-")
    assert found["KmsKeyId"] == key.outputs["arn"]


def test_a_name_stays_taken_while_the_secret_waits_for_its_end(bench: Bench):
    bench.remove(secret(bench, "app/waits"))
    with pytest.raises(Refused, match=r"ResourceExistsException: .* app/waits already exists"):
        secret(bench, "app/waits")

    bench.remove(secret(bench, "app/at-once", recoveryWindowInDays=0))
    bench.remove(secret(bench, "app/at-once", recoveryWindowInDays=0))


def test_a_secret_that_somebody_deleted_is_gone_with_its_versions(bench: Bench):
    of = secret(bench, "app/deleted")
    made = version(bench, of)
    bench.boto3("secretsmanager").delete_secret(SecretId=of.id, RecoveryWindowInDays=7)
    assert bench.drifted(of) is None
    assert bench.drifted(made) is None
    bench.remove(made)
    bench.remove(of)


def test_a_creation_that_fails_on_its_way_leaves_the_name_free(bench: Bench):
    with pytest.raises(Refused, match="PutResourcePolicy"):
        secret(bench, "app/half", policy=["no text"])
    found = bench.boto3("secretsmanager").list_secrets(IncludePlannedDeletion=True, Filters=[{"Key": "name", "Values": ["app/half"]}])
    assert found["SecretList"] == []


def test_a_new_value_is_a_new_version_and_the_old_one_is_the_one_before(bench: Bench):
    of = secret(bench, "app/versions")
    old = version(bench, of)
    assert value(bench, of) == HUSH
    assert old.id == f"{of.id}|{old.outputs['versionId']}"
    assert stages(bench, of) == {old.outputs["versionId"]: ["AWSCURRENT"]}
    assert bench.drifted(old) == {}

    new = version(bench, of, "other")
    assert value(bench, of) == "other"
    assert bench.drifted(old) == {}  # as the provider sees it: its value has not changed

    bench.remove(old)
    assert bench.drifted(old) is None
    bench.remove(new)
    assert value(bench, of) == "other"  # a secret keeps its current version to its end


def test_stages_are_moved_to_the_version_that_is_to_have_them(bench: Bench):
    of = secret(bench, "app/stages")
    old = version(bench, of)
    new = version(bench, of, "other")
    old = bench.change(old, {"versionStages": ["AWSCURRENT", "blessed"]})
    assert value(bench, of, VersionStage="AWSCURRENT") == HUSH
    assert value(bench, of, VersionStage="blessed") == HUSH
    assert stages(bench, of)[new.outputs["versionId"]] == ["AWSPREVIOUS"]

    bench.change(old, {"versionStages": ["AWSCURRENT"]})
    assert stages(bench, of)[old.outputs["versionId"]] == ["AWSCURRENT"]


def test_bytes_arrive_as_bytes(bench: Bench):
    of = secret(bench, "app/bytes")
    made = bench.make(VERSION, {"secretId": of.id, "secretBinary": base64.b64encode(b"\x00\x01\xff").decode()})
    assert bench.boto3("secretsmanager").get_secret_value(SecretId=of.id)["SecretBinary"] == b"\x00\x01\xff"
    assert bench.drifted(made) == {}


def test_no_value_is_in_what_is_observed_or_said(bench: Bench):
    of = secret(bench, "app/hush")
    made = version(bench, of)
    assert HUSH not in str(made.observed)
    assert set(made.observed) >= {"secretString"}

    api = Endpoint(bench.url).api("secretsmanager", REGION, "123456789012")
    for wrong in (["hush-hush-horse-battery"], {"a": "hush-hush-horse-battery"}):
        with pytest.raises(Refused, match="SecretString") as refused:
            api.call("PutSecretValue", SecretId=of.id, SecretString=wrong)
        assert HUSH not in str(refused.value)


def test_a_value_that_is_refused_is_not_quoted(bench: Bench):
    with pytest.raises(Refused, match="ResourceNotFoundException") as refused:
        bench.make(VERSION, {"secretId": "nowhere", "secretString": HUSH})
    assert HUSH not in str(refused.value)
