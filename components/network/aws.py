"""A network on AWS: a VPC whose nodes have no public address and whose data has no way out."""

from __future__ import annotations

import pulumi
from pulumi_aws import ec2

from components.aws_names import endpoint_service
from components.core import Component
from components.identity.documents import Where, where
from components.key.outputs import KeyOutputs
from components.network.aws_flow_log import flow_log
from components.network.aws_plan import INTERFACES, bucket_policy, interface_policy
from components.network.outputs import NetworkOutputs
from components.network.plan import Plan, ZonePlan, plan
from components.network.spec import NetworkSpec
from components.site import Site

ANYWHERE = "0.0.0.0/0"


class AwsNetwork(Component[NetworkOutputs]):
    """The key must serve `logs`: it encrypts the flow log."""

    TYPE = "aws:Network"

    def __init__(self, name: str, spec: NetworkSpec, site: Site, key: KeyOutputs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._name = name
        self._where = where(site)
        self._ways_out: list[pulumi.Resource] = []
        decided = plan(spec, site.zones)
        vpc = ec2.Vpc(
            f"{name}-vpc",
            cidr_block=decided.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,  # private names of the endpoints
            tags={"Name": name},
            opts=self.child,
        )
        # Without rules: whatever is attached to it by omission reaches nothing.
        ec2.DefaultSecurityGroup(f"{name}-default", vpc_id=vpc.id, ingress=[], egress=[], tags={"Name": f"{name}-unused"}, opts=self.child)
        public, addresses, gateways = self._public(decided, vpc)
        private, tables = self._private(decided, vpc, gateways)
        data = self._data(decided, vpc)
        self._endpoints(self._where, decided, vpc, private, tables)
        flow_log(name, spec.flow_log_days, self._where, vpc, key, self.child)
        self.publish(
            NetworkOutputs(
                id=vpc.id,
                cidr=decided.cidr,
                public_subnet_ids=tuple(subnet.id for subnet in public),
                private_subnet_ids=tuple(subnet.id for subnet in private),
                data_subnet_ids=tuple(subnet.id for subnet in data),
                private_cidrs=tuple(zone.private for zone in decided.zones),
                data_cidrs=tuple(zone.data for zone in decided.zones),
                egress_ips=tuple(address.public_ip for address in addresses),
                ways_out=tuple(self._ways_out),
            )
        )

    def _public(self, decided: Plan, vpc: ec2.Vpc) -> tuple[list[ec2.Subnet], list[ec2.Eip], dict[str, ec2.NatGateway]]:
        name = self._name
        internet = ec2.InternetGateway(f"{name}-internet", vpc_id=vpc.id, tags={"Name": name}, opts=self.child)
        table = self._table("public", vpc)
        out = ec2.Route(
            f"{name}-public-out", route_table_id=table.id, destination_cidr_block=ANYWHERE, gateway_id=internet.id, opts=self.child
        )
        self._ways_out.append(out)
        subnets = {
            zone.name: self._subnet("public", zone, zone.public, vpc, table, {"kubernetes.io/role/elb": "1"}) for zone in decided.zones
        }
        addresses = {
            zone: ec2.Eip(f"{name}-egress-{zone[-1]}", domain="vpc", tags={"Name": f"{name}-egress-{zone[-1]}"}, opts=self.child)
            for zone in decided.nat
        }
        gateways = {
            zone: ec2.NatGateway(
                f"{name}-nat-{zone[-1]}",
                subnet_id=subnets[zone].id,
                allocation_id=address.allocation_id,
                connectivity_type="public",
                tags={"Name": f"{name}-{zone[-1]}"},
                # AWS refuses a NAT gateway in a network without an Internet gateway, and no output tells that it is attached.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[internet]),
            )
            for zone, address in addresses.items()
        }
        return list(subnets.values()), list(addresses.values()), gateways

    def _private(self, decided: Plan, vpc: ec2.Vpc, gateways: dict[str, ec2.NatGateway]) -> tuple[list[ec2.Subnet], list[ec2.RouteTable]]:
        subnets: list[ec2.Subnet] = []
        tables: list[ec2.RouteTable] = []
        for zone in decided.zones:
            table = self._table(f"private-{zone.letter}", vpc)
            out = ec2.Route(
                f"{self._name}-private-{zone.letter}-out",
                route_table_id=table.id,
                destination_cidr_block=ANYWHERE,
                nat_gateway_id=gateways[decided.nat_of(zone.name)].id,
                opts=self.child,
            )
            self._ways_out.append(out)
            subnets.append(self._subnet("private", zone, zone.private, vpc, table, {"kubernetes.io/role/internal-elb": "1"}))
            tables.append(table)
        return subnets, tables

    def _data(self, decided: Plan, vpc: ec2.Vpc) -> list[ec2.Subnet]:
        table = self._table("data", vpc)  # no route: the network itself and nothing else
        subnets = [self._subnet("data", zone, zone.data, vpc, table, {}) for zone in decided.zones]
        ec2.NetworkAcl(
            f"{self._name}-data-acl",
            vpc_id=vpc.id,
            subnet_ids=[subnet.id for subnet in subnets],
            ingress=[
                ec2.NetworkAclIngressArgs(rule_no=100, action="allow", protocol="-1", from_port=0, to_port=0, cidr_block=decided.cidr)
            ],
            egress=[ec2.NetworkAclEgressArgs(rule_no=100, action="allow", protocol="-1", from_port=0, to_port=0, cidr_block=decided.cidr)],
            tags={"Name": f"{self._name}-data"},
            opts=self.child,
        )
        return subnets

    def _table(self, what: str, vpc: ec2.Vpc) -> ec2.RouteTable:
        return ec2.RouteTable(f"{self._name}-{what}-routes", vpc_id=vpc.id, tags={"Name": f"{self._name}-{what}"}, opts=self.child)

    def _subnet(self, what: str, zone: ZonePlan, cidr: str, vpc: ec2.Vpc, table: ec2.RouteTable, tags: dict[str, str]) -> ec2.Subnet:
        name = f"{self._name}-{what}-{zone.letter}"
        subnet = ec2.Subnet(
            name,
            vpc_id=vpc.id,
            availability_zone=zone.name,
            cidr_block=cidr,
            map_public_ip_on_launch=False,
            tags={"Name": name, "tier": what} | tags,
            opts=self.child,
        )
        routed = ec2.RouteTableAssociation(f"{name}-routes", subnet_id=subnet.id, route_table_id=table.id, opts=self.child)
        if what != "data":
            self._ways_out.append(routed)
        return subnet

    def _endpoints(self, where: Where, decided: Plan, vpc: ec2.Vpc, subnets: list[ec2.Subnet], tables: list[ec2.RouteTable]) -> None:
        name = self._name
        objects = ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=vpc.id,
            service_name=endpoint_service(where, "s3"),
            vpc_endpoint_type="Gateway",
            route_table_ids=[table.id for table in tables],
            policy=bucket_policy(where),
            tags={"Name": f"{name}-s3"},
            opts=self.child,
        )
        self._ways_out.append(objects)
        group = ec2.SecurityGroup(
            f"{name}-endpoints",
            description="HTTPS from the network to the private endpoints of AWS",
            vpc_id=vpc.id,
            ingress=[
                ec2.SecurityGroupIngressArgs(
                    description="HTTPS from the network", protocol="tcp", from_port=443, to_port=443, cidr_blocks=[decided.cidr]
                )
            ],
            egress=[],
            tags={"Name": f"{name}-endpoints"},
            opts=self.child,
        )
        for service in INTERFACES:
            endpoint = ec2.VpcEndpoint(
                f"{name}-{service.replace('.', '-')}",
                vpc_id=vpc.id,
                service_name=endpoint_service(where, service),
                vpc_endpoint_type="Interface",
                subnet_ids=[subnet.id for subnet in subnets],
                security_group_ids=[group.id],
                private_dns_enabled=True,
                policy=interface_policy(where, service),
                tags={"Name": f"{name}-{service}"},
                opts=self.child,
            )
            self._ways_out.append(endpoint)
