"""A network on Azure: a VNet whose nodes have no public address, whose data has no way out, and private names for managed services."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import network, privatedns

from components.azure_group import Group, tags
from components.core import Component
from components.geography import region
from components.key.outputs import KeyOutputs
from components.network.azure_endpoint import endpoint
from components.network.azure_flow_log import flow_log
from components.network.azure_plan import Plan, SubnetPlan, plan
from components.network.azure_rules import rules
from components.network.outputs import NetworkOutputs
from components.network.spec import NetworkSpec
from components.site import Site
from components.vocabulary import Cloud

PRIVATE_LINKS = {
    "vault": "privatelink.vaultcore.azure.net",
    "blob": "privatelink.blob.core.windows.net",
    "registry": "privatelink.azurecr.io",
    "redis": "privatelink.redis.azure.net",
}
ANYWHERE = "global"
"""The only location of private zones and their links: names are not kept in a region."""
IDLE_MINUTES = 4


class AzureNetwork(Component[NetworkOutputs]):
    """The key encrypts the flow log."""

    TYPE = "azure:Network"

    def __init__(
        self, name: str, spec: NetworkSpec, site: Site, group: Group, key: KeyOutputs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        self._name, self._site, self._group = name, site, group
        decided = plan(spec, site.zones)
        vnet = network.VirtualNetwork(
            f"{name}-vnet",
            virtual_network_name=name,
            resource_group_name=group.name,
            location=group.location,
            address_space=network.AddressSpaceArgs(address_prefixes=[decided.cidr]),
            enable_ddos_protection=False,  # Azure's basic protection; the plan that may be attached costs as much as the rest together
            tags=tags(site),
            opts=self.child,
        )
        addresses, gateway = self._way_out(decided)
        subnets = self._subnets(decided, vnet, gateway)
        zones, links = self._private_zones(vnet)
        door = endpoint(f"{name}-vault", "vault", group.vault.id, subnets["endpoints"].id, zones["vault"], site, group, self.child)
        flow_log(name, decided.flow_log_days, site, group, vnet, key, self.child)
        self.publish(
            NetworkOutputs(
                id=vnet.id,
                cidr=decided.cidr,
                public_subnet_ids=(),
                private_subnet_ids=(subnets["nodes"].id,),
                data_subnet_ids=(subnets["data"].id,),
                private_cidrs=(decided.nodes.cidr, decided.api.cidr),
                data_cidrs=(decided.data.cidr,),
                egress_ips=tuple(address.ip_address.apply(str) for address in addresses),
                ways_out=(*subnets.values(), *links, door),  # the nodes' subnet stands on the gateway
                pod_cidr=decided.pod_cidr,
                api_subnet_id=subnets["api"].id,
                endpoint_subnet_id=subnets["endpoints"].id,
                endpoint_cidr=decided.endpoints.cidr,
                private_zones=zones,
            )
        )

    def _way_out(self, decided: Plan) -> tuple[list[network.PublicIPAddress], network.NatGateway]:
        name, everywhere = self._name, list(region(Cloud.AZURE, self._site.region).zones)
        addresses = [
            network.PublicIPAddress(
                f"{name}-egress-{number}",
                public_ip_address_name=f"{name}-egress-{number}",
                resource_group_name=self._group.name,
                location=self._group.location,
                sku=network.PublicIPAddressSkuArgs(
                    name=network.PublicIPAddressSkuName.STANDARD, tier=network.PublicIPAddressSkuTier.REGIONAL
                ),
                public_ip_allocation_method=network.IPAllocationMethod.STATIC,
                public_ip_address_version=network.IPVersion.I_PV4,
                zones=everywhere,  # Azure takes one zone or all of them
                tags=tags(self._site),
                opts=self.child,
            )
            for number in range(1, decided.addresses + 1)
        ]
        gateway = network.NatGateway(
            f"{name}-nat",
            nat_gateway_name=name,
            resource_group_name=self._group.name,
            location=self._group.location,
            sku=network.NatGatewaySkuArgs(name=network.NatGatewaySkuName.STANDARD),
            zones=[decided.gateway_zone],
            idle_timeout_in_minutes=IDLE_MINUTES,
            public_ip_addresses=[network.SubResourceArgs(id=address.id) for address in addresses],
            tags=tags(self._site),
            opts=self.child,
        )
        return addresses, gateway

    def _subnets(self, decided: Plan, vnet: network.VirtualNetwork, gateway: network.NatGateway) -> dict[str, network.Subnet]:
        made: dict[str, network.Subnet] = {}
        for part in decided.subnets:
            # Azure refuses a second change of a network while the first one runs.
            opts = pulumi.ResourceOptions(parent=self, depends_on=list(made.values())[-1:])
            made[part.name] = self._subnet(part, vnet, gateway, opts)
        return made

    def _subnet(
        self, part: SubnetPlan, vnet: network.VirtualNetwork, gateway: network.NatGateway, opts: pulumi.ResourceOptions
    ) -> network.Subnet:
        guard = network.NetworkSecurityGroup(
            f"{self._name}-{part.name}-rules",
            network_security_group_name=f"{self._name}-{part.name}",
            resource_group_name=self._group.name,
            location=self._group.location,
            security_rules=rules(part),
            tags=tags(self._site),
            opts=self.child,
        )
        delegated = [network.DelegationArgs(name=part.name, service_name=part.delegated_to)] if part.delegated_to else []
        return network.Subnet(
            f"{self._name}-{part.name}",
            subnet_name=part.name,
            virtual_network_name=vnet.name,
            resource_group_name=self._group.name,
            address_prefix=part.cidr,
            default_outbound_access=False,
            nat_gateway=network.SubResourceArgs(id=gateway.id) if part.way_out else None,
            network_security_group=network.NetworkSecurityGroupArgs(id=guard.id),
            # Else the rules above do not hold for private endpoints.
            private_endpoint_network_policies=network.VirtualNetworkPrivateEndpointNetworkPolicies.ENABLED,
            private_link_service_network_policies=network.VirtualNetworkPrivateLinkServiceNetworkPolicies.ENABLED,
            delegations=delegated,
            service_endpoints=[network.ServiceEndpointPropertiesFormatArgs(service=service) for service in part.service_endpoints],
            opts=opts,
        )

    def _private_zones(self, vnet: network.VirtualNetwork) -> tuple[dict[str, pulumi.Output[str]], list[privatedns.VirtualNetworkLink]]:
        """The ids of the zones, known once each is linked: a name that is asked for earlier is answered by the Internet."""
        ids: dict[str, pulumi.Output[str]] = {}
        links: list[privatedns.VirtualNetworkLink] = []
        for kind, domain in (PRIVATE_LINKS | {"postgres": f"{self._site.name}.private.postgres.database.azure.com"}).items():
            zone = privatedns.PrivateZone(
                f"{self._name}-{kind}-names",
                private_zone_name=domain,
                resource_group_name=self._group.name,
                location=ANYWHERE,
                tags=tags(self._site),
                opts=self.child,
            )
            link = privatedns.VirtualNetworkLink(
                f"{self._name}-{kind}-link",
                virtual_network_link_name=self._name,
                private_zone_name=zone.name,
                resource_group_name=self._group.name,
                location=ANYWHERE,
                virtual_network=privatedns.SubResourceArgs(id=vnet.id),
                registration_enabled=False,
                # Others' vaults, accounts, registries and caches that have private endpoints elsewhere are still found.
                resolution_policy=privatedns.ResolutionPolicy.NX_DOMAIN_REDIRECT if kind in PRIVATE_LINKS else None,
                tags=tags(self._site),
                opts=self.child,
            )
            ids[kind] = pulumi.Output.all(zone.id, link.id).apply(lambda known: str(known[0]))
            links.append(link)
        return ids, links
