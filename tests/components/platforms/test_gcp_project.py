from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from components.gcp_project import APIS
from components.geography import UnknownRegion
from components.key.gcp import AGENTS
from components.platforms.gcp_project import GcpProject, provider
from tests.components.gcp_wiring import ANSWERS, NUMBER, PROJECT, REGION, SITE
from tests.recorder import Recording, record

NAME = "playnew-production-project"
SERVICE, IDENTITY = "gcp:projects/service:Service", "gcp:projects/serviceIdentity:ServiceIdentity"


@pytest.fixture(scope="module")
def registered() -> Recording[GcpProject]:
    return record(
        lambda: GcpProject(NAME, SITE),
        {IDENTITY: lambda inputs: {"email": f"service-{NUMBER}@gcp-sa-{inputs['service'].partition('.')[0]}.iam.gserviceaccount.com"}},
        ANSWERS,
    )


@pytest.mark.requirement("PN-01")
def test_a_region_has_one_explicit_provider_and_nothing_of_the_environment_gets_in() -> None:
    made = record(lambda: provider("playnew-production", SITE)).one("pulumi:providers:gcp").inputs
    assert (made["project"], made["region"], made["zone"]) == (PROJECT, REGION, "europe-west8-a")


def test_calls_are_counted_against_the_stacks_own_project() -> None:
    made = record(lambda: provider("playnew-production", SITE)).one("pulumi:providers:gcp").inputs
    assert (made["billingProject"], made["userProjectOverride"]) == (PROJECT, "true")


def test_everything_is_labelled_with_where_it_belongs() -> None:
    made = record(lambda: provider("playnew-production", SITE)).one("pulumi:providers:gcp").inputs
    assert json.loads(made["defaultLabels"]) == {
        "project": "play-new",
        "domain": "playnew_ai",
        "managed-by": "eu-cloud",
        "environment": "production",
        "stack": "playnew-production",
        "data-residency": "eu",
    }


def test_a_provider_outside_europe_cannot_be_made() -> None:
    with pytest.raises(UnknownRegion, match="'us-central1' is in"):
        record(lambda: provider("x", replace(SITE, region="us-central1")))


def test_every_api_is_on_and_stays_on_when_the_stack_goes(registered: Recording[Any]) -> None:
    services = registered.of(SERVICE)
    assert {item.inputs["service"] for item in services} == set(APIS)
    assert {(item.inputs["disableOnDestroy"], item.inputs["disableDependentServices"]) for item in services} == {(False, False)}
    assert {item.inputs["project"] for item in services} == {PROJECT}


def test_what_the_project_is_comes_from_the_project(registered: Recording[Any]) -> None:
    outputs = registered.one("eucloud:gcp:Project").outputs
    assert (outputs["id"], outputs["number"], outputs["billing_account"]) == (PROJECT, NUMBER, "012345-6789AB-CDEF01")


def test_each_service_acts_under_the_address_that_google_gives_it(registered: Recording[Any]) -> None:
    assert registered.one("eucloud:gcp:Project").outputs["agents"] == {
        f"{api}.googleapis.com": address
        for api, address in {
            "artifactregistry": f"service-{NUMBER}@gcp-sa-artifactregistry.iam.gserviceaccount.com",
            "gkebackup": f"service-{NUMBER}@gcp-sa-gkebackup.iam.gserviceaccount.com",
            "memorystore": f"service-{NUMBER}@gcp-sa-memorystore.iam.gserviceaccount.com",
            "redis": f"service-{NUMBER}@cloud-redis.iam.gserviceaccount.com",
            "secretmanager": f"service-{NUMBER}@gcp-sa-secretmanager.iam.gserviceaccount.com",
            "sqladmin": f"service-{NUMBER}@gcp-sa-sqladmin.iam.gserviceaccount.com",
            "compute": f"service-{NUMBER}@compute-system.iam.gserviceaccount.com",
            "container": f"service-{NUMBER}@container-engine-robot.iam.gserviceaccount.com",
            "logging": f"service-{NUMBER}@gcp-sa-logging.iam.gserviceaccount.com",
            "storage": f"service-{NUMBER}@gs-project-accounts.iam.gserviceaccount.com",
            "storagetransfer": f"project-{NUMBER}@storage-transfer-service.iam.gserviceaccount.com",
        }.items()
    }


def test_a_service_account_is_asked_for_once_its_api_is_on(registered: Recording[Any]) -> None:
    for identity in registered.of(IDENTITY):
        api = identity.inputs["service"].partition(".")[0]
        assert {urn.rpartition("::")[2] for urn in identity.through} == {f"{NAME}-{api}"}


def test_every_agent_that_a_key_lets_in_is_known(registered: Recording[Any]) -> None:
    known = registered.one("eucloud:gcp:Project").outputs["agents"]
    assert {api for apis in AGENTS.values() for api in apis} <= set(known)


def test_what_takes_its_project_from_an_api_waits_for_that_api() -> None:
    def declare() -> None:
        from pulumi_gcp import pubsub

        project = GcpProject(NAME, SITE).outputs
        pubsub.Topic("user", name="user", project=project.on("dns.googleapis.com", "compute.googleapis.com"))

    user = record(declare, {}, ANSWERS).one("gcp:pubsub/topic:Topic")
    assert user.inputs["project"] == PROJECT
    assert {urn.rpartition("::")[2] for urn in user.through} == {f"{NAME}-dns", f"{NAME}-compute"}


def test_an_api_that_nobody_switches_on_cannot_be_waited_for(registered: Recording[Any]) -> None:
    with pytest.raises(KeyError, match="spanner"):
        registered.result.outputs.on("spanner.googleapis.com")
