"""A private address of one managed service, and its name inside the network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pulumi
from pulumi_azure_native import network

from components.azure_group import Group, tags
from components.network.outputs import NetworkOutputs
from components.site import Site

Kind = Literal["vault", "blob", "registry", "redis"]
"""Our names of the zones that the names of services lie in."""
GROUPS: Mapping[Kind, str] = {"vault": "vault", "blob": "blob", "registry": "registry", "redis": "redisEnterprise"}
"""Azure's names of what an endpoint leads to."""


def reach(
    name: str, kind: Kind, service: pulumi.Output[str], net: NetworkOutputs, site: Site, group: Group, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """Known once `service` (a resource id) is found inside the network. Raises ValueError for a network without a subnet for it."""
    if net.endpoint_subnet_id is None:
        raise ValueError("network.endpoint_subnet_id: None is given; allowed: the id of the subnet for private endpoints")
    return endpoint(name, kind, service, net.endpoint_subnet_id, net.private_zones[kind], site, group, opts).id


def endpoint(
    name: str,
    kind: Kind,
    service: pulumi.Output[str],
    subnet: pulumi.Output[str],
    zone: pulumi.Output[str],
    site: Site,
    group: Group,
    opts: pulumi.ResourceOptions,
) -> network.PrivateDnsZoneGroup:
    """Azure writes the name into the zone and takes it out again with the group of zones."""
    address = network.PrivateEndpoint(
        f"{name}-endpoint",
        private_endpoint_name=f"{name}-endpoint",
        custom_network_interface_name=f"{name}-endpoint",
        resource_group_name=group.name,
        location=group.location,
        # The SDK sends the subnet's policies with its id, and "Disabled" where they are not said.
        subnet=network.SubnetArgs(
            id=subnet,
            private_endpoint_network_policies=network.VirtualNetworkPrivateEndpointNetworkPolicies.ENABLED,
            private_link_service_network_policies=network.VirtualNetworkPrivateLinkServiceNetworkPolicies.ENABLED,
        ),
        private_link_service_connections=[
            network.PrivateLinkServiceConnectionArgs(name=kind, private_link_service_id=service, group_ids=[GROUPS[kind]])
        ],
        tags=tags(site),
        opts=opts,
    )
    return network.PrivateDnsZoneGroup(
        f"{name}-endpoint-name",
        private_dns_zone_group_name="default",
        private_endpoint_name=address.name,
        resource_group_name=group.name,
        private_dns_zone_configs=[network.PrivateDnsZoneConfigArgs(name=kind, private_dns_zone_id=zone)],
        opts=opts,
    )
