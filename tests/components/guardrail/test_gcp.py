from __future__ import annotations

import json
from typing import Any

import pytest

from components.geography import eu_regions
from components.guardrail.gcp import GcpGuardrail
from components.guardrail.gcp_deny import ENFORCED, constraints, deny_document
from components.guardrail.spec import GuardrailSpec
from components.vocabulary import Cloud
from tests.components.gcp_wiring import KEY, PROJECT, SITE, key, project
from tests.recorder import Recording, record

NAME = "playnew-production-guardrail"
POLICY = "gcp:orgpolicy/policy:Policy"
BUCKET = "gcp:logging/projectBucketConfig:ProjectBucketConfig"
SINK = "gcp:logging/projectSink:ProjectSink"
EU = tuple(region.code for region in eu_regions(Cloud.GCP))
FULL = GuardrailSpec(allowed_regions=EU, deny_target="folders/123456789", record_configuration=True)
ALONE = GuardrailSpec(allowed_regions=EU, audit_days=90, deletion_protected=False)
STATES = {"random:index/randomId:RandomId": {"hex": "0a1b"}}


def made(spec: GuardrailSpec) -> Recording[Any]:
    return record(lambda: GcpGuardrail(NAME, spec, SITE, project(), key()), STATES)


@pytest.fixture(scope="module")
def full() -> Recording[Any]:
    return made(FULL)


@pytest.fixture(scope="module")
def alone() -> Recording[Any]:
    return made(ALONE)


def policy(registered: Recording[Any], constraint: str) -> dict[str, Any]:
    [found] = [item for item in registered.of(POLICY) if item.inputs["name"].endswith(f"/policies/{constraint}")]
    assert found.inputs["parent"] == "folders/123456789"
    return found.inputs["spec"]


@pytest.mark.requirement("PN-01")
def test_resources_are_made_in_the_allowed_regions_and_their_zones_alone(full: Recording[Any]) -> None:
    spec = policy(full, "gcp.resourceLocations")
    assert spec == {"inheritFromParent": False, "rules": [{"values": {"allowedValues": [f"in:{region}-locations" for region in EU]}}]}
    allowed = spec["rules"][0]["values"]["allowedValues"]
    assert "in:europe-west8-locations" in allowed
    assert not {"in:europe-west2-locations", "in:europe-west6-locations", "in:eu-locations", "in:europe-locations"} & set(allowed)


def test_data_is_kept_under_customer_keys_where_the_platform_keeps_it(full: Recording[Any]) -> None:
    [rule] = policy(full, "gcp.restrictNonCmekServices")["rules"]
    assert {"sqladmin.googleapis.com", "storage.googleapis.com", "secretmanager.googleapis.com"} <= set(rule["values"]["deniedValues"])
    assert "allowedValues" not in rule["values"]


@pytest.mark.parametrize("constraint", ENFORCED)
def test_switches_are_enforced(full: Recording[Any], constraint: str) -> None:
    assert policy(full, constraint) == {"rules": [{"enforce": "TRUE"}]}


def test_no_machine_gets_a_public_address(full: Recording[Any]) -> None:
    assert policy(full, "compute.vmExternalIpAccess") == {"inheritFromParent": False, "rules": [{"denyAll": "TRUE"}]}


@pytest.mark.requirement("PN-01")
def test_without_a_target_the_policies_are_there_to_be_attached_by_others(alone: Recording[Any]) -> None:
    assert alone.of(POLICY) == []
    policies = json.loads(alone.one("eucloud:gcp:Guardrail").outputs["deny_document"])
    assert policies[0]["name"] == f"projects/{PROJECT}/policies/gcp.resourceLocations"
    assert policies[0]["spec"]["rules"][0]["values"]["allowedValues"][0].startswith("in:")
    assert {"enforce": True} in [rule for each in policies for rule in each["spec"]["rules"]]


def test_the_document_says_what_is_attached(full: Recording[Any]) -> None:
    document = json.loads(full.one("eucloud:gcp:Guardrail").outputs["deny_document"])
    assert {each["name"] for each in document} == {item.inputs["name"] for item in full.of(POLICY)}


@pytest.mark.parametrize("target", ["organizations/123", "folders/9", "projects/playnew-prod-1234"])
def test_policies_are_attached_to_an_organisation_a_folder_or_a_project(target: str) -> None:
    document = json.loads(deny_document(GuardrailSpec(allowed_regions=EU, deny_target=target), PROJECT))
    assert {each["name"].rpartition("/policies/")[0] for each in document} == {target}


@pytest.mark.parametrize("target", ["ou-ab12-cdefghij", "organizations/acme", "123456789012", "folders/"])
def test_another_target_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match=rf"^deny_target: '{target}'; allowed: organizations/<number>"):
        deny_document(GuardrailSpec(allowed_regions=EU, deny_target=target), PROJECT)


def test_an_exemption_lifts_one_constraint_and_no_other() -> None:
    lifted = constraints(GuardrailSpec(allowed_regions=EU, exempt=("compute.requireOsLogin",)))
    assert {each.name for each in constraints(ALONE)} - {each.name for each in lifted} == {"compute.requireOsLogin"}


def test_an_exemption_that_names_no_constraint_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^exempt: cloudfront:\*; allowed: gcp\.resourceLocations, "):
        constraints(GuardrailSpec(allowed_regions=EU, exempt=("cloudfront:*",)))


@pytest.mark.requirement("PN-01")
def test_audit_logs_are_kept_in_the_region_under_the_customer_key(full: Recording[Any]) -> None:
    bucket = full.one(BUCKET, f"{NAME}-audit-bucket")
    assert (bucket.inputs["location"], bucket.inputs["retentionDays"]) == ("europe-west8", 365)
    assert bucket.inputs["cmekSettings"] == {"kmsKeyName": KEY}
    assert bucket.protect
    sink = full.one(SINK, f"{NAME}-audit")
    assert sink.inputs["destination"] == f"logging.googleapis.com/{bucket.name}-id"
    for log in ("activity", "data_access", "policy", "system_event"):
        assert f'log_id("cloudaudit.googleapis.com/{log}")' in sink.inputs["filter"]
    assert full.one("eucloud:gcp:Guardrail").outputs["audit_trail"] == f"{bucket.name}-id"


@pytest.mark.requirement("PN-01")
def test_the_projects_other_logs_no_longer_go_to_a_bucket_that_is_anywhere(full: Recording[Any]) -> None:
    bucket, sink = full.one(BUCKET, f"{NAME}-logs-bucket"), full.one(SINK, f"{NAME}-default")
    assert sink.inputs["name"] == "_Default"
    assert sink.inputs["destination"] == f"logging.googleapis.com/{bucket.name}-id"
    assert (bucket.inputs["location"], bucket.inputs["cmekSettings"]) == ("europe-west8", {"kmsKeyName": KEY})
    assert sink.inputs["filter"] == f"NOT ({full.one(SINK, f'{NAME}-audit').inputs['filter']})"


def test_what_others_keep_out_of_the_projects_default_log_stays_out(full: Recording[Any]) -> None:
    assert full.one(SINK, f"{NAME}-default").ignore_changes == ("exclusions",)


def test_statements_and_requests_are_not_kept_as_long_as_audit_logs(full: Recording[Any]) -> None:
    assert full.one(BUCKET, f"{NAME}-logs-bucket").inputs["retentionDays"] == 30


def test_audit_is_kept_as_long_as_asked_for_and_goes_with_an_unprotected_stack(alone: Recording[Any]) -> None:
    bucket = alone.one(BUCKET, f"{NAME}-audit-bucket")
    assert (bucket.inputs["retentionDays"], bucket.inputs["locked"], bucket.protect) == (90, False, False)


def test_log_buckets_of_a_second_life_have_other_names_as_the_first_ones_are_taken_for_a_week(alone: Recording[Any]) -> None:
    assert {item.inputs["bucketId"] for item in alone.of(BUCKET)} == {f"{NAME}-audit-0a1b", f"{NAME}-logs-0a1b"}


def test_who_reads_secrets_and_uses_keys_is_recorded(alone: Recording[Any]) -> None:
    recorded = {
        item.inputs["service"]: {each["logType"] for each in item.inputs["auditLogConfigs"]}
        for item in alone.of("gcp:projects/iAMAuditConfig:IAMAuditConfig")
    }
    every = {"ADMIN_READ", "DATA_READ", "DATA_WRITE"}
    assert recorded["secretmanager.googleapis.com"] == recorded["cloudkms.googleapis.com"] == recorded["cloudsql.googleapis.com"] == every
    # Loki alone reads its objects millions of times a day.
    assert recorded["storage.googleapis.com"] == {"ADMIN_READ", "DATA_WRITE"}
    assert not [each for each in alone.of("gcp:projects/iAMAuditConfig:IAMAuditConfig") if "exemptedMembers" in str(each.inputs)]


def test_configuration_is_recorded_only_where_asked_for(full: Recording[Any], alone: Recording[Any]) -> None:
    assert alone.of("gcp:cloudasset/projectFeed:ProjectFeed") == []
    feed = full.one("gcp:cloudasset/projectFeed:ProjectFeed").inputs
    assert (feed["contentType"], feed["assetTypes"], feed["project"]) == ("RESOURCE", [".*"], PROJECT)
    topic = full.one("gcp:pubsub/topic:Topic")
    assert feed["feedOutputConfig"]["pubsubDestination"]["topic"] == f"{topic.name}-id"


@pytest.mark.requirement("PN-01")
def test_the_record_of_configuration_stays_in_the_region(full: Recording[Any]) -> None:
    assert full.one("gcp:pubsub/topic:Topic").inputs["messageStoragePolicy"] == {"allowedPersistenceRegions": ["europe-west8"]}
    bucket = full.one("gcp:storage/bucket:Bucket").inputs
    assert (bucket["location"], bucket["encryption"]["defaultKmsKeyName"]) == ("EUROPE-WEST8", KEY)
    subscription = full.one("gcp:pubsub/subscription:Subscription").inputs
    assert subscription["cloudStorageConfig"]["bucket"] == bucket["name"]
    # Pub/Sub refuses files that take longer than the deadline.
    assert subscription["cloudStorageConfig"]["maxDuration"] == f"{subscription['ackDeadlineSeconds']:.0f}s"


def test_pub_sub_may_write_the_record_before_it_tries_to(full: Recording[Any]) -> None:
    rights = {item.name: item.inputs["role"] for item in full.of("gcp:storage/bucketIAMMember:BucketIAMMember")}
    assert set(rights.values()) == {"roles/storage.objectCreator", "roles/storage.legacyBucketReader"}
    assert set(rights) <= set(full.one("gcp:pubsub/subscription:Subscription").depends_on)
    assert f"{NAME}-recorder-publisher" in full.one("gcp:cloudasset/projectFeed:ProjectFeed").depends_on
