from __future__ import annotations

import re
from typing import Any

import pytest

from components.key.azure import AzureKey, plan
from components.key.spec import KeyService, KeySpec
from tests.components import azure_wiring as wiring
from tests.recorder import Recording, record

NAME = "playnew-production-data-key"
KEY = "azure-native:keyvault:Key"


def key(spec: KeySpec) -> Recording[AzureKey]:
    return record(lambda: AzureKey(NAME, spec, wiring.SITE, wiring.group()), wiring.STATES)


def properties(spec: KeySpec) -> dict[str, Any]:
    return key(spec).one(KEY).inputs["properties"]


@pytest.mark.requirement("PN-08")
def test_a_key_lies_in_hardware_in_the_stacks_vault_and_cannot_leave_it() -> None:
    made = key(KeySpec(purpose="data")).one(KEY)
    assert (made.inputs["vaultName"], made.inputs["keyName"]) == ("playnew-productio-0a1b2c", NAME)
    assert (made.inputs["properties"]["kty"], made.inputs["properties"]["keySize"]) == ("RSA-HSM", 3072)
    assert made.inputs["properties"]["attributes"] == {"enabled": True, "exportable": False}
    assert made.inputs["tags"]["purpose"] == "data"


@pytest.mark.requirement("PN-08")
def test_a_key_rotates_and_a_version_that_nothing_uses_any_more_expires() -> None:
    policy = properties(KeySpec(purpose="data", services=("databases",), rotation_days=180))["rotationPolicy"]
    assert policy["attributes"] == {"expiryTime": "P270D"}
    assert policy["lifetimeActions"] == [
        {"action": {"type": "rotate"}, "trigger": {"timeAfterCreate": "P180D"}},
        {"action": {"type": "notify"}, "trigger": {"timeBeforeExpiry": "P30D"}},
    ]


@pytest.mark.parametrize("service", ["clusters", "nodes"])
def test_no_version_expires_that_a_cluster_or_its_disks_were_told(service: KeyService) -> None:
    policy = properties(KeySpec(purpose="cluster", services=("logs", service)))["rotationPolicy"]
    assert policy == {"lifetimeActions": [{"action": {"type": "rotate"}, "trigger": {"timeAfterCreate": "P90D"}}]}


@pytest.mark.parametrize("days", [90, 365, 2560])
def test_a_version_expires_later_than_azure_asks_of_a_rotation(days: int) -> None:
    decided = plan(NAME, KeySpec(purpose="data", services=("databases",), rotation_days=days))
    rotates, expires = (int(re.fullmatch(r"P(\d+)D", text)[1]) for text in (decided.rotates, decided.expires or ""))  # type: ignore[index]  # no match fails the test
    assert (rotates >= 7, expires >= 28, expires - rotates >= 7) == (True, True, True)


def test_a_key_that_wraps_other_keys_encrypts_nothing_itself() -> None:
    assert properties(KeySpec(purpose="logs", services=("logs", "buckets")))["keyOps"] == ["wrapKey", "unwrapKey"]


@pytest.mark.parametrize("spec", [KeySpec(purpose="master", exclusive=True), KeySpec(purpose="cluster", services=("clusters", "nodes"))])
def test_workloads_and_clusters_also_encrypt_with_the_key(spec: KeySpec) -> None:
    assert properties(spec)["keyOps"] == ["wrapKey", "unwrapKey", "encrypt", "decrypt"]


def test_consumers_follow_the_key_or_name_its_version() -> None:
    outputs = key(KeySpec(purpose="master", exclusive=True)).one("eucloud:azure:Key").outputs
    assert outputs["ref"] == f"{wiring.URI}keys/{NAME}"
    assert outputs["versioned"].startswith(f"{wiring.URI}keys/{NAME}/")
    assert (outputs["alias"], outputs["id"], outputs["exclusive"]) == (NAME, f"{NAME}-cmk-id", True)


@pytest.mark.parametrize("wanted", [True, False])
def test_a_protected_key_is_not_deleted_by_the_engine(wanted: bool) -> None:
    assert key(KeySpec(purpose="data", deletion_protected=wanted)).one(KEY).protect is wanted


def test_a_destroy_lets_keys_go_with_their_vault_which_it_cannot_reach() -> None:
    from dataclasses import replace

    import pulumi

    def declare() -> AzureKey:
        vault = pulumi.ComponentResource("test:Vault", "vault")
        group = wiring.group()
        return AzureKey(NAME, KeySpec(purpose="data"), wiring.SITE, replace(group, vault=replace(group.vault, resource=vault)))

    assert record(declare, wiring.STATES).one(KEY).deleted_with == "vault"


def test_a_long_name_is_cut_and_still_its_own() -> None:
    one, other = (plan(f"{'x' * 130}-{last}", KeySpec(purpose="data")).name for last in "ab")
    assert (len(one), one != other) == (127, True)
