"""Secrets Manager."""

from __future__ import annotations

import base64
from typing import Any, cast

from sandbox.aws.moto.row import Api, Call, Own, Read, Row, Scope, Source, Tagging

CURRENT = "AWSCURRENT"


def _replicas(api: Api, thing: Scope) -> None:
    """Replicas are in the regions of the inputs: others go."""
    there = set(_regions(api.call("DescribeSecret", SecretId=thing.id)))
    wanted = {str(one["region"]): one for one in cast("list[dict[str, Any]]", thing.inputs.get("replicas") or [])}
    if stale := sorted(there - wanted.keys()):
        api.call("RemoveRegionsFromReplication", SecretId=thing.id, RemoveReplicaRegions=stale)
    if missing := [_replica(wanted[region]) for region in sorted(wanted.keys() - there)]:
        overwrite = bool(thing.inputs.get("forceOverwriteReplicaSecret"))
        api.call("ReplicateSecretToRegions", SecretId=thing.id, AddReplicaRegions=missing, ForceOverwriteReplicaSecret=overwrite)


def _replica(one: dict[str, Any]) -> dict[str, str]:
    key = one.get("kmsKeyId")
    return {"Region": str(one["region"]), **({"KmsKeyId": str(key)} if key else {})}


def _regions(secret: dict[str, Any]) -> list[str]:
    return [str(one["Region"]) for one in cast("list[dict[str, Any]]", secret.get("ReplicationStatus") or [])]


def _seen_replicas(secret: Any) -> list[dict[str, str]] | None:
    """Without their keys: moto shows AWS's own for each."""
    return [{"region": region} for region in _regions(secret)] or None


def _rule(api: Api, thing: Scope) -> None:
    if policy := thing.inputs.get("policy"):
        api.call("PutResourcePolicy", SecretId=thing.id, ResourcePolicy=policy)
    else:
        api.call("DeleteResourcePolicy", SecretId=thing.id)


def _delete(api: Api, thing: Scope) -> None:
    """A window of 0 days means at once; otherwise the name stays taken until the window ends."""
    days = thing.inputs.get("recoveryWindowInDays")
    _drop(api, thing, {"ForceDeleteWithoutRecovery": True} if days == 0 else {"RecoveryWindowInDays": 30 if days is None else int(days)})


def _undo(api: Api, thing: Scope) -> None:
    _drop(api, thing, {"ForceDeleteWithoutRecovery": True})


def _drop(api: Api, thing: Scope, how: dict[str, Any]) -> None:
    secret = api.call("DescribeSecret", SecretId=thing.id)
    if secret.get("DeletedDate"):
        return  # by somebody else: to mark it again is refused
    if regions := _regions(secret):
        api.call("RemoveRegionsFromReplication", SecretId=thing.id, RemoveReplicaRegions=regions)
    api.call("DeleteSecret", SecretId=thing.id, **how)


def _binary(thing: Scope) -> bytes | None:
    value = thing.inputs.get("secretBinary")
    return None if value is None else base64.b64decode(str(value))


def _text(thing: Scope) -> str | None:
    return thing.inputs.get("secretString") or thing.inputs.get("secretStringWo")


def _value(api: Api, thing: Scope) -> dict[str, Any]:
    return api.call("GetSecretValue", SecretId=thing.get("secretId"), VersionId=thing.get("versionId"))


def _stage(api: Api, thing: Scope) -> None:
    """The version has the stages of the inputs; those that it takes leave the version that had them."""
    about = {"SecretId": thing.get("secretId")}
    version, wanted = thing.get("versionId"), set(cast("list[str]", thing.inputs.get("versionStages") or [CURRENT]))
    for stage in sorted(wanted - set(_value(api, thing)["VersionStages"])):
        holders = cast("dict[str, list[str]]", api.call("DescribeSecret", **about)["VersionIdsToStages"])
        holder = next((holder for holder, stages in holders.items() if stage in stages), None)
        held = {"RemoveFromVersionId": holder} if holder else {}
        api.call("UpdateSecretVersionStage", **about, VersionStage=stage, MoveToVersionId=version, **held)
    # Asked again: to move the current stage moves the previous one too.
    for stage in sorted(set(_value(api, thing)["VersionStages"]) - wanted - {CURRENT}):
        api.call("UpdateSecretVersionStage", **about, VersionStage=stage, RemoveFromVersionId=version)


def _forget(api: Api, thing: Scope) -> None:
    """A version goes by losing its stages. The current one keeps its: a secret is never without a current version."""
    if api.call("DescribeSecret", SecretId=thing.get("secretId")).get("DeletedDate"):
        return
    for stage in cast("list[str]", _value(api, thing)["VersionStages"]):
        if stage != CURRENT:
            about = {"SecretId": thing.get("secretId"), "RemoveFromVersionId": thing.get("versionId")}
            api.call("UpdateSecretVersionStage", VersionStage=stage, **about)


def _version(answer: Any, thing: Scope) -> str:
    return f"{thing.get('secretId')}|{answer['VersionId']}"


_UNMARKED = "[@][?DeletedDate==null] | [0]"
"""A secret marked for deletion can no longer be read: for everybody it is gone."""
_AT_VERSION: dict[str, Source] = {"SecretId": "$secretId", "VersionId": "$versionId"}

ROWS: dict[str, Row] = {
    "aws:secretsmanager/secret:Secret": Row(
        "secretsmanager",
        create=Call("CreateSecret", {"AddReplicaRegions": "$replicas"}),
        id="ARN",
        outputs={"arn": "ARN"},
        reads=(
            Read("DescribeSecret", {"SecretId": "$id"}, _UNMARKED, {"replicas": _seen_replicas}),
            Read("GetResourcePolicy", {"SecretId": "$id"}, seen={"policy": "ResourcePolicy"}),
        ),
        updates=(
            Call("UpdateSecret", {"SecretId": "$id"}, ("description", "kmsKeyId")),
            Own(_replicas, ("replicas", "forceOverwriteReplicaSecret")),
        ),
        settings=(Own(_rule, ("policy",)),),
        delete=Own(_delete, ("recoveryWindowInDays",)),
        undo=_undo,
        tagging=Tagging("$id"),
        watched=("replicas", "policy"),
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": Row(
        "secretsmanager",
        create=Call(
            "PutSecretValue",
            {"SecretString": _text, "SecretBinary": _binary},
            ("secretId", "secretString", "secretStringWo", "secretBinary", "versionStages"),
        ),
        id=_version,
        outputs={"arn": "ARN", "versionId": "VersionId", "versionStages": "VersionStages"},
        reads=(
            Read("DescribeSecret", {"SecretId": "$secretId"}, _UNMARKED),
            Read(
                "GetSecretValue",
                _AT_VERSION,
                "[@][?VersionStages[0]] | [0]",  # one without stages is deprecated, and nobody may read it
                {"secretId": "ARN", "secretBinary": lambda value: base64.b64encode(value["SecretBinary"]).decode()},
            ),
        ),
        updates=(Own(_stage, ("versionStages",)),),
        delete=_forget,
    ),
}
