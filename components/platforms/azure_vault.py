"""A Key Vault: keys in hardware, reached by roles, nothing in it lost for 90 days."""

from __future__ import annotations

import re

import pulumi
import pulumi_random as random
from pulumi_azure_native import keyvault

from components.azure_group import Vault, tags
from components.naming import fit
from components.site import Site

LONGEST_NAME = 24
RECOVERY_DAYS = 90
"""How long a deleted key, secret or vault can be had back. Azure fixes it when the vault is made."""

_NAME = re.compile(r"[a-z](?:-?[a-z0-9]){2,23}")


def vault_name(name: str, mark: str) -> str:
    """3 to 24 letters, digits and single hyphens, beginning with a letter, for all of Azure. Raises ValueError for another.

    `mark` is another one in each life of a stack: a vault that is gone keeps its name for RECOVERY_DAYS, and a second `up` would find it
    taken.
    """
    called = f"{fit(name, LONGEST_NAME - len(mark) - 1)}-{mark}"
    if not _NAME.fullmatch(called):
        raise ValueError(
            f"name: {name!r} makes no name of a vault ({called!r}); allowed: letters, digits and single hyphens, beginning with a letter"
        )
    return called


def make_vault(
    resource: str,
    name: str,
    site: Site,
    group: pulumi.Output[str],
    tenant: pulumi.Output[str],
    opts: pulumi.ResourceOptions,
) -> Vault:
    """A vault in the site's region and the resource group named `group`, closed to the Internet.

    It still answers services that Key Vault trusts (storage, disks, databases), each of which needs a role on its key. Without purge
    protection these services refuse a key.
    """
    mark = random.RandomId(f"{resource}-mark", byte_length=3, opts=opts)
    vault = keyvault.Vault(
        resource,
        vault_name=mark.hex.apply(lambda known: vault_name(name, known)),
        resource_group_name=group,
        location=site.region,
        properties=keyvault.VaultPropertiesArgs(
            tenant_id=tenant,
            sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName.PREMIUM),
            access_policies=[],
            enable_rbac_authorization=True,
            enable_soft_delete=True,
            soft_delete_retention_in_days=RECOVERY_DAYS,
            enable_purge_protection=True,
            enabled_for_deployment=False,
            enabled_for_disk_encryption=False,
            enabled_for_template_deployment=False,
            public_network_access=keyvault.PublicNetworkAccess.DISABLED.value,
            network_acls=keyvault.NetworkRuleSetArgs(
                default_action=keyvault.NetworkRuleAction.DENY,
                bypass=keyvault.NetworkRuleBypassOptions.AZURE_SERVICES,
                ip_rules=[],
                virtual_network_rules=[],
            ),
        ),
        tags=tags(site),
        opts=opts,
    )
    uri = vault.properties.apply(lambda known: str(known.vault_uri))
    return Vault(id=vault.id, name=vault.name, uri=uri, resource=vault)
