"""How a server joins the stack's backup vault."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import dataprotection

from components.azure_group import Group, tags
from components.backup.outputs import BackupOutputs
from components.database.spec import DatabaseSpec
from components.identity.azure_roles import Role, assign
from components.site import Site

KIND = "Microsoft.DBforPostgreSQL/flexibleServers"


def back_up(
    name: str,
    server: str,
    ref: pulumi.Output[str],
    spec: DatabaseSpec,
    site: Site,
    group: Group,
    backup: BackupOutputs,
    settled: pulumi.Resource,
    parent: pulumi.Resource,
) -> pulumi.Resource:
    """The right of the vault's identity on the server. What lies in the vault outlives the server and the backups that it keeps by itself.
    Raises ValueError for a vault without identity, and for one that keeps no weekly backups as long as the spec asks.

    `settled` is the last change of the server, which is not backed up while it is being changed.
    """
    if backup.principal is None:
        raise ValueError("backup.principal: none is given; allowed: the object id of the backup vault's identity")
    policy = backup.keeping(spec.weekly_backup_days) if spec.weekly_backup_days else backup.plan
    kept = pulumi.ResourceOptions(parent=parent, protect=spec.deletion_protected)
    right = assign(f"{name}-backup", Role.POSTGRES_BACKUP, ref, backup.principal, group.subscription, kept)
    dataprotection.BackupInstance(
        f"{name}-backup",
        backup_instance_name=f"{server}-backup",
        vault_name=backup.vault.apply(lambda vault: vault.rsplit("/", 1)[-1]),
        resource_group_name=group.name,
        properties=dataprotection.BackupInstanceArgs(
            object_type="BackupInstance",
            friendly_name=server,
            data_source_info=dataprotection.DatasourceArgs(
                object_type="Datasource",
                datasource_type=KIND,
                resource_type=KIND,
                resource_id=ref,
                resource_uri=ref,
                resource_name=server,
                resource_location=site.region,
            ),
            data_source_set_info=dataprotection.DatasourceSetArgs(
                object_type="DatasourceSet",
                datasource_type=KIND,
                resource_type=KIND,
                resource_id=ref,
                resource_uri=ref,
                resource_name=server,
                resource_location=site.region,
            ),
            policy_info=dataprotection.PolicyInfoArgs(policy_id=policy),
        ),
        tags=tags(site),
        # The vault tries its right out while it takes the server in.
        opts=pulumi.ResourceOptions(parent=parent, protect=spec.deletion_protected, depends_on=[right, settled]),
    )
    return right
