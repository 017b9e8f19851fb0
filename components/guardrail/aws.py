"""Guardrails on AWS: the region deny, the audit trail and the account's safe defaults."""

from __future__ import annotations

import pulumi
from pulumi_aws import accessanalyzer, cloudtrail, ebs, organizations, s3

from components.bucket.aws import AwsBucket
from components.bucket.spec import BucketSpec
from components.core import Component
from components.guardrail.aws_deny import deny_document
from components.guardrail.aws_recorder import record_configuration
from components.guardrail.outputs import GuardrailOutputs
from components.guardrail.spec import GuardrailSpec
from components.identity.documents import where
from components.key.outputs import KeyOutputs
from components.site import Site

COLD_DAYS = 90


class AwsGuardrail(Component[GuardrailOutputs]):
    """The key must serve `audit`. The defaults are the account's in the region: one stack of an account declares guardrails."""

    TYPE = "aws:Guardrail"

    def __init__(self, name: str, spec: GuardrailSpec, site: Site, key: KeyOutputs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        document = deny_document(spec, where(site))
        if spec.deny_target:
            self._deny(name, document, spec.deny_target)
        audit = AwsBucket(
            f"{name}-audit",
            BucketSpec(
                purpose="audit",
                service_writers=("audit",),
                cold_after_days=COLD_DAYS if spec.audit_days > COLD_DAYS else None,
                expire_after_days=spec.audit_days,
                deletion_protected=spec.deletion_protected,
            ),
            site,
            key,
            self.child,
        ).outputs
        trail = cloudtrail.Trail(
            f"{name}-trail",
            name=f"{name}-trail",
            s3_bucket_name=audit.name,
            kms_key_id=key.ref,
            enable_logging=True,
            enable_log_file_validation=True,
            # What somebody tries in a forbidden region, and what global services do, is part of the record, which stays at home.
            is_multi_region_trail=True,
            include_global_service_events=True,
            opts=self.protected(spec.deletion_protected),
        )
        self._defaults(name, site)
        if spec.record_configuration:
            record_configuration(name, where(site), audit, self.child)
        self.publish(GuardrailOutputs(audit_trail=trail.arn, deny_document=document))

    def _deny(self, name: str, document: str, target: str) -> None:
        policy = organizations.Policy(
            f"{name}-deny",
            name=f"{name}-deny",
            description="Data stays in the allowed regions",
            type="SERVICE_CONTROL_POLICY",
            content=document,
            opts=self.child,
        )
        organizations.PolicyAttachment(f"{name}-deny-target", policy_id=policy.id, target_id=target, opts=self.child)

    def _defaults(self, name: str, site: Site) -> None:
        ebs.EncryptionByDefault(f"{name}-disks", enabled=True, opts=self.child)
        ebs.SnapshotBlockPublicAccess(f"{name}-snapshots", state="block-all-sharing", opts=self.child)
        s3.AccountPublicAccessBlock(
            f"{name}-buckets",
            account_id=site.account,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child,
        )
        accessanalyzer.Analyzer(f"{name}-access", analyzer_name=f"{name}-access", type="ACCOUNT", opts=self.child)
