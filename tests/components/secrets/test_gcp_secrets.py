from __future__ import annotations

import pytest
from pulumi_gcp.secretmanager import SecretVersion

from components.secrets.gcp import GcpSecrets
from components.secrets.gcp_names import resources, secret_id
from components.secrets.spec import SecretsSpec
from tests.components import gcp_wiring as wiring
from tests.recorder import Recording, output, record

SECRET, VERSION = "gcp:secretmanager/secret:Secret", "gcp:secretmanager/secretVersion:SecretVersion"


def secrets(*, deletion_protected: bool = False, recovery_days: int = 7) -> Recording[GcpSecrets]:
    spec = SecretsSpec(prefix="pn/production", deletion_protected=deletion_protected, recovery_days=recovery_days)
    values = {"jwt-secret": "hush", "orgs/alpha": "hush too"}
    return record(
        lambda: GcpSecrets(
            "playnew-production-secrets",
            spec,
            wiring.SITE,
            wiring.project(),
            {path: output(value) for path, value in values.items()},
            wiring.key(),
        )
    )


def test_secrets_are_named_by_prefix_and_path_as_secret_manager_takes_names() -> None:
    assert {item.inputs["secretId"]: item.inputs["annotations"]["path"] for item in secrets().of(SECRET)} == {
        "pn_production_jwt-secret": "pn/production/jwt-secret",
        "pn_production_orgs_alpha": "pn/production/orgs/alpha",
    }


def test_secrets_stay_in_the_region_under_the_customer_key() -> None:
    for item in secrets().of(SECRET):
        assert item.inputs["replication"] == {
            "userManaged": {"replicas": [{"location": wiring.REGION, "customerManagedEncryption": {"kmsKeyName": wiring.KEY}}]}
        }


def test_values_are_secret_whatever_they_were_given_as() -> None:
    versions = secrets().of(VERSION)
    assert {item.inputs["secret"]: item.inputs["secretData"] for item in versions} == {
        "playnew-production-secrets-jwt-secret-id": "hush",
        "playnew-production-secrets-orgs-alpha-id": "hush too",
    }
    assert {item.secrets for item in versions} == {("secretData",)}


def test_a_value_that_was_replaced_can_be_restored_for_a_time() -> None:
    assert {item.inputs["versionDestroyTtl"] for item in secrets().of(SECRET)} == {"604800s"}
    assert {item.inputs["versionDestroyTtl"] for item in secrets(recovery_days=30).of(SECRET)} == {"2592000s"}


def test_protected_secrets_are_deleted_neither_by_the_engine_nor_by_the_provider() -> None:
    for wanted in (True, False):
        made = secrets(deletion_protected=wanted).of(SECRET)
        assert {(item.protect, item.inputs["deletionProtection"]) for item in made} == {(wanted, wanted)}


def test_readers_learn_names_and_what_to_wait_for() -> None:
    registered = secrets()
    outputs = registered.one("eucloud:gcp:Secrets").outputs
    assert outputs["names"] == {"jwt-secret": "pn_production_jwt-secret", "orgs/alpha": "pn_production_orgs_alpha"}
    assert (outputs["prefix"], outputs["region"]) == ("pn/production", wiring.REGION)
    assert {path: type(resource) for path, resource in registered.result.outputs.versions.items()} == dict.fromkeys(
        outputs["names"], SecretVersion
    )
    assert "versions" not in outputs
    assert "hush" not in str(outputs)


def test_paths_that_differ_have_names_that_differ() -> None:
    paths = ("pn/production/orgs-alpha", "pn/production/orgs/alpha", "pn/production-orgs/alpha")
    assert len({secret_id(path) for path in paths}) == len(paths)


def test_a_prefix_reaches_its_own_secrets_alone() -> None:
    reach = resources(wiring.NUMBER, "pn/production")
    named = {
        path: f"projects/{wiring.NUMBER}/secrets/{secret_id(path)}" for path in ("pn/production/a", "pn/production2/a", "pn/staging/a")
    }
    assert [path for path, name in named.items() if name.startswith(reach)] == ["pn/production/a"]


@pytest.mark.parametrize("path", ["pn/a_b", "pn/a.b", "", "p" * 256])
def test_a_path_that_makes_no_name_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="allowed: letters, digits, '-' and '/', up to 255"):
        secret_id(path)
