from __future__ import annotations

from typing import Any, get_args

import pytest

from components.key.gcp import AGENTS, USE, GcpKey, agents
from components.key.spec import KeyService, KeySpec
from tests.components.gcp_wiring import REGION, SITE, project
from tests.recorder import Recording, record

NAME = "playnew-production-data-key"
KEY, RING, MEMBER = "gcp:kms/cryptoKey:CryptoKey", "gcp:kms/keyRing:KeyRing", "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"


def made(spec: KeySpec) -> Recording[GcpKey]:
    return record(lambda: GcpKey(NAME, spec, SITE, project()), {"random:index/randomId:RandomId": {"hex": "0a1b2c"}})


@pytest.mark.requirement("PN-08")
def test_a_key_rotates_stays_in_its_region_and_is_hard_to_lose() -> None:
    registered = made(KeySpec(purpose="data", rotation_days=180, deletion_days=14))
    key = registered.one(KEY)
    assert registered.one(RING).inputs["location"] == REGION
    assert (key.inputs["purpose"], key.inputs["rotationPeriod"]) == ("ENCRYPT_DECRYPT", "15552000s")
    assert (key.inputs["destroyScheduledDuration"], key.protect) == ("1209600s", True)


def test_key_material_lies_in_hardware() -> None:
    assert made(KeySpec(purpose="data")).one(KEY).inputs["versionTemplate"] == {
        "algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION",
        "protectionLevel": "HSM",
    }


def test_another_waiting_time_does_not_replace_the_key() -> None:
    assert made(KeySpec(purpose="data")).one(KEY).ignore_changes == ("destroyScheduledDuration",)


def test_a_stack_made_again_after_a_destroy_meets_no_ring_of_its_former_life() -> None:
    registered = made(KeySpec(purpose="data"))
    ring, key = registered.one(RING), registered.one(KEY)
    assert ring.inputs["name"] == f"{NAME}-0a1b2c"
    assert (key.inputs["name"], key.inputs["keyRing"]) == (NAME, f"{NAME}-ring-id")


def test_a_key_that_may_go_is_not_protected() -> None:
    assert not made(KeySpec(purpose="data", deletion_protected=False)).one(KEY).protect


def let_in(registered: Recording[Any]) -> set[str]:
    return {item.inputs["member"].rpartition("@gcp-sa-")[2].partition(".")[0] for item in registered.of(MEMBER)}


def test_each_service_that_is_named_is_let_in_once_and_nobody_else() -> None:
    registered = made(KeySpec(purpose="data", services=("logs", "audit", "databases", "registries")))
    assert let_in(registered) == {"logging", "sqladmin", "secretmanager", "artifactregistry"}
    assert {(item.inputs["role"], item.inputs["cryptoKeyId"]) for item in registered.of(MEMBER)} == {(USE, f"{NAME}-key-id")}
    assert {item.inputs["member"].partition(":")[0] for item in registered.of(MEMBER)} == {"serviceAccount"}


@pytest.mark.parametrize(
    ("service", "apis"),
    [
        ("nodes", ("compute",)),
        ("clusters", ("container",)),
        ("buckets", ("storage",)),
        ("secrets", ("secretmanager",)),
        ("backup", ("gkebackup", "container", "compute")),
        ("notifications", ()),
    ],
)
def test_a_service_is_served_by_its_own_agents(service: KeyService, apis: tuple[str, ...]) -> None:
    assert agents(KeySpec(purpose="any", services=(service,))) == tuple(f"{api}.googleapis.com" for api in apis)


def test_every_service_of_the_vocabulary_has_its_agents_written_down() -> None:
    assert set(AGENTS) == set(get_args(KeyService))


@pytest.mark.requirement("PN-08")
def test_an_exclusive_key_lets_in_nobody_by_itself() -> None:
    registered = made(KeySpec(purpose="master", exclusive=True))
    assert registered.of(MEMBER) == []
    assert registered.one("eucloud:gcp:Key").outputs["exclusive"] is True


def test_what_encrypts_with_the_key_waits_until_its_service_is_let_in() -> None:
    def declare() -> None:
        from pulumi_gcp import pubsub

        key = GcpKey(NAME, KeySpec(purpose="data", services=("databases",)), SITE, project()).outputs
        pubsub.Topic("user", name="user", kms_key_name=key.ref)

    user = record(declare).one("gcp:pubsub/topic:Topic")
    assert user.inputs["kmsKeyName"] == f"{NAME}-key-id"
    assert {f"{NAME}-sqladmin", f"{NAME}-secretmanager", f"{NAME}-key"} <= {urn.rpartition("::")[2] for urn in user.through}
