from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import geography
from components.bucket.gcp import GcpBucket
from components.bucket.gcp_plan import Rule, plan
from components.bucket.spec import BucketSpec
from components.vocabulary import Cloud
from tests.components.gcp_wiring import KEY, NUMBER, PROJECT, SITE, key, project
from tests.recorder import Recording, record

NAME = "playnew-production-logs"
BUCKET = "gcp:storage/bucket:Bucket"
RIGHT = "gcp:storage/bucketIAMMember:BucketIAMMember"
JOB = "gcp:storage/transferJob:TransferJob"
MILAN = geography.region(Cloud.GCP, "europe-west8")
MOST = BucketSpec(purpose="audit", cold_after_days=90, expire_after_days=365, keep_versions_days=7, service_writers=("audit",))
LEAST = BucketSpec(purpose="logs", deletion_protected=False)
AGENT = f"serviceAccount:service-{NUMBER}@gcp-sa-"


def made(spec: BucketSpec) -> Recording[Any]:
    return record(lambda: GcpBucket(NAME, spec, SITE, project(), key()))


@pytest.fixture(scope="module")
def audit() -> Recording[Any]:
    return made(MOST)


@pytest.fixture(scope="module")
def copied() -> Recording[Any]:
    return made(BucketSpec(purpose="backups", copy_region="europe-west3"))


@pytest.mark.requirement("PN-01")
def test_a_bucket_stands_in_one_region(audit: Recording[Any]) -> None:
    inputs = audit.one(BUCKET).inputs
    assert (inputs["location"], inputs["project"]) == ("EUROPE-WEST8", PROJECT)
    assert not {"customPlacementConfig", "rpo", "autoclass"} & set(inputs)


def test_a_bucket_is_encrypted_with_the_customer_key_and_takes_objects_under_no_other_kind(audit: Recording[Any]) -> None:
    assert audit.one(BUCKET).inputs["encryption"] == {
        "defaultKmsKeyName": KEY,
        "googleManagedEncryptionEnforcementConfig": {"restrictionMode": "FullyRestricted"},
        "customerSuppliedEncryptionEnforcementConfig": {"restrictionMode": "FullyRestricted"},
        "customerManagedEncryptionEnforcementConfig": {"restrictionMode": "NotRestricted"},
    }


def test_a_bucket_is_never_public(audit: Recording[Any]) -> None:
    inputs = audit.one(BUCKET).inputs
    assert (inputs["publicAccessPrevention"], inputs["uniformBucketLevelAccess"]) == ("enforced", True)


def test_versions_are_kept_and_dropped_in_time(audit: Recording[Any]) -> None:
    inputs = audit.one(BUCKET).inputs
    assert inputs["versioning"] == {"enabled": True}
    cold, gone, versions, uploads = inputs["lifecycleRules"]
    assert cold == {"action": {"type": "SetStorageClass", "storageClass": "COLDLINE"}, "condition": {"age": 90, "withState": "LIVE"}}
    assert gone == {"action": {"type": "Delete"}, "condition": {"age": 365, "withState": "LIVE"}}
    assert versions == {"action": {"type": "Delete"}, "condition": {"daysSinceNoncurrentTime": 7, "withState": "ARCHIVED"}}
    assert uploads == {"action": {"type": "AbortIncompleteMultipartUpload"}, "condition": {"age": 7}}


def test_objects_stay_for_ever_unless_said_otherwise() -> None:
    assert plan(NAME, LEAST, PROJECT, MILAN).rules == (Rule("Delete", noncurrent=30), Rule("AbortIncompleteMultipartUpload", age=7))


@pytest.mark.parametrize(("days", "storage_class"), [(30, "NEARLINE"), (89, "NEARLINE"), (90, "COLDLINE")])
def test_cold_storage_is_the_one_whose_minimum_is_met(days: int, storage_class: str) -> None:
    rule = plan(NAME, BucketSpec(purpose="logs", cold_after_days=days), PROJECT, MILAN).rules[0]
    assert (rule.age, rule.storage_class) == (days, storage_class)


@pytest.mark.parametrize(("spec", "protected", "seconds"), [(MOST, True, 604800), (LEAST, False, 0)])
def test_only_an_unprotected_bucket_goes_with_what_is_in_it_and_at_once(spec: BucketSpec, protected: bool, seconds: int) -> None:
    bucket = made(spec).one(BUCKET)
    assert (bucket.protect, bucket.inputs["forceDestroy"]) == (protected, not protected)
    assert bucket.inputs["softDeletePolicy"] == {"retentionDurationSeconds": seconds}


def test_the_projects_log_sinks_may_write_and_nothing_else_where_asked_for(audit: Recording[Any]) -> None:
    right = audit.one(RIGHT)
    assert (right.inputs["role"], right.inputs["member"]) == ("roles/storage.objectCreator", f"{AGENT}logging.iam.gserviceaccount.com")


def test_no_service_writes_unless_named() -> None:
    assert made(LEAST).of(RIGHT) == []


def test_what_others_compose_with_is_the_name(audit: Recording[Any]) -> None:
    outputs = audit.one("eucloud:gcp:Bucket").outputs
    assert outputs["name"] == audit.one(BUCKET).inputs["name"]
    assert (outputs["region"], outputs["key"]["ref"]) == ("europe-west8", KEY)


@pytest.mark.requirement("PN-01")
def test_objects_are_copied_to_a_bucket_of_the_same_kind_in_a_second_eu_region_under_a_key_of_that_region(copied: Recording[Any]) -> None:
    here, there = copied.one(BUCKET, f"{NAME}-bucket"), copied.one(BUCKET, f"{NAME}-copy-bucket")
    assert there.inputs["location"] == "EUROPE-WEST3"
    provider = copied.one("pulumi:providers:gcp")
    assert (provider.name, provider.inputs["region"], provider.inputs["project"]) == (f"{NAME}-copy", "europe-west3", PROJECT)
    assert (there.provider, copied.one(JOB).provider) == (f"{NAME}-copy", "")
    assert there.inputs["encryption"]["defaultKmsKeyName"] == f"{copied.one('gcp:kms/cryptoKey:CryptoKey').name}-id"
    assert copied.one("gcp:kms/keyRing:KeyRing").inputs["location"] == "europe-west3"
    same = {"publicAccessPrevention", "uniformBucketLevelAccess", "versioning", "lifecycleRules", "softDeletePolicy", "forceDestroy"}
    assert {key: here.inputs[key] for key in same} == {key: there.inputs[key] for key in same}
    transfer = copied.one(JOB).inputs["transferSpec"]
    assert transfer["gcsDataSource"] == {"bucketName": here.inputs["name"]}
    assert transfer["gcsDataSink"] == {"bucketName": there.inputs["name"]}


def test_copies_lose_nothing_at_home_and_take_the_key_of_their_own_region(copied: Recording[Any]) -> None:
    options = copied.one(JOB).inputs["transferSpec"]["transferOptions"]
    assert (options["deleteObjectsUniqueInSink"], options["deleteObjectsFromSourceAfterTransfer"]) == (False, False)
    assert options["metadataOptions"]["kmsKey"] == "KMS_KEY_DESTINATION_BUCKET_DEFAULT"


@pytest.mark.requirement("PN-01")
def test_notices_of_new_objects_stay_in_the_two_regions_and_outlive_a_quiet_month(copied: Recording[Any]) -> None:
    topic = copied.one("gcp:pubsub/topic:Topic")
    assert topic.inputs["messageStoragePolicy"] == {"allowedPersistenceRegions": ["europe-west8", "europe-west3"]}
    subscription = copied.one("gcp:pubsub/subscription:Subscription")
    assert subscription.inputs["expirationPolicy"] == {"ttl": ""}
    assert copied.one(JOB).inputs["eventStream"] == {"name": f"{subscription.name}-id"}
    notice = copied.one("gcp:storage/notification:Notification").inputs
    assert (notice["eventTypes"], notice["payloadFormat"], notice["topic"]) == (["OBJECT_FINALIZE"], "JSON_API_V1", f"{topic.name}-id")


def test_the_copying_agent_reads_here_writes_there_and_hears_of_one_bucket(copied: Recording[Any]) -> None:
    here, there = (copied.one(BUCKET, f"{NAME}-{end}").inputs["name"] for end in ("bucket", "copy-bucket"))
    rights = {(item.inputs["bucket"], item.inputs["role"]) for item in copied.of(RIGHT)}
    assert rights == {
        (here, "roles/storage.objectViewer"),
        (here, "roles/storage.legacyBucketReader"),
        (there, "roles/storage.objectViewer"),
        (there, "roles/storage.legacyBucketWriter"),
    }
    assert {item.inputs["member"] for item in copied.of(RIGHT)} == {f"{AGENT}storagetransfer.iam.gserviceaccount.com"}
    assert copied.one("gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember").inputs["role"] == "roles/pubsub.subscriber"
    publisher = copied.one("gcp:pubsub/topicIAMMember:TopicIAMMember").inputs
    assert (publisher["role"], publisher["member"]) == ("roles/pubsub.publisher", f"{AGENT}storage.iam.gserviceaccount.com")


def test_copying_begins_when_its_agent_may_copy(copied: Recording[Any]) -> None:
    needed = {item.name for item in copied.of(RIGHT)} | {f"{NAME}-copy-subscriber"}
    assert len(needed) == 5
    assert needed <= set(copied.one(JOB).depends_on)
    assert f"{NAME}-copy-publisher" in copied.one("gcp:storage/notification:Notification").depends_on


@pytest.mark.requirement("PN-01")
@pytest.mark.parametrize(
    ("region", "message"),
    [
        ("europe-west2", r"^copy_region: 'europe-west2' is in London"),
        ("EU", r"^copy_region: 'EU' is no gcp region"),
        ("europe-west8", r"^copy_region: 'europe-west8' is no second region; allowed: .*europe-west3"),
    ],
)
def test_a_copy_outside_the_eu_or_at_home_is_refused(region: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plan(NAME, BucketSpec(purpose="backups", copy_region=region), PROJECT, MILAN)


@given(st.from_regex(r"[a-z][a-z0-9-]{0,100}[a-z0-9]", fullmatch=True).filter(lambda name: "goog" not in name))
def test_any_name_becomes_one_that_cloud_storage_takes(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", plan(name, LEAST, PROJECT, MILAN).bucket)


def test_two_projects_never_ask_for_the_same_name() -> None:
    assert plan(NAME, LEAST, PROJECT, MILAN).bucket != plan(NAME, LEAST, "another-project", MILAN).bucket


@pytest.mark.parametrize("name", ["googly-production-logs", "my-google-production-logs"])
def test_names_that_look_like_googles_are_refused_before_cloud_storage_does(name: str) -> None:
    with pytest.raises(ValueError, match=r"^name: '.*' is refused by Cloud Storage; allowed:"):
        plan(name, LEAST, PROJECT, MILAN)
