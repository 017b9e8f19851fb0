"""An identity by which one resource uses one key, and the parts of a key's address."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import managedidentity

from components.azure_group import Group, tags
from components.identity.azure_roles import Role, assign
from components.key.outputs import KeyOutputs
from components.site import Site


@dataclass(frozen=True)
class KeyUser:
    """`id` (of the identity) and `principal` are known once it may use the key: what encrypts with a key tries it while it is made."""

    id: pulumi.Output[str]
    principal: pulumi.Output[str]


def key_user(name: str, site: Site, group: Group, key: KeyOutputs, opts: pulumi.ResourceOptions) -> KeyUser:
    """One identity for each resource: none can read what another has encrypted. `opts` should protect it as the data.

    A role works minutes after it was assigned: a resource that was too early is refused, and made by the next update.
    """
    identity = managedidentity.UserAssignedIdentity(
        f"{name}-encryption",
        resource_name_=f"{name}-encryption",
        resource_group_name=group.name,
        location=site.region,
        tags=tags(site),
        opts=opts,
    )
    right = assign(f"{name}-encryption", Role.VAULT_CRYPTO_SERVICE_USER, key.id, identity.principal_id, group.subscription, opts)
    known = pulumi.Output.all(identity.id, identity.principal_id, right.id)
    return KeyUser(id=known.apply(lambda values: values[0]), principal=known.apply(lambda values: values[1]))


def vault_uri(key: KeyOutputs) -> pulumi.Output[str]:
    """With the slash at its end. A key may stand in another vault than the stack's."""
    return key.ref.apply(lambda ref: f"{ref.partition('/keys/')[0]}/")


def key_name(key: KeyOutputs) -> pulumi.Output[str]:
    return key.ref.apply(lambda ref: ref.partition("/keys/")[2].partition("/")[0])
