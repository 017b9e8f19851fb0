"""Properties whose change makes a new thing, where the SDK's documentation does not say so."""

from __future__ import annotations

_TABLE: dict[str, str] = {
    "aws:accessanalyzer/analyzer:Analyzer": "analyzerName type",
    "aws:backup/plan:Plan": "",
    "aws:backup/selection:Selection": "conditions iamRoleArn name notResources planId resources selectionTags",
    "aws:backup/vault:Vault": "kmsKeyArn name",
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": "backupVaultName changeableForDays maxRetentionDays minRetentionDays",
    "aws:backup/vaultNotifications:VaultNotifications": "backupVaultEvents backupVaultName snsTopicArn",
    "aws:budgets/budget:Budget": "accountId name namePrefix",
    "aws:cfg/recorder:Recorder": "name",
    "aws:cloudtrail/trail:Trail": "name",
    "aws:cloudwatch/eventRule:EventRule": "eventBusName name namePrefix",
    "aws:cloudwatch/eventTarget:EventTarget": "eventBusName rule targetId",
    "aws:cloudwatch/logGroup:LogGroup": "logGroupClass name namePrefix",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyName resourceArn",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "name",
    "aws:ebs/volume:Volume": "availabilityZone encrypted kmsKeyId snapshotId",
    "aws:ec2/eip:Eip": "address domain publicIpv4Pool networkBorderGroup",
    "aws:ec2/flowLog:FlowLog": (
        "deliverCrossAccountRole destinationOptions eniId iamRoleArn logDestination logDestinationType logFormat maxAggregationInterval"
        " subnetId trafficType transitGatewayId vpcId"
    ),
    "aws:ec2/internetGateway:InternetGateway": "",
    "aws:ec2/launchTemplate:LaunchTemplate": "name namePrefix",
    "aws:ec2/natGateway:NatGateway": "allocationId availabilityMode connectivityType privateIp subnetId vpcId",
    "aws:ec2/networkAcl:NetworkAcl": "vpcId",
    "aws:ec2/route:Route": "destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId routeTableId",
    "aws:ec2/routeTable:RouteTable": "vpcId",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "gatewayId subnetId",
    "aws:ec2/securityGroup:SecurityGroup": "description name namePrefix vpcId",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "vpcId",
    "aws:ec2/subnet:Subnet": "availabilityZone availabilityZoneId cidrBlock ipv6Native outpostArn vpcId",
    "aws:ec2/vpc:Vpc": "cidrBlock ipv4IpamPoolId ipv4NetmaskLength",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "serviceName serviceRegion vpcEndpointType vpcId",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "policy repository",
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": "ecrRepositoryPrefix upstreamRegistryUrl upstreamRepositoryPrefix",
    "aws:ecr/repository:Repository": "encryptionConfigurations name",
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": "prefix",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "repository",
    "aws:efs/fileSystem:FileSystem": "availabilityZoneName creationToken encrypted kmsKeyId performanceMode",
    "aws:efs/mountTarget:MountTarget": "fileSystemId ipAddress subnetId",
    "aws:eks/accessEntry:AccessEntry": "clusterName principalArn type",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": "accessScope clusterName policyArn principalArn",
    "aws:eks/addon:Addon": "addonName clusterName",
    "aws:eks/cluster:Cluster": (
        "bootstrapSelfManagedAddons accessConfig.bootstrapClusterCreatorAdminPermissions encryptionConfig kubernetesNetworkConfig.ipFamily"
        " kubernetesNetworkConfig.serviceIpv4Cidr name outpostConfig roleArn"
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        "amiType capacityType clusterName diskSize instanceTypes launchTemplate.id launchTemplate.name nodeGroupName nodeGroupNamePrefix"
        " nodeRoleArn remoteAccess subnetIds"
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": "clusterName namespace serviceAccount",
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        "atRestEncryptionEnabled dataTieringEnabled globalReplicationGroupId kmsKeyId networkType port replicationGroupId"
        " securityGroupNames snapshotArns snapshotName subnetGroupName"
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": "description family name",
    "aws:elasticache/subnetGroup:SubnetGroup": "name",
    "aws:guardduty/detector:Detector": "",
    "aws:iam/instanceProfile:InstanceProfile": "name namePrefix path",
    "aws:iam/policy:Policy": "description name namePrefix path",
    "aws:iam/role:Role": "name namePrefix path",
    "aws:iam/rolePolicy:RolePolicy": "name namePrefix role",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "policyArn role",
    "aws:kms/alias:Alias": "name namePrefix",
    "aws:kms/grant:Grant": "constraints granteePrincipal grantCreationTokens keyId name operations retireOnDelete retiringPrincipal",
    "aws:kms/key:Key": "customerMasterKeySpec customKeyStoreId keyUsage multiRegion xksKeyId",
    "aws:kms/keyPolicy:KeyPolicy": "keyId",
    "aws:organizations/policy:Policy": "type",
    "aws:organizations/policyAttachment:PolicyAttachment": "policyId targetId",
    "aws:rds/instance:Instance": (
        "availabilityZone backupTarget characterSetName customIamInstanceProfile dbName engine kmsKeyId ncharCharacterSetName"
        " restoreToPointInTime s3Import snapshotIdentifier storageEncrypted timezone username"
    ),
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": (
        "kmsKeyId preSignedUrl retentionPeriod sourceDbInstanceArn"
    ),
    "aws:rds/parameterGroup:ParameterGroup": "description family name namePrefix",
    "aws:rds/subnetGroup:SubnetGroup": "name namePrefix",
    "aws:route53/healthCheck:HealthCheck": "measureLatency referenceName requestInterval type",
    "aws:route53/record:Record": "name setIdentifier type zoneId",
    "aws:route53/zone:Zone": "delegationSetId name",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": "accountId",
    "aws:s3/bucket:Bucket": "bucket bucketNamespace bucketPrefix objectLockEnabled",
    "aws:secretsmanager/secret:Secret": "name namePrefix",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "secretArn",
    "aws:secretsmanager/secretVersion:SecretVersion": "secretId secretString secretBinary",
    "aws:sns/topic:Topic": "fifoTopic name namePrefix",
    "aws:sns/topicPolicy:TopicPolicy": "arn",
    "aws:sns/topicSubscription:TopicSubscription": "endpoint protocol topic",
    "aws:sqs/queue:Queue": "fifoQueue name namePrefix",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "securityGroupId",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "securityGroupId",
}
"""Object paths, separated by spaces. An empty text says: looked up, only the region forces a new one."""

_OF_A_BUCKET = frozenset({"bucket", "expectedBucketOwner", "region"})


def immutable(type_: str) -> frozenset[str]:
    if type_ in _TABLE:
        return frozenset({"region", *_TABLE[type_].split()})
    if type_.startswith("aws:s3/bucket"):
        return _OF_A_BUCKET
    return frozenset({"region", "name", "namePrefix"})
