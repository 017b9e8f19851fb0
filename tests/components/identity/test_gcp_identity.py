from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from components.identity import gcp_plan
from components.identity.endpoints import ENDPOINTS
from components.identity.gcp import ANNOTATION, GcpIdentity
from components.identity.spec import (
    AutoscalingGrant,
    BucketGrant,
    DnsGrant,
    Grant,
    IdentitySpec,
    KeyGrant,
    LoadBalancingGrant,
    SecretsGrant,
    SnapshotGrant,
)
from components.vocabulary import Access, Cloud
from tests.components import gcp_wiring as wiring
from tests.recorder import Recording, Registered, record

ACCOUNT, ROLE = "gcp:serviceaccount/account:Account", "gcp:projects/iAMCustomRole:IAMCustomRole"
ON_ACCOUNT, ON_PROJECT = "gcp:serviceaccount/iAMMember:IAMMember", "gcp:projects/iAMMember:IAMMember"
ON_BUCKET, ON_KEY = "gcp:storage/bucketIAMMember:BucketIAMMember", "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
ON_ZONE = "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember"
RIGHTS = (ON_PROJECT, ON_BUCKET, ON_KEY, ON_ZONE)
NAME = "playnew-production-host"
SPEC = IdentitySpec(namespace="pn-system", service_account="pn-host")
EMAIL = f"{NAME}@{wiring.PROJECT}.iam.gserviceaccount.com"


def identity(grants: Callable[[], list[Grant]], name: str = NAME) -> Recording[GcpIdentity]:
    return record(
        lambda: GcpIdentity(name, SPEC, wiring.SITE, wiring.project(), grants(), wiring.cluster()),
        wiring.STATES,
    )


def binding(registered: Recording[GcpIdentity]) -> Registered:
    return registered.one(ON_ACCOUNT, f"{NAME}-binding")


def every_grant() -> list[Grant]:
    return [
        BucketGrant(wiring.bucket(), Access.READ_WRITE),
        KeyGrant(wiring.key()),
        SecretsGrant(("pn/production",), (wiring.key(),), database_admins=True),
        DnsGrant(wiring.zone()),
        AutoscalingGrant(wiring.cluster()),
        LoadBalancingGrant(wiring.cluster(), wiring.network()),
        SnapshotGrant(wiring.cluster()),
    ]


def test_only_pods_of_the_service_account_act_as_the_account() -> None:
    made = binding(identity(list))
    assert made.inputs["role"] == "roles/iam.workloadIdentityUser"
    assert made.inputs["member"] == f"serviceAccount:{wiring.PROJECT}.svc.id.goog[pn-system/pn-host]"
    assert made.inputs["serviceAccountId"] == f"projects/{wiring.PROJECT}/serviceAccounts/{EMAIL}"


def test_pods_find_their_account_by_an_annotation() -> None:
    outputs = identity(list).one("eucloud:gcp:Identity").outputs
    assert outputs["annotations"] == {ANNOTATION: EMAIL}
    assert outputs["pod_labels"] == {}


def test_nobody_has_a_key_of_the_account() -> None:
    assert [item for item in identity(every_grant) if "key:Key" in item.type] == []


def test_who_waits_for_the_binding_has_its_rights() -> None:
    registered = identity(every_grant)
    rights = {item.name for type_ in (*RIGHTS, ON_ACCOUNT) for item in registered.of(type_)} - {f"{NAME}-binding"}
    assert len(rights) == 6
    assert rights <= set(binding(registered).depends_on)


def test_an_identity_without_grants_has_no_rights() -> None:
    registered = identity(list)
    assert [item for type_ in (*RIGHTS, ROLE) for item in registered.of(type_)] == []


@pytest.mark.parametrize(("access", "role"), [(Access.READ, "roles/storage.objectViewer"), (Access.READ_WRITE, "roles/storage.objectUser")])
def test_a_bucket_is_read_or_written_and_never_administered(access: Access, role: str) -> None:
    made = identity(lambda: [BucketGrant(wiring.bucket(), access)]).one(ON_BUCKET)
    assert (made.inputs["bucket"], made.inputs["role"]) == ("playnew-production-logs-0a1b2c", role)
    assert made.inputs["member"] == f"serviceAccount:{EMAIL}"


def test_a_bucket_is_not_used() -> None:
    with pytest.raises(ValueError, match=r"^access: 'use' is not for buckets; allowed: read, read-write$"):
        gcp_plan.objects_role(Access.USE)


@pytest.mark.requirement("PN-08")
def test_the_master_key_is_usable_for_encryption_and_nothing_else() -> None:
    registered = identity(lambda: [KeyGrant(wiring.key(exclusive=True))])
    made = registered.one(ON_KEY)
    assert (made.inputs["cryptoKeyId"], made.inputs["role"]) == (wiring.KEY, "roles/cloudkms.cryptoKeyEncrypterDecrypter")
    assert registered.of(ON_PROJECT) == []


@pytest.mark.requirement("PN-14")
def test_secrets_are_read_below_their_prefixes_alone() -> None:
    made = identity(lambda: [SecretsGrant(("pn/production",), (wiring.key(),))]).one(ON_PROJECT)
    assert made.inputs["role"] == "roles/secretmanager.secretAccessor"
    assert made.inputs["condition"]["expression"] == (f'resource.name.startsWith("projects/{wiring.NUMBER}/secrets/pn_production_")')


def test_administrators_of_databases_are_those_of_the_stack() -> None:
    made = identity(lambda: [SecretsGrant(("pn/production",), (), database_admins=True)]).one(ON_PROJECT)
    assert made.inputs["condition"]["expression"].endswith(
        f' || resource.name.startsWith("projects/{wiring.NUMBER}/secrets/playnew-production-db-admin-")'
    )


def test_more_prefixes_than_one_condition_takes_make_several() -> None:
    prefixes = tuple(f"s{index}/production" for index in range(12))
    members = identity(lambda: [SecretsGrant(prefixes, (), database_admins=True)]).of(ON_PROJECT)
    expressions = [member.inputs["condition"]["expression"] for member in members]
    assert [expression.count("||") for expression in expressions] == [9, 2]
    assert len({member.inputs["condition"]["title"] for member in members}) == 2


def test_no_secret_is_read_without_a_condition() -> None:
    for item in identity(every_grant).of(ON_PROJECT):
        assert "condition" in item.inputs or item.inputs["role"].startswith(f"projects/{wiring.PROJECT}/roles/")


@pytest.mark.requirement("PN-10")
def test_records_of_one_zone_are_changed_and_the_zone_is_not() -> None:
    registered = identity(lambda: [DnsGrant(wiring.zone())])
    granted = {role.inputs["roleId"]: set(role.inputs["permissions"]) for role in registered.of(ROLE)}
    on_zone, on_project = registered.one(ON_ZONE), registered.one(ON_PROJECT)
    assert on_zone.inputs["managedZone"] == "playnew-production-zone"
    records, zones = (granted[item.inputs["role"].rpartition("/")[2]] for item in (on_zone, on_project))
    assert zones == {"dns.managedZones.list"}
    assert not [right for right in records if right.startswith("dns.managedZones.") and not right.endswith(".get")]
    assert "dns.resourceRecordSets.create" in records


@pytest.mark.requirement("PN-22")
def test_backups_sign_links_as_themselves_and_touch_no_disk() -> None:
    registered = identity(lambda: [SnapshotGrant(wiring.cluster())])
    sign = registered.one(ON_ACCOUNT, f"{NAME}-sign-0")
    assert sign.inputs["serviceAccountId"].endswith(EMAIL)
    assert sign.inputs["member"] == f"serviceAccount:{EMAIL}"
    assert registered.one(ROLE).inputs["permissions"] == ["iam.serviceAccounts.signBlob"]
    assert registered.of(ON_PROJECT) == []


def test_what_gke_does_itself_needs_no_rights() -> None:
    registered = identity(lambda: [AutoscalingGrant(wiring.cluster()), LoadBalancingGrant(wiring.cluster(), wiring.network())])
    assert [item for type_ in (*RIGHTS, ROLE) for item in registered.of(type_)] == []


def test_no_right_holds_a_wildcard_and_no_role_is_an_owners_or_an_administrators() -> None:
    registered = identity(every_grant)
    roles = [item.inputs["role"] for type_ in (*RIGHTS, ON_ACCOUNT) for item in registered.of(type_)]
    assert not [role for role in roles if re.search(r"owner|editor|admin", role, re.IGNORECASE)]
    assert not [right for role in registered.of(ROLE) for right in role.inputs["permissions"] if "*" in right]


def test_custom_roles_of_two_identities_are_two() -> None:
    one, other = (
        {role.inputs["roleId"] for role in identity(lambda: [DnsGrant(wiring.zone())], name).of(ROLE)}
        for name in ("playnew-production-external-dns", "playnew-staging-external-dns")
    )
    assert not one & other


def test_a_role_made_again_has_another_id_since_google_keeps_the_old_one_for_weeks() -> None:
    first, second = (
        gcp_plan.role_id("playnew-production-external-dns-of-a-very-long-stack-indeed", "records-0", mark) for mark in ("0a1b2c", "3d4e5f")
    )
    assert first != second
    assert all(re.fullmatch(r"[a-zA-Z0-9_.]{3,64}", role) for role in (first, second))
    marks = identity(lambda: [DnsGrant(wiring.zone())]).of("random:index/randomId:RandomId")
    assert {mark.inputs["byteLength"] for mark in marks} == {3}


@pytest.mark.parametrize("name", ["playnew-production-external-secrets", "playnew-production-external-dns-of-all", "pn-dev-x"])
def test_accounts_have_names_that_google_takes(name: str) -> None:
    assert re.fullmatch(r"[a-z](?:[-a-z0-9]{4,28}[a-z0-9])", gcp_plan.account_id(name))
    assert gcp_plan.email(name, "p").startswith(gcp_plan.account_id(name))


def test_pods_ask_the_clouds_endpoint_for_their_identity() -> None:
    assert ENDPOINTS[Cloud.GCP] == ("169.254.169.254/32", 80), "Dataplane V2 judges before the redirection"
    assert Cloud.AZURE not in ENDPOINTS
