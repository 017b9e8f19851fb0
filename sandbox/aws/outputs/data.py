"""RDS, S3, ECR, EFS, Backup."""

from __future__ import annotations

from sandbox.aws.outputs.context import Context, Outputs
from sandbox.aws.regions import dns_suffix, s3_zone, zones
from sandbox.contract import Properties
from sandbox.invent import capitals, hexadecimal, identifier
from sandbox.outputs import now

_PORTS = {"postgres": 5432, "mysql": 3306, "mariadb": 3306, "sqlserver-ex": 1433, "oracle-ee": 1521}
_FULL_VERSIONS = {"14": "14.20", "15": "15.15", "16": "16.11", "17": "17.7", "18": "18.1"}


def full_version(engine: str, version: str) -> str:
    """`16` means the minor version that AWS picks."""
    return _FULL_VERSIONS.get(version, version) if engine == "postgres" else version


def instance(c: Context) -> Properties:
    engine = c.text("engine") or "postgres"
    port = int(c.known.get("port") or _PORTS.get(engine, 5432))
    host = c.text("address") or f"{c.text('identifier')}.c{hexadecimal(11)}.{c.region}.rds.{c.dns}"
    group = c.other("aws:rds/subnetGroup:SubnetGroup", c.known.get("dbSubnetGroupName"))
    vpc = c.other("aws:ec2/vpc:Vpc", group.outputs.get("vpcId")) if group else None
    version = c.text("engineVersion")
    return {
        "address": host,
        "availabilityZone": zones(c.region)[0],
        "backupTarget": "region",
        "backupWindow": "02:11-02:41",
        "caCertIdentifier": "rds-ca-rsa2048-g1",
        "databaseInsightsMode": "standard",
        "dbName": "",
        "endpoint": f"{host}:{port}",
        "engineVersionActual": full_version(engine, version),
        "hostedZoneId": "Z1RLNUO7B9Q6NB",
        "latestRestorableTime": now(),
        "licenseModel": "postgresql-license" if engine == "postgres" else "general-public-license",
        "maintenanceWindow": "sun:04:06-sun:04:36",
        "masterUserSecrets": c.keep("masterUserSecrets", lambda: _secrets(c)),
        "multiAz": False,
        "networkType": "IPV4",
        "optionGroupName": f"default:{engine}-{version.split('.')[0]}",
        "parameterGroupName": f"default.{engine}{version.split('.')[0]}",
        "port": port,
        "resourceId": c.id,
        "status": "available",
        "storageType": "gp2",
        "vpcSecurityGroupIds": [vpc.outputs["defaultSecurityGroupId"]] if vpc else [],
    }


def _secrets(c: Context) -> list[Properties]:
    if c.known.get("manageMasterUserPassword") is not True:
        return []
    key = c.text("masterUserSecretKmsKeyId") or c.arn("kms:alias/aws/secretsmanager")
    arn = c.arn(f"secretsmanager:secret:rds!{c.id}-{capitals(6)}")
    return [{"secretArn": arn, "kmsKeyId": key, "secretStatus": "active"}]


def subnet_group(c: Context) -> Properties:
    return {
        "description": "Managed by Pulumi",
        "supportedNetworkTypes": ["IPV4"],
        "vpcId": c.vpc_of_subnets(c.items("subnetIds")),
    }


def described(c: Context) -> Properties:
    return {"description": "Managed by Pulumi"}


def bucket(c: Context) -> Properties:
    name = c.text("bucket")
    regional = f"{name}.s3.{c.region}.{c.dns}"
    return {
        "acl": "private",
        "bucketDomainName": f"{name}.s3.{c.dns}",
        "bucketNamespace": "global",
        "bucketRegion": c.region,
        "bucketRegionalDomainName": regional,
        "hostedZoneId": s3_zone(c.region),
        "objectLockEnabled": False,
        "requestPayer": "BucketOwner",
        "serverSideEncryptionConfiguration": {
            "rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": False}
        },
        "versioning": {"enabled": False, "mfaDelete": False},
    }


def repository(c: Context) -> Properties:
    host = f"{c.account}.dkr.ecr.{c.region}.{dns_suffix(c.region)}"
    return {"repositoryUrl": f"{host}/{c.text('name')}", "registryId": c.account}


def of_registry(c: Context) -> Properties:
    return {"registryId": c.account}


def backups_replication(c: Context) -> Properties:
    return {"kmsKeyId": c.arn("kms:alias/aws/rds")}


def vault(c: Context) -> Properties:
    return {"kmsKeyArn": c.arn(f"kms:key/{identifier()}"), "recoveryPoints": 0}


def plan(c: Context) -> Properties:
    return {"version": capitals(48)}


def file_system(c: Context) -> Properties:
    return {
        "dnsName": f"{c.id}.efs.{c.region}.{c.dns}",
        "creationToken": f"terraform-{hexadecimal(26)}",
        "performanceMode": "generalPurpose",
        "encrypted": False,
        "kmsKeyId": "",
        "numberOfMountTargets": 0,
    }


OUTPUTS: dict[str, Outputs] = {
    "aws:backup/plan:Plan": plan,
    "aws:backup/vault:Vault": vault,
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": of_registry,
    "aws:ecr/repository:Repository": repository,
    "aws:efs/fileSystem:FileSystem": file_system,
    "aws:rds/instance:Instance": instance,
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": backups_replication,
    "aws:rds/parameterGroup:ParameterGroup": described,
    "aws:rds/subnetGroup:SubnetGroup": subnet_group,
    "aws:s3/bucket:Bucket": bucket,
}
