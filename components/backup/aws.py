"""Backups on AWS: an AWS Backup plan into an encrypted vault, with copies in a second EU region by option."""

from __future__ import annotations

import pulumi
from pulumi_aws import backup, iam

from components.backup.aws_plan import TAG, WEEKLY_TAG, Lock, Rule, plan, weekly
from components.backup.outputs import BackupOutputs
from components.backup.spec import BackupSpec
from components.core import Component
from components.identity.documents import Where, bare_trust, where
from components.key.aws import AwsKey
from components.key.outputs import KeyOutputs
from components.key.spec import KeySpec
from components.naming import fit
from components.platforms.aws_provider import beside, provider
from components.site import Site

LONGEST_SELECTION = 50
RIGHTS = ("AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores")


class AwsBackup(Component[BackupOutputs]):
    """Backs up what carries the tag `backup` with the site's name as its value; weekly too, what carries `backup-weekly`."""

    TYPE = "aws:Backup"

    def __init__(self, name: str, spec: BackupSpec, site: Site, key: KeyOutputs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        decided = plan(spec)
        vault = self._vault(name, spec, key, decided.lock, None)
        copy = self._copy(name, spec, site, decided.copy_lock) if spec.copy_region else None
        role = self._role(name, where(site))
        daily = self._plan(name, "", [_rule(rule, vault, copy) for rule in decided.rules], role, TAG, site.name)
        others = {
            days: self._plan(name, f"-weekly-{days}", [_rule(rule, vault, copy)], role, WEEKLY_TAG, weekly(site.name, days))
            for days, rule in decided.weekly.items()
        }
        self.publish(BackupOutputs(vault=vault.arn, plan=daily.id, weekly={days: made.id for days, made in others.items()}))

    def _plan(self, name: str, end: str, rules: list[backup.PlanRuleArgs], role: pulumi.Output[str], tag: str, value: str) -> backup.Plan:
        """A plan with all that carries the tag with this value."""
        made = backup.Plan(f"{name}{end}-plan", name=f"{name}{end}", rules=rules, opts=self.child)
        backup.Selection(
            f"{name}{end}-selection",
            name=fit(f"{name}{end}", LONGEST_SELECTION),
            plan_id=made.id,
            iam_role_arn=role,
            selection_tags=[backup.SelectionSelectionTagArgs(type="STRINGEQUALS", key=tag, value=value)],
            opts=self.child,
        )
        return made

    def _vault(
        self, name: str, spec: BackupSpec, key: KeyOutputs, lock: Lock | None, elsewhere: pulumi.ProviderResource | None
    ) -> backup.Vault:
        vault = backup.Vault(
            f"{name}-vault",
            name=name,
            kms_key_arn=key.ref,
            force_destroy=not spec.deletion_protected,
            opts=pulumi.ResourceOptions(parent=self, protect=spec.deletion_protected, provider=elsewhere),
        )
        if lock:
            backup.VaultLockConfiguration(
                f"{name}-lock",
                backup_vault_name=vault.name,
                min_retention_days=lock.min_days,
                max_retention_days=lock.max_days,
                changeable_for_days=lock.changeable_days,
                opts=pulumi.ResourceOptions(parent=self, provider=elsewhere),
            )
        return vault

    def _copy(self, name: str, spec: BackupSpec, site: Site, lock: Lock | None) -> backup.Vault:
        """A vault of its own region needs a key of that region: KMS keys do not travel."""
        there = beside(site, spec.copy_region or site.region)
        elsewhere = provider(f"{name}-copy", there, self.child)
        key = AwsKey(
            f"{name}-copy-key",
            KeySpec(purpose="copies of backups", services=("backup",), deletion_protected=spec.deletion_protected),
            there,
            pulumi.ResourceOptions(parent=self, providers=[elsewhere]),
        )
        return self._vault(f"{name}-copy", spec, key.outputs, lock, elsewhere)

    def _role(self, name: str, here: Where) -> pulumi.Output[str]:
        role = iam.Role(
            f"{name}-role",
            description=f"Backups and restores of {name}",
            assume_role_policy=bare_trust("backup.amazonaws.com"),
            opts=self.child,
        )
        for right in RIGHTS:
            iam.RolePolicyAttachment(
                f"{name}-{right}", role=role.name, policy_arn=here.managed_policy(f"service-role/{right}"), opts=self.child
            )
        return role.arn


def _rule(rule: Rule, vault: backup.Vault, copy: backup.Vault | None) -> backup.PlanRuleArgs:
    copies = (
        [
            backup.PlanRuleCopyActionArgs(
                destination_vault_arn=copy.arn, lifecycle=backup.PlanRuleCopyActionLifecycleArgs(delete_after=rule.keep_days)
            )
        ]
        if copy and rule.copied
        else None
    )
    return backup.PlanRuleArgs(
        rule_name=rule.name,
        target_vault_name=vault.name,
        schedule=rule.schedule,
        schedule_expression_timezone="Etc/UTC",
        start_window=rule.start_window,
        completion_window=rule.completion_window,
        enable_continuous_backup=False,
        lifecycle=backup.PlanRuleLifecycleArgs(delete_after=rule.keep_days),
        copy_actions=copies,
    )
