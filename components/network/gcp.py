"""A network on GCP: a VPC with one subnet over the region's zones, whose machines have no public address."""

from __future__ import annotations

from collections.abc import Callable

import pulumi
from pulumi_gcp import compute, networkconnectivity, servicenetworking

from components.core import Component
from components.gcp_project import Project
from components.key.outputs import KeyOutputs
from components.network.gcp_google_apis import google_apis
from components.network.gcp_plan import Plan, plan, written
from components.network.outputs import NetworkOutputs
from components.network.spec import NetworkSpec
from components.platforms.gcp_logs import log_route
from components.site import Site

ANYWHERE = "0.0.0.0/0"
PODS, SERVICES = "pods", "services"


class GcpNetwork(Component[NetworkOutputs]):
    """The key must serve `logs`: it encrypts the flow logs. There are no public or data subnets: load balancers stand in front of the
    network, and databases in Google's, to which one range leads. Clusters of caches have private endpoints in a small subnet."""

    TYPE = "gcp:Network"

    def __init__(
        self,
        name: str,
        spec: NetworkSpec,
        site: Site,
        project: Project,
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._name = name
        self._site = site
        self._project = project.on("compute.googleapis.com")
        decided = plan(spec, site.zones)
        vpc = compute.Network(
            f"{name}-vpc",
            name=name,
            description=f"{site.name}: private, with one way out",
            auto_create_subnetworks=False,
            delete_default_routes_on_create=True,
            routing_mode="REGIONAL",
            project=self._project,
            opts=self.child,
        )
        subnet = self._subnet(decided, vpc)
        out, nat, addresses = self._ways_out(decided, vpc, subnet)
        self._refuse(vpc)
        connection = self._data(decided, vpc, project.on("compute.googleapis.com", "servicenetworking.googleapis.com"))
        endpoints = self._endpoints(decided, vpc, project.on("compute.googleapis.com", "networkconnectivity.googleapis.com"))
        names = google_apis(name, project, vpc, self.child)
        log_route(name, f"Flows and refusals of {name}", written(name), spec.flow_log_days, site, project, key, self.child)
        self.publish(
            NetworkOutputs(
                id=vpc.id,
                cidr=decided.cidr,
                public_subnet_ids=(),
                private_subnet_ids=(subnet.id,),
                data_subnet_ids=(),
                private_cidrs=(decided.nodes,),
                data_cidrs=(decided.data,),
                egress_ips=tuple(address.address for address in addresses),
                ways_out=(out, nat, *names),
                pod_cidr=decided.pods,
                # Known with the subnet, whose ranges they are.
                ranges={what: subnet.id.apply(_always(what)) for what in (PODS, SERVICES)},
                endpoint_cidr=decided.endpoints,
                endpoints_ready=(endpoints,),
                data_ready=(connection,),
            )
        )

    def _subnet(self, decided: Plan, vpc: compute.Network) -> compute.Subnetwork:
        return compute.Subnetwork(
            f"{self._name}-private",
            name=f"{self._name}-private",
            network=vpc.id,
            region=self._site.region,
            ip_cidr_range=decided.nodes,
            secondary_ip_ranges=[
                compute.SubnetworkSecondaryIpRangeArgs(range_name=PODS, ip_cidr_range=decided.pods),
                compute.SubnetworkSecondaryIpRangeArgs(range_name=SERVICES, ip_cidr_range=decided.services),
            ],
            private_ip_google_access=True,
            stack_type="IPV4_ONLY",
            # Every record that is taken; Google samples the packets behind them.
            log_config=compute.SubnetworkLogConfigArgs(
                aggregation_interval="INTERVAL_1_MIN", flow_sampling=1.0, metadata="INCLUDE_ALL_METADATA"
            ),
            project=self._project,
            opts=self.child,
        )

    def _ways_out(
        self, decided: Plan, vpc: compute.Network, subnet: compute.Subnetwork
    ) -> tuple[compute.Route, compute.RouterNat, list[compute.Address]]:
        name = self._name
        out = compute.Route(
            f"{name}-out",
            name=f"{name}-out",
            network=vpc.id,
            dest_range=ANYWHERE,
            next_hop_gateway="default-internet-gateway",
            project=self._project,
            opts=self.child,
        )
        addresses = [
            compute.Address(
                f"{name}-egress-{number}",
                name=f"{name}-egress-{number}",
                address_type="EXTERNAL",
                network_tier="PREMIUM",
                region=self._site.region,
                project=self._project,
                opts=self.child,
            )
            for number in range(1, decided.egress + 1)
        ]
        router = compute.Router(
            f"{name}-router", name=f"{name}-router", network=vpc.id, region=self._site.region, project=self._project, opts=self.child
        )
        nat = compute.RouterNat(
            f"{name}-nat",
            name=f"{name}-nat",
            router=router.name,
            region=self._site.region,
            nat_ip_allocate_option="MANUAL_ONLY",
            nat_ips=[address.self_link for address in addresses],
            source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
            subnetworks=[
                compute.RouterNatSubnetworkArgs(
                    name=subnet.id,
                    source_ip_ranges_to_nats=["PRIMARY_IP_RANGE", "LIST_OF_SECONDARY_IP_RANGES"],
                    secondary_ip_range_names=[PODS],
                )
            ],
            # A node with many pods takes more ports than the 64 of a fixed share, and gives them back.
            enable_dynamic_port_allocation=True,
            enable_endpoint_independent_mapping=False,
            min_ports_per_vm=64,
            max_ports_per_vm=4096,
            log_config=compute.RouterNatLogConfigArgs(enable=True, filter="ERRORS_ONLY"),  # flows are in the flow logs
            project=self._project,
            opts=self.child,
        )
        return out, nat, addresses

    def _refuse(self, vpc: compute.Network) -> None:
        """What GCP refuses anyhow, it refuses without a word: this rule stands one before the implied one, and writes down. GKE adds its
        own rules for nodes, pods, its control plane and load balancers' health checks, above it."""
        compute.Firewall(
            f"{self._name}-refuse",
            name=f"{self._name}-refuse",
            description="Refuses and logs what no other rule lets in",
            network=vpc.id,
            direction="INGRESS",
            priority=65534,
            denies=[compute.FirewallDenyArgs(protocol="all")],
            source_ranges=[ANYWHERE],
            log_config=compute.FirewallLogConfigArgs(metadata="INCLUDE_ALL_METADATA"),
            project=self._project,
            opts=self.child,
        )

    def _data(self, decided: Plan, vpc: compute.Network, project: pulumi.Output[str]) -> servicenetworking.Connection:
        address, _, length = decided.data.partition("/")
        reserved = compute.GlobalAddress(
            f"{self._name}-data",
            name=f"{self._name}-data",
            description="Where databases get their private addresses",
            purpose="VPC_PEERING",
            address_type="INTERNAL",
            address=address,
            prefix_length=int(length),
            network=vpc.id,
            project=project,
            opts=self.child,
        )
        return servicenetworking.Connection(
            f"{self._name}-data-connection",
            network=vpc.id,
            service="servicenetworking.googleapis.com",
            reserved_peering_ranges=[reserved.name],
            # Cloud SQL holds a deleted instance's place for days, and refuses to give the connection up meanwhile: the network's side of
            # the peering goes then, or the network could not.
            deletion_policy="REMOVE_PEERING",
            opts=self.child,
        )

    def _endpoints(self, decided: Plan, vpc: compute.Network, project: pulumi.Output[str]) -> networkconnectivity.ServiceConnectionPolicy:
        """Lets Memorystore make private endpoints here, and nobody else. GCP takes one such policy for a network, region and service."""
        subnet = compute.Subnetwork(
            f"{self._name}-endpoints",
            name=f"{self._name}-endpoints",
            network=vpc.id,
            region=self._site.region,
            ip_cidr_range=decided.endpoints,
            private_ip_google_access=True,
            stack_type="IPV4_ONLY",
            # No machine stands here: what goes to an endpoint is in the log of the nodes' subnet.
            project=self._project,
            opts=self.child,
        )
        return networkconnectivity.ServiceConnectionPolicy(
            f"{self._name}-memorystore",
            name=f"{self._name}-memorystore",
            location=self._site.region,
            service_class="gcp-memorystore",
            description="Private endpoints of Memorystore",
            network=vpc.id,
            psc_config=networkconnectivity.ServiceConnectionPolicyPscConfigArgs(subnetworks=[subnet.id]),
            project=project,
            opts=self.child,
        )


def _always(value: str) -> Callable[[str], str]:
    return lambda _: value
