"""Copies of a bucket's objects in a bucket of a second region: S3 makes them by itself, in the name of a role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import iam, s3

from components.identity.documents import Statement, Where, allow, bare_trust, document


@dataclass(frozen=True)
class End:
    """One side of the copying. `name` and `ref` are known when the bucket keeps versions, which S3 asks of both sides."""

    name: pulumi.Output[str]
    ref: pulumi.Output[str]
    key: pulumi.Output[str]
    region: str


def rights(where: Where, source: str, source_key: str, source_region: str, copy: str, copy_key: str, copy_region: str) -> list[Statement]:
    """Reads versions here, writes replicas there, and uses each key through S3 in its own region alone."""
    versions = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"]
    return [
        allow("Source", ["s3:GetReplicationConfiguration", "s3:ListBucket"], [source]),
        allow("Versions", versions, [f"{source}/*"]),
        allow("Replicas", ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"], [f"{copy}/*"]),
        allow("SourceKey", ["kms:Decrypt"], [source_key], where.through("s3", source_region)),
        allow("ReplicaKey", ["kms:Encrypt", "kms:GenerateDataKey"], [copy_key], where.through("s3", copy_region)),
    ]


def replicate(name: str, where: Where, source: End, copy: End, child: pulumi.ResourceOptions) -> None:
    """Deletions travel as marks, under which the copy keeps its versions; a version that is deleted here stays there."""
    role = iam.Role(f"{name}-replication", description=f"Copies of {name}", assume_role_policy=bare_trust("s3.amazonaws.com"), opts=child)

    def policy(known: Sequence[str]) -> str:
        here, here_key, there, there_key = known
        return document(rights(where, here, here_key, source.region, there, there_key, copy.region))

    right = iam.RolePolicy(
        f"{name}-replication",
        role=role.name,
        policy=pulumi.Output.all(source.ref, source.key, copy.ref, copy.key).apply(policy),
        opts=child,
    )
    s3.BucketReplicationConfig(
        f"{name}-replication",
        bucket=source.name,
        # Through the policy: S3 would begin with a role that may not do anything yet, and mark objects as failed.
        role=pulumi.Output.all(role.arn, right.id).apply(lambda known: known[0]),
        rules=[
            s3.BucketReplicationConfigRuleArgs(
                id="everything",
                status="Enabled",
                priority=1,
                filter=s3.BucketReplicationConfigRuleFilterArgs(prefix=""),
                delete_marker_replication=s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs(status="Enabled"),
                source_selection_criteria=s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs(
                    sse_kms_encrypted_objects=s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs(
                        status="Enabled"
                    )
                ),
                destination=s3.BucketReplicationConfigRuleDestinationArgs(
                    bucket=copy.ref,
                    encryption_configuration=s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs(
                        replica_kms_key_id=copy.key
                    ),
                ),
            )
        ],
        opts=child,
    )
