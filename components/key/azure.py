"""An encryption key on Azure: one RSA key in the hardware behind the stack's vault."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import keyvault

from components.azure_group import Group, tags
from components.core import Component
from components.key.outputs import KeyOutputs
from components.key.spec import KeySpec
from components.naming import fit
from components.site import Site

LONGEST_NAME = 127
BITS = 3072
"""Storage, disks, databases and registries take 2048, 3072 and 4096; 3000 is the least that BSI and ANSSI recommend."""
FOLLOWING_DAYS = 90
"""A version may still encrypt for so long after the next one was made: by then every service has followed."""
NOTICE_DAYS = 30

_Operation = keyvault.JsonWebKeyOperation


@dataclass(frozen=True)
class Plan:
    """Durations are ISO 8601. `expires` is None for a key whose versions never expire."""

    name: str
    operations: tuple[keyvault.JsonWebKeyOperation, ...]
    rotates: str
    expires: str | None


def plan(name: str, spec: KeySpec) -> Plan:
    """What encrypts data wraps its own keys with this one. Kubernetes' secrets and workloads are encrypted with it themselves.

    The versions of a key that disks, a cluster's secrets or caches use do not expire: all are told a version, and a cluster whose version
    has expired can write no secret any more.
    """
    wraps = (_Operation.WRAP_KEY, _Operation.UNWRAP_KEY)
    encrypts = (_Operation.ENCRYPT, _Operation.DECRYPT)
    pinned = {"clusters", "nodes", "caches"} & set(spec.services)
    operations = (*wraps, *encrypts) if not spec.services or "clusters" in spec.services else wraps
    return Plan(
        name=fit(name, LONGEST_NAME),
        operations=operations,
        rotates=f"P{spec.rotation_days}D",
        expires=None if pinned else f"P{spec.rotation_days + FOLLOWING_DAYS}D",
    )


class AzureKey(Component[KeyOutputs]):
    """`id` is the key's resource id, on which roles are assigned; `ref` its address without a version, which follows rotation.

    A deleted key keeps its name for the vault's 90 days. `deletion_days` is at most 30 and therefore always kept.
    """

    TYPE = "azure:Key"

    def __init__(self, name: str, spec: KeySpec, site: Site, group: Group, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        decided = plan(name, spec)
        key = keyvault.Key(
            f"{name}-cmk",
            key_name=decided.name,
            vault_name=group.vault.name,
            resource_group_name=group.name,
            properties=keyvault.KeyPropertiesArgs(
                kty=keyvault.JsonWebKeyType.RS_A_HSM,
                key_size=BITS,
                key_ops=list(decided.operations),
                attributes=keyvault.KeyAttributesArgs(enabled=True, exportable=False),
                rotation_policy=_rotation(decided),
            ),
            tags=tags(site) | {"purpose": spec.purpose},
            opts=group.vault.within(self, protect=spec.deletion_protected),
        )
        self.publish(
            KeyOutputs(
                id=key.id,
                ref=key.key_uri,
                alias=key.name,
                exclusive=spec.exclusive,
                versioned=key.key_uri_with_version,
            )
        )


def _rotation(decided: Plan) -> keyvault.RotationPolicyArgs:
    rotate = keyvault.LifetimeActionArgs(
        action=keyvault.ActionArgs(type=keyvault.KeyRotationPolicyActionType.ROTATE),
        trigger=keyvault.TriggerArgs(time_after_create=decided.rotates),
    )
    if decided.expires is None:
        return keyvault.RotationPolicyArgs(lifetime_actions=[rotate])
    notify = keyvault.LifetimeActionArgs(
        action=keyvault.ActionArgs(type=keyvault.KeyRotationPolicyActionType.NOTIFY),
        trigger=keyvault.TriggerArgs(time_before_expiry=f"P{NOTICE_DAYS}D"),
    )
    return keyvault.RotationPolicyArgs(
        attributes=keyvault.KeyRotationPolicyAttributesArgs(expiry_time=decided.expires), lifetime_actions=[rotate, notify]
    )
