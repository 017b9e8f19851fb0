from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.contract import Properties, Record, Refused
from tests.sandbox.moto.life import Case, Ground, live, repaired
from tests.sandbox.moto.stage import REGION, Bench

KEY, ALIAS, GRANT = "aws:kms/key:Key", "aws:kms/alias:Alias", "aws:kms/grant:Grant"


def policy(action: str = "kms:*") -> str:
    root = {"AWS": "arn:aws:iam::123456789012:root"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": root, "Action": action, "Resource": "*"}]})


def shown(kms: Any, key: Record) -> Properties:
    about = kms.describe_key(KeyId=key.id)["KeyMetadata"]
    return {
        "description": about["Description"],
        "enabled": about["Enabled"],
        "rotated": kms.get_key_rotation_status(KeyId=key.id)["KeyRotationEnabled"],
        "policy": json.loads(kms.get_key_policy(KeyId=key.id, PolicyName="default")["Policy"]),
        "tags": {tag["TagKey"]: tag["TagValue"] for tag in kms.list_resource_tags(KeyId=key.id)["Tags"]},
    }


def meddle(kms: Any, key: Record, ground: Ground) -> None:
    kms.disable_key_rotation(KeyId=key.id)
    kms.disable_key(KeyId=key.id)
    kms.put_key_policy(KeyId=key.id, PolicyName="default", Policy=policy("kms:Decrypt"))
    kms.tag_resource(KeyId=key.id, Tags=[{"TagKey": "who", "TagValue": "me"}])


def other_target(kms: Any, alias: Record, ground: Ground) -> None:
    kms.update_alias(AliasName=alias.id, TargetKeyId=ground.make(KEY, description="third").id)


def target(kms: Any, alias: Record) -> str:
    return kms.describe_key(KeyId=alias.id)["KeyMetadata"]["Description"]


def anything(ground: Ground) -> Properties:
    return {"targetKeyId": ANY}


class _Any:
    def __eq__(self, other: object) -> bool:
        return isinstance(other, str)


ANY = _Any()

CASES = [
    Case(
        KEY,
        "kms",
        given=lambda _: {"description": "d", "enableKeyRotation": True, "rotationPeriodInDays": 90, "policy": policy(), "tags": {"a": "b"}},
        show=shown,
        made=lambda _: {"description": "d", "enabled": True, "rotated": True, "policy": json.loads(policy()), "tags": {"a": "b"}},
        change=lambda _: {"description": "other", "policy": policy("kms:D*"), "isEnabled": True, "tags": {"c": "d"}},
        changed=lambda _: {
            "description": "other",
            "enabled": True,
            "rotated": True,
            "policy": json.loads(policy("kms:D*")),
            "tags": {"c": "d"},
        },
        meddle=meddle,
        drift=lambda _: {
            "enableKeyRotation": False,
            "isEnabled": False,
            "policy": policy("kms:Decrypt"),
            "tags": {"c": "d", "who": "me"},
        },
    ),
    Case(
        ALIAS,
        "kms",
        given=lambda ground: {"name": "alias/one", "targetKeyId": ground.make(KEY, description="first").id},
        show=target,
        made=lambda _: "first",
        change=lambda ground: {"targetKeyId": ground.make(KEY, description="second").id},
        changed=lambda _: "second",
        meddle=other_target,
        drift=anything,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_keys_and_their_names_live_in_moto(ground: Ground, case: Case):
    live(case, ground)


def test_a_key_is_known_by_what_moto_calls_it(bench: Bench):
    key = bench.make(KEY, {"description": "d"})
    there = bench.boto3("kms").describe_key(KeyId=key.id)["KeyMetadata"]
    assert key.outputs["arn"] == there["Arn"] == f"arn:aws:kms:{REGION}:123456789012:key/{key.id}"
    assert key.outputs["keyId"] == key.id


def test_a_rotation_that_somebody_disabled_is_found_and_enabled_again(bench: Bench):
    kms, key = bench.boto3("kms"), bench.make(KEY, {"enableKeyRotation": True, "rotationPeriodInDays": 90})
    kms.disable_key_rotation(KeyId=key.id)
    assert bench.drifted(key) == {"enableKeyRotation": False}

    repaired(bench, key)
    assert kms.get_key_rotation_status(KeyId=key.id)["KeyRotationEnabled"] is True


def test_a_key_waits_for_its_end_as_long_as_declared(bench: Bench):
    kms, key = bench.boto3("kms"), bench.make(KEY, {"deletionWindowInDays": 7})
    bench.remove(key)
    about = kms.describe_key(KeyId=key.id)["KeyMetadata"]
    assert about["KeyState"] == "PendingDeletion"
    assert (about["DeletionDate"] - about["CreationDate"]).days in (6, 7)


def test_a_grant_lives_until_it_is_revoked(bench: Bench):
    kms, key = bench.boto3("kms"), bench.make(KEY, {})
    principal = "arn:aws:iam::123456789012:role/r"
    constraints = [{"encryptionContextSubset": {"a": "b"}}]
    given = {"name": "g", "keyId": key.id, "granteePrincipal": principal, "operations": ["Decrypt"], "constraints": constraints}
    grant = bench.make(GRANT, given)

    (there,) = kms.list_grants(KeyId=key.id)["Grants"]
    assert grant.id == f"{key.id}:{there['GrantId']}"
    assert grant.outputs["grantId"] == there["GrantId"]
    assert (there["GranteePrincipal"], there["Operations"]) == (principal, ["Decrypt"])
    assert there["Constraints"] == {"EncryptionContextSubset": {"a": "b"}}
    assert bench.drifted(grant) == {}

    kms.revoke_grant(KeyId=key.id, GrantId=there["GrantId"])
    assert bench.drifted(grant) is None

    for retire in (True, False):
        grant = bench.make(GRANT, {**given, "retireOnDelete": retire})
        bench.remove(grant)
        assert kms.list_grants(KeyId=key.id)["Grants"] == []


def test_two_aliases_of_one_name_are_refused(bench: Bench):
    key = bench.make(KEY, {})
    bench.make(ALIAS, {"name": "alias/taken", "targetKeyId": key.id})
    with pytest.raises(Refused, match=r"AlreadyExistsException: An alias with the name .*alias/taken already exists"):
        bench.make(ALIAS, {"name": "alias/taken", "targetKeyId": key.id})
