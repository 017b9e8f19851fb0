"""Least rights on GCP: narrow roles, on the one thing they are for, and a condition where a role is the project's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

import pytest

from components.vocabulary import Cloud
from tests.inventory.cases import CASES, Case, case, params
from tests.recorder import Recording, Registered

pytestmark = pytest.mark.inventory

PROJECT, CUSTOM = "gcp:projects/iAMMember:IAMMember", "gcp:projects/iAMCustomRole:IAMCustomRole"
ACCOUNT, ON_ACCOUNT = "gcp:serviceaccount/account:Account", "gcp:serviceaccount/iAMMember:IAMMember"
BASIC = {"roles/owner", "roles/editor", "roles/viewer", "roles/browser"}
ON_PROJECT = {
    "roles/container.defaultNodeServiceAccount": "nodes write logs and metrics, which belong to nothing smaller",
    "roles/container.admin": "administrators; held to the stack's cluster by a condition",
    "roles/secretmanager.secretAccessor": "secrets are read that are made later; held to the stack's names by a condition",
    "zones": "a list of zones has no zone that it could be granted on",
}
CONDITIONAL = {"roles/container.admin", "roles/secretmanager.secretAccessor"}
ON_THINGS = {
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": {"roles/artifactregistry.reader"},
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": {"roles/cloudkms.cryptoKeyEncrypterDecrypter"},
    "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember": {"roles/pubsub.subscriber"},
    "gcp:pubsub/topicIAMMember:TopicIAMMember": {"roles/pubsub.publisher"},
    "gcp:secretmanager/secretIamMember:SecretIamMember": {"roles/secretmanager.secretAccessor"},
    "gcp:storage/bucketIAMMember:BucketIAMMember": {
        *("roles/storage.objectCreator", "roles/storage.objectUser", "roles/storage.objectViewer"),
        *("roles/storage.legacyBucketReader", "roles/storage.legacyBucketWriter"),
    },
}
STORES = {"play-new": "pn", "ai-agents": "aa", "supernova": "supernova"}
"""What the names of each system's secrets begin with."""
CHANGES = re.compile(r"\.(setIamPolicy|actAs|getAccessToken|implicitDelegation|signJwt)$")
POD = re.compile(r"serviceAccount:(?P<pool>[^\[]+)\.svc\.id\.goog\[[^/\]]+/[^/\]]+\]")


@pytest.fixture(params=params(one for one in CASES if one.cloud is Cloud.GCP))
def on_gcp(request: pytest.FixtureRequest) -> Recording[None]:
    return cast("Case", request.param).recorded()


@pytest.fixture(scope="module")
def guarded() -> Recording[None]:
    """Production with everything on that a stack may leave out."""
    return case(Cloud.GCP, "production").recorded({"guardrail/deny_target": "folders/123456789012", "guardrail/record_configuration": True})


def grants(registered: Recording[Any]) -> Iterator[Registered]:
    return (item for item in registered if item.type.startswith("gcp:") and "role" in item.inputs)


def kind(role: str) -> str:
    """A custom role's purpose: `…_external_dns_zones_0_…` is `zones`."""
    return "zones" if re.search(r"/roles/.*_zones_\d+_[0-9a-f]+$", role) else role


def test_no_grant_takes_others_away(on_gcp: Recording[None], guarded: Recording[None]) -> None:
    """Bindings and policies are authoritative: they would remove whoever else was let in."""
    for registered in (on_gcp, guarded):
        assert [item.type for item in registered if re.search(r"(?i)iam(binding|policy)$", item.type)] == []


def test_nobody_has_a_basic_role_and_nothing_is_for_everybody(on_gcp: Recording[None], guarded: Recording[None]) -> None:
    for registered in (on_gcp, guarded):
        assert len(list(grants(registered))) > 20
        for item in grants(registered):
            assert item.inputs["role"] not in BASIC, item.name
            assert item.inputs["member"] not in ("allUsers", "allAuthenticatedUsers"), item.name
            assert re.match(r"(user|group|serviceAccount):\S+@\S+|serviceAccount:\S+\[", item.inputs["member"]), item.name


def test_the_whole_project_is_for_what_has_nothing_smaller(on_gcp: Recording[None]) -> None:
    found = {kind(item.inputs["role"]) for item in on_gcp.of(PROJECT)}
    assert found == set(ON_PROJECT)


def test_every_other_role_is_on_one_thing_and_does_one_thing(on_gcp: Recording[None], guarded: Recording[None]) -> None:
    for registered in (on_gcp, guarded):
        for item in grants(registered):
            if item.type in ON_THINGS:
                assert item.inputs["role"] in ON_THINGS[item.type], item.name
            else:
                assert item.type in {PROJECT, ON_ACCOUNT, "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember"}, item.name


def test_a_conditional_role_has_its_condition(on_gcp: Recording[None]) -> None:
    prefix = on_gcp.one("eucloud:platform:Region").name
    environment = prefix.rpartition("-")[2]
    for item in on_gcp.of(PROJECT):
        condition = item.inputs.get("condition", {})
        assert bool(condition) == (item.inputs["role"] in CONDITIONAL), item.name
        texts = re.findall(r'"([^"]+)"', condition.get("expression", ""))
        if item.inputs["role"] == "roles/container.admin":
            cluster = f"projects/{item.inputs['project']}/locations/europe-west8/clusters/{prefix}-cluster"
            assert texts == [cluster, f"{cluster}/"]
        elif texts:
            names = {text.rpartition("/")[2] for text in texts}
            stores = {"platform", *(STORES[system] for system in on_gcp.exports["systems"])}
            assert names == {*(f"{store}_{environment}_" for store in stores), f"{prefix}-db-admin-"}
            assert {text.partition("/secrets/")[0] for text in texts} == {"projects/112233445566"}, "conditions know projects by number"


def test_conditions_are_no_longer_than_iam_takes(on_gcp: Recording[None]) -> None:
    for item in on_gcp.of(PROJECT):
        if condition := item.inputs.get("condition"):
            assert condition["expression"].count("||") + condition["expression"].count("&&") < 12, item.name
            assert len(condition["title"]) <= 100, item.name


def test_what_external_secrets_reads_is_what_the_stack_stores(on_gcp: Recording[None]) -> None:
    (reader,) = [item for item in on_gcp.of(PROJECT) if item.inputs["role"] == "roles/secretmanager.secretAccessor"]
    beginnings = tuple(text.rpartition("/")[2] for text in re.findall(r'"([^"]+)"', reader.inputs["condition"]["expression"]))
    stored = [item.inputs["secretId"] for item in on_gcp.of("gcp:secretmanager/secret:Secret")]
    # A public registry's token is read by Artifact Registry's agent, by a right on that secret, and by nobody in the cluster.
    lent = {item.inputs["secretId"] for item in on_gcp.of("gcp:secretmanager/secretIamMember:SecretIamMember")}
    assert [name for name in stored if not name.startswith(beginnings)] == [name for name in stored if name in lent]


def test_custom_roles_name_each_right_and_can_hand_none_on(on_gcp: Recording[None]) -> None:
    for item in on_gcp.of(CUSTOM):
        assert [right for right in item.inputs["permissions"] if "*" in right or CHANGES.search(right)] == [], item.name
        assert {right for right in item.inputs["permissions"] if right.endswith(".delete")} <= {"dns.resourceRecordSets.delete"}, item.name


def test_every_custom_role_is_granted(on_gcp: Recording[None]) -> None:
    used = {item.inputs["role"] for item in grants(on_gcp)}
    assert {item.state["name"] for item in on_gcp.of(CUSTOM)} <= used


def test_there_are_no_keys_of_service_accounts(on_gcp: Recording[None], guarded: Recording[None]) -> None:
    for registered in (on_gcp, guarded):
        assert [item.type for item in registered if re.search(r"serviceaccount/key:|hmacKey|apikeys", item.type)] == []


def test_an_account_is_for_the_pods_of_one_service_account_or_for_the_nodes(on_gcp: Recording[None]) -> None:
    acting: dict[str, list[str]] = {item.state["name"]: [] for item in on_gcp.of(ACCOUNT)}
    for item in on_gcp.of(ON_ACCOUNT):
        if item.inputs["role"] == "roles/iam.workloadIdentityUser":
            acting[item.inputs["serviceAccountId"]].append(item.inputs["member"])
        else:
            assert item.inputs["member"].endswith(item.inputs["serviceAccountId"].rpartition("/")[2]), "an account signs with itself alone"
    nodes = {f"{item.inputs['nodeConfig']['serviceAccount']}" for item in on_gcp.of("gcp:container/nodePool:NodePool")}
    for account, members in acting.items():
        if account.rpartition("/")[2] in nodes:
            assert members == []
        else:
            (pod,) = members
            match = POD.fullmatch(pod)
            assert match
            assert match["pool"] == on_gcp.of(ACCOUNT)[0].inputs["project"]


def test_nodes_have_an_account_of_their_own(on_gcp: Recording[None]) -> None:
    """The default one of Compute Engine is an editor of the project in many of them."""
    accounts = {item.state["email"] for item in on_gcp.of(ACCOUNT)}
    (cluster,) = on_gcp.of("gcp:container/cluster:Cluster")
    for item in (cluster, *on_gcp.of("gcp:container/nodePool:NodePool")):
        assert item.inputs["nodeConfig"]["serviceAccount"] in accounts, item.name
        assert item.inputs["nodeConfig"]["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}, "pods would get the node's token"


def test_nobody_is_left_out_of_the_audit_log(on_gcp: Recording[None]) -> None:
    for item in on_gcp.of("gcp:projects/iAMAuditConfig:IAMAuditConfig"):
        assert not [one for one in item.inputs["auditLogConfigs"] if one.get("exemptedMembers")], item.name


def test_buckets_know_no_rights_but_iams_and_never_the_public(on_gcp: Recording[None], guarded: Recording[None]) -> None:
    for registered in (on_gcp, guarded):
        for item in registered.of("gcp:storage/bucket:Bucket"):
            assert (item.inputs["uniformBucketLevelAccess"], item.inputs["publicAccessPrevention"]) == (True, "enforced"), item.name
        assert [
            item.type for item in registered if re.search(r"storage/(default)?(bucket|object)(acl|accesscontrol)", item.type.lower())
        ] == []


def test_organisation_policies_hold_back_and_grant_nothing(guarded: Recording[None]) -> None:
    policies = guarded.of("gcp:orgpolicy/policy:Policy")
    assert len(policies) > 10
    for item in policies:
        assert item.inputs["parent"] == "folders/123456789012"
        for rule in item.inputs["spec"]["rules"]:
            assert not rule.get("allowAll"), item.name
            assert rule.get("enforce", "TRUE") == "TRUE", item.name
