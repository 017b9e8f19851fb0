from __future__ import annotations

from typing import Any

import pytest

from components.network.gcp import GcpNetwork
from components.network.gcp_google_apis import DOMAINS
from components.network.spec import NetworkSpec
from tests.components.gcp_wiring import KEY, PROJECT, REGION, SITE, key, project
from tests.recorder import Recording, record

NAME = "playnew-production-network"
PER_ZONE = NetworkSpec(cidr="10.20.0.0/16", nat_per_zone=True, flow_log_days=100)
ONE = NetworkSpec(cidr="10.20.0.0/16", nat_per_zone=False)


def made(spec: NetworkSpec) -> Recording[Any]:
    return record(
        lambda: GcpNetwork(NAME, spec, SITE, project(), key()),
        {
            "gcp:compute/address:Address": lambda inputs: {"address": f"34.154.0.{inputs['name'][-1]}"},
            "random:index/randomId:RandomId": {"hex": "0a1b2c"},
            "gcp:logging/projectBucketConfig:ProjectBucketConfig": lambda inputs: {
                "id": f"projects/{inputs['project']}/locations/{inputs['location']}/buckets/{inputs['bucketId']}"
            },
        },
    )


SUBNET = "gcp:compute/subnetwork:Subnetwork"


@pytest.fixture(scope="module")
def production() -> Recording[Any]:
    return made(PER_ZONE)


@pytest.mark.requirement("PN-02")
def test_the_network_has_the_subnets_that_are_declared_and_no_other(production: Recording[Any]) -> None:
    vpc = production.one("gcp:compute/network:Network").inputs
    assert (vpc["autoCreateSubnetworks"], vpc["deleteDefaultRoutesOnCreate"], vpc["routingMode"]) == (False, True, "REGIONAL")
    subnet = production.one(SUBNET, f"{NAME}-private").inputs
    assert (subnet["region"], subnet["network"], subnet["ipCidrRange"]) == (REGION, f"{NAME}-vpc-id", "10.20.16.0/20")
    assert subnet["stackType"] == "IPV4_ONLY"
    assert {item.name for item in production.of(SUBNET)} == {f"{NAME}-private", f"{NAME}-endpoints"}


@pytest.mark.requirement("SN-04")
def test_managed_caches_and_nobody_else_make_endpoints_in_a_subnet_of_their_own(production: Recording[Any]) -> None:
    policy = production.one("gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy").inputs
    assert (policy["serviceClass"], policy["location"], policy["network"]) == ("gcp-memorystore", REGION, f"{NAME}-vpc-id")
    assert policy["pscConfig"] == {"subnetworks": [f"{NAME}-endpoints-id"]}
    subnet = production.one(SUBNET, f"{NAME}-endpoints").inputs
    outputs = production.one("eucloud:gcp:Network").outputs
    assert subnet["ipCidrRange"] == outputs["endpoint_cidr"] == "10.20.1.0/24"


def test_pods_and_services_have_named_ranges_of_the_subnet(production: Recording[Any]) -> None:
    subnet = production.one(SUBNET, f"{NAME}-private").inputs
    assert {item["rangeName"]: item["ipCidrRange"] for item in subnet["secondaryIpRanges"]} == {
        "pods": "10.20.128.0/17",
        "services": "172.20.0.0/16",
    }


def test_everything_leaves_by_one_route_and_known_addresses(production: Recording[Any]) -> None:
    route = production.one("gcp:compute/route:Route").inputs
    assert (route["destRange"], route["nextHopGateway"]) == ("0.0.0.0/0", "default-internet-gateway")
    nat = production.one("gcp:compute/routerNat:RouterNat").inputs
    assert (nat["natIpAllocateOption"], nat["router"]) == ("MANUAL_ONLY", f"{NAME}-router")
    assert nat["natIps"] == [f"{NAME}-egress-{number}-selfLink" for number in (1, 2, 3)]
    assert production.one("eucloud:gcp:Network").outputs["egress_ips"] == [f"34.154.0.{number}" for number in (1, 2, 3)]


def test_nodes_and_pods_leave_through_nat_and_services_do_not(production: Recording[Any]) -> None:
    [subnet] = production.one("gcp:compute/routerNat:RouterNat").inputs["subnetworks"]
    assert subnet == {
        "name": f"{NAME}-private-id",
        "sourceIpRangesToNats": ["PRIMARY_IP_RANGE", "LIST_OF_SECONDARY_IP_RANGES"],
        "secondaryIpRangeNames": ["pods"],
    }


def test_a_busy_node_gets_more_ports_which_excludes_a_mapping_that_knows_no_endpoint(production: Recording[Any]) -> None:
    nat = production.one("gcp:compute/routerNat:RouterNat").inputs
    assert (nat["enableDynamicPortAllocation"], nat["enableEndpointIndependentMapping"]) == (True, False)
    for bound in (nat["minPortsPerVm"], nat["maxPortsPerVm"]):
        assert bound >= 32
        assert int(bound).bit_count() == 1  # the API takes powers of two alone


def test_one_address_serves_where_that_is_enough() -> None:
    assert made(ONE).types()["gcp:compute/address:Address"] == 1


def test_machines_may_wait_for_their_ways_out(production: Recording[Any]) -> None:
    names = {item.name for item in production.of("gcp:dns/recordSet:RecordSet")}
    assert {resource.pulumi_resource_name for resource in production.result.outputs.ways_out} == {f"{NAME}-out", f"{NAME}-nat", *names}


def test_what_nobody_let_in_is_refused_and_written_down(production: Recording[Any]) -> None:
    rule = production.one("gcp:compute/firewall:Firewall").inputs
    assert (rule["direction"], rule["priority"], rule["sourceRanges"]) == ("INGRESS", 65534, ["0.0.0.0/0"])
    assert rule["denies"] == [{"protocol": "all"}]
    assert rule["logConfig"] == {"metadata": "INCLUDE_ALL_METADATA"}
    assert "allows" not in rule


def test_databases_get_addresses_of_a_range_of_the_stack(production: Recording[Any]) -> None:
    reserved = production.one("gcp:compute/globalAddress:GlobalAddress").inputs
    assert (reserved["purpose"], reserved["addressType"]) == ("VPC_PEERING", "INTERNAL")
    assert (reserved["address"], reserved["prefixLength"], reserved["network"]) == ("10.20.8.0", 21, f"{NAME}-vpc-id")
    connection = production.one("gcp:servicenetworking/connection:Connection")
    assert connection.inputs["reservedPeeringRanges"] == [f"{NAME}-data"]
    assert [resource.pulumi_resource_name for resource in production.result.outputs.data_ready] == [connection.name]


def test_a_destroy_right_after_the_databases_leaves_no_network_behind(production: Recording[Any]) -> None:
    assert production.one("gcp:servicenetworking/connection:Connection").inputs["deletionPolicy"] == "REMOVE_PEERING"


def test_images_secrets_and_keys_stay_off_the_internet(production: Recording[Any]) -> None:
    assert production.one(SUBNET, f"{NAME}-private").inputs["privateIpGoogleAccess"] is True
    zones = {item.name: item.inputs for item in production.of("gcp:dns/managedZone:ManagedZone")}
    assert {zone["dnsName"] for zone in zones.values()} == {f"{domain}." for domain in DOMAINS}
    for zone in zones.values():
        assert (zone["visibility"], zone["privateVisibilityConfig"]) == ("private", {"networks": [{"networkUrl": f"{NAME}-vpc-id"}]})


@pytest.mark.parametrize(
    ("domain", "target"), [("googleapis.com", "private.googleapis.com."), ("pkg.dev", "pkg.dev."), ("gcr.io", "gcr.io.")]
)
def test_every_name_of_a_domain_leads_to_the_private_addresses(production: Recording[Any], domain: str, target: str) -> None:
    zone = f"{NAME}-{domain.replace('.', '-')}"
    records = {
        (item.inputs["name"], item.inputs["type"]): item.inputs["rrdatas"]
        for item in production.of("gcp:dns/recordSet:RecordSet")
        if item.inputs["managedZone"] == zone
    }
    assert records == {
        (target, "A"): [f"199.36.153.{last}" for last in (8, 9, 10, 11)],
        (f"*.{domain}.", "CNAME"): [target],
    }


def test_every_flow_is_logged_in_the_region_encrypted_and_kept_as_long_as_asked(production: Recording[Any]) -> None:
    flows = production.one(SUBNET, f"{NAME}-private").inputs["logConfig"]
    assert (flows["flowSampling"], flows["aggregationInterval"], flows["metadata"]) == (1.0, "INTERVAL_1_MIN", "INCLUDE_ALL_METADATA")
    bucket = production.one("gcp:logging/projectBucketConfig:ProjectBucketConfig").inputs
    assert (bucket["location"], bucket["retentionDays"], bucket["cmekSettings"]) == (REGION, 100, {"kmsKeyName": KEY})


def test_a_stack_made_again_after_a_destroy_meets_no_log_bucket_of_its_former_life(production: Recording[Any]) -> None:
    assert production.one("gcp:logging/projectBucketConfig:ProjectBucketConfig").inputs["bucketId"] == f"{NAME}-0a1b2c"


def test_the_networks_logs_go_to_their_bucket_and_to_no_other(production: Recording[Any]) -> None:
    sink = production.one("gcp:logging/projectSink:ProjectSink").inputs
    where = f"projects/{PROJECT}/locations/{REGION}/buckets/{NAME}-0a1b2c"
    assert sink["destination"] == f"logging.googleapis.com/{where}"
    exclusion = production.one("gcp:logging/projectExclusion:ProjectExclusion")
    assert exclusion.inputs["filter"] == sink["filter"]
    assert f"{NAME}-logs-sink" in exclusion.depends_on
    for written in ("compute.googleapis.com/vpc_flows", "compute.googleapis.com/firewall", "compute.googleapis.com/nat_flows"):
        assert f'log_id("{written}")' in sink["filter"]


def test_another_networks_logs_are_left_alone(production: Recording[Any]) -> None:
    wanted = production.one("gcp:logging/projectSink:ProjectSink").inputs["filter"]
    subnet = production.one(SUBNET, f"{NAME}-private").inputs["name"]
    nat = production.one("gcp:compute/routerNat:RouterNat").inputs["name"]
    assert f'resource.labels.subnetwork_name="{subnet}"' in wanted
    assert f'resource.labels.gateway_name="{nat}"' in wanted


def test_others_get_ids_and_planned_ranges(production: Recording[Any]) -> None:
    outputs = production.one("eucloud:gcp:Network").outputs
    assert (outputs["id"], outputs["private_subnet_ids"]) == (f"{NAME}-vpc-id", [f"{NAME}-private-id"])
    assert (outputs["private_cidrs"], outputs["data_cidrs"], outputs["pod_cidr"]) == (
        ["10.20.16.0/20"],
        ["10.20.8.0/21"],
        "10.20.128.0/17",
    )
    assert outputs["ranges"] == {"pods": "pods", "services": "services"}


def test_everything_hangs_under_the_component(production: Recording[Any]) -> None:
    assert {item.parent for item in production if item.custom} == {NAME}
