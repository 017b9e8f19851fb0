"""AWS Config: a record of every resource's configuration, kept beside the audit trail."""

from __future__ import annotations

import pulumi
from pulumi_aws import cfg, iam

from components.aws_names import policy
from components.bucket.outputs import BucketOutputs
from components.identity.documents import Where, service_trust
from components.key.outputs import KeyOutputs


def record_configuration(name: str, where: Where, audit: BucketOutputs, child: pulumi.ResourceOptions) -> None:
    """One recorder per account and region is all that AWS allows."""
    recorder = cfg.Recorder(
        f"{name}-recorder",
        name=f"{name}-recorder",
        role_arn=_role(name, where, audit, audit.key, child),
        recording_group=cfg.RecorderRecordingGroupArgs(all_supported=True, include_global_resource_types=True),
        recording_mode=cfg.RecorderRecordingModeArgs(recording_frequency="CONTINUOUS"),
        opts=child,
    )
    channel = cfg.DeliveryChannel(
        f"{name}-recorder-channel",
        name=f"{name}-recorder",
        s3_bucket_name=audit.name,
        s3_kms_key_arn=audit.key.ref,
        # AWS refuses a channel before there is a recorder, and to switch one on before there is a channel; neither names the other.
        opts=pulumi.ResourceOptions(parent=child.parent, depends_on=[recorder]),
    )
    cfg.RecorderStatus(
        f"{name}-recorder-on",
        name=recorder.name,
        is_enabled=True,
        opts=pulumi.ResourceOptions(parent=child.parent, depends_on=[channel]),
    )


def _role(name: str, where: Where, audit: BucketOutputs, key: KeyOutputs, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
    role = iam.Role(
        f"{name}-recorder-role",
        description=f"Records configuration for {name}",
        assume_role_policy=service_trust("config.amazonaws.com", where.account),
        opts=child,
    )
    iam.RolePolicyAttachment(
        f"{name}-recorder-reads", role=role.name, policy_arn=where.managed_policy("service-role/AWS_ConfigRole"), opts=child
    )
    records = pulumi.Output.concat(audit.ref, f"/AWSLogs/{where.account}/Config/*")
    iam.RolePolicy(
        f"{name}-recorder-writes",
        role=role.name,
        policy=policy(
            [
                # Records come with an ACL for the bucket's owner, and naming one is a right of its own.
                {"Sid": "Write", "Effect": "Allow", "Action": ["s3:PutObject", "s3:PutObjectAcl"], "Resource": records},
                {"Sid": "Find", "Effect": "Allow", "Action": ["s3:GetBucketAcl", "s3:ListBucket"], "Resource": audit.ref},
                {"Sid": "Encrypt", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": key.ref},
            ]
        ),
        opts=child,
    )
    return role.arn
