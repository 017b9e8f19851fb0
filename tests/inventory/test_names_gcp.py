"""Names on GCP: as their services spell them, unique where they must be, and the stack's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import pytest

from components.vocabulary import Cloud
from tests.inventory.cases import CASES, Case, case, params
from tests.recorder import Recording, Registered

pytestmark = pytest.mark.inventory

RFC1035 = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"
WORDS = r"[A-Za-z0-9_-]{1,63}"
LOGS = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}"
RULES: dict[str, tuple[str, str]] = {
    "gcp:artifactregistry/repository:Repository": ("repositoryId", RFC1035),
    "gcp:billing/budget:Budget": ("displayName", r".{1,60}"),
    "gcp:compute/address:Address": ("name", RFC1035),
    "gcp:compute/firewall:Firewall": ("name", RFC1035),
    "gcp:compute/globalAddress:GlobalAddress": ("name", RFC1035),
    "gcp:compute/network:Network": ("name", RFC1035),
    "gcp:compute/route:Route": ("name", RFC1035),
    "gcp:compute/router:Router": ("name", RFC1035),
    "gcp:compute/routerNat:RouterNat": ("name", RFC1035),
    "gcp:compute/subnetwork:Subnetwork": ("name", RFC1035),
    "gcp:container/cluster:Cluster": ("name", r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?"),
    "gcp:container/nodePool:NodePool": ("name", r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?"),
    "gcp:dns/managedZone:ManagedZone": ("name", RFC1035),
    "gcp:gkebackup/backupPlan:BackupPlan": ("name", RFC1035),
    "gcp:gkebackup/restorePlan:RestorePlan": ("name", RFC1035),
    "gcp:kms/cryptoKey:CryptoKey": ("name", WORDS),
    "gcp:kms/keyRing:KeyRing": ("name", WORDS),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": ("bucketId", LOGS),
    "gcp:logging/projectExclusion:ProjectExclusion": ("name", LOGS),
    "gcp:logging/projectSink:ProjectSink": ("name", LOGS),
    "gcp:memorystore/instance:Instance": ("instanceId", r"[a-z0-9][a-z0-9-]{2,61}[a-z0-9]"),
    "gcp:monitoring/notificationChannel:NotificationChannel": ("displayName", r".{1,512}"),
    "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy": ("name", RFC1035),
    "gcp:projects/iAMCustomRole:IAMCustomRole": ("roleId", r"[A-Za-z0-9_.]{3,64}"),
    "gcp:pubsub/subscription:Subscription": ("name", r"(?!goog)[A-Za-z][A-Za-z0-9_.~+%-]{2,254}"),
    "gcp:pubsub/topic:Topic": ("name", r"(?!goog)[A-Za-z][A-Za-z0-9_.~+%-]{2,254}"),
    "gcp:redis/instance:Instance": ("name", r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?"),
    "gcp:secretmanager/secret:Secret": ("secretId", r"[A-Za-z0-9_-]{1,255}"),
    "gcp:serviceaccount/account:Account": ("accountId", r"[a-z][-a-z0-9]{4,28}[a-z0-9]"),
    "gcp:sql/databaseInstance:DatabaseInstance": ("name", RFC1035),
    "gcp:storage/bucket:Bucket": ("name", r"(?!goog)(?!.*google)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"),
}
"""By type: the input that names the thing, and what its service takes (from the services' API references)."""
NAMELESS = re.compile(r"(?i)iam(audit)?(member|config)$|gcp:projects/service|:(SecretVersion|RecordSet|Connection|Database|User)$")
"""Named by what they are of."""
NUMBERED = {"gcp:storage/notification:Notification", "gcp:storage/transferJob:TransferJob"}
INSTANCE_WITH_PROJECT = 98
WITHIN = ("keyRing", "cluster", "instance", "topic", "location", "region")
"""What a name is unique in, beside its project."""


@pytest.fixture(params=params(one for one in CASES if one.cloud is Cloud.GCP))
def on_gcp(request: pytest.FixtureRequest) -> Recording[None]:
    return cast("Case", request.param).recorded()


@pytest.fixture(scope="module")
def longest() -> Recording[None]:
    """The longest name that a stack may have, with everything on."""
    return case(Cloud.GCP, "production-phase1").recorded(
        {"name": "twelveletter", "environment": "development", "guardrail/record_configuration": True}
    )


def named(registered: Recording[Any]) -> Iterator[tuple[Registered, str]]:
    for item in registered:
        if item.type in RULES:
            yield item, str(item.inputs[RULES[item.type][0]])


def misspelt(registered: Recording[Any]) -> list[str]:
    return [f"{item.type} {name}" for item, name in named(registered) if not re.fullmatch(RULES[item.type][1], name)]


def test_every_type_with_a_name_has_a_rule(on_gcp: Recording[None]) -> None:
    types = {item.type for item in on_gcp if item.type.startswith("gcp:")}
    assert {type_ for type_ in types - RULES.keys() - NUMBERED if not NAMELESS.search(type_)} == set()


def test_names_are_spelt_as_their_service_wants(on_gcp: Recording[None]) -> None:
    assert misspelt(on_gcp) == []


def test_the_longest_name_of_a_stack_fits_too(longest: Recording[None]) -> None:
    assert longest.one("eucloud:platform:Region").name == "twelveletter-development"
    assert misspelt(longest) == []


def test_names_are_unique_in_what_they_are_in(on_gcp: Recording[None]) -> None:
    names = Counter((item.type, *(str(item.inputs.get(key)) for key in WITHIN), name) for item, name in named(on_gcp))
    assert [key for key, times in names.items() if times > 1] == []


def test_cut_names_stay_apart(longest: Recording[None]) -> None:
    names = Counter((item.type, *(str(item.inputs.get(key)) for key in WITHIN), name) for item, name in named(longest))
    assert [key for key, times in names.items() if times > 1] == []


def test_an_instance_and_its_project_fit_together(on_gcp: Recording[None], longest: Recording[None]) -> None:
    for registered in (on_gcp, longest):
        for item in registered.of("gcp:sql/databaseInstance:DatabaseInstance"):
            assert len(f"{item.inputs['project']}:{item.inputs['name']}") <= INSTANCE_WITH_PROJECT, item.name


def test_everything_with_a_name_on_gcp_is_known_as_the_stacks(on_gcp: Recording[None]) -> None:
    """Two stacks may live in one project. What a system's document names itself stays as documented; pools are their cluster's."""
    prefix = on_gcp.one("eucloud:platform:Region").name
    documented = ("pn_", "aa_", "supernova_", "platform_", "_Default")
    for item, name in named(on_gcp):
        whose = name.replace("_", "-") if item.type.endswith("IAMCustomRole") else name
        inside = item.type.endswith(":NodePool") or prefix[:6] in whose
        assert whose.startswith(prefix) or whose.startswith(documented) or inside, f"{item.type} {name}"


LABELS = ("labels", "resourceLabels", "userLabels")


def labels(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            if key in LABELS:
                yield inner
            yield from labels(inner)


def test_labels_are_spelt_as_gcp_takes_them(on_gcp: Recording[None]) -> None:
    found = [
        (item.name, key, value)
        for item in on_gcp
        # A node's labels are Kubernetes', a channel's say where it leads.
        if item.type.startswith("gcp:") and not item.type.endswith((":NotificationChannel", ":NodePool"))
        for carried in labels(item.inputs)
        for key, value in carried.items()
    ]
    assert len(found) > 40
    assert [
        one for one in found if not (re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", one[1]) and re.fullmatch(r"[a-z0-9_-]{0,63}", one[2]))
    ] == []
