"""IAM."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

from sandbox.aws.moto.row import Api, Call, Own, Read, Row, Scope, Source, Tagging

MOST_VERSIONS = 5
"""Of one policy; IAM takes no sixth."""


def _documents(policies: Any) -> list[dict[str, str]]:
    """Inline policies as Pulumi writes them."""
    return [
        {"name": one["PolicyName"], "policy": json.dumps(one["PolicyDocument"])} for one in cast("list[dict[str, Any]]", policies or [])
    ]


def _inline(thing: Scope) -> dict[str, str]:
    return {str(one["name"]): str(one["policy"]) for one in cast("list[dict[str, Any]]", thing.inputs.get("inlinePolicies") or [])}


def _settle_inline(api: Api, thing: Scope) -> None:
    """The role's inline policies are those of the inputs: what else is there goes."""
    role, wanted = thing.inputs["name"], _inline(thing)
    for name in api.call("ListRolePolicies", RoleName=role)["PolicyNames"]:
        if name not in wanted:
            api.call("DeleteRolePolicy", RoleName=role, PolicyName=name)
    for name, policy in wanted.items():
        api.call("PutRolePolicy", RoleName=role, PolicyName=name, PolicyDocument=policy)


def _attached(api: Api, role: str) -> list[str]:
    return [str(one["PolicyArn"]) for one in api.call("ListAttachedRolePolicies", RoleName=role)["AttachedPolicies"]]


def _settle_attached(api: Api, thing: Scope) -> None:
    role, wanted = str(thing.inputs["name"]), cast("list[str]", thing.inputs.get("managedPolicyArns") or [])
    there = _attached(api, role)
    for arn in there:
        if arn not in wanted:
            api.call("DetachRolePolicy", RoleName=role, PolicyArn=arn)
    for arn in wanted:
        if arn not in there:
            api.call("AttachRolePolicy", RoleName=role, PolicyArn=arn)


def _bound(api: Api, thing: Scope) -> None:
    role, boundary = thing.inputs["name"], thing.inputs.get("permissionsBoundary")
    if boundary:
        api.call("PutRolePermissionsBoundary", RoleName=role, PermissionsBoundary=boundary)
    else:
        api.call("DeleteRolePermissionsBoundary", RoleName=role)


def _delete_role(api: Api, thing: Scope) -> None:
    """What the role was declared with goes with it; what others gave it goes only by force, and is IAM's refusal otherwise."""
    role, force = str(thing.get("name")), bool(thing.inputs.get("forceDetachPolicies"))
    if force or thing.inputs.get("managedPolicyArns"):
        for arn in _attached(api, role):
            api.call("DetachRolePolicy", RoleName=role, PolicyArn=arn)
    if force or thing.inputs.get("inlinePolicies"):
        for name in api.call("ListRolePolicies", RoleName=role)["PolicyNames"]:
            api.call("DeleteRolePolicy", RoleName=role, PolicyName=name)
    api.call("DeleteRole", RoleName=role)


def _other_versions(api: Api, arn: str) -> list[str]:
    """Oldest first."""
    found = cast("list[dict[str, Any]]", api.call("ListPolicyVersions", PolicyArn=arn)["Versions"])
    return sorted((str(one["VersionId"]) for one in found if not one["IsDefaultVersion"]), key=lambda version: int(version[1:]))


def _rewrite(api: Api, thing: Scope) -> None:
    others = _other_versions(api, thing.id)
    if len(others) == MOST_VERSIONS - 1:
        api.call("DeletePolicyVersion", PolicyArn=thing.id, VersionId=others[0])
    api.call("CreatePolicyVersion", PolicyArn=thing.id, PolicyDocument=thing.inputs["policy"], SetAsDefault=True)


def _delete_policy(api: Api, thing: Scope) -> None:
    for version in _other_versions(api, thing.id):
        api.call("DeletePolicyVersion", PolicyArn=thing.id, VersionId=version)
    api.call("DeletePolicy", PolicyArn=thing.id)


_DETAILS = "GetAccountAuthorizationDetails"
"""Shows a role with all its policies, or a policy with its document, in one call."""
_SEEN: dict[str, str | Callable[[Any], Any]] = {
    "name": "RoleName",
    "assumeRolePolicy": "AssumeRolePolicyDocument",
    "permissionsBoundary": "PermissionsBoundary.PermissionsBoundaryArn",
}
_SEEN_POLICIES: dict[str, str | Callable[[Any], Any]] = {
    "inlinePolicies": lambda role: _documents(role.get("RolePolicyList")),
    "managedPolicyArns": "AttachedManagedPolicies[].PolicyArn",
}
_ROLE_POLICY: dict[str, Source] = {"RoleName": "$role", "PolicyName": "$name"}
_ATTACHMENT = Call("AttachRolePolicy", {"RoleName": "$role"})

ROWS: dict[str, Row] = {
    "aws:iam/role:Role": Row(
        "iam",
        create=Call("CreateRole", {"RoleName": "$name", "AssumeRolePolicyDocument": "$assumeRolePolicy"}),
        id="Role.RoleName",
        outputs={"arn": "Role.Arn", "uniqueId": "Role.RoleId"},
        reads=(
            Read("GetRole", {"RoleName": "$name"}, "Role", _SEEN),
            Read(_DETAILS, {"Filter": ["Role"]}, "RoleDetailList[?RoleName=='{name}'] | [0]", _SEEN | _SEEN_POLICIES),
        ),
        settings=(Own(_settle_inline, ("inlinePolicies",)), Own(_settle_attached, ("managedPolicyArns",))),
        updates=(
            Call("UpdateAssumeRolePolicy", {"RoleName": "$name", "PolicyDocument": "$assumeRolePolicy"}),
            # Both: moto empties the description when only the duration is given.
            Call(
                "UpdateRole",
                {"RoleName": "$name", "Description": lambda thing: thing.inputs.get("description") or ""},
                ("description", "maxSessionDuration"),
            ),
            Own(_bound, ("permissionsBoundary",)),
        ),
        delete=Own(_delete_role, ("forceDetachPolicies",)),
        tagging=Tagging("$name", "TagRole", "UntagRole"),
        watched=("permissionsBoundary",),
    ),
    "aws:iam/rolePolicy:RolePolicy": Row(
        "iam",
        create=Call("PutRolePolicy", {**_ROLE_POLICY, "PolicyDocument": "$policy"}),
        reads=(Read("GetRolePolicy", _ROLE_POLICY, seen={"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"}),),
        updates=(Call("PutRolePolicy", {**_ROLE_POLICY, "PolicyDocument": "$policy"}),),
        delete=Call("DeleteRolePolicy", _ROLE_POLICY),
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Row(
        "iam",
        create=_ATTACHMENT,
        reads=(Read("ListAttachedRolePolicies", {"RoleName": "$role"}, "AttachedPolicies[?PolicyArn=='{policyArn}'] | [0]"),),
        delete=Call("DetachRolePolicy", {"RoleName": "$role"}),
    ),
    "aws:iam/policy:Policy": Row(
        "iam",
        create=Call("CreatePolicy", {"PolicyName": "$name", "PolicyDocument": "$policy"}),
        id="Policy.Arn",
        outputs={"arn": "Policy.Arn", "policyId": "Policy.PolicyId"},
        reads=(
            Read("GetPolicy", {"PolicyArn": "$id"}, "Policy", {"name": "PolicyName"}),
            Read(
                _DETAILS,
                {"Filter": ["LocalManagedPolicy"]},
                "Policies[?Arn=='{id}'] | [0]",
                {"policy": "PolicyVersionList[?IsDefaultVersion] | [0].Document"},
            ),
        ),
        updates=(Own(_rewrite, ("policy",)),),
        delete=_delete_policy,
        tagging=Tagging("$id", "TagPolicy", "UntagPolicy"),
        beyond={"delayAfterPolicyCreationInMs": "a wait of the provider's own, no call takes it"},
    ),
}
