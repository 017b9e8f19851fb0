"""The administrator's password on Azure, which no service makes or keeps by itself."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_random as random
from pulumi_azure_native import keyvault

from components.azure_group import Group, tags
from components.database.spec import DatabaseSpec
from components.site import Site

LENGTH = 40
SECRET_SUFFIX = "-postgres-admin"
"""Ends the names of administrators' secrets: what may read a secret of the vault is told apart by it."""
PASSWORD_KEY = "password"


@dataclass(frozen=True)
class Admin:
    """`secret` is the name in the group's vault, known when the password is in it; `password` is a secret Output."""

    password: pulumi.Output[str]
    secret: pulumi.Output[str]


def secret_name(server: str) -> str:
    """Up to 78 of the 127 characters that Key Vault allows: letters, digits and dashes, as the server's name."""
    return f"{server}{SECRET_SUFFIX}"


def own_admin(name: str, server: str, spec: DatabaseSpec, site: Site, group: Group, parent: pulumi.Resource) -> Admin:
    """Azure wants three kinds of characters: one of each is asked for."""
    protect = spec.deletion_protected
    made = random.RandomPassword(
        f"{name}-admin-password",
        length=LENGTH,
        special=False,
        min_upper=1,
        min_lower=1,
        min_numeric=1,
        opts=pulumi.ResourceOptions(parent=parent, protect=protect),
    )
    password = pulumi.Output.secret(made.result)
    secret = keyvault.Secret(
        f"{name}-admin",
        secret_name=secret_name(server),
        vault_name=group.vault.name,
        resource_group_name=group.name,
        properties=keyvault.SecretPropertiesArgs(
            value=pulumi.Output.json_dumps({"username": spec.admin, PASSWORD_KEY: password}),
            content_type="application/json",
            attributes=keyvault.SecretAttributesArgs(enabled=True),
        ),
        tags=tags(site),
        opts=group.vault.within(parent, protect=protect),
    )
    return Admin(password, pulumi.Output.all(secret.id, secret_name(server)).apply(lambda known: known[1]))
