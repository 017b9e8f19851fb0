"""KMS."""

from __future__ import annotations

from typing import Any

from sandbox.aws.moto.row import Api, Call, Own, Read, Row, Scope, Tagging


def _rotate(api: Api, thing: Scope) -> None:
    if thing.inputs.get("enableKeyRotation"):
        days = thing.inputs.get("rotationPeriodInDays")
        api.call("EnableKeyRotation", KeyId=thing.id, **({"RotationPeriodInDays": int(days)} if days else {}))
    else:
        api.call("DisableKeyRotation", KeyId=thing.id)


def _switch(api: Api, thing: Scope) -> None:
    api.call("DisableKey" if thing.inputs.get("isEnabled") is False else "EnableKey", KeyId=thing.id)


def _give_back(api: Api, thing: Scope) -> None:
    operation = "RetireGrant" if thing.inputs.get("retireOnDelete") else "RevokeGrant"
    api.call(operation, KeyId=thing.get("keyId"), GrantId=thing.get("grantId"))


def _grant(answer: Any, thing: Scope) -> str:
    return f"{thing.get('keyId')}:{answer['GrantId']}"


ROWS: dict[str, Row] = {
    "aws:kms/key:Key": Row(
        "kms",
        create=Call("CreateKey", {"KeySpec": "$customerMasterKeySpec"}),
        id="KeyMetadata.KeyId",
        outputs={"arn": "KeyMetadata.Arn", "keyId": "KeyMetadata.KeyId"},
        reads=(
            Read("DescribeKey", {"KeyId": "$id"}, "[KeyMetadata][?KeyState!='PendingDeletion'] | [0]", {"isEnabled": "Enabled"}),
            Read("GetKeyPolicy", {"KeyId": "$id", "PolicyName": "default"}),
            Read("GetKeyRotationStatus", {"KeyId": "$id"}, seen={"enableKeyRotation": "KeyRotationEnabled"}),
            Read("ListResourceTags", {"KeyId": "$id"}),
        ),
        settings=(Own(_rotate, ("enableKeyRotation", "rotationPeriodInDays")), Own(_switch, ("isEnabled",))),
        updates=(
            Call(
                "PutKeyPolicy",
                {
                    "KeyId": "$id",
                    "PolicyName": "default",
                    "Policy": "$policy",
                    "BypassPolicyLockoutSafetyCheck": "$bypassPolicyLockoutSafetyCheck",
                },
                ("policy",),
            ),
            Call(
                "UpdateKeyDescription",
                {"KeyId": "$id", "Description": lambda thing: thing.inputs.get("description") or ""},
                ("description",),
            ),
        ),
        delete=Call("ScheduleKeyDeletion", {"KeyId": "$id", "PendingWindowInDays": "$deletionWindowInDays"}),
        tagging=Tagging("$id"),
        watched=("enableKeyRotation", "isEnabled"),
    ),
    "aws:kms/alias:Alias": Row(
        "kms",
        create=Call("CreateAlias", {"AliasName": "$name"}),
        reads=(Read("ListAliases", at="Aliases[?AliasName=='{name}'] | [0]", seen={"name": "AliasName"}),),
        updates=(Call("UpdateAlias", {"AliasName": "$name"}),),
        delete=Call("DeleteAlias", {"AliasName": "$name"}, fill=False),
    ),
    "aws:kms/grant:Grant": Row(
        "kms",
        create=Call("CreateGrant", {"GrantTokens": "$grantCreationTokens"}),
        id=_grant,
        outputs={"grantId": "GrantId", "grantToken": "GrantToken"},
        reads=(Read("ListGrants", {"KeyId": "$keyId", "GrantId": "$grantId"}, "Grants[0]"),),
        delete=Own(_give_back, ("retireOnDelete",)),
    ),
}
