"""What Memorystore refuses because of how things that exist fit together, and what its instances hold back."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.contract import Properties, Record, Refused, Request, World
from sandbox.gcp.paths import canonical, identities
from sandbox.gcp.projects import project, region_of
from sandbox.gcp.references import region_of_record
from sandbox.gcp.services import enabled
from sandbox.gcp.uniqueness import SUBNETWORK
from sandbox.walk import text, texts

REDIS, VALKEY = "gcp:redis/instance:Instance", "gcp:memorystore/instance:Instance"
POLICY, CONNECTION = (
    "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy",
    "gcp:servicenetworking/connection:Connection",
)
CLASS = "gcp-memorystore"
_AUTOMATION = "serviceconsumermanagement.googleapis.com"


def redis(request: Request, inputs: Properties, world: World) -> None:
    """An address of the network's range for services takes the network's connection to them."""
    owner, network = project(request.instance, inputs), text(inputs, "authorizedNetwork")
    if text(inputs, "connectMode") != "PRIVATE_SERVICE_ACCESS" or not network:
        return
    path = canonical(network, owner)
    if not any(canonical(str(one.inputs.get("network")), owner) == path for one in world.all(CONNECTION)):
        raise Refused(
            "FAILED_PRECONDITION",
            "Google private service access is not enabled. Enable private service access and try again."
            f" (network {path} has no connection to servicenetworking.googleapis.com)",
        )


def valkey(request: Request, inputs: Properties, world: World) -> None:
    """Endpoints are made by the automation of private service connections: that takes an API, and a policy of network and region."""
    owner, region = project(request.instance, inputs), region_of(request.instance, inputs)
    for api in ("networkconnectivity.googleapis.com", _AUTOMATION):
        if not enabled(api, owner, world):
            raise Refused("FAILED_PRECONDITION", f"{api} is not enabled in project {owner}: endpoints are made through it")
    for network in texts(inputs, "desiredAutoCreatedEndpoints[].network"):
        if not any(_served(one, network, region, owner) for one in world.all(POLICY)):
            raise Refused(
                "FAILED_PRECONDITION",
                f"no service connection policy of class {CLASS} lets endpoints be made in {canonical(network, owner)}, {region}",
            )


def policy(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    owner, region = project(request.instance, inputs), region_of(request.instance, inputs)
    network, wanted = canonical(str(inputs.get("network")), owner), inputs.get("serviceClass")
    for one in world.all(POLICY):
        itself = prior is not None and one.id == prior.id
        same = (canonical(str(one.inputs.get("network")), owner), one.inputs.get("serviceClass")) == (network, wanted)
        if not itself and same and one.inputs.get("location") == region:
            raise Refused("ALREADY_EXISTS", f"{one.id} is the policy of {network}, {region} and {wanted}: there can be one")
    for path in texts(inputs, "pscConfig.subnetworks[]"):
        subnet = next((one for one in world.all(SUBNETWORK) if canonical(path, owner) in identities(one)), None)
        if subnet and (region_of_record(subnet) != region or canonical(str(subnet.outputs.get("network")), owner) != network):
            raise Refused("INVALID_ARGUMENT", f"the subnetwork {path} is not of {network} in {region}")


def _served(one: Record, network: str, region: str, owner: str) -> bool:
    """Whether the policy lets Memorystore make endpoints there."""
    here = one.inputs.get("serviceClass") == CLASS and one.inputs.get("location") == region
    return here and canonical(str(one.inputs.get("network")), owner) == canonical(network, owner)


def endpoints_of(one: Record, world: World) -> Iterator[Record]:
    """Instances whose endpoints the policy made."""
    for instance in world.all(VALKEY):
        networks = texts(instance.inputs, "desiredAutoCreatedEndpoints[].network")
        if any(_served(one, network, str(instance.inputs.get("location")), instance.account) for network in networks):
            yield instance


def users_of(connection: Record, world: World) -> Iterator[Record]:
    """Instances with an address from the range that the connection brings."""
    network = canonical(str(connection.inputs.get("network")), connection.account)
    for instance in world.all(REDIS):
        private = instance.inputs.get("connectMode") == "PRIVATE_SERVICE_ACCESS"
        if private and canonical(str(instance.inputs.get("authorizedNetwork")), instance.account) == network:
            yield instance
