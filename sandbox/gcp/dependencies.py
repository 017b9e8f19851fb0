"""What cannot be deleted, and why; and what stays taken after it went."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sandbox.contract import Record, Refused, World
from sandbox.gcp.caches import POLICY, REDIS, endpoints_of, users_of
from sandbox.gcp.paths import canonical, identities, part, physical
from sandbox.gcp.references import references, region_of_record
from sandbox.gcp.services import SERVICE, require

CONNECTION, DATABASE = "gcp:servicenetworking/connection:Connection", "gcp:sql/databaseInstance:DatabaseInstance"


class Held(NamedTuple):
    """`by` is a regular expression over the types that hold a thing back; `unless` an input of the thing that lets it go all the same."""

    by: str
    message: str
    code: str = "resourceInUseByAnotherResource"
    unless: str = ""


_IN_USE = "The {kind} resource '{id}' is already being used by '{by}'"

HELD: dict[str, Held] = {
    "gcp:compute/network:Network": Held(
        r"compute/(subnetwork|router|firewall|route|globalAddress|address|instance|networkPeering):|container/cluster:"
        r"|sql/databaseInstance:|servicenetworking/connection:|redis/instance:|filestore/instance:|dns/policy:"
        r"|networkconnectivity/serviceConnectionPolicy:",
        _IN_USE,
    ),
    "gcp:compute/subnetwork:Subnetwork": Held(
        r"compute/(address|instance|forwardingRule|routerNat):|container/(cluster|nodePool):"
        r"|networkconnectivity/serviceConnectionPolicy:",
        _IN_USE,
    ),
    "gcp:compute/address:Address": Held(r"compute/(routerNat|instance|forwardingRule):", _IN_USE),
    "gcp:compute/globalAddress:GlobalAddress": Held(r"servicenetworking/connection:", _IN_USE),
    "gcp:compute/disk:Disk": Held(r"compute/instance:", _IN_USE),
    DATABASE: Held(
        r"sql/databaseInstance:", "The instance {id} is the primary of '{by}', which must be deleted before", "invalidOperation"
    ),
    "gcp:dns/managedZone:ManagedZone": Held(
        r"dns/recordSet:", "The resource named '{id}' can not be deleted while it holds '{by}'", "containerNotEmpty", unless="forceDestroy"
    ),
    "gcp:storage/bucket:Bucket": Held(
        r"storage/bucketObject:", "Error trying to delete bucket {id} containing objects ('{by}')", "conflict", unless="forceDestroy"
    ),
    "gcp:monitoring/notificationChannel:NotificationChannel": Held(
        r"monitoring/alertPolicy:|billing/budget:", "Cannot delete notification channel {id}: used by {by}", "FAILED_PRECONDITION"
    ),
    "gcp:pubsub/topic:Topic": Held(r"storage/notification:|cloudasset/projectFeed:", "{id} is used by {by}", "FAILED_PRECONDITION"),
}

_PROTECTED_UNLESS_SAID = {"gcp:container/cluster:Cluster", DATABASE, REDIS}
"""Types that the provider itself protects unless `deletionProtection` is false."""


def _holders(record: Record, held: Held, world: World) -> Iterator[Record]:
    own = {*identities(record), physical(record)}
    for other in world.all(package="gcp"):
        if (
            other.account != record.account
            or (other.urn == record.urn and other.id == record.id)
            or not re.match(f"gcp:({held.by})", other.type)
        ):
            continue
        for reference in references(other.type, other.inputs, other.account):
            near = not reference.regional or region_of_record(other) == region_of_record(record)
            if near and reference.value in own and reference.target in ("", record.type):
                yield other
                break


def release(record: Record, world: World) -> None:
    """Raises Refused while the thing protects itself or others depend on it."""
    if record.type != SERVICE:
        require(record.type, record.account, world)
    _by_the_provider(record)
    if record.inputs.get("deletionPolicy") == "ABANDON":
        _keep(record, world, "abandoned: out of the stack's sight, still there")
        return
    _by_the_cloud(record)
    if record.type == CONNECTION:
        _connection(record, world)
    if record.type == POLICY:
        for instance in endpoints_of(record, world):
            raise Refused("FAILED_PRECONDITION", f"{record.id} has connections that are in use by '{instance.id}'")
    held = HELD.get(record.type)
    if held and not (held.unless and record.inputs.get(held.unless) is True):
        for holder in _holders(record, held, world):
            kind = record.type.split("/")[1].partition(":")[0]
            raise Refused(held.code, held.message.format(kind=kind, id=record.id, by=holder.id))
    if record.type == "gcp:compute/network:Network" and (why := world.kept(CONNECTION, f"peering of {record.id}")):
        raise Refused("resourceInUseByAnotherResource", f"The network resource '{record.id}' is already being used by a peering ({why})")
    _remains(record, world)


def _by_the_provider(record: Record) -> None:
    if record.inputs.get("deletionPolicy") == "PREVENT":
        raise Refused("deletion_policy", f"cannot destroy {record.id} without setting deletionPolicy to DELETE and running `pulumi up`")
    protection = record.inputs.get("deletionProtection")
    if protection is True or (record.type in _PROTECTED_UNLESS_SAID and protection is not False):
        raise Refused("deletion_protection", f"cannot destroy {record.id} without setting deletionProtection=false and running `pulumi up`")


def _by_the_cloud(record: Record) -> None:
    if record.type == DATABASE and part(record.inputs, "settings").get("deletionProtectionEnabled") is True:
        raise Refused("invalidRequest", "The instance is protected. Please disable the deletion protection and try again.")
    if record.inputs.get("deletionProtectionEnabled") is True:
        raise Refused("FAILED_PRECONDITION", f"{record.id} is protected: set deletionProtectionEnabled to false and run `pulumi up`")


def _connection(record: Record, world: World) -> None:
    if record.inputs.get("deletionPolicy") == "REMOVE_PEERING":
        return
    network = canonical(str(record.inputs.get("network")), record.account)
    databases = (one for one in world.all(DATABASE) if canonical(_private_network(one), one.account) == network)
    for user in (*databases, *users_of(record, world)):
        raise Refused(
            "FAILED_PRECONDITION",
            "Failed to delete connection; Producer services (e.g. CloudSQL, Cloud Memstore, etc.) are still using this connection"
            f" ({user.id})",
        )


def _private_network(database: Record) -> str:
    return str(part(database.inputs, "settings.ipConfiguration").get("privateNetwork", ""))


_FOREVER = {
    "gcp:kms/keyRing:KeyRing": "key rings are never deleted, an earlier one of this name is still there: import it, or name another",
    "gcp:kms/cryptoKey:CryptoKey": "keys are never deleted, an earlier one of this name is still there without usable versions",
}


def _remains(record: Record, world: World) -> None:
    if record.type in _FOREVER:
        world.keep(record.type, record.id, _FOREVER[record.type])
    if record.type == SERVICE and record.inputs.get("disableOnDestroy") is not True:
        _keep(record, world, "not switched off when its resource went")


_WITH_THEIR_PARENT = {"gcp:sql/database:Database", "gcp:sql/user:User"}
"""What is abandoned because it goes with the thing that holds it."""


def _keep(record: Record, world: World, why: str) -> None:
    if record.type in _WITH_THEIR_PARENT:
        return
    world.keep(record.type, record.id, why)
    if record.type == CONNECTION:
        network = canonical(str(record.inputs.get("network")), record.account)
        world.keep(CONNECTION, f"peering of {network}", "its connection was abandoned")
