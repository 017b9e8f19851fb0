"""Backups on GCP: plans of Backup for GKE, one of them in a second EU region by option."""

from __future__ import annotations

from dataclasses import replace

import pulumi
from pulumi_gcp import gkebackup

from components import geography
from components.backup.gcp_plan import Line, plan
from components.backup.outputs import BackupOutputs
from components.backup.spec import BackupSpec
from components.cluster.outputs import ClusterOutputs
from components.core import Component
from components.gcp_project import Project, labels
from components.key.gcp import GcpKey
from components.key.outputs import KeyOutputs
from components.key.spec import KeySpec
from components.platforms.gcp_project import provider
from components.site import Site
from components.vocabulary import Cloud


class GcpBackup(Component[BackupOutputs]):
    """Backs up the whole cluster: objects, secrets and volumes. Its add-on for backups must be on, and the key must let in `backup`.

    Databases keep their own backups: see components/database/gcp.py.
    """

    TYPE = "gcp:Backup"

    def __init__(
        self,
        name: str,
        spec: BackupSpec,
        site: Site,
        project: Project,
        cluster: ClusterOutputs,
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        decided = plan(spec, geography.region(Cloud.GCP, site.region))
        self._site, self._spec, self._cluster = site, spec, cluster
        self._project = project.on("gkebackup.googleapis.com")
        here = [line for line in decided.lines if line.region == site.region]
        plans = {line.name: self._plan(f"{name}-{line.name}", line, key, None) for line in here}
        for line in decided.lines:
            if line in here:
                self._restore(f"{name}-{line.name}-restore", plans[line.name])
            else:
                self._elsewhere(f"{name}-{line.name}", line, project)
        daily = plans["daily"]
        self.publish(BackupOutputs(vault=daily.id, plan=daily.name))

    def _plan(self, name: str, line: Line, key: KeyOutputs, elsewhere: pulumi.ProviderResource | None) -> gkebackup.BackupPlan:
        return gkebackup.BackupPlan(
            name,
            name=name,
            description=f"{line.name.capitalize()} backups of {self._site.name}",
            project=self._project,
            location=line.region,
            cluster=self._cluster.ref,
            backup_config=gkebackup.BackupPlanBackupConfigArgs(
                all_namespaces=True,
                include_volume_data=True,
                include_secrets=True,
                encryption_key=gkebackup.BackupPlanBackupConfigEncryptionKeyArgs(gcp_kms_encryption_key=key.ref),
                # What cannot be restored as it stands is found when the backup is made, not when it is needed.
                permissive_mode=False,
            ),
            backup_schedule=gkebackup.BackupPlanBackupScheduleArgs(cron_schedule=line.schedule, paused=False),
            retention_policy=gkebackup.BackupPlanRetentionPolicyArgs(
                backup_retain_days=line.keep_days, backup_delete_lock_days=line.lock_days, locked=self._spec.locked
            ),
            deactivated=False,
            labels=labels(self._site),
            opts=pulumi.ResourceOptions(parent=self, protect=self._spec.deletion_protected, provider=elsewhere),
        )

    def _elsewhere(self, name: str, line: Line, project: Project) -> None:
        """A plan takes a key of its own region alone: KMS keys do not travel."""
        there = replace(self._site, region=line.region, zones=geography.region(Cloud.GCP, line.region).zones)
        elsewhere = provider(name, there, self.child)
        spec = KeySpec(purpose="copies of backups", services=("backup",), deletion_protected=self._spec.deletion_protected)
        key = GcpKey(f"{name}-key", spec, there, project, pulumi.ResourceOptions(parent=self, providers=[elsewhere])).outputs
        self._plan(name, line, key, elsewhere)

    def _restore(self, name: str, source: gkebackup.BackupPlan) -> None:
        """Ready for the day: brings namespaces that are missing back into the same cluster, with their volumes, and touches no others."""
        gkebackup.RestorePlan(
            name,
            name=name,
            description="Brings missing namespaces back",
            project=source.project,
            location=source.location,
            backup_plan=source.id,
            cluster=self._cluster.ref,
            restore_config=gkebackup.RestorePlanRestoreConfigArgs(
                all_namespaces=True,
                namespaced_resource_restore_mode="FAIL_ON_CONFLICT",
                volume_data_restore_policy="RESTORE_VOLUME_DATA_FROM_BACKUP",
                cluster_resource_restore_scope=gkebackup.RestorePlanRestoreConfigClusterResourceRestoreScopeArgs(no_group_kinds=True),
            ),
            labels=labels(self._site),
            opts=self.child,
        )
