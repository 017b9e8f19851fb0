"""Names, roles and conditions of identities on GCP. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from components.naming import fit
from components.secrets.gcp_names import resources
from components.vocabulary import Access

LONGEST_ACCOUNT = 30
LONGEST_ROLE = 64

USE_KEY = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
READ_SECRET = "roles/secretmanager.secretAccessor"
"""Values of versions. Listing is not part of it: a reader knows the names."""

OBJECTS = {Access.READ: "roles/storage.objectViewer", Access.READ_WRITE: "roles/storage.objectUser"}
"""No right on the bucket itself: neither its settings nor who may reach it."""

# No built-in role is as narrow: `dns.admin` deletes the zone, and there is none for signing alone.
RECORDS = (
    "dns.changes.create",
    "dns.changes.get",
    "dns.managedZones.get",
    "dns.resourceRecordSets.create",
    "dns.resourceRecordSets.delete",
    "dns.resourceRecordSets.get",
    "dns.resourceRecordSets.list",
    "dns.resourceRecordSets.update",
)
ZONES = ("dns.managedZones.list",)
"""On the project, since a list has no zone."""

SIGN = ("iam.serviceAccounts.signBlob",)
"""By which Velero makes links to what a backup holds; on its own account alone."""

_CLAUSES = 10
"""A condition takes at most twelve operators."""


@dataclass(frozen=True)
class Condition:
    title: str
    expression: str


def account_id(name: str) -> str:
    """Six to thirty characters: the components' names have more than six."""
    return fit(name, LONGEST_ACCOUNT)


def email(name: str, project: str) -> str:
    """Address of the service account of the identity `name`, without asking for it."""
    return f"{account_id(name)}@{project}.iam.gserviceaccount.com"


def role_id(name: str, what: str, mark: str) -> str:
    """Letters, digits and underscores, up to 64. The id of a deleted role is taken for 37 days, of which it can be had back for seven: a
    mark makes that of a second life new."""
    return re.sub(r"[^a-zA-Z0-9]", "_", f"{fit(f'{name}-{what}', LONGEST_ROLE - 1 - len(mark))}-{mark}")


def pod_member(project: str, namespace: str, service_account: str) -> str:
    """One Kubernetes service account, of any cluster in the project: GKE's pool is the project's."""
    return f"serviceAccount:{project}.svc.id.goog[{namespace}/{service_account}]"


def objects_role(access: Access) -> str:
    """Raises ValueError for `use`: a bucket is read or written."""
    if access not in OBJECTS:
        raise ValueError(f"access: {access.value!r} is not for buckets; allowed: {', '.join(OBJECTS)}")
    return OBJECTS[access]


def secrets(number: str, prefixes: Sequence[str], admins: str | None) -> tuple[Condition, ...]:
    """Which secrets may be read: those below the prefixes, and those whose names begin with `admins`. More than fit one condition make
    several bindings."""
    beginnings = [resources(number, prefix) for prefix in prefixes]
    if admins is not None:
        beginnings.append(f"projects/{number}/secrets/{admins}")
    return tuple(_condition(index, group) for index, group in enumerate(_groups(beginnings)))


def conditions(prefixes: Sequence[str], *, database_admins: bool) -> int:
    """How many `secrets` gives, known before the project's number is."""
    return len(list(_groups([*prefixes, *([""] if database_admins else [])])))


def _condition(index: int, beginnings: Sequence[str]) -> Condition:
    clauses = " || ".join(f'resource.name.startsWith("{beginning}")' for beginning in beginnings)
    return Condition(f"secrets-{index}", clauses)


def _groups(beginnings: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(beginnings), _CLAUSES):
        yield beginnings[start : start + _CLAUSES]
