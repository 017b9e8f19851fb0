"""An object store bucket on AWS: one S3 bucket, private and encrypted before anybody learns its name."""

from __future__ import annotations

import pulumi
from pulumi_aws import s3

from components.aws_names import policy
from components.bucket.aws_copy import End, replicate
from components.bucket.aws_plan import UPLOAD_DAYS, Plan, plan, statements
from components.bucket.outputs import BucketOutputs
from components.bucket.spec import BucketSpec
from components.core import Component
from components.identity.documents import where
from components.key.aws import AwsKey
from components.key.outputs import KeyOutputs
from components.key.spec import KeySpec
from components.platforms.aws_provider import beside, provider
from components.site import Site


class AwsBucket(Component[BucketOutputs]):
    """The name goes out through the encryption and the policy: whoever writes waits until both stand."""

    TYPE = "aws:Bucket"

    def __init__(self, name: str, spec: BucketSpec, site: Site, key: KeyOutputs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        here = where(site)
        decided = plan(name, spec, here)
        # What closes, encrypts and versions a bucket stays as long as the bucket: a destroy must not leave the data without it.
        kept = self.protected(spec.deletion_protected)
        bucket = s3.Bucket(
            f"{name}-bucket",
            bucket=decided.bucket,
            force_destroy=not spec.deletion_protected,
            tags={"Name": name, "purpose": spec.purpose},
            opts=kept,
        )
        s3.BucketPublicAccessBlock(
            f"{name}-private",
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=kept,
        )
        s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=bucket.bucket,
            rule=s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=kept,
        )
        encryption = s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=bucket.bucket,
            rules=[
                s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                        sse_algorithm="aws:kms", kms_master_key_id=key.ref
                    ),
                    bucket_key_enabled=True,
                    blocked_encryption_types=["SSE-C"],
                )
            ],
            opts=kept,
        )
        guarded = s3.BucketPolicy(
            f"{name}-policy",
            bucket=encryption.bucket,
            policy=policy(statements(spec, here, decided.bucket, key.ref, site.name)),
            opts=kept,
        )
        versioning = s3.BucketVersioning(
            f"{name}-versions",
            bucket=bucket.bucket,
            versioning_configuration=s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=kept,
        )
        # Rules on old versions need a versioned bucket: hence its name from there.
        s3.BucketLifecycleConfiguration(f"{name}-lifecycle", bucket=versioning.bucket, rules=_rules(decided), opts=kept)
        versioned = pulumi.Output.all(bucket.arn, versioning.id).apply(lambda known: known[0])
        self.end = End(versioning.bucket, versioned, key.ref, site.region)
        if spec.copy_region:
            self._copy(name, spec, site, spec.copy_region)
        self.publish(BucketOutputs(name=guarded.bucket, ref=bucket.arn, region=site.region, key=key))

    def _copy(self, name: str, spec: BucketSpec, site: Site, region: str) -> None:
        """A second bucket of the same kind, under a key of its own region: KMS keys do not travel."""
        there = beside(site, region)
        elsewhere = pulumi.ResourceOptions(parent=self, providers=[provider(f"{name}-copy", there, self.child)])
        key_spec = KeySpec(purpose=f"copies of {spec.purpose}", deletion_protected=spec.deletion_protected)
        key = AwsKey(f"{name}-copy-key", key_spec, there, elsewhere).outputs
        copied = spec.model_copy(update={"copy_region": None, "service_writers": ()})
        copy = AwsBucket(f"{name}-copy", copied, there, key, elsewhere)
        replicate(name, where(site), self.end, copy.end, self.child)


def _rules(decided: Plan) -> list[s3.BucketLifecycleConfigurationRuleArgs]:
    everything = s3.BucketLifecycleConfigurationRuleFilterArgs(prefix="")
    current = s3.BucketLifecycleConfigurationRuleArgs(
        id="current",
        status="Enabled",
        filter=everything,
        abort_incomplete_multipart_upload=s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
            days_after_initiation=UPLOAD_DAYS
        ),
        transitions=[s3.BucketLifecycleConfigurationRuleTransitionArgs(days=decided.cold[0], storage_class=decided.cold[1])]
        if decided.cold
        else None,
        expiration=s3.BucketLifecycleConfigurationRuleExpirationArgs(days=decided.expire_days) if decided.expire_days else None,
    )
    # A rule of its own: S3 takes no days beside the clearing of delete markers.
    versions = s3.BucketLifecycleConfigurationRuleArgs(
        id="versions",
        status="Enabled",
        filter=everything,
        noncurrent_version_expiration=s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
            noncurrent_days=decided.versions_days
        ),
        expiration=s3.BucketLifecycleConfigurationRuleExpirationArgs(expired_object_delete_marker=True),
    )
    return [current, versions]
