"""The region deny on GCP: organisation policies that keep data of a project, folder or organisation in the allowed regions. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from components.guardrail.spec import GuardrailSpec

TARGET = re.compile(r"^(organizations/\d+|folders/\d+|projects/[a-z][a-z0-9-]{4,28}[a-z0-9])$")

# Switches that hold data back, each only for what is made from now on.
ENFORCED = (
    "compute.disableGlobalLoadBalancing",  # content served from everywhere at once
    "compute.disableSerialPortAccess",
    "compute.requireOsLogin",
    "compute.requireShieldedVm",
    "compute.skipDefaultNetworkCreation",
    "iam.automaticIamGrantsForDefaultServiceAccounts",
    "iam.disableServiceAccountKeyCreation",
    "iam.disableServiceAccountKeyUpload",
    "sql.restrictAuthorizedNetworks",
    "sql.restrictPublicIp",
    "storage.publicAccessPrevention",
    "storage.secureHttpTransport",
    "storage.uniformBucketLevelAccess",
)
LOCATIONS = "gcp.resourceLocations"
WITHOUT_VALUES = ("compute.vmExternalIpAccess",)
"""Lists of which nothing is allowed."""
KEYS = "gcp.restrictNonCmekServices"
WITH_KEYS = (
    *("artifactregistry.googleapis.com", "memorystore.googleapis.com", "redis.googleapis.com", "secretmanager.googleapis.com"),
    *("sqladmin.googleapis.com", "storage.googleapis.com"),
)
"""Services that hold data and are made with a key of the customer everywhere in the platform."""


@dataclass(frozen=True)
class Constraint:
    """A switch that is enforced, or a list: what of it is allowed or denied, or nothing of it allowed (`deny_all`)."""

    name: str
    allowed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    deny_all: bool = False
    enforced: bool = False


def constraints(spec: GuardrailSpec) -> tuple[Constraint, ...]:
    """Raises ValueError for an exemption that names no constraint of these."""
    every = (
        # A value names one place: `in:` adds its zones. Multi-regions such as EU are not among them. Places that are `global` pass.
        Constraint(LOCATIONS, allowed=tuple(f"in:{region}-locations" for region in spec.allowed_regions)),
        Constraint(KEYS, denied=WITH_KEYS),
        *(Constraint(name, deny_all=True) for name in WITHOUT_VALUES),
        *(Constraint(name, enforced=True) for name in ENFORCED),
    )
    known = [each.name for each in every]
    if unknown := [name for name in spec.exempt if name not in known]:
        raise ValueError(f"exempt: {', '.join(unknown)}; allowed: {', '.join(known)}")
    return tuple(each for each in every if each.name not in spec.exempt)


def parent_of(spec: GuardrailSpec, project: str) -> str:
    """What the policies are attached to, or would be. Raises ValueError for a target that is none."""
    parent = spec.deny_target or f"projects/{project}"
    if not TARGET.match(parent):
        raise ValueError(f"deny_target: {parent!r}; allowed: organizations/<number>, folders/<number> or projects/<project>")
    return parent


def deny_document(spec: GuardrailSpec, project: str) -> str:
    """A list of policies, each in the form that `gcloud org-policies set-policy` takes."""
    parent = parent_of(spec, project)
    policies = [{"name": f"{parent}/policies/{each.name}", "spec": {"rules": [_rule(each)]}} for each in constraints(spec)]
    return json.dumps(policies, indent=2)


def _rule(constraint: Constraint) -> dict[str, object]:
    if constraint.enforced:
        return {"enforce": True}
    if constraint.deny_all:
        return {"denyAll": True}
    values = {"allowedValues": list(constraint.allowed), "deniedValues": list(constraint.denied)}
    return {"values": {key: value for key, value in values.items() if value}}
