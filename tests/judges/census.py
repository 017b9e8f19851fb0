"""Everything that stands in an AWS account, by the type of the engine that makes it, as AWS's own listing calls show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, cast

from tests.engine.stage import Resource
from tests.judges.account import Account

VPC, KEY, ROLE, BUCKET = "aws:ec2/vpc:Vpc", "aws:kms/key:Key", "aws:iam/role:Role", "aws:s3/bucket:Bucket"
SECRET, CLUSTER, ZONE, REPOSITORY = (
    "aws:secretsmanager/secret:Secret",
    "aws:eks/cluster:Cluster",
    "aws:route53/zone:Zone",
    "aws:ecr/repository:Repository",
)
PENDING = "key that is to be deleted"
COMPANIONS = {
    "cluster's security group",
    "database snapshot",
    "default network ACL",
    "main route table",
    "network interface",
    "secret of a service",
}
"""What a cloud makes by itself beside what it is asked for."""


class Thing(NamedTuple):
    """`region` is empty for what belongs to the whole account, `id` where only the engine's provider knows one."""

    type: str
    region: str
    id: str = ""


class Listing(NamedTuple):
    """`found` is a JMESPath to ids; to anything else for what there is once at most, which goes by its owner's id.

    Where it has an owner (`of`), the call is made for each one, with its id as `argument`. In `found` stand OWNER, REGION, and OURS
    for what is not in the network that AWS gives every account. A type that no engine makes has plain words
    for a name, one that only finds owners begins with a dash below.
    """

    type: str
    service: str
    operation: str
    found: str
    of: str = ""
    argument: str = ""


def _of_bucket(type_: str, operation: str, found: str) -> Listing:
    return Listing(f"aws:s3/{type_[0].lower()}{type_[1:]}:{type_}", "s3", operation, found, BUCKET, "Bucket")


def _network(type_: str, operation: str, found: str) -> Listing:
    return Listing(type_, "ec2", operation, found)


COUNTED_ONLY = {
    "aws:ebs/encryptionByDefault:EncryptionByDefault",
    "aws:ec2/route:Route",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:rds/instance:Instance",
    "aws:route53/record:Record",
}
"""Types whose ids the provider puts together in ways of its own; moto gives all databases the same one."""
GLOBAL = {"iam", "route53", "budgets", "s3control"}
LISTINGS = (
    _network(VPC, "describe_vpcs", "Vpcs[?OURS].VpcId"),
    _network("aws:ec2/subnet:Subnet", "describe_subnets", "Subnets[?OURS].SubnetId"),
    _network(
        "aws:ec2/internetGateway:InternetGateway",
        "describe_internet_gateways",
        "InternetGateways[?!Attachments || Attachments[?OURS]].InternetGatewayId",
    ),
    _network("aws:ec2/eip:Eip", "describe_addresses", "Addresses[].AllocationId"),
    _network("aws:ec2/natGateway:NatGateway", "describe_nat_gateways", "NatGateways[?State!='deleted'].NatGatewayId"),
    _network("aws:ec2/routeTable:RouteTable", "describe_route_tables", "RouteTables[?OURS && !(Associations[?Main])].RouteTableId"),
    _network(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "describe_route_tables",
        "RouteTables[].Associations[] | [?!Main].RouteTableAssociationId",
    ),
    # Without the network's own ones, and those that an endpoint puts there.
    _network(
        "aws:ec2/route:Route",
        "describe_route_tables",
        "RouteTables[?OURS].Routes[] | [?GatewayId!='local' && !starts_with(GatewayId || '-', 'vpce-')].State",
    ),
    _network("aws:ec2/networkAcl:NetworkAcl", "describe_network_acls", "NetworkAcls[?!IsDefault].NetworkAclId"),
    _network("aws:ec2/vpcEndpoint:VpcEndpoint", "describe_vpc_endpoints", "VpcEndpoints[?State!='deleted'].VpcEndpointId"),
    _network("aws:ec2/flowLog:FlowLog", "describe_flow_logs", "FlowLogs[].FlowLogId"),
    _network("aws:ec2/launchTemplate:LaunchTemplate", "describe_launch_templates", "LaunchTemplates[].LaunchTemplateId"),
    _network(
        "aws:ec2/securityGroup:SecurityGroup",
        "describe_security_groups",
        "SecurityGroups[?GroupName!='default' && !starts_with(GroupName, 'eks-cluster-sg-')].GroupId",
    ),
    _network(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "describe_security_groups",
        "SecurityGroups[?OURS && GroupName=='default'].GroupId",
    ),
    # Rules without tags are parts of their groups.
    _network(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "describe_security_group_rules",
        "SecurityGroupRules[?!IsEgress && Tags].SecurityGroupRuleId",
    ),
    _network("aws:ebs/encryptionByDefault:EncryptionByDefault", "get_ebs_encryption_by_default", "EbsEncryptionByDefault"),
    _network("main route table", "describe_route_tables", "RouteTables[?OURS && Associations[?Main]].RouteTableId"),
    _network("default network ACL", "describe_network_acls", "NetworkAcls[?OURS && IsDefault].NetworkAclId"),
    _network("network interface", "describe_network_interfaces", "NetworkInterfaces[].NetworkInterfaceId"),
    _network("cluster's security group", "describe_security_groups", "SecurityGroups[?starts_with(GroupName, 'eks-cluster-sg-')].GroupId"),
    _network("instance", "describe_instances", "Reservations[].Instances[].InstanceId"),
    _network("volume", "describe_volumes", "Volumes[].VolumeId"),
    Listing(ROLE, "iam", "list_roles", "Roles[].RoleName"),
    Listing("aws:iam/rolePolicy:RolePolicy", "iam", "list_role_policies", "PolicyNames[].join(':', ['OWNER', @])", ROLE, "RoleName"),
    Listing(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "iam",
        "list_attached_role_policies",
        "AttachedPolicies[].PolicyArn",
        ROLE,
        "RoleName",
    ),
    Listing("_key", "kms", "list_keys", "Keys[].KeyId"),
    Listing(KEY, "kms", "describe_key", "KeyMetadata.KeyManager=='CUSTOMER' && KeyMetadata.KeyState!='PendingDeletion'", "_key", "KeyId"),
    Listing(PENDING, "kms", "describe_key", "KeyMetadata.KeyState=='PendingDeletion'", "_key", "KeyId"),
    Listing("aws:kms/grant:Grant", "kms", "list_grants", "Grants[].join(':', ['OWNER', GrantId])", KEY, "KeyId"),
    Listing("aws:kms/alias:Alias", "kms", "list_aliases", "Aliases[?!starts_with(AliasName, 'alias/aws/')].AliasName"),
    Listing("aws:cloudwatch/logGroup:LogGroup", "logs", "describe_log_groups", "logGroups[].logGroupName"),
    Listing("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "logs", "describe_resource_policies", "resourcePolicies[].policyName"),
    Listing("aws:cloudtrail/trail:Trail", "cloudtrail", "list_trails", "Trails[?HomeRegion=='REGION'].TrailARN"),
    Listing(SECRET, "secretsmanager", "list_secrets", "SecretList[?!OwningService].ARN"),
    Listing(
        "aws:secretsmanager/secretVersion:SecretVersion",
        "secretsmanager",
        "list_secret_version_ids",
        # What another version took the place of stays with AWS as history: nobody can delete it.
        "Versions[?contains(VersionStages, 'AWSCURRENT')].join('|', ['OWNER', VersionId])",
        SECRET,
        "SecretId",
    ),
    Listing("secret of a service", "secretsmanager", "list_secrets", "SecretList[?OwningService].ARN"),
    Listing("aws:rds/instance:Instance", "rds", "describe_db_instances", "DBInstances[].DbiResourceId"),
    Listing("aws:rds/parameterGroup:ParameterGroup", "rds", "describe_db_parameter_groups", "DBParameterGroups[].DBParameterGroupName"),
    Listing("aws:rds/subnetGroup:SubnetGroup", "rds", "describe_db_subnet_groups", "DBSubnetGroups[].DBSubnetGroupName"),
    Listing("database snapshot", "rds", "describe_db_snapshots", "DBSnapshots[].DBSnapshotIdentifier"),
    Listing(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "elasticache",
        "describe_replication_groups",
        "ReplicationGroups[].ReplicationGroupId",
    ),
    Listing(CLUSTER, "eks", "list_clusters", "clusters"),
    Listing("aws:eks/nodeGroup:NodeGroup", "eks", "list_nodegroups", "nodegroups[].join(':', ['OWNER', @])", CLUSTER, "clusterName"),
    Listing(REPOSITORY, "ecr", "describe_repositories", "repositories[].repositoryName"),
    Listing("aws:ecr/lifecyclePolicy:LifecyclePolicy", "ecr", "get_lifecycle_policy", "lifecyclePolicyText", REPOSITORY, "repositoryName"),
    Listing("aws:backup/vault:Vault", "backup", "list_backup_vaults", "BackupVaultList[].BackupVaultName"),
    Listing("aws:backup/plan:Plan", "backup", "list_backup_plans", "BackupPlansList[].BackupPlanId"),
    Listing(
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        "s3control",
        "get_public_access_block",
        "PublicAccessBlockConfiguration",
        "account",
        "AccountId",
    ),
    Listing(
        "aws:budgets/budget:Budget", "budgets", "describe_budgets", "Budgets[].join(':', ['OWNER', BudgetName])", "account", "AccountId"
    ),
    Listing(ZONE, "route53", "list_hosted_zones", "HostedZones[].Id"),
    Listing(
        "aws:route53/record:Record",
        "route53",
        "list_resource_record_sets",
        "ResourceRecordSets[?Type!='NS' && Type!='SOA'].Name",
        ZONE,
        "HostedZoneId",
    ),
    Listing("_bucket", "s3", "list_buckets", "Buckets[].Name"),
    Listing(BUCKET, "s3", "get_bucket_location", "LocationConstraint=='REGION'", "_bucket", "Bucket"),
    _of_bucket("BucketPolicy", "get_bucket_policy", "Policy"),
    _of_bucket("BucketVersioning", "get_bucket_versioning", "Status"),
    _of_bucket("BucketOwnershipControls", "get_bucket_ownership_controls", "OwnershipControls.Rules[0]"),
    _of_bucket("BucketPublicAccessBlock", "get_public_access_block", "PublicAccessBlockConfiguration"),
    _of_bucket("BucketServerSideEncryptionConfiguration", "get_bucket_encryption", "ServerSideEncryptionConfiguration.Rules[0]"),
    _of_bucket("BucketLifecycleConfiguration", "get_bucket_lifecycle_configuration", "Rules[0]"),
    _of_bucket("BucketReplicationConfig", "get_bucket_replication", "ReplicationConfiguration"),
)


def lingers(thing: Thing) -> bool:
    """Keys wait for their end, and the automatic backups of a database outlive it, as declared: what was deleted by mistake comes back."""
    return thing.type == PENDING or (thing.type == "database snapshot" and thing.id.startswith("rds:"))


def census(account: Account, home: str, regions: Iterable[str]) -> list[Thing]:
    """Everything in these regions, in order; what belongs to the whole account is asked for at `home`."""
    things = [*_listed(account, home, everywhere=True), *(thing for region in regions for thing in _listed(account, region))]
    return sorted(thing._replace(id="") if thing.type in COUNTED_ONLY else thing for thing in things)


def recorded(resources: Iterable[Resource]) -> list[Thing]:
    """What the engine's state says about AWS, as the census would have it."""
    return sorted(
        Thing(one["type"], one["outputs"].get("region", ""), "" if one["type"] in COUNTED_ONLY else one["id"])
        for one in resources
        if one["type"].startswith("aws:")
    )


def _listed(account: Account, region: str, *, everywhere: bool = False) -> Iterator[Thing]:
    (given,) = account.ask("ec2", region, "describe_vpcs", "Vpcs[?IsDefault].VpcId")
    owners: dict[str, list[str]] = {"": [""], "account": [account.id]}
    for listing in LISTINGS:
        if (listing.service in GLOBAL) == everywhere:
            found = [id_ for owner in owners[listing.of] for id_ in _found(account, region, listing, owner, f"VpcId!='{given}'")]
            owners[listing.type] = found
            if not listing.type.startswith("_"):
                yield from (Thing(listing.type, "" if everywhere else region, id_) for id_ in found)


def _found(account: Account, region: str, listing: Listing, owner: str, ours: str) -> list[str]:
    path = listing.found.replace("OURS", ours).replace("REGION", region).replace("OWNER", owner)
    arguments = {listing.argument: owner} if listing.of else {}
    found = account.ask(listing.service, region, listing.operation, path, **arguments)
    return (
        [str(one).removeprefix("/hostedzone/") for one in cast("list[Any]", found)] if isinstance(found, list) else [owner] if found else []
    )
