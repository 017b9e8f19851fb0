"""Backups on Azure: one vault apart from what it backs up, and a policy by which databases are backed up."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import dataprotection

from components.azure_group import Group, tags
from components.backup.azure_plan import SOFT_DELETE_DAYS, Plan, Policy, plan
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
_WEEKLY = "Weekly"
_FIRST, _LAST = 20, 99
"""Priorities of tags as Azure's own tools give them: the lowest that fits decides how long a backup stays."""

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
        policy = self._scheme(f"{name}-policy", decided.policy, decided.intervals, vault, group)
        weekly = {
            days: self._scheme(f"{name}-weekly-{days}-policy", scheme, decided.intervals, vault, group)
            for days, scheme in decided.weekly.items()
        }
        principal = vault.identity.apply(lambda identity: identity.principal_id if identity else "")
        # To find the server in its group; what it may do there is granted on each server.
        reads = assign(f"{name}-reads", Role.READER, group.id, principal, group.subscription, self.child)
        known = pulumi.Output.all(principal, reads.id).apply(lambda values: str(values[0]))
        self.publish(
            BackupOutputs(vault=vault.id, plan=policy.id, principal=known, weekly={days: made.id for days, made in weekly.items()})
        )

    def _scheme(
        self, name: str, scheme: Policy, intervals: Sequence[str], vault: dataprotection.BackupVault, group: Group
    ) -> dataprotection.BackupPolicy:
        return dataprotection.BackupPolicy(
            name,
            backup_policy_name=scheme.name,
            vault_name=vault.name,
            resource_group_name=group.name,
            properties=_policy(scheme, intervals),
            # Holds no data, and a change of it is another policy, which takes this one's place.
            opts=self.child,
        )

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


def _policy(scheme: Policy, intervals: Sequence[str]) -> dataprotection.BackupPolicyArgs:
    store = dataprotection.DataStoreInfoBaseArgs(data_store_type=dataprotection.DataStoreTypes.VAULT_STORE, object_type="DataStoreInfoBase")
    kept = [_kept(_RULE, scheme.keep, store)]
    tagged = [_tagged(_RULE, _LAST)]
    if scheme.keep_weekly:
        kept.append(_kept(_WEEKLY, scheme.keep_weekly, store))
        tagged.insert(0, _tagged(_WEEKLY, _FIRST, dataprotection.AbsoluteMarker.FIRST_OF_WEEK))
    return dataprotection.BackupPolicyArgs(
        object_type="BackupPolicy",
        datasource_types=[KIND],
        policy_rules=[
            *kept,
            dataprotection.AzureBackupRuleArgs(
                object_type="AzureBackupRule",
                name="BackupDaily",
                backup_parameters=dataprotection.AzureBackupParamsArgs(object_type="AzureBackupParams", backup_type="Full"),
                data_store=store,
                trigger=dataprotection.ScheduleBasedTriggerContextArgs(
                    object_type="ScheduleBasedTriggerContext",
                    schedule=dataprotection.BackupScheduleArgs(repeating_time_intervals=list(intervals), time_zone="UTC"),
                    tagging_criteria=tagged,
                ),
            ),
        ],
    )


def _kept(name: str, duration: str, store: dataprotection.DataStoreInfoBaseArgs) -> dataprotection.AzureRetentionRuleArgs:
    return dataprotection.AzureRetentionRuleArgs(
        object_type="AzureRetentionRule",
        name=name,
        is_default=name == _RULE,
        lifecycles=[
            dataprotection.SourceLifeCycleArgs(
                delete_after=dataprotection.AbsoluteDeleteOptionArgs(object_type="AbsoluteDeleteOption", duration=duration),
                source_data_store=store,
                target_data_store_copy_settings=[],
            )
        ],
    )


def _tagged(name: str, priority: int, first: dataprotection.AbsoluteMarker | None = None) -> dataprotection.TaggingCriteriaArgs:
    """All backups, or those that are the first of theirs."""
    return dataprotection.TaggingCriteriaArgs(
        is_default=first is None,
        tagging_priority=priority,
        tag_info=dataprotection.RetentionTagArgs(tag_name=name),
        criteria=[dataprotection.ScheduleBasedBackupCriteriaArgs(object_type="ScheduleBasedBackupCriteria", absolute_criteria=[first])]
        if first
        else None,
    )
