"""The three ways that a Secret reaches the cluster."""

from __future__ import annotations

import json
from typing import Any

import kubernetes_validate
import pulumi
import pytest

from components.workloads.config import plain_secret, sealed_secret
from components.workloads.spec import SecretItem, SecretSpec
from tests.components.workloads.opening import SALT, certificate, opened, private
from tests.components.workloads.samples import KUBERNETES
from tests.crds import needs_crds, validate
from tests.recorder import Recording, output, record

SPEC = SecretSpec(
    name="app-secrets", namespace="apps", data={"DATABASE_URL": SecretItem(path="database-url"), "TOKEN": SecretItem(path="token")}
)
VALUES = {"database-url": "postgresql://app:pässword@db/app", "token": "t0ken"}


def value(item: SecretItem) -> pulumi.Output[str]:
    return output(VALUES[item.path or ""])


def sealed(**changes: Any) -> Recording[Any]:
    spec = SPEC.model_copy(update=changes)
    return record(
        lambda: sealed_secret(
            "app-secrets",
            spec,
            output("apps"),
            output(certificate(private())),
            pulumi.Output.secret(SALT),
            value,
            "c0ffee",
            pulumi.ResourceOptions(),
        )
    )


@pytest.mark.requirement("SN-10")
def test_a_sealed_secret_holds_ciphertext_that_the_controller_opens():
    item = sealed().one("kubernetes:bitnami.com/v1alpha1:SealedSecret")
    assert {key: opened(text, "apps/app-secrets") for key, text in item.inputs["spec"]["encryptedData"].items()} == {
        "DATABASE_URL": VALUES["database-url"],
        "TOKEN": VALUES["token"],
    }
    assert not any(text in json.dumps(item.inputs, ensure_ascii=False) for text in (*VALUES.values(), SALT))
    assert item.inputs["spec"]["template"] == {"metadata": {"name": "app-secrets", "namespace": "apps"}, "type": "Opaque"}


def test_a_sealed_secret_counts_as_made_once_it_was_opened():
    annotations = sealed().one("kubernetes:bitnami.com/v1alpha1:SealedSecret").inputs["metadata"]["annotations"]
    assert annotations == {"pulumi.com/waitFor": "condition=Synced", "eu-cloud/content": "c0ffee"}


def test_an_unchanged_secret_is_an_unchanged_object():
    first, second = (sealed().one("kubernetes:bitnami.com/v1alpha1:SealedSecret").inputs for _ in range(2))
    assert first == second


@needs_crds
def test_a_sealed_secret_is_one_that_its_definition_takes():
    item = sealed().one("kubernetes:bitnami.com/v1alpha1:SealedSecret")
    assert validate("bitnami.com/v1alpha1", "SealedSecret", item.inputs) == []


@pytest.mark.requirement("SN-10")
def test_a_plain_secret_is_a_secret_of_the_state_too():
    made = record(lambda: plain_secret("app-secrets", SPEC, "apps", value, pulumi.ResourceOptions()))
    secret = made.one("kubernetes:core/v1:Secret")
    kubernetes_validate.validate(secret.inputs, KUBERNETES, strict=True)
    assert secret.inputs["stringData"] == {"DATABASE_URL": VALUES["database-url"], "TOKEN": VALUES["token"]}
    hidden = [path for path in secret.secrets if "stringData".startswith(path.partition(".")[0])]
    assert set(hidden) in ({"stringData"}, {"stringData.DATABASE_URL", "stringData.TOKEN"})


@pytest.mark.parametrize("delivery", ["sealed", "plain"])
def test_an_administrators_password_is_only_ever_fetched(delivery: str):
    with pytest.raises(ValueError, match="never passes through the engine; allowed: delivery external"):
        SecretSpec.model_validate({**dict(SPEC), "data": {"PGPASSWORD": SecretItem(admin_of="main")}, "delivery": delivery})
