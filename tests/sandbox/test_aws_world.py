"""Names and places that are taken, pieces that do not fit, things that others hold back."""

import json

import pytest

from sandbox.contract import Properties, Record
from tests.sandbox.accounts import DATABASE, OWNER, Account, Site, policy, trust

SUBNET, GROUP = "aws:ec2/subnet:Subnet", "aws:ec2/securityGroup:SecurityGroup"
INGRESS, INSTANCE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:rds/instance:Instance"


@pytest.mark.parametrize(
    ("type_", "inputs", "code"),
    [
        ("aws:s3/bucket:Bucket", {"bucket": "playnew-logs"}, "BucketAlreadyOwnedByYou"),
        ("aws:iam/role:Role", {"name": "r", "assumeRolePolicy": trust()}, "EntityAlreadyExists"),
        ("aws:ecr/repository:Repository", {"name": "play/new"}, "RepositoryAlreadyExistsException"),
        ("aws:kms/alias:Alias", {"name": "alias/data"}, "AlreadyExistsException"),
        ("aws:secretsmanager/secret:Secret", {"name": "s"}, "ResourceExistsException"),
        ("aws:cloudwatch/logGroup:LogGroup", {"name": "/playnew"}, "ResourceAlreadyExistsException"),
        ("aws:backup/vault:Vault", {"name": "v"}, "AlreadyExistsException"),
        (INSTANCE, {**DATABASE, "identifier": "db"}, "DBInstanceAlreadyExists"),
    ],
)
def test_a_name_is_given_once(type_: str, inputs: Properties, code: str):
    account = Account()
    if type_ == "aws:kms/alias:Alias":
        inputs = {**inputs, "targetKeyId": account.make("aws:kms/key:Key").id}
    account.make(type_, "first", **inputs)
    assert account.refused(type_, "second", **inputs).startswith(f"{code}:")


def test_a_regional_name_is_free_in_another_region_and_a_bucket_name_is_not():
    account = Account()
    account.make("aws:cloudwatch/logGroup:LogGroup", "here", name="/playnew")
    account.make("aws:cloudwatch/logGroup:LogGroup", "there", name="/playnew", region="eu-west-1")
    account.make("aws:s3/bucket:Bucket", "here", bucket="playnew-logs")
    assert "BucketAlreadyOwnedByYou" in account.refused("aws:s3/bucket:Bucket", bucket="playnew-logs", region="eu-west-1")


def test_two_hosted_zones_may_carry_one_name():
    account = Account()
    first, second = (account.make("aws:route53/zone:Zone", name, name="playnew.eu") for name in ("a", "b"))
    assert first.id != second.id


@pytest.mark.parametrize(("cidr", "code"), [("10.0.0.128/25", "InvalidSubnet.Conflict"), ("10.1.0.0/24", "InvalidSubnet.Range")])
def test_a_subnet_lies_inside_its_vpc_and_beside_its_siblings(cidr: str, code: str):
    site = Site()
    assert site.refused(SUBNET, vpcId=site.vpc.id, cidrBlock=cidr).startswith(code)


def test_a_vpc_has_one_internet_gateway():
    site = Site()
    site.make("aws:ec2/internetGateway:InternetGateway", vpcId=site.vpc.id)
    assert "AlreadyAssociated" in site.refused("aws:ec2/internetGateway:InternetGateway", vpcId=site.vpc.id)


def test_the_same_route_and_the_same_rule_exist_once():
    site = Site()
    table = site.make("aws:ec2/routeTable:RouteTable", vpcId=site.vpc.id)
    gateway = site.make("aws:ec2/internetGateway:InternetGateway", vpcId=site.vpc.id)
    route = {"routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway.id}
    site.make("aws:ec2/route:Route", **route)
    assert "RouteAlreadyExists" in site.refused("aws:ec2/route:Route", **route)
    rule = {"securityGroupId": site.vpc.outputs["defaultSecurityGroupId"], "ipProtocol": "-1", "cidrIpv4": "10.0.0.0/16"}
    site.make(INGRESS, **rule)
    assert "InvalidPermission.Duplicate" in site.refused(INGRESS, **rule)


def test_an_update_does_not_collide_with_itself():
    site = Site()
    site.change(site.subnets[0], mapPublicIpOnLaunch=True)
    assert site.change(site.role, description="changed").id == site.role.id


def test_a_cluster_needs_two_zones():
    site = Site()
    reason = site.refused("aws:eks/cluster:Cluster", roleArn=site.role.outputs["arn"], vpcConfig={"subnetIds": site.ids[:1]})
    assert "at least two different AZs" in reason


def test_nodes_are_not_newer_than_their_cluster():
    site = Site()
    assert "newer than the cluster's 1.35" in site.refused("aws:eks/nodeGroup:NodeGroup", **site.nodes(version="1.36"))


def test_an_access_policy_needs_an_access_entry():
    site = Site()
    arn = f"arn:aws:iam::{OWNER}:role/Administrators"
    inputs: Properties = {
        "clusterName": site.cluster.id,
        "principalArn": arn,
        "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        "accessScope": {"type": "cluster"},
    }
    assert "has no access entry" in site.refused("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", **inputs)
    site.make("aws:eks/accessEntry:AccessEntry", clusterName=site.cluster.id, principalArn=arn)
    site.make("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", **inputs)


def test_a_database_takes_the_parameter_group_of_its_own_major_version():
    account = Account()
    group = account.make("aws:rds/parameterGroup:ParameterGroup", family="postgres16")
    assert "DBParameterGroupFamily postgres17" in account.refused(INSTANCE, **DATABASE, parameterGroupName=group.id)


def test_a_subnet_group_covers_two_zones():
    site = Site()
    assert "DBSubnetGroupDoesNotCoverEnoughAZs" in site.refused("aws:rds/subnetGroup:SubnetGroup", subnetIds=site.ids[:1])


def test_a_log_group_needs_a_key_whose_policy_knows_the_logs_service():
    account = Account()
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"}, "Action": "kms:*", "Resource": "*"}
    logs = {"Effect": "Allow", "Principal": {"Service": "logs.eu-central-1.amazonaws.com"}, "Action": "kms:Encrypt*", "Resource": "*"}
    plain = account.make("aws:kms/key:Key", "plain")
    assert "AccessDeniedException" in account.refused("aws:cloudwatch/logGroup:LogGroup", name="/x", kmsKeyId=plain.outputs["arn"])
    document = json.dumps({"Version": "2012-10-17", "Statement": [root, logs]})
    key = account.make("aws:kms/key:Key", "serving", policy=document)
    account.make("aws:cloudwatch/logGroup:LogGroup", "a", name="/a", kmsKeyId=key.outputs["arn"])
    account.make("aws:kms/keyPolicy:KeyPolicy", keyId=plain.id, policy=document)
    account.make("aws:cloudwatch/logGroup:LogGroup", "b", name="/b", kmsKeyId=plain.outputs["arn"])


def test_a_trail_needs_a_bucket_that_lets_it_write():
    account = Account()
    bucket = account.make("aws:s3/bucket:Bucket")
    assert "InsufficientS3BucketPolicyException" in account.refused("aws:cloudtrail/trail:Trail", s3BucketName=bucket.id)
    writes = policy(Principal={"Service": "cloudtrail.amazonaws.com"}, Action="s3:PutObject", Resource=f"{bucket.outputs['arn']}/*")
    account.make("aws:s3/bucketPolicy:BucketPolicy", bucket=bucket.id, policy=writes)
    account.make("aws:cloudtrail/trail:Trail", s3BucketName=bucket.id)


def test_replication_needs_versions_on_both_sides():
    account = Account()
    source, copy = (account.make("aws:s3/bucket:Bucket", name) for name in ("source", "copy"))
    role = account.make("aws:iam/role:Role", assumeRolePolicy=trust(Principal={"Service": "s3.amazonaws.com"}))
    rules = [{"status": "Enabled", "destination": {"bucket": copy.outputs["arn"]}}]
    inputs: Properties = {"bucket": source.id, "role": role.outputs["arn"], "rules": rules}
    replication = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
    enabled = {"status": "Enabled"}
    assert "Versioning must be 'Enabled'" in account.refused(replication, **inputs)
    account.make("aws:s3/bucketVersioning:BucketVersioning", "a", bucket=source.id, versioningConfiguration=enabled)
    assert "Destination bucket must have versioning" in account.refused(replication, **inputs)
    account.make("aws:s3/bucketVersioning:BucketVersioning", "b", bucket=copy.id, versioningConfiguration=enabled)
    account.make(replication, **inputs)


def test_a_public_policy_is_refused_where_public_access_is_blocked():
    account = Account()
    bucket = account.make("aws:s3/bucket:Bucket")
    account.make("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", bucket=bucket.id, blockPublicPolicy=True)
    public = policy(Principal="*", Resource=f"{bucket.outputs['arn']}/*")
    assert "BlockPublicPolicy" in account.refused("aws:s3/bucketPolicy:BucketPolicy", bucket=bucket.id, policy=public)


def test_backups_are_not_replicated_into_their_own_region():
    account = Account()
    database = account.make(INSTANCE, **DATABASE, backupRetentionPeriod=7)
    replication = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
    source = {"sourceDbInstanceArn": database.outputs["arn"]}
    assert "different region" in account.refused(replication, **source)
    account.make(replication, **source, region="eu-west-1")


def test_services_without_an_endpoint_in_the_sovereign_cloud_are_refused():
    inputs = {"content": policy(Effect="Deny"), "name": "deny"}
    assert "organizations has no endpoint in eusc-de-east-1" in Account("eusc-de-east-1").refused(
        "aws:organizations/policy:Policy", **inputs
    )


def held(site: Site) -> dict[str, tuple[Record, str]]:
    """Things that others hold back, with what AWS says."""
    address = site.make("aws:ec2/eip:Eip", domain="vpc")
    site.make("aws:ec2/natGateway:NatGateway", allocationId=address.id, subnetId=site.ids[0])
    table = site.make("aws:ec2/routeTable:RouteTable", vpcId=site.vpc.id)
    site.make("aws:ec2/routeTableAssociation:RouteTableAssociation", routeTableId=table.id, subnetId=site.ids[0])
    site.make("aws:eks/nodeGroup:NodeGroup", **site.nodes())
    own = site.make("aws:iam/policy:Policy", policy=policy())
    site.make("aws:iam/rolePolicyAttachment:RolePolicyAttachment", role=site.role.id, policyArn=own.outputs["arn"])
    group, other = (site.make(GROUP, name, vpcId=site.vpc.id) for name in ("group", "other"))
    site.make(INGRESS, securityGroupId=other.id, ipProtocol="-1", referencedSecurityGroupId=group.id)
    subnets = site.make("aws:rds/subnetGroup:SubnetGroup", subnetIds=site.ids)
    parameters = site.make("aws:rds/parameterGroup:ParameterGroup", family="postgres17")
    wiring = {"dbSubnetGroupName": subnets.id, "parameterGroupName": parameters.id}
    database = site.make(INSTANCE, **DATABASE, **wiring, deletionProtection=True)
    zone = site.make("aws:route53/zone:Zone", name="playnew.eu")
    site.make("aws:route53/record:Record", zoneId=zone.id, name="a", type="A", ttl=1, records=["10.0.0.1"])
    vault = site.make("aws:backup/vault:Vault")
    plan = site.make("aws:backup/plan:Plan", name="p", rules=[{"ruleName": "r", "targetVaultName": vault.id}])
    site.make("aws:backup/selection:Selection", name="s", planId=plan.id, iamRoleArn=site.role.outputs["arn"], resources=["*"])
    return {
        "vpc": (site.vpc, "DependencyViolation: The vpc"),
        "subnet": (site.subnets[0], "DependencyViolation: The subnet"),
        "address": (address, "InvalidIPAddress.InUse"),
        "table": (table, "DependencyViolation: The routeTable"),
        "role": (site.role, "DeleteConflict"),
        "policy": (own, "DeleteConflict"),
        "cluster": (site.cluster, "ResourceInUseException: Cluster has nodegroups"),
        "group": (group, "DependencyViolation: resource sg-"),
        "subnets": (subnets, "InvalidDBSubnetGroupStateFault"),
        "parameters": (parameters, "InvalidDBParameterGroupState"),
        "database": (database, "InvalidParameterCombination: Cannot delete protected DB Instance"),
        "zone": (zone, "HostedZoneNotEmpty"),
        "plan": (plan, "InvalidRequestException: Related backup plan selections"),
        "other": (other, ""),
    }


def test_what_others_depend_on_cannot_be_deleted():
    site = Site()
    for name, (record, reason) in held(site).items():
        said = site.held(record)
        assert said.startswith(reason), name
        assert bool(said) == bool(reason), name


def test_force_lets_go():
    account = Account()
    role = account.make("aws:iam/role:Role", assumeRolePolicy=trust(), forceDetachPolicies=True)
    account.make("aws:iam/rolePolicy:RolePolicy", role=role.id, policy=policy())
    zone = account.make("aws:route53/zone:Zone", name="playnew.eu", forceDestroy=True)
    account.make("aws:route53/record:Record", zoneId=zone.id, name="a", type="A", ttl=1, records=["10.0.0.1"])
    assert (account.held(role), account.held(zone)) == ("", "")


def test_a_database_asks_what_becomes_of_its_last_snapshot():
    account = Account()
    database = account.make(INSTANCE, **DATABASE)
    assert "finalSnapshotIdentifier" in account.held(database)
    assert account.held(account.change(database, skipFinalSnapshot=True)) == ""
    assert account.held(account.change(database, finalSnapshotIdentifier="last")) == ""


def test_a_cluster_can_protect_itself():
    site = Site()
    assert "deletion protection" in site.held(site.change(site.cluster, deletionProtection=True))
