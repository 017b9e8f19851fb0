from __future__ import annotations

import json
from typing import Any, cast

import pytest

from sandbox.aws.references import managed_policies
from sandbox.contract import Properties, Record, Refused
from tests.sandbox.moto.life import Case, Ground, live
from tests.sandbox.moto.stage import Bench

ROLE, POLICY = "aws:iam/role:Role", "aws:iam/policy:Policy"
INLINE, ATTACHMENT = "aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
CNI = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
NODE = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"


def trust(service: str = "ec2") -> str:
    who = {"Service": f"{service}.amazonaws.com"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole"}]})


def document(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


def role(ground: Ground, name: str, **inputs: Any) -> Record:
    return ground.make(ROLE, name=name, assumeRolePolicy=trust(), **inputs)


def pairs(tags: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in cast("list[dict[str, str]]", tags or [])}


def shown_role(iam: Any, thing: Record) -> Properties:
    found, name = iam.get_role(RoleName=thing.id)["Role"], thing.id
    inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
    return {
        "trust": found["AssumeRolePolicyDocument"],
        "path": found["Path"],
        "description": found.get("Description"),
        "duration": found["MaxSessionDuration"],
        "boundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "inline": {one: iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"] for one in inline},
        "attached": {one["PolicyArn"] for one in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]},
        "tags": pairs(found.get("Tags")),
    }


def meddle_role(iam: Any, thing: Record, ground: Ground) -> None:
    iam.update_assume_role_policy(RoleName=thing.id, PolicyDocument=trust("lambda"))
    iam.update_role(RoleName=thing.id, Description="mine", MaxSessionDuration=3600)
    iam.put_role_permissions_boundary(RoleName=thing.id, PermissionsBoundary=CNI)
    iam.attach_role_policy(RoleName=thing.id, PolicyArn=CNI)
    iam.put_role_policy(RoleName=thing.id, PolicyName="backdoor", PolicyDocument=document("*"))
    iam.tag_role(RoleName=thing.id, Tags=[{"Key": "who", "Value": "me"}])


def shown_policy(iam: Any, thing: Record) -> Properties:
    found = iam.get_policy(PolicyArn=thing.id)["Policy"]
    version = iam.get_policy_version(PolicyArn=thing.id, VersionId=found["DefaultVersionId"])["PolicyVersion"]
    return {"document": version["Document"], "path": found["Path"], "tags": pairs(found.get("Tags"))}


def shown_inline(iam: Any, thing: Record) -> Any:
    name, _, policy = thing.id.partition(":")
    return iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]["Statement"][0]["Action"]


ROLE_GIVEN = {
    "name": "r",
    "assumeRolePolicy": trust(),
    "description": "d",
    "path": "/apps/",
    "maxSessionDuration": 7200,
    "permissionsBoundary": NODE,
    "inlinePolicies": [{"name": "in", "policy": document("s3:GetObject")}],
    "managedPolicyArns": [NODE],
    "tags": {"a": "b"},
}
ROLE_CHANGE = {
    "assumeRolePolicy": trust("eks"),
    "description": "other",
    "maxSessionDuration": 3700,
    "permissionsBoundary": None,
    "inlinePolicies": [{"name": "other", "policy": document("s3:PutObject")}],
    "managedPolicyArns": [],
    "tags": {"c": "d"},
}
CASES = [
    Case(
        ROLE,
        "iam",
        given=lambda _: ROLE_GIVEN,
        show=shown_role,
        made=lambda _: {
            "trust": json.loads(trust()),
            "path": "/apps/",
            "description": "d",
            "duration": 7200,
            "boundary": NODE,
            "inline": {"in": json.loads(document("s3:GetObject"))},
            "attached": {NODE},
            "tags": {"a": "b"},
        },
        change=lambda _: ROLE_CHANGE,
        changed=lambda _: {
            "trust": json.loads(trust("eks")),
            "path": "/apps/",
            "description": "other",
            "duration": 3700,
            "boundary": None,
            "inline": {"other": json.loads(document("s3:PutObject"))},
            "attached": set[str](),
            "tags": {"c": "d"},
        },
        meddle=meddle_role,
        drift=lambda _: {
            "assumeRolePolicy": trust("lambda"),
            "description": "mine",
            "maxSessionDuration": 3600,
            "permissionsBoundary": CNI,
            "inlinePolicies": [{"name": "other", "policy": document("s3:PutObject")}, {"name": "backdoor", "policy": document("*")}],
            "managedPolicyArns": [CNI],
            "tags": {"c": "d", "who": "me"},
        },
    ),
    Case(
        POLICY,
        "iam",
        given=lambda _: {"name": "p", "path": "/apps/", "policy": document("s3:GetObject"), "tags": {"a": "b"}},
        show=shown_policy,
        made=lambda _: {"document": json.loads(document("s3:GetObject")), "path": "/apps/", "tags": {"a": "b"}},
        change=lambda _: {"policy": document("s3:PutObject"), "tags": {"c": "d"}},
        changed=lambda _: {"document": json.loads(document("s3:PutObject")), "path": "/apps/", "tags": {"c": "d"}},
        meddle=lambda iam, thing, _: iam.create_policy_version(PolicyArn=thing.id, PolicyDocument=document("*"), SetAsDefault=True),
        drift=lambda _: {"policy": document("*")},
    ),
    Case(
        INLINE,
        "iam",
        given=lambda ground: {"name": "p", "role": role(ground, "inlined").id, "policy": document("s3:GetObject")},
        show=shown_inline,
        made=lambda _: "s3:GetObject",
        change=lambda _: {"policy": document("s3:PutObject")},
        changed=lambda _: "s3:PutObject",
        meddle=lambda iam, _thing, _ground: iam.put_role_policy(RoleName="inlined", PolicyName="p", PolicyDocument=document("*")),
        drift=lambda _: {"policy": document("*")},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_roles_and_policies_live_in_moto(ground: Ground, case: Case):
    live(case, ground)


def test_a_role_is_known_by_what_moto_calls_it(bench: Bench, ground: Ground):
    made = role(ground, "named", path="/apps/")
    found = bench.boto3("iam").get_role(RoleName="named")["Role"]
    assert (made.id, made.outputs["arn"], made.outputs["uniqueId"]) == ("named", found["Arn"], found["RoleId"])


def test_a_policy_can_be_rewritten_more_often_than_iam_keeps_versions(bench: Bench):
    made = bench.make(POLICY, {"name": "rewritten", "policy": document("s3:Get0")})
    for number in range(1, 8):
        made = bench.change(made, {"policy": document(f"s3:Get{number}")})
    versions = bench.boto3("iam").list_policy_versions(PolicyArn=made.id)["Versions"]
    assert [one["VersionId"] for one in versions if one["IsDefaultVersion"]] == ["v8"]
    assert bench.drifted(made) == {}


def test_an_attachment_that_somebody_took_away_is_gone(bench: Bench, ground: Ground):
    iam, name = bench.boto3("iam"), role(ground, "attached").id
    made = ground.make(ATTACHMENT, role=name, policyArn=CNI)
    assert [one["PolicyArn"] for one in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]] == [CNI]
    assert bench.drifted(made) == {}

    iam.detach_role_policy(RoleName=name, PolicyArn=CNI)
    assert bench.drifted(made) is None
    bench.remove(made)

    made = ground.make(ATTACHMENT, role=name, policyArn=CNI)
    bench.remove(made)
    assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == []


def test_moto_knows_the_policies_of_aws_that_the_stand_in_knows(bench: Bench):
    pages = bench.boto3("iam").get_paginator("list_policies").paginate(Scope="AWS", PaginationConfig={"PageSize": 1000})
    known = {one["Arn"].partition(":policy/")[2] for page in pages for one in page["Policies"]}
    assert managed_policies() <= known


def test_a_role_with_a_policy_of_others_goes_only_by_force(bench: Bench, ground: Ground):
    kept, forced = role(ground, "kept"), role(ground, "forced", forceDetachPolicies=True)
    for one in (kept, forced):
        bench.boto3("iam").attach_role_policy(RoleName=one.id, PolicyArn=CNI)
        bench.boto3("iam").put_role_policy(RoleName=one.id, PolicyName="p", PolicyDocument=document("*"))
    with pytest.raises(Refused, match="DeleteConflict: Cannot delete entity, must detach all policies first"):
        bench.remove(kept)
    bench.remove(forced)
    assert bench.drifted(forced) is None


@pytest.fixture(scope="module")
def taken(ground: Ground) -> Record:
    return role(ground, "taken")


REFUSED = {
    "a role of a name that is taken": (ROLE, {"name": "taken", "assumeRolePolicy": trust()}, "EntityAlreadyExists"),
    "a policy that is none": (POLICY, {"name": "broken", "policy": json.dumps({"Statement": [{}]})}, "MalformedPolicyDocument"),
    "a policy of a role that is not there": (INLINE, {"name": "p", "role": "nobody", "policy": document("*")}, "NoSuchEntity"),
    "a policy of AWS that there is not": (ATTACHMENT, {"role": "taken", "policyArn": "arn:aws:iam::aws:policy/No"}, "NoSuchEntity"),
}


@pytest.mark.parametrize(("type_", "inputs", "code"), REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.usefixtures("taken")
def test_iam_refuses(bench: Bench, type_: str, inputs: Properties, code: str):
    with pytest.raises(Refused, match=code):
        bench.make(type_, inputs)
