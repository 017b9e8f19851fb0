"""Which inputs mean other things of the project, and whether those exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sandbox.contract import Properties, Record, Refused, Request, World
from sandbox.gcp.named import NAMED
from sandbox.gcp.paths import identities, leaves, physical, short, split, thing
from sandbox.gcp.projects import number, project, region_of
from sandbox.gcp.services import agent_exists
from sandbox.walk import Leaf

ACCOUNT = "gcp:serviceaccount/account:Account"
CLUSTER = "gcp:container/cluster:Cluster"
_INDEX = re.compile(r"\[\d+\]")
_EMAIL = re.compile(r"(?:serviceAccount:)?([a-z0-9._-]+@[a-z0-9.-]+\.gserviceaccount\.com)")
_POOL = re.compile(r"serviceAccount:([a-z0-9-]+)\.svc\.id\.goog\[([^/\]]+)/([^\]]+)\]")
_PRINCIPAL = re.compile(r"principal(?:Set)?://iam\.googleapis\.com/projects/(\d+)/locations/global/workloadIdentityPools/([a-z0-9.-]+)/.+")
_BY_GOOGLE = re.compile(
    r"(?:locations|regions|zones)/[^/]+|(?:regions|zones)/[^/]+/(?:machineTypes|diskTypes|acceleratorTypes)/[^/]+|global/gateways/[^/]+"
    r"|locations/[^/]+/buckets/_(?:Default|Required)|logs/.+|services/.+|locations/global|policies/.+"
)
"""What every project has, and texts that only look like things."""
_REFERRING = re.compile(
    r"(?:^|\.)(?:network|subnetwork|cluster|keyRing|cryptoKeyId|kmsKeyName|keyName|bucket|secret|managedZone|instance|router|serviceAccountId)$"
)


class Reference(NamedTuple):
    """`value` is a canonical path, an e-mail address or a short name; `target` is the type meant, empty where the path says it."""

    leaf: Leaf
    value: str
    target: str
    code: str
    message: str
    regional: bool = False


def references(type_: str, inputs: Properties, owner: str) -> Iterator[Reference]:
    """Every input that means another thing of the project."""
    named = [rule for rule in NAMED if re.match(rule.types, type_)]
    for leaf in leaves(inputs):
        value, path = leaf.value, _INDEX.sub("", leaf.path)
        if not value or "*" in value or (path == "name" and "gkebackup/backupPlanIam" not in type_):
            continue
        found = thing(value, owner)
        if split(found):
            yield Reference(leaf, found, "", "notFound", f"{leaf.path}: the resource '{value}' was not found")
        elif match := _EMAIL.fullmatch(value):
            yield Reference(leaf, match.group(1), ACCOUNT, "INVALID_ARGUMENT", f"Service account {match.group(1)} does not exist.")
        else:
            for rule in named:
                if rule.property == path:
                    yield Reference(leaf, value, rule.target, rule.code, rule.message.format(value), rule.regional)
                    break


def resolve(reference: Reference, owner: str, region: str, world: World) -> Record | None:
    """The thing meant, if it exists. Names count in their own project, and those of regional things in their own region."""
    if reference.target == ACCOUNT:
        return next((record for record in world.all(ACCOUNT) if record.outputs.get("email") == reference.value), None)
    for record in world.all(reference.target or None, package="gcp"):
        if not reference.target:
            if record.account == owner and reference.value in identities(record):
                return record
        elif reference.value in (record.id, physical(record)) and (not reference.regional or region_of_record(record) == region):
            return record
    return None


def region_of_record(record: Record) -> str:
    value = record.outputs.get("region")
    return short(value) if isinstance(value, str) and value else record.region


def _elsewhere(reference: Reference, owner: str, world: World) -> bool:
    """Whether Google, or somebody in another project, keeps the thing."""
    if parts := split(reference.value):
        return parts[0] != owner or bool(_BY_GOOGLE.fullmatch(parts[1]))
    email = reference.value
    if reference.target != ACCOUNT:
        return False
    if (exists := agent_exists(email, owner, world)) is not None:
        return exists
    if email == f"{number(owner)}-compute@developer.gserviceaccount.com":
        return True
    return not email.endswith(f"@{owner}.iam.gserviceaccount.com")


def admit(request: Request, inputs: Properties, world: World) -> None:
    """Raises Refused for the first reference to something that does not exist."""
    owner, region = project(request.instance, inputs), region_of(request.instance, inputs)
    for leaf in leaves(inputs):
        if not leaf.value and _REFERRING.search(_INDEX.sub("", leaf.path)):
            raise Refused("INVALID_ARGUMENT", f"{leaf.path} is empty")
        _principal(leaf, owner, world)
    for reference in references(request.type, inputs, owner):
        if resolve(reference, owner, region, world) is None and not _elsewhere(reference, owner, world):
            raise Refused(reference.code, reference.message)


def _principal(leaf: Leaf, owner: str, world: World) -> None:
    """Pods as principals: their pool comes into being with the first cluster that has it."""
    if not leaf.path.startswith("member"):
        return
    if match := _POOL.fullmatch(leaf.value):
        pool_owner = match.group(1)
    elif match := _PRINCIPAL.fullmatch(leaf.value):
        if match.group(1) != number(owner):
            return
        pool_owner = match.group(2).removesuffix(".svc.id.goog")
    else:
        return
    pools = {str(cluster.inputs.get("workloadIdentityConfig", {}).get("workloadPool")) for cluster in world.all(CLUSTER)}
    if f"{pool_owner}.svc.id.goog" not in pools:
        raise Refused(
            "INVALID_ARGUMENT",
            f"Identity Pool does not exist ({pool_owner}.svc.id.goog). Please check that you specified a valid resource name as"
            " returned in the `name` attribute in the configuration API.",
        )
