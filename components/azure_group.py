"""What every Azure component stands on: one resource group with its vault, and tags as Azure takes them. Imports no SDK."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.site import Site


@dataclass(frozen=True)
class Vault:
    """The stack's one Key Vault: keys and secrets, reached by role assignments and from inside the network alone.

    `uri` ends with a slash (`https://<name>.vault.azure.net/`). `id` is the resource id. `resource` is for `deleted_with`."""

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    uri: pulumi.Output[str]
    resource: pulumi.Resource | None = None

    def within(self, parent: pulumi.Resource, *, protect: bool = False) -> pulumi.ResourceOptions:
        """Options of a key or secret of the vault. Azure Resource Manager makes those but does not delete them: the provider does that at
        the vault itself, which only the network reaches. A destroy therefore lets them go with the vault, without a call of their own."""
        return pulumi.ResourceOptions(parent=parent, protect=protect, deleted_with=self.resource)


@dataclass(frozen=True)
class Group:
    """`name` and `id` are the resource group's, known once it exists and its providers are registered. `subscription` and `tenant` are bare
    ids; `location` is the region's code (`italynorth`). `workspace_id` is the resource id of the Log Analytics workspace to which resources
    send their logs by diagnostic settings."""

    name: pulumi.Output[str]
    id: pulumi.Output[str]
    location: str
    subscription: str
    tenant: pulumi.Output[str]
    vault: Vault
    workspace_id: pulumi.Output[str]


def tags(site: Site) -> dict[str, str]:
    """The stack's own and its tags, the former winning. Every resource carries them by itself: Azure has no default tags."""
    return dict(site.tags) | {
        "managed-by": "eu-cloud",
        "environment": site.environment,
        "stack": site.name,
        "data-residency": "eu",
    }
