"""Grants as IAM statements: pure functions of plain strings, one per kind of grant. No action holds a wildcard."""

from __future__ import annotations

from collections.abc import Sequence

from components.identity.documents import ANY, Statement, Where, allow
from components.vocabulary import Access

VOLUME_TAG = "cluster"
"""Tag of every volume that the cluster's storage driver makes, and of their snapshots; its value is the cluster's name."""

_KEY_FOR_VOLUMES = ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo")


def bucket(where: Where, access: Access, arn: str, key: str, region: str) -> list[Statement]:
    """Raises ValueError for `use`: a bucket is read or written."""
    actions = {
        Access.READ: (["s3:GetObject"], ["s3:GetBucketLocation", "s3:ListBucket"], ["kms:Decrypt"]),
        Access.READ_WRITE: (
            ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
            ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
            ["kms:Decrypt", "kms:GenerateDataKey"],
        ),
    }
    if access not in actions:
        raise ValueError(f"access: {access.value!r} is not for buckets; allowed: {', '.join(actions)}")
    objects, container, use = actions[access]
    return [
        allow("Objects", objects, [f"{arn}/*"]),
        allow("Bucket", container, [arn]),
        allow("BucketKey", use, [key], where.through("s3", region)),
    ]


def key(arn: str) -> list[Statement]:
    return [allow("Key", ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"], [arn])]


def secrets(where: Where, prefixes: Sequence[str], keys: Sequence[str], database_admins: str | None) -> list[Statement]:
    """`database_admins` is the prefix of the databases' names whose administrator secrets may be read too: `<database>/admin`, or those
    that RDS keeps. Their names are RDS's own (`rds!db-…`), so the tag that RDS sets tells whose they are."""
    read = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    named = [f"{prefix}/*" for prefix in prefixes] + ([f"{database_admins}*/admin-*"] if database_admins is not None else [])
    statements = [allow("Secrets", read, [where.arn("secretsmanager", f"secret:{name}") for name in named])]
    if database_admins is not None:
        databases = {"secretsmanager:ResourceTag/aws:rds:primaryDBInstanceArn": where.arn("rds", f"db:{database_admins}*")}
        statements.append(allow("DatabaseAdmins", read, [where.arn("secretsmanager", "secret:rds!db-*")], {"StringLike": databases}))
    return [*statements, allow("SecretsKey", ["kms:Decrypt"], list(keys), where.through("secretsmanager"))]


def dns(zone: str) -> list[Statement]:
    """Addresses, aliases and their ownership marks; never NS, MX or CAA."""
    kinds = {"route53:ChangeResourceRecordSetsRecordTypes": ["A", "AAAA", "CNAME", "TXT"]}
    return [
        allow("ChangeRecords", ["route53:ChangeResourceRecordSets"], [zone], {"ForAllValues:StringEquals": kinds}),
        allow("ReadZone", ["route53:ListResourceRecordSets", "route53:ListTagsForResource", "route53:ListTagsForResources"], [zone]),
        allow("ListHasNoResourceLevel", ["route53:ListHostedZones"], ANY),
    ]


def autoscaling(where: Where, cluster: str) -> list[Statement]:
    """EKS sets both tags on the autoscaling groups of managed node groups."""
    own = {
        "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled": "true",
        f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster}": "owned",
    }
    return [
        allow(
            "Resize",
            ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
            [where.arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/*")],
            {"StringEquals": own},
        ),
        # Labels and taints of a pool that stands at zero nodes.
        allow("ReadPools", ["eks:DescribeNodegroup"], [where.arn("eks", f"nodegroup/{cluster}/*/*")]),
        allow(
            "DescribeHasNoResourceLevel",
            [
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeScalingActivities",
                "autoscaling:DescribeTags",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetInstanceTypesFromInstanceRequirements",
            ],
            ANY,
        ),
    ]


def snapshots(where: Where, cluster: str, key: str | None) -> list[Statement]:
    """Volumes and snapshots that carry this cluster's tag. Velero hands a volume's tags on to its snapshot, and back when it restores."""
    volumes, copies = [where.arn("ec2", "volume/*")], [where.arn("ec2", "snapshot/*", account="")]
    owned = {"StringEquals": {f"aws:ResourceTag/{VOLUME_TAG}": cluster}}
    asked = {f"aws:RequestTag/{VOLUME_TAG}": cluster}
    created = {"StringEquals": {"ec2:CreateAction": ["CreateSnapshot", "CreateVolume"], **asked}}
    statements = [
        allow("DescribeHasNoResourceLevel", ["ec2:DescribeSnapshots", "ec2:DescribeVolumes"], ANY),
        allow("SnapshotVolumes", ["ec2:CreateSnapshot"], volumes, owned),
        allow("NewSnapshots", ["ec2:CreateSnapshot"], copies, {"StringEquals": asked}),
        allow("DropSnapshots", ["ec2:DeleteSnapshot"], copies, owned),
        allow("RestoreFrom", ["ec2:CreateVolume"], copies, owned),
        allow("RestoredVolumes", ["ec2:CreateVolume"], volumes, {"StringEquals": asked}),
        allow("TagNew", ["ec2:CreateTags"], [*volumes, *copies], created),
    ]
    return statements + (volume_key(where, key) if key else [])


def volume_key(where: Where, key: str) -> list[Statement]:
    """Make and attach volumes encrypted with the key. EC2 keeps the key open for a running instance by a grant."""
    return [
        allow("VolumeKey", _KEY_FOR_VOLUMES, [key], where.through("ec2")),
        allow("VolumeKeyGrant", ["kms:CreateGrant"], [key], {"Bool": {"kms:GrantIsForAWSResource": "true"}}),
    ]
