"""How ids and ARNs of each type look.

A form is `(id, arn)`. Fields: `{name}` the physical name, `{h17}` … fresh hexadecimal of that length, `{uuid}`, `{arn}` the
finished ARN, `{id}` the finished id, `{in[property]}` an input. An ARN that begins with a service (`ec2:…`) is regional;
`iam::…` leaves the region out, `s3:::…` the account too.
"""

from __future__ import annotations

from typing import NamedTuple

from sandbox.aws.naming import AUTOMATIC


class Form(NamedTuple):
    id: str
    arn: str = ""


def _ec2(prefix: str, kind: str, length: int = 17) -> Form:
    return Form(f"{prefix}-{{h{length}}}", f"ec2:{kind}/{{id}}")


FORMS: dict[str, Form] = {
    "aws:ec2/vpc:Vpc": _ec2("vpc", "vpc"),
    "aws:ec2/subnet:Subnet": _ec2("subnet", "subnet"),
    "aws:ec2/internetGateway:InternetGateway": _ec2("igw", "internet-gateway"),
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": _ec2("eigw", "egress-only-internet-gateway"),
    "aws:ec2/natGateway:NatGateway": _ec2("nat", "natgateway"),
    "aws:ec2/eip:Eip": _ec2("eipalloc", "elastic-ip"),
    "aws:ec2/routeTable:RouteTable": _ec2("rtb", "route-table"),
    "aws:ec2/route:Route": Form("r-{in[routeTableId]}{d10}"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Form("rtbassoc-{h17}"),
    "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation": Form("rtbassoc-{h17}"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _ec2("vpce", "vpc-endpoint"),
    "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation": Form("a-{in[vpcEndpointId]}{d10}"),
    "aws:ec2/securityGroup:SecurityGroup": _ec2("sg", "security-group"),
    "aws:ec2/securityGroupRule:SecurityGroupRule": Form("sgrule-{d10}"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _ec2("sgr", "security-group-rule"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _ec2("sgr", "security-group-rule"),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Form("{adopted}", "ec2:security-group/{id}"),
    "aws:ec2/defaultRouteTable:DefaultRouteTable": Form("{in[defaultRouteTableId]}", "ec2:route-table/{id}"),
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": Form("{in[defaultNetworkAclId]}", "ec2:network-acl/{id}"),
    "aws:ec2/flowLog:FlowLog": _ec2("fl", "vpc-flow-log"),
    "aws:ec2/launchTemplate:LaunchTemplate": _ec2("lt", "launch-template"),
    "aws:ec2/networkAcl:NetworkAcl": _ec2("acl", "network-acl"),
    "aws:ec2/networkInterface:NetworkInterface": _ec2("eni", "network-interface"),
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": _ec2("dopt", "dhcp-options"),
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": _ec2("pcx", "vpc-peering-connection"),
    "aws:ec2/managedPrefixList:ManagedPrefixList": _ec2("pl", "prefix-list"),
    "aws:ec2/instance:Instance": _ec2("i", "instance"),
    "aws:ec2/keyPair:KeyPair": Form("{name}", "ec2:key-pair/{name}"),
    "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess": Form("{region}"),
    "aws:ebs/volume:Volume": _ec2("vol", "volume"),
    "aws:ebs/encryptionByDefault:EncryptionByDefault": Form("terraform-{d20}"),
    "aws:kms/key:Key": Form("{uuid}", "kms:key/{id}"),
    "aws:kms/alias:Alias": Form("{name}", "kms:{name}"),
    "aws:kms/keyPolicy:KeyPolicy": Form("{in[keyId]}"),
    "aws:kms/grant:Grant": Form("{in[keyId]}:{h32}"),
    "aws:eks/cluster:Cluster": Form("{name}", "eks:cluster/{name}"),
    "aws:eks/nodeGroup:NodeGroup": Form("{in[clusterName]}:{name}", "eks:nodegroup/{in[clusterName]}/{name}/{uuid}"),
    "aws:eks/addon:Addon": Form("{in[clusterName]}:{in[addonName]}", "eks:addon/{in[clusterName]}/{in[addonName]}/{uuid}"),
    "aws:eks/accessEntry:AccessEntry": Form("{in[clusterName]}:{in[principalArn]}"),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": Form("{in[clusterName]}#{in[principalArn]}#{in[policyArn]}"),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Form("a-{h17}"),
    "aws:iam/role:Role": Form("{name}", "iam::role{path}{name}"),
    "aws:iam/user:User": Form("{name}", "iam::user{path}{name}"),
    "aws:iam/group:Group": Form("{name}", "iam::group{path}{name}"),
    "aws:iam/policy:Policy": Form("{arn}", "iam::policy{path}{name}"),
    "aws:iam/instanceProfile:InstanceProfile": Form("{name}", "iam::instance-profile{path}{name}"),
    "aws:iam/rolePolicy:RolePolicy": Form("{in[role]}:{name}"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Form("{in[role]}-{d26}"),
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": Form("{arn}", "iam::role/aws-service-role/{in[awsServiceName]}/AWSServiceRole{h8}"),
    "aws:rds/instance:Instance": Form("db-{C26}", "rds:db:{name}"),
    "aws:rds/subnetGroup:SubnetGroup": Form("{name}", "rds:subgrp:{name}"),
    "aws:rds/parameterGroup:ParameterGroup": Form("{name}", "rds:pg:{name}"),
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": Form("{arn}", "rds:auto-backup:ab-{h26}"),
    "aws:s3/bucket:Bucket": Form("{name}", "s3:::{name}"),
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": Form("{account}"),
    "aws:ecr/repository:Repository": Form("{name}", "ecr:repository/{name}"),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Form("{in[repository]}"),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": Form("{in[repository]}"),
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": Form("{in[ecrRepositoryPrefix]}"),
    "aws:ecr/registryPolicy:RegistryPolicy": Form("{account}"),
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": Form("{account}"),
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": Form("{in[prefix]}"),
    "aws:ecr/replicationConfiguration:ReplicationConfiguration": Form("{account}"),
    "aws:secretsmanager/secret:Secret": Form("{arn}", "secretsmanager:secret:{name}-{a6}"),
    "aws:secretsmanager/secretVersion:SecretVersion": Form("{in[secretId]}|terraform-{d20}"),
    "aws:secretsmanager/secretPolicy:SecretPolicy": Form("{in[secretArn]}"),
    "aws:secretsmanager/secretRotation:SecretRotation": Form("{in[secretId]}"),
    "aws:route53/zone:Zone": Form("Z{C20}", "route53:::hostedzone/{id}"),
    "aws:route53/record:Record": Form("{in[zoneId]}_{name}_{in[type]}{set}"),
    "aws:route53/healthCheck:HealthCheck": Form("{uuid}", "route53:::healthcheck/{id}"),
    "aws:backup/vault:Vault": Form("{name}", "backup:backup-vault:{name}"),
    "aws:backup/plan:Plan": Form("{uuid}", "backup:backup-plan:{id}"),
    "aws:backup/selection:Selection": Form("{uuid}"),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": Form("{in[backupVaultName]}"),
    "aws:backup/vaultNotifications:VaultNotifications": Form("{in[backupVaultName]}"),
    "aws:backup/vaultPolicy:VaultPolicy": Form("{in[backupVaultName]}"),
    "aws:budgets/budget:Budget": Form("{account}:{name}", "budgets::budget/{name}"),
    "aws:organizations/policy:Policy": Form("p-{a8}", "organizations::policy/o-{h10}/service_control_policy/{id}"),
    "aws:organizations/policyAttachment:PolicyAttachment": Form("{in[targetId]}:{in[policyId]}"),
    "aws:cloudtrail/trail:Trail": Form("{arn}", "cloudtrail:trail/{name}"),
    "aws:cloudwatch/logGroup:LogGroup": Form("{name}", "logs:log-group:{name}"),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": Form("{in[policyName]}"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Form("{name}", "cloudwatch:alarm:{name}"),
    "aws:cloudwatch/dashboard:Dashboard": Form("{name}", "cloudwatch::dashboard/{name}"),
    "aws:cloudwatch/eventRule:EventRule": Form("{name}", "events:rule/{name}"),
    "aws:cloudwatch/eventTarget:EventTarget": Form("{in[rule]}-{h12}"),
    "aws:sns/topic:Topic": Form("{arn}", "sns:{name}"),
    "aws:sns/topicSubscription:TopicSubscription": Form("{arn}", "={in[topic]}:{uuid}"),
    "aws:sns/topicPolicy:TopicPolicy": Form("{in[arn]}"),
    "aws:sqs/queue:Queue": Form("https://sqs.{region}.{dns}/{account}/{name}", "sqs:{name}"),
    "aws:sqs/queuePolicy:QueuePolicy": Form("{in[queueUrl]}"),
    "aws:guardduty/detector:Detector": Form("{h32}", "guardduty:detector/{id}"),
    "aws:cfg/recorder:Recorder": Form("{name}"),
    "aws:cfg/recorderStatus:RecorderStatus": Form("{name}"),
    "aws:cfg/deliveryChannel:DeliveryChannel": Form("{name}"),
    "aws:cfg/rule:Rule": Form("{name}", "config:config-rule/config-rule-{a6}"),
    "aws:accessanalyzer/analyzer:Analyzer": Form("{in[analyzerName]}", "access-analyzer:analyzer/{in[analyzerName]}"),
    "aws:efs/fileSystem:FileSystem": Form("fs-{h17}", "elasticfilesystem:file-system/{id}"),
    "aws:efs/mountTarget:MountTarget": Form("fsmt-{h17}"),
    "aws:efs/accessPoint:AccessPoint": Form("fsap-{h17}", "elasticfilesystem:access-point/{id}"),
    "aws:elasticache/subnetGroup:SubnetGroup": Form("{name}", "elasticache:subnetgroup:{name}"),
    "aws:elasticache/parameterGroup:ParameterGroup": Form("{name}", "elasticache:parametergroup:{name}"),
    "aws:elasticache/replicationGroup:ReplicationGroup": Form(
        "{in[replicationGroupId]}", "elasticache:replicationgroup:{in[replicationGroupId]}"
    ),
    "aws:acm/certificate:Certificate": Form("{arn}", "acm:certificate/{uuid}"),
    "aws:lb/loadBalancer:LoadBalancer": Form("{arn}", "elasticloadbalancing:loadbalancer/net/{name}/{h16}"),
    "aws:lb/targetGroup:TargetGroup": Form("{arn}", "elasticloadbalancing:targetgroup/{name}/{h16}"),
    "aws:lambda/function:Function": Form("{name}", "lambda:function:{name}"),
    "aws:dynamodb/table:Table": Form("{name}", "dynamodb:table/{name}"),
}

_SERVICES = {
    "alb": "elasticloadbalancing",
    "appautoscaling": "application-autoscaling",
    "cfg": "config",
    "ebs": "ec2",
    "ec2transitgateway": "ec2",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elasticsearch": "es",
    "lb": "elasticloadbalancing",
    "msk": "kafka",
    "opensearch": "es",
    "sesv2": "ses",
    "sfn": "states",
    "vpc": "ec2",
}
"""SDK modules whose ARNs carry another service's name."""


def form(token: str) -> Form:
    """The table's form, else one derived: regional, `<service>:<kind>/<name or id>`, id by name where the type has one."""
    if (known := FORMS.get(token)) is not None:
        return known
    _, module, _ = token.split(":")
    service, _, kind = module.partition("/")
    if service == "s3" and kind.startswith("bucket"):
        return Form("{in[bucket]}")
    return Form("{name}" if token in AUTOMATIC else "{name_or_hex}", f"{_SERVICES.get(service, service)}:{kind.lower()}/{{id}}")
