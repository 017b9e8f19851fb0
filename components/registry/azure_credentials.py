"""Where ACR finds an account at a public registry: two secrets of the stack's vault, and a set of them with an identity that reads them."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import containerregistry, keyvault

from components.azure_group import Group, tags
from components.identity.azure_roles import Role, assign
from components.registry.credentials import Credential
from components.site import Site

CONTENT = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Account:
    """`ref` is the set's id, known when its identity may read both secrets; `below` stands in the registry, under its lock."""

    ref: pulumi.Output[str]
    below: tuple[pulumi.Resource, ...]


def keep(
    name: str,
    prefix: str,
    host: str,
    site: Site,
    group: Group,
    registry: pulumi.Output[str],
    account: Credential,
    protected: bool,
    parent: pulumi.Resource,
) -> Account:
    """The set's own identity reads: the vault lets it through its firewall as that of a service which it trusts."""
    secrets = {
        part: keyvault.Secret(
            f"{name}-{prefix}-{part}",
            secret_name=f"{name}-{prefix}-{part}",
            vault_name=group.vault.name,
            resource_group_name=group.name,
            properties=keyvault.SecretPropertiesArgs(
                value=pulumi.Output.secret(value), content_type=CONTENT, attributes=keyvault.SecretAttributesArgs(enabled=True)
            ),
            tags=tags(site),
            opts=group.vault.within(parent, protect=protected),
        )
        for part, value in {"username": account.username, "token": account.token}.items()
    }
    # Without a version, so that another token is found by itself.
    addresses = {
        part: pulumi.Output.all(group.vault.uri, secret.id).apply(lambda known, part=part: f"{known[0]}secrets/{name}-{prefix}-{part}")
        for part, secret in secrets.items()
    }
    child = pulumi.ResourceOptions(parent=parent)
    made = containerregistry.CredentialSet(
        f"{name}-{prefix}-account",
        credential_set_name=f"account-{prefix}",
        registry_name=registry,
        resource_group_name=group.name,
        login_server=host,
        auth_credentials=[
            containerregistry.AuthCredentialArgs(
                name=containerregistry.CredentialName.CREDENTIAL1,
                username_secret_identifier=addresses["username"],
                password_secret_identifier=addresses["token"],
            )
        ],
        identity=containerregistry.IdentityPropertiesArgs(type=containerregistry.ResourceIdentityType.SYSTEM_ASSIGNED),
        opts=child,
    )
    principal = made.identity.apply(lambda identity: str(identity.principal_id) if identity else "")
    rights = [
        assign(f"{name}-{prefix}-{part}", Role.VAULT_SECRETS_USER, secret.id, principal, group.subscription, child)
        for part, secret in secrets.items()
    ]
    ref = pulumi.Output.all(made.id, *(right.id for right in rights)).apply(lambda known: str(known[0]))
    return Account(ref, (made,))
