"""An encryption key on AWS: one KMS key in the site's region, and its alias."""

from __future__ import annotations

import pulumi
from pulumi_aws import kms

from components.core import Component
from components.identity.documents import document, where
from components.key.aws_policy import statements
from components.key.outputs import KeyOutputs
from components.key.spec import KeySpec
from components.site import Site


class AwsKey(Component[KeyOutputs]):
    """`site` says where the key lives: a copy in a second region is another key, from a site of that region and with its provider."""

    TYPE = "aws:Key"

    def __init__(self, name: str, spec: KeySpec, site: Site, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        key = kms.Key(
            f"{name}-cmk",
            description=f"{site.name}: {spec.purpose}",
            key_usage="ENCRYPT_DECRYPT",
            customer_master_key_spec="SYMMETRIC_DEFAULT",
            multi_region=False,
            enable_key_rotation=True,
            rotation_period_in_days=spec.rotation_days,
            deletion_window_in_days=spec.deletion_days,
            bypass_policy_lockout_safety_check=False,
            policy=document(statements(spec, where(site), site.name)),
            tags={"Name": name, "purpose": spec.purpose},
            opts=self.protected(spec.deletion_protected),
        )
        alias = kms.Alias(f"{name}-alias", name=f"alias/{name}", target_key_id=key.key_id, opts=self.child)
        self.publish(KeyOutputs(id=key.key_id, ref=key.arn, alias=alias.name, exclusive=spec.exclusive))
