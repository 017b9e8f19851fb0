"""Play New's rows on what whole stacks register: region, network, nodes, database, registry, master key, budget."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.geography import eu_region
from components.vocabulary import Cloud
from tests.recorder import Recording, Registered
from tests.stacks import configuration, stack

pytestmark = pytest.mark.inventory

HOME = "eu-south-1"
IRELAND = "eu-west-1"
INSTANCE = "aws:rds/instance:Instance"
NODES = "aws:eks/nodeGroup:NodeGroup"


def region_of(registered: Recording[Any], item: Registered) -> str:
    return item.inputs.get("region") or registered.one("pulumi:providers:aws", item.provider).inputs["region"]


@pytest.mark.requirement("PN-01")
def test_everything_is_in_milan_but_the_copies_of_backups(registered: Recording[None]) -> None:
    elsewhere = [item for item in registered if item.type.startswith("aws:") and region_of(registered, item) != HOME]
    assert [item.name for item in elsewhere if "-copy" not in item.name] == []
    assert not any(item.type == INSTANCE or item.type.startswith("aws:eks/") for item in elsewhere)


@pytest.mark.requirement("PN-01")
def test_copies_of_backups_lie_in_the_second_region_of_the_stack_file(production: Recording[None], staging: Recording[None]) -> None:
    copies = {region_of(production, item) for item in production if item.type.startswith("aws:")} - {HOME}
    assert copies == {configuration("prod")["backup_region"]}
    assert all(eu_region(Cloud.AWS, code) for code in copies)
    assert {region_of(staging, item) for item in staging if item.type.startswith("aws:")} == {HOME}


@pytest.mark.requirement("PN-01")
def test_one_value_moves_the_whole_stack_to_ireland() -> None:
    moved = stack("staging", {"region": IRELAND, "mail/host": f"email-smtp.{IRELAND}.amazonaws.com:587"})
    assert {region_of(moved, item) for item in moved if item.type.startswith("aws:")} == {IRELAND}
    assert {item.inputs["availabilityZone"][:-1] for item in moved.of("aws:ec2/subnet:Subnet")} == {IRELAND}
    # What the mocks make up for themselves stays in Milan: ARNs, hosts.
    for kind in ("aws:ec2/vpcEndpoint:VpcEndpoint", "aws:s3/bucket:Bucket", "kubernetes:helm.sh/v3:Release"):
        assert not [item.name for item in moved.of(kind) if HOME in json.dumps({**item.inputs, "policy": ""}).replace(f":{HOME}:", "")]


@pytest.mark.requirement("PN-02")
def test_nodes_and_database_stand_in_subnets_that_the_internet_does_not_reach(registered: Recording[None]) -> None:
    routes = {
        item.inputs["subnetId"]: item.inputs["routeTableId"]
        for item in registered.of("aws:ec2/routeTableAssociation:RouteTableAssociation")
    }
    out = {item.inputs["routeTableId"]: item.inputs for item in registered.of("aws:ec2/route:Route")}
    for nodes in registered.of(NODES):
        assert len(nodes.inputs["subnetIds"]) == 3
        assert all("natGatewayId" in out[routes[subnet]] and "gatewayId" not in out[routes[subnet]] for subnet in nodes.inputs["subnetIds"])
    for group in registered.of("aws:rds/subnetGroup:SubnetGroup"):
        assert len(group.inputs["subnetIds"]) == 3
        assert all(routes[subnet] not in out for subnet in group.inputs["subnetIds"])
    assert not any(item.inputs["mapPublicIpOnLaunch"] for item in registered.of("aws:ec2/subnet:Subnet"))
    assert not any(item.inputs["publiclyAccessible"] for item in registered.of(INSTANCE))


@pytest.mark.requirement("PN-02")
def test_load_balancers_alone_stand_in_public_subnets(registered: Recording[None]) -> None:
    public = {item.name for item in registered.of("aws:ec2/subnet:Subnet") if item.inputs["tags"]["tier"] == "public"}
    gateway = registered.one("kubernetes:core/v1:Service", f"{registered.one('eucloud:platform:Region').name}-addons-gateway")
    annotations = gateway.inputs["metadata"]["annotations"]
    subnets = annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"].split(",")
    assert {f"{name}-id" for name in public} == set(subnets)
    users = [
        item.name
        for item in registered
        if item.type != "aws:ec2/subnet:Subnet" and any(f"{name}-id" in str(item.inputs) for name in public)
    ]
    assert [name for name in users if not any(part in name for part in ("-nat-", "-public-", "-addons-gateway"))] == []


@pytest.mark.requirement("PN-02")
def test_every_zone_has_its_own_way_out_in_production(production: Recording[None], staging: Recording[None]) -> None:
    assert [len(stack.of("aws:ec2/natGateway:NatGateway")) for stack in (production, staging)] == [3, 1]
    assert len({item.inputs["natGatewayId"] for item in production.of("aws:ec2/route:Route") if "natGatewayId" in item.inputs}) == 3


def scaling(registered: Recording[Any], field: str) -> list[int]:
    return sorted(int(item.inputs["scalingConfig"][field]) for item in registered.of(NODES))


@pytest.mark.requirement("PN-03")
def test_the_nodes_of_each_phase_are_as_documented(production: Recording[None], phase1: Recording[None]) -> None:
    assert scaling(production, "desiredSize") == [2, 2]
    assert (sum(scaling(production, "minSize")), sum(scaling(production, "maxSize"))) == (2, 6)
    assert (sum(scaling(phase1, "minSize")), sum(scaling(phase1, "maxSize"))) == (8, 16)


@pytest.mark.requirement("PN-03")
def test_nodes_have_four_cpus_and_sixteen_gib_and_a_supported_kubernetes(registered: Recording[None]) -> None:
    cluster = registered.one("aws:eks/cluster:Cluster")
    major, minor = cluster.inputs["version"].split(".")
    assert (int(major), int(minor)) >= (1, 29)
    assert cluster.inputs["upgradePolicy"] == {"supportType": "STANDARD"}
    for nodes in registered.of(NODES):
        # Families m5 to m8 have 4 GiB for each vCPU; `xlarge` has 4 vCPUs.
        assert all(kind.startswith("m") and kind.endswith(".xlarge") for kind in nodes.inputs["instanceTypes"])
        assert nodes.inputs["version"] == cluster.inputs["version"]


@pytest.mark.requirement("PN-05")
def test_the_database_is_the_documented_one(production: Recording[None]) -> None:
    inputs = production.one(INSTANCE).inputs
    wanted = {
        "engine": "postgres",
        "dbName": "pn_agent",
        "allocatedStorage": 100,
        "storageType": "gp3",
        "multiAz": True,
        "storageEncrypted": True,
        "backupRetentionPeriod": 30,
        "maintenanceWindow": "sat:01:00-sat:03:00",  # 02:00 to 04:00 CET
        "deletionProtection": True,
        "skipFinalSnapshot": False,
    }
    assert {key: inputs.get(key) for key in wanted} == wanted
    assert inputs["engineVersion"].startswith("16")
    assert inputs["maxAllocatedStorage"] > inputs["allocatedStorage"]
    assert inputs["kmsKeyId"] == production.one("aws:kms/key:Key", "playnew-production-data-key-cmk").state["arn"]
    parameters = production.one("aws:rds/parameterGroup:ParameterGroup").inputs["parameters"]
    assert {"name": "rds.force_ssl", "value": "1"}.items() <= next(item for item in parameters if item["name"] == "rds.force_ssl").items()


@pytest.mark.requirement("PN-05")
@pytest.mark.requirement("PN-23")
def test_phase_one_has_a_larger_database_and_a_read_replica(production: Recording[None], phase1: Recording[None]) -> None:
    (first,) = production.of(INSTANCE)
    second, replica = sorted(phase1.of(INSTANCE), key=lambda item: item.name)
    # m6g: 2 vCPU and 8 GiB, 4 vCPU and 16 GiB.
    assert (first.inputs["instanceClass"], second.inputs["instanceClass"]) == ("db.m6g.large", "db.m6g.xlarge")
    assert replica.inputs["replicateSourceDb"] == second.inputs["identifier"]
    assert replica.inputs["storageEncrypted"]
    assert not replica.inputs["publiclyAccessible"]


@pytest.mark.requirement("PN-07")
def test_the_registry_has_the_two_repositories_under_the_stacks_key(registered: Recording[None]) -> None:
    found = {item.inputs["name"]: item for item in registered.of("aws:ecr/repository:Repository")}
    assert set(found) == {"pn-host", "pn-agent-runner"}
    for name, item in found.items():
        assert item.inputs["imageTagMutability"] == "IMMUTABLE"
        assert item.inputs["imageScanningConfiguration"] == {"scanOnPush": True}
        assert [entry["encryptionType"] for entry in item.inputs["encryptionConfigurations"]] == ["KMS"]
        assert [clean.name for clean in registered.of("aws:ecr/lifecyclePolicy:LifecyclePolicy") if clean.inputs["repository"] == name]


@pytest.mark.requirement("PN-08")
def test_the_master_key_is_used_by_the_host_and_by_nobody_else(registered: Recording[None]) -> None:
    prefix = registered.one("eucloud:platform:Region").name
    key = registered.one("aws:kms/key:Key", f"{prefix}-master-key-cmk")
    assert key.inputs["enableKeyRotation"]
    (grant,) = [item for item in registered.of("aws:kms/grant:Grant") if key.urn in item.through]
    assert grant.inputs["granteePrincipal"].endswith(f"role/{prefix}-pn-host-role")
    named = {item.name for item in registered.of("aws:iam/rolePolicy:RolePolicy") if key.state["arn"] in item.inputs["policy"]}
    assert named == {f"{prefix}-pn-host-policy"}
    binding = registered.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", f"{prefix}-pn-host-binding").inputs
    assert (binding["namespace"], binding["serviceAccount"]) == ("pn-system", "pn-host")
    (environment,) = registered.of("kubernetes:apps/v1:Deployment")[0].inputs["spec"]["template"]["spec"]["containers"]
    assert key.state["arn"] in next(item["value"] for item in environment["env"] if item["name"] == "ENCRYPTION_KEY_REF")


@pytest.mark.requirement("PN-25")
def test_the_budget_covers_the_account_of_the_stack_and_warns_at_two_thousand_euros(production: Recording[None]) -> None:
    budget = production.one("aws:budgets/budget:Budget").inputs
    limit = float(budget["limitAmount"])
    euro = limit / 5000  # of phase zero, in dollars: a budget counts in nothing else
    assert (budget["timeUnit"], budget["accountId"], budget["limitUnit"]) == ("MONTHLY", configuration("prod")["account"], "USD")
    assert 1 <= euro <= 1.3
    thresholds = sorted(item["threshold"] for item in budget["notifications"] if item["notificationType"] == "ACTUAL")
    assert (round(thresholds[0] * limit / euro / 100), thresholds[-1]) == (2000, 100)
    assert {address for item in budget["notifications"] for address in item["subscriberEmailAddresses"]} == {"ops@playnew.ai"}
