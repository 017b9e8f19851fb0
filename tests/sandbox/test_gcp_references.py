"""What an input names must exist, however it is named, and what has a name takes it from others."""

from __future__ import annotations

import pytest

from sandbox.contract import Properties
from tests.sandbox.gcp_project import (
    ACCOUNT,
    BUCKET,
    BUCKET_MEMBER,
    KEY,
    NETWORK,
    POOL,
    PROJECT,
    PROJECT_MEMBER,
    RECORD,
    REGION,
    SUBNETWORK,
    VIEWER,
    Network,
    Project,
)

HERE = f"projects/{PROJECT}"
SECRET_VERSION, ACCOUNT_MEMBER = "gcp:secretmanager/secretVersion:SecretVersion", "gcp:serviceaccount/iAMMember:IAMMember"
ROUTER, NAT = "gcp:compute/router:Router", "gcp:compute/routerNat:RouterNat"


@pytest.mark.parametrize(
    "network", ["other", f"{HERE}/global/networks/other", f"https://www.googleapis.com/compute/v1/{HERE}/global/networks/other"]
)
def test_a_network_must_exist_however_it_is_named(network: str):
    assert "was not found" in Network().refused(SUBNETWORK, name="s", network=network, region=REGION, ipCidrRange="10.9.0.0/24")


@pytest.mark.parametrize(
    "form", ["net", f"{HERE}/global/networks/net", f"https://www.googleapis.com/compute/v1/{HERE}/global/networks/net"]
)
def test_a_network_is_found_under_each_of_its_names(form: str):
    assert Network().make(SUBNETWORK, "other", name="s", network=form, region=REGION, ipCidrRange="10.9.0.0/24")


DANGLING: dict[str, tuple[Properties, str]] = {
    POOL: ({"cluster": "nowhere", "location": REGION}, "clusters/nowhere"),
    KEY: ({"keyRing": f"{HERE}/locations/{REGION}/keyRings/nowhere"}, "keyRings/nowhere"),
    SECRET_VERSION: ({"secret": f"{HERE}/secrets/nowhere", "secretData": "x"}, "secrets/nowhere"),
    BUCKET_MEMBER: ({"bucket": "nowhere", "role": VIEWER, "member": "user:a@playnew.ai"}, "nowhere"),
    RECORD: ({"managedZone": "nowhere", "name": "a.playnew.ai.", "type": "A", "rrdatas": ["192.0.2.1"]}, "nowhere"),
    NAT: (
        {
            "router": "nowhere",
            "region": REGION,
            "natIpAllocateOption": "AUTO_ONLY",
            "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
        },
        "routers/nowhere",
    ),
    "gcp:sql/user:User": ({"instance": "nowhere", "name": "admin"}, "nowhere"),
    PROJECT_MEMBER: ({"project": PROJECT, "role": f"{HERE}/roles/nowhere", "member": "user:a@playnew.ai"}, "roles/nowhere"),
}


@pytest.mark.parametrize("type_", DANGLING)
def test_what_is_named_must_exist(type_: str):
    inputs, named = DANGLING[type_]
    assert named in Network().refused(type_, **inputs)


def test_a_router_in_another_region_is_not_found():
    project = Network()
    project.make(ROUTER, name="r", network="net", region="europe-west1")
    nat = {"natIpAllocateOption": "AUTO_ONLY", "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"}
    assert "routers/r" in project.refused(NAT, router="r", region=REGION, **nat)


def test_a_service_account_must_exist_to_get_a_right():
    project = Project()
    member = f"serviceAccount:playnew-host@{PROJECT}.iam.gserviceaccount.com"
    assert "does not exist" in project.refused(PROJECT_MEMBER, project=PROJECT, role=VIEWER, member=member)
    project.make(ACCOUNT, accountId="playnew-host")
    assert project.make(PROJECT_MEMBER, project=PROJECT, role=VIEWER, member=member)


def test_people_and_other_projects_accounts_need_not_be_here():
    for index, member in enumerate(("group:admins@playnew.ai", "serviceAccount:x@another-project.iam.gserviceaccount.com")):
        assert Project().make(PROJECT_MEMBER, str(index), project=PROJECT, role=VIEWER, member=member)


def test_a_pods_identity_needs_a_cluster_with_the_pool():
    project = Network()
    account = project.make(ACCOUNT, accountId="playnew-host")
    bound = {
        "serviceAccountId": account.id,
        "role": "roles/iam.workloadIdentityUser",
        "member": f"serviceAccount:{PROJECT}.svc.id.goog[apps/host]",
    }
    assert "Identity Pool does not exist" in project.refused(ACCOUNT_MEMBER, **bound)
    project.cluster()
    assert project.make(ACCOUNT_MEMBER, **bound)


def test_names_are_taken_once():
    project = Network()
    assert "already exists" in project.refused(NETWORK, name="net")
    project.make(BUCKET, name="playnew", location=REGION)
    assert "not available" in project.refused(BUCKET, name="playnew", location="europe-west1")
