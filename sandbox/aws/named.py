"""Properties that hold another thing's name (ids and ARNs speak for themselves)."""

from __future__ import annotations

from typing import NamedTuple

ROLE, BUCKET, CLUSTER, VAULT = "aws:iam/role:Role", "aws:s3/bucket:Bucket", "aws:eks/cluster:Cluster", "aws:backup/vault:Vault"


class Named(NamedTuple):
    """`types` is a regular expression over the types that have the property, `property` its object path without list indexes."""

    types: str
    property: str
    target: str
    code: str
    message: str


NAMED = (
    Named(r"aws:eks/", "clusterName", CLUSTER, "ResourceNotFoundException", "No cluster found for name: {}."),
    Named(
        r"aws:rds/", "dbSubnetGroupName", "aws:rds/subnetGroup:SubnetGroup", "DBSubnetGroupNotFoundFault", "DBSubnetGroup '{}' not found."
    ),
    Named(
        r"aws:rds/instance:",
        "parameterGroupName",
        "aws:rds/parameterGroup:ParameterGroup",
        "DBParameterGroupNotFound",
        "DBParameterGroup not found: {}",
    ),
    Named(r"aws:rds/", "optionGroupName", "aws:rds/optionGroup:OptionGroup", "OptionGroupNotFoundFault", "OptionGroup '{}' not found."),
    Named(
        r"aws:iam/(rolePolicy|rolePolicyAttachment|instanceProfile):",
        "role",
        ROLE,
        "NoSuchEntity",
        "The role with name {} cannot be found.",
    ),
    Named(r"aws:s3/bucket[A-Z]", "bucket", BUCKET, "NoSuchBucket", "The specified bucket does not exist: {}"),
    Named(
        r"aws:s3/bucketLogging", "targetBucket", BUCKET, "InvalidTargetBucketForLogging", "The target bucket for logging does not exist: {}"
    ),
    Named(r"aws:cloudtrail/", "s3BucketName", BUCKET, "S3BucketDoesNotExistException", "S3 bucket {} does not exist!"),
    Named(r"aws:cfg/", "s3BucketName", BUCKET, "NoSuchBucketException", "Cannot find a S3 bucket with an empty or wrong name: {}"),
    Named(
        r"aws:ecr/(lifecyclePolicy|repositoryPolicy):",
        "repository",
        "aws:ecr/repository:Repository",
        "RepositoryNotFoundException",
        "The repository with name '{}' does not exist in the registry",
    ),
    Named(
        r"aws:secretsmanager/",
        "secretId",
        "aws:secretsmanager/secret:Secret",
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret: {}",
    ),
    Named(r"aws:backup/", "backupVaultName", VAULT, "ResourceNotFoundException", "Backup vault {} cannot be found"),
    Named(r"aws:backup/plan:", "rules.targetVaultName", VAULT, "InvalidParameterValueException", "Backup vault {} does not exist"),
    Named(r"aws:backup/", "planId", "aws:backup/plan:Plan", "ResourceNotFoundException", "Cannot find Backup plan with ID {}"),
    Named(
        r"aws:route53/(record|queryLog|keySigningKey|hostedZoneDnsSec):",
        "zoneId",
        "aws:route53/zone:Zone",
        "NoSuchHostedZone",
        "No hosted zone found with ID: {}",
    ),
    Named(
        r"aws:route53/record:",
        "healthCheckId",
        "aws:route53/healthCheck:HealthCheck",
        "NoSuchHealthCheck",
        "No health check exists with the ID: {}",
    ),
    Named(
        r"aws:cloudwatch/eventTarget:",
        "rule",
        "aws:cloudwatch/eventRule:EventRule",
        "ResourceNotFoundException",
        "Rule {} does not exist on EventBus default.",
    ),
    Named(
        r"aws:cloudwatch/log",
        "logGroupName",
        "aws:cloudwatch/logGroup:LogGroup",
        "ResourceNotFoundException",
        "The specified log group does not exist: {}",
    ),
    Named(
        r"aws:organizations/policyAttachment:",
        "policyId",
        "aws:organizations/policy:Policy",
        "PolicyNotFoundException",
        "We can't find a policy with the PolicyId {}",
    ),
    Named(
        r"aws:guardduty/",
        "detectorId",
        "aws:guardduty/detector:Detector",
        "BadRequestException",
        "The input detectorId {} is not owned by the current account.",
    ),
    Named(
        r"aws:sqs/", "queueUrl", "aws:sqs/queue:Queue", "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist: {}"
    ),
    Named(
        r"aws:cfg/recorderStatus:",
        "name",
        "aws:cfg/recorder:Recorder",
        "NoSuchConfigurationRecorderException",
        "Cannot find configuration recorder with the specified name '{}'.",
    ),
    Named(
        r"aws:elasticache/replicationGroup:",
        "subnetGroupName",
        "aws:elasticache/subnetGroup:SubnetGroup",
        "CacheSubnetGroupNotFoundFault",
        "CacheSubnetGroup not found: {}",
    ),
    Named(
        r"aws:elasticache/replicationGroup:",
        "parameterGroupName",
        "aws:elasticache/parameterGroup:ParameterGroup",
        "CacheParameterGroupNotFound",
        "CacheParameterGroup not found: {}",
    ),
)
