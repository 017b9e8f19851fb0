"""Backups on Azure: one vault apart from what it backs up, and a policy by which databases are backed up."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import dataprotection

from components.azure_group import Group, tags
from components.backup.azure_plan import SOFT_DELETE_DAYS, Plan, plan
from components.backup.outputs import BackupOutputs
from components.backup.spec import BackupSpec
from components.core import Component
from components.database.azure_backup import KIND
from components.identity.azure_roles import Role, assign
from components.key.azure_user import key_user
from components.key.outputs import KeyOutputs
from components.site import Site

_RULE = "Default"
"""The tag that Azure gives every backup; the rule of retention of that name keeps it."""

_REDUNDANCY = {
    "geo": dataprotection.StorageSettingTypes.GEO_REDUNDANT,
    "zones": dataprotection.StorageSettingTypes.ZONE_REDUNDANT,
    "one": dataprotection.StorageSettingTypes.LOCALLY_REDUNDANT,
}
_IMMUTABILITY = {
    "locked": dataprotection.ImmutabilityState.LOCKED,
    "unlocked": dataprotection.ImmutabilityState.UNLOCKED,
    "off": dataprotection.ImmutabilityState.DISABLED,
}


class AzureBackup(Component[BackupOutputs]):
    """Each database joins by an instance of its own and lets the vault's identity in: nothing is found by a tag."""

    TYPE = "azure:Backup"

    def __init__(
        self,
        name: str,
        spec: BackupSpec,
        site: Site,
        group: Group,
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        decided = plan(name, spec, site)
        kept = self.protected(spec.deletion_protected)
        vault = self._vault(name, decided, site, group, key, kept)
        policy = dataprotection.BackupPolicy(
            f"{name}-policy",
            backup_policy_name=decided.policy,
            vault_name=vault.name,
            resource_group_name=group.name,
            properties=_policy(decided),
            # Holds no data, and a change of it is another policy, which takes this one's place.
            opts=self.child,
        )
        principal = vault.identity.apply(lambda identity: identity.principal_id if identity else "")
        # To find the server in its group; what it may do there is granted on each server.
        reads = assign(f"{name}-reads", Role.READER, group.id, principal, group.subscription, self.child)
        known = pulumi.Output.all(principal, reads.id).apply(lambda values: str(values[0]))
        self.publish(BackupOutputs(vault=vault.id, plan=policy.id, principal=known))

    def _vault(
        self, name: str, decided: Plan, site: Site, group: Group, key: KeyOutputs, kept: pulumi.ResourceOptions
    ) -> dataprotection.BackupVault:
        user = key_user(name, site, group, key, kept)
        abroad = decided.redundancy == "geo"
        regions = dataprotection.CrossRegionRestoreState
        return dataprotection.BackupVault(
            f"{name}-vault",
            vault_name=decided.vault,
            resource_group_name=group.name,
            location=site.region,
            # Its own identity reads databases, the other uses the key.
            identity=dataprotection.DppIdentityDetailsArgs(type="SystemAssigned,UserAssigned", user_assigned_identities=[user.id]),
            properties=dataprotection.BackupVaultArgs(
                storage_settings=[
                    dataprotection.StorageSettingArgs(
                        datastore_type=dataprotection.StorageSettingStoreTypes.VAULT_STORE, type=_REDUNDANCY[decided.redundancy]
                    )
                ],
                security_settings=dataprotection.SecuritySettingsArgs(
                    soft_delete_settings=_soft_delete(decided),
                    immutability_settings=dataprotection.ImmutabilitySettingsArgs(state=_IMMUTABILITY[decided.immutability]),
                    encryption_settings=dataprotection.EncryptionSettingsArgs(
                        state=dataprotection.EncryptionState.ENABLED,
                        key_vault_properties=dataprotection.CmkKeyVaultPropertiesArgs(key_uri=key.ref),
                        kek_identity=dataprotection.CmkKekIdentityArgs(
                            identity_type=dataprotection.IdentityType.USER_ASSIGNED, identity_id=user.id
                        ),
                        infrastructure_encryption=dataprotection.InfrastructureEncryptionState.ENABLED,
                    ),
                ),
                feature_settings=dataprotection.FeatureSettingsArgs(
                    cross_region_restore_settings=dataprotection.CrossRegionRestoreSettingsArgs(
                        state=regions.ENABLED if abroad else regions.DISABLED
                    ),
                    cross_subscription_restore_settings=dataprotection.CrossSubscriptionRestoreSettingsArgs(
                        state=dataprotection.CrossSubscriptionRestoreState.DISABLED
                    ),
                ),
                monitoring_settings=dataprotection.MonitoringSettingsArgs(
                    azure_monitor_alert_settings=dataprotection.AzureMonitorAlertSettingsArgs(
                        alerts_for_all_job_failures=dataprotection.AlertsState.ENABLED
                    )
                ),
            ),
            tags=tags(site),
            opts=kept,
        )


def _soft_delete(decided: Plan) -> dataprotection.SoftDeleteSettingsArgs:
    if not decided.soft_delete:
        return dataprotection.SoftDeleteSettingsArgs(state=dataprotection.SoftDeleteState.OFF)
    return dataprotection.SoftDeleteSettingsArgs(state=dataprotection.SoftDeleteState.ON, retention_duration_in_days=SOFT_DELETE_DAYS)


def _policy(decided: Plan) -> dataprotection.BackupPolicyArgs:
    store = dataprotection.DataStoreInfoBaseArgs(data_store_type=dataprotection.DataStoreTypes.VAULT_STORE, object_type="DataStoreInfoBase")
    return dataprotection.BackupPolicyArgs(
        object_type="BackupPolicy",
        datasource_types=[KIND],
        policy_rules=[
            dataprotection.AzureRetentionRuleArgs(
                object_type="AzureRetentionRule",
                name=_RULE,
                is_default=True,
                lifecycles=[
                    dataprotection.SourceLifeCycleArgs(
                        delete_after=dataprotection.AbsoluteDeleteOptionArgs(object_type="AbsoluteDeleteOption", duration=decided.keep),
                        source_data_store=store,
                        target_data_store_copy_settings=[],
                    )
                ],
            ),
            dataprotection.AzureBackupRuleArgs(
                object_type="AzureBackupRule",
                name="BackupDaily",
                backup_parameters=dataprotection.AzureBackupParamsArgs(object_type="AzureBackupParams", backup_type="Full"),
                data_store=store,
                trigger=dataprotection.ScheduleBasedTriggerContextArgs(
                    object_type="ScheduleBasedTriggerContext",
                    schedule=dataprotection.BackupScheduleArgs(repeating_time_intervals=[decided.interval], time_zone="UTC"),
                    tagging_criteria=[
                        dataprotection.TaggingCriteriaArgs(
                            is_default=True, tagging_priority=99, tag_info=dataprotection.RetentionTagArgs(tag_name=_RULE)
                        )
                    ],
                ),
            ),
        ],
    )
