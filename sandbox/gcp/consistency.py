"""What GCP refuses because of how things that exist fit together."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sandbox.contract import Properties, Record, Refused, Request, World
from sandbox.gcp import caches
from sandbox.gcp.paths import canonical, identities, physical, short
from sandbox.gcp.projects import project, region_of, zones
from sandbox.gcp.references import CLUSTER, region_of_record
from sandbox.gcp.uniqueness import SUBNETWORK
from sandbox.walk import find, text, texts

CONNECTION = "gcp:servicenetworking/connection:Connection"
ADDRESS = "gcp:compute/globalAddress:GlobalAddress"


def _found(type_: str, value: str | None, owner: str, world: World, region: str = "") -> Record | None:
    if not value:
        return None
    path = canonical(value, owner)
    for record in world.all(type_):
        same = record.account == owner and (path in identities(record) or value == physical(record))
        if same and (not region or region_of_record(record) == region):
            return record
    return None


def _ranges_of(subnetwork: Record) -> set[str]:
    return set(texts(subnetwork.inputs, "secondaryIpRanges[].rangeName"))


def _cluster(request: Request, inputs: Properties, world: World) -> None:
    owner, region = project(request.instance, inputs), region_of(request.instance, inputs)
    subnetwork = _found(SUBNETWORK, text(inputs, "subnetwork"), owner, world, region)
    if text(inputs, "subnetwork") and subnetwork is None:
        raise Refused("INVALID_ARGUMENT", f"Subnetwork {inputs['subnetwork']} is not in the cluster's region {region}")
    if subnetwork is not None:
        if short(str(subnetwork.inputs.get("network"))) != short(str(inputs.get("network"))):
            raise Refused("INVALID_ARGUMENT", f"Subnetwork {subnetwork.id} does not belong to network {inputs.get('network')}")
        for name in ("clusterSecondaryRangeName", "servicesSecondaryRangeName"):
            wanted = text(inputs, f"ipAllocationPolicy.{name}")
            if wanted and wanted not in _ranges_of(subnetwork):
                listed = ", ".join(sorted(_ranges_of(subnetwork))) or "none"
                raise Refused("INVALID_ARGUMENT", f"Services or pods range {wanted!r} does not exist in {subnetwork.id} (it has {listed})")
    pool = text(inputs, "workloadIdentityConfig.workloadPool")
    if pool and pool != f"{owner}.svc.id.goog":
        raise Refused("INVALID_ARGUMENT", f"workload pool {pool!r} is not of this project: {owner}.svc.id.goog")
    _in_zones(inputs, region)


def _in_zones(inputs: Properties, region: str) -> None:
    for where, zone in find(inputs, "nodeLocations[]"):
        if zone not in zones(region):
            raise Refused("INVALID_ARGUMENT", f"{where}: {zone!r} is no zone of {region} ({', '.join(zones(region))})")


def _minor(version: Any) -> tuple[int, int]:
    match = re.match(r"(\d+)\.(\d+)", str(version or ""))
    return (int(match.group(1)), int(match.group(2))) if match else (0, 0)


def _node_pool(request: Request, inputs: Properties, world: World) -> None:
    owner = project(request.instance, inputs)
    cluster = _found(CLUSTER, text(inputs, "cluster"), owner, world)
    if cluster is None:
        return
    location = text(inputs, "location")
    if location and location != cluster.outputs.get("location"):
        raise Refused("NOT_FOUND", f"Not found: projects/{owner}/locations/{location}/clusters/{physical(cluster)}.")
    if _minor(inputs.get("version")) > _minor(cluster.outputs.get("masterVersion")):
        raise Refused(
            "INVALID_ARGUMENT", f"Node version {inputs.get('version')} is newer than the master's {cluster.outputs.get('masterVersion')}"
        )
    metadata = text(inputs, "nodeConfig.workloadMetadataConfig.mode")
    if metadata == "GKE_METADATA" and not text(cluster.inputs, "workloadIdentityConfig.workloadPool"):
        raise Refused("INVALID_ARGUMENT", "GKE_METADATA on nodes needs a cluster with Workload Identity")
    subnetwork = _found(SUBNETWORK, text(cluster.inputs, "subnetwork"), owner, world)
    wanted = text(inputs, "networkConfig.podRange")
    if wanted and subnetwork is not None and wanted not in _ranges_of(subnetwork):
        raise Refused("INVALID_ARGUMENT", f"Pod range {wanted!r} does not exist in {subnetwork.id}")
    _in_zones(inputs, region_of_record(cluster))


def _database(request: Request, inputs: Properties, world: World) -> None:
    owner = project(request.instance, inputs)
    network = text(inputs, "settings.ipConfiguration.privateNetwork")
    if network:
        path = canonical(network, owner)
        connections = [record for record in world.all(CONNECTION) if canonical(str(record.inputs.get("network")), owner) == path]
        if not connections:
            raise Refused(
                "NETWORK_NOT_PEERED",
                f"Failed to create instance because the network doesn't have at least 1 private services connection. Please see"
                f" https://cloud.google.com/sql/docs/mysql/private-ip#network_requirements ({path})",
            )
    master = next((r for r in world.all(request.type) if r.id == inputs.get("masterInstanceName")), None)
    if master is not None and master.inputs.get("databaseVersion") != inputs.get("databaseVersion"):
        raise Refused("invalid", f"a replica has the version of its primary: {master.inputs.get('databaseVersion')}")


def _connection(request: Request, inputs: Properties, world: World) -> None:
    owner = project(request.instance, inputs)
    network = short(str(inputs.get("network")))
    for name in texts(inputs, "reservedPeeringRanges[]"):
        address = _found(ADDRESS, name, owner, world)
        if address is None:
            continue
        if address.inputs.get("purpose") != "VPC_PEERING" or address.inputs.get("addressType") != "INTERNAL":
            raise Refused("INVALID_ARGUMENT", f"range {name} must be INTERNAL with purpose VPC_PEERING")
        if short(str(address.inputs.get("network"))) != network:
            raise Refused("INVALID_ARGUMENT", f"range {name} is not reserved in network {network}")


def _nat(request: Request, inputs: Properties, world: World) -> None:
    for name in texts(inputs, "subnetworks[].secondaryIpRangeNames[]"):
        if not any(name in _ranges_of(record) for record in world.all(SUBNETWORK)):
            raise Refused("invalid", f"secondary range {name!r} does not exist in any of the subnetworks")
    owner, region = project(request.instance, inputs), region_of(request.instance, inputs)
    for path in texts(inputs, "natIps[]"):
        address = _found("gcp:compute/address:Address", path, owner, world)
        if address is not None and region_of_record(address) != region:
            raise Refused("invalid", f"{path} is not in the router's region {region}")


def _bucket_member(request: Request, inputs: Properties, world: World) -> None:
    owner = project(request.instance, inputs)
    bucket = _found("gcp:storage/bucket:Bucket", text(inputs, "bucket"), owner, world)
    if bucket is None:
        return
    if inputs.get("member") in ("allUsers", "allAuthenticatedUsers") and bucket.inputs.get("publicAccessPrevention") == "enforced":
        raise Refused(
            "conditionNotMet", f"The member bindings allUsers and allAuthenticatedUsers are not allowed: {bucket.id} prevents public access"
        )
    if inputs.get("condition") and bucket.inputs.get("uniformBucketLevelAccess") is not True:
        raise Refused("invalid", "conditions need uniform bucket-level access")


_RULES: dict[str, Callable[[Request, Properties, World], None]] = {
    "gcp:compute/routerNat:RouterNat": _nat,
    "gcp:container/nodePool:NodePool": _node_pool,
    "gcp:sql/databaseInstance:DatabaseInstance": _database,
    "gcp:storage/bucketIAMMember:BucketIAMMember": _bucket_member,
    caches.REDIS: caches.redis,
    caches.VALKEY: caches.valkey,
    CLUSTER: _cluster,
    CONNECTION: _connection,
}


def admit(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    """Raises Refused where the pieces do not fit."""
    if request.type == caches.POLICY:
        caches.policy(request, inputs, prior, world)
    if rule := _RULES.get(request.type):
        rule(request, inputs, world)
