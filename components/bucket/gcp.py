"""An object store bucket on GCP: Cloud Storage in one region, private and encrypted from its first moment."""

from __future__ import annotations

from dataclasses import replace

import pulumi
from pulumi_gcp import storage

from components import geography
from components.bucket.gcp_copy import End, copy_objects
from components.bucket.gcp_plan import Plan, Rule, plan
from components.bucket.outputs import BucketOutputs
from components.bucket.spec import BucketSpec
from components.core import Component
from components.gcp_project import Project, labels
from components.key.gcp import GcpKey
from components.key.outputs import KeyOutputs
from components.key.spec import KeySpec
from components.platforms.gcp_project import provider
from components.site import Site
from components.vocabulary import Cloud


class GcpBucket(Component[BucketOutputs]):
    """The key must let in `buckets`. The name goes out through the rights of the services that write."""

    TYPE = "gcp:Bucket"

    def __init__(
        self,
        name: str,
        spec: BucketSpec,
        site: Site,
        project: Project,
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        region = geography.region(Cloud.GCP, site.region)
        decided = plan(name, spec, site.account, region)
        bucket = self._bucket(name, spec, site, project, key, decided)
        self.end = End(bucket.name, site.region)
        if decided.copy:
            self._copy(name, spec, replace(site, region=decided.copy.code, zones=decided.copy.zones), project)
        known = bucket.name
        if "audit" in spec.service_writers:
            writer = storage.BucketIAMMember(
                f"{name}-audit-writer",
                bucket=bucket.name,
                role="roles/storage.objectCreator",
                # The account by which all sinks of the project write.
                member=pulumi.Output.concat("serviceAccount:service-", project.number, "@gcp-sa-logging.iam.gserviceaccount.com"),
                opts=self.child,
            )
            known = pulumi.Output.all(bucket.name, writer.id).apply(lambda values: str(values[0]))
        self.publish(BucketOutputs(name=known, ref=bucket.self_link, region=site.region, key=key))

    def _bucket(self, name: str, spec: BucketSpec, site: Site, project: Project, key: KeyOutputs, decided: Plan) -> storage.Bucket:
        return storage.Bucket(
            f"{name}-bucket",
            name=decided.bucket,
            project=project.on("storage.googleapis.com"),
            location=decided.location,
            storage_class="STANDARD",
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            encryption=storage.BucketEncryptionArgs(
                default_kms_key_name=key.ref,
                # Objects under keys of Google's, or of the caller's own, are refused.
                google_managed_encryption_enforcement_config=storage.BucketEncryptionGoogleManagedEncryptionEnforcementConfigArgs(
                    restriction_mode="FullyRestricted"
                ),
                customer_supplied_encryption_enforcement_config=storage.BucketEncryptionCustomerSuppliedEncryptionEnforcementConfigArgs(
                    restriction_mode="FullyRestricted"
                ),
                customer_managed_encryption_enforcement_config=storage.BucketEncryptionCustomerManagedEncryptionEnforcementConfigArgs(
                    restriction_mode="NotRestricted"
                ),
            ),
            versioning=storage.BucketVersioningArgs(enabled=True),
            soft_delete_policy=storage.BucketSoftDeletePolicyArgs(retention_duration_seconds=decided.soft_delete_seconds),
            lifecycle_rules=[_rule(rule) for rule in decided.rules],
            requester_pays=False,
            force_destroy=not spec.deletion_protected,
            labels=labels(site) | {"purpose": spec.purpose},
            opts=self.protected(spec.deletion_protected),
        )

    def _copy(self, name: str, spec: BucketSpec, there: Site, project: Project) -> None:
        """A second bucket of the same kind, under a key of its own region: KMS keys do not travel."""
        key_spec = KeySpec(purpose=f"copies of {spec.purpose}", services=("buckets",), deletion_protected=spec.deletion_protected)
        elsewhere = pulumi.ResourceOptions(parent=self, providers=[provider(f"{name}-copy", there, self.child)])
        key = GcpKey(f"{name}-copy-key", key_spec, there, project, elsewhere).outputs
        copied = spec.model_copy(update={"copy_region": None, "service_writers": ()})
        copy = GcpBucket(f"{name}-copy", copied, there, project, key, elsewhere)
        copy_objects(name, project, self.end, copy.end, self.child)


def _rule(rule: Rule) -> storage.BucketLifecycleRuleArgs:
    # Without a state, a rule meets live and noncurrent objects alike.
    state = None if rule.action == "AbortIncompleteMultipartUpload" else "ARCHIVED" if rule.noncurrent else "LIVE"
    return storage.BucketLifecycleRuleArgs(
        action=storage.BucketLifecycleRuleActionArgs(type=rule.action, storage_class=rule.storage_class),
        condition=storage.BucketLifecycleRuleConditionArgs(age=rule.age, days_since_noncurrent_time=rule.noncurrent, with_state=state),
    )
