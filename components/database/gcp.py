"""A PostgreSQL database on GCP: Cloud SQL."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_random as random
from pulumi_gcp import sql

from components import geography
from components.core import Component
from components.database.gcp_admin import make_admin
from components.database.gcp_plan import EDITION, Plan, instance_name, plan
from components.database.outputs import DatabaseOutputs
from components.database.spec import DatabaseSpec
from components.gcp_project import Project, labels
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from components.site import Site
from components.vocabulary import Cloud

PORT = 5432
QUERY_BYTES = 1024
"""Of a statement in Query Insights, which shows no values; the default."""


class GcpDatabase(Component[DatabaseOutputs]):
    """The key encrypts storage, backups and the administrator's secret: it must let in `databases` and `secrets`.

    Backups outlive every deletion by as long as they are kept. A restored instance brings its database along: leave `restore_from` in
    place for as long as the instance lives.
    """

    TYPE = "gcp:Database"

    def __init__(
        self,
        name: str,
        spec: DatabaseSpec,
        site: Site,
        project: Project,
        network: NetworkOutputs,
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._name, self._spec, self._site, self._network, self._key = name, spec, site, network, key
        self._project = project.on("sqladmin.googleapis.com")
        self._plan: Plan = plan(spec, geography.region(Cloud.GCP, site.region))
        # Cloud SQL gives the name of a deleted instance away only a week later: a stack that is made anew needs another one.
        self._suffix = random.RandomId(f"{name}-suffix", byte_length=2, opts=self.child).hex
        self._base = instance_name(name, site.account)
        held = self.protected(spec.deletion_protected)
        admin = make_admin(name, spec, site, project, key, self.child, held)
        primary = self._primary()
        user = sql.User(
            f"{name}-admin-user",
            name=spec.admin,
            instance=primary.name,
            project=self._project,
            type="BUILT_IN",
            password=admin.password,
            # PostgreSQL drops no role that owns something: it goes with its instance.
            deletion_policy="ABANDON",
            opts=held,
        )
        if self._plan.restore is None:
            self._database(primary, user)
        replicas = [self._replica(index, primary) for index in range(1, spec.replicas + 1)]
        self.publish(
            DatabaseOutputs(
                # Through the administrator: whoever connects finds one.
                host=pulumi.Output.all(primary.private_ip_address, user.id).apply(lambda known: str(known[0])),
                port=PORT,
                database=spec.database,
                identifier=name,
                ref=primary.self_link,
                admin=spec.admin,
                admin_secret=admin.secret,
                admin_secret_key="password",
                replica_hosts=tuple(replica.private_ip_address for replica in replicas),
            )
        )

    def _primary(self) -> sql.DatabaseInstance:
        spec, decided, restore = self._spec, self._plan, self._plan.restore
        return sql.DatabaseInstance(
            self._name,
            name=pulumi.Output.concat(self._base, "-", self._suffix),
            project=self._project,
            region=self._site.region,
            database_version=decided.version,
            encryption_key_name=self._key.ref,
            settings=self._settings(primary=True),
            clone=sql.DatabaseInstanceCloneArgs(source_instance_name=restore.instance, point_in_time=restore.time)
            if restore and restore.time
            else None,
            restore_backup_context=sql.DatabaseInstanceRestoreBackupContextArgs(
                backup_run_id=restore.backup, instance_id=restore.instance, project=self._site.account
            )
            if restore and restore.backup
            else None,
            # The provider's own refusal; the cloud's is in the settings.
            deletion_protection=spec.deletion_protected,
            # Nothing of the instance names the connection that its address comes from.
            opts=self._instance_options(["clone", "restoreBackupContext"], self._network.data_ready),
        )

    def _replica(self, index: int, primary: sql.DatabaseInstance) -> sql.DatabaseInstance:
        """In one zone, under the primary's key, with the primary's databases and users. Backups and maintenance are the primary's."""
        return sql.DatabaseInstance(
            f"{self._name}-replica-{index}",
            name=pulumi.Output.concat(instance_name(f"{self._name}-replica-{index}", self._site.account), "-", self._suffix),
            project=self._project,
            region=self._site.region,
            database_version=self._plan.version,
            master_instance_name=primary.name,
            settings=self._settings(primary=False),
            deletion_protection=self._spec.deletion_protected,
            opts=self._instance_options([], ()),
        )

    def _settings(self, *, primary: bool) -> sql.DatabaseInstanceSettingsArgs:
        spec, decided = self._spec, self._plan
        return sql.DatabaseInstanceSettingsArgs(
            edition=EDITION,
            tier=decided.tier,
            activation_policy="ALWAYS",
            availability_type="REGIONAL" if primary and spec.highly_available else "ZONAL",
            disk_type="PD_SSD",
            disk_size=spec.storage_gib,
            disk_autoresize=True,
            disk_autoresize_limit=spec.max_storage_gib,
            deletion_protection_enabled=spec.deletion_protected,
            # Pods connect by themselves, with TLS and a password; no proxy stands between.
            connector_enforcement="NOT_REQUIRED",
            # SQL over a public API, past the private address.
            data_api_access="DISALLOW_DATA_API",
            enable_google_ml_integration=False,
            database_flags=[sql.DatabaseInstanceSettingsDatabaseFlagArgs(name=flag, value=value) for flag, value in decided.flags],
            ip_configuration=self._addresses(),
            insights_config=sql.DatabaseInstanceSettingsInsightsConfigArgs(
                query_insights_enabled=True,
                query_string_length=QUERY_BYTES,
                query_plans_per_minute=5,
                record_application_tags=True,
                record_client_address=False,
            ),
            backup_configuration=self._backups() if primary else None,
            retain_backups_on_delete=True if primary else None,
            final_backup_config=sql.DatabaseInstanceSettingsFinalBackupConfigArgs(enabled=True, retention_days=decided.backups_kept)
            if primary and spec.deletion_protected
            else None,
            maintenance_window=sql.DatabaseInstanceSettingsMaintenanceWindowArgs(
                day=decided.maintenance_day, hour=decided.maintenance_hour, update_track="stable"
            )
            if primary
            else None,
            # The provider's default labels do not reach into the settings.
            user_labels=labels(self._site),
        )

    def _addresses(self) -> sql.DatabaseInstanceSettingsIpConfigurationArgs:
        """The address comes from the network's own range for services, the only one that its connection has."""
        return sql.DatabaseInstanceSettingsIpConfigurationArgs(
            ipv4_enabled=False,
            private_network=self._network.id,
            ssl_mode="ENCRYPTED_ONLY",
            # One authority for the region, and certificates that renew themselves; that of an instance ends after ten years, for all.
            server_ca_mode="GOOGLE_MANAGED_CAS_CA",
            server_certificate_rotation_mode="AUTOMATIC_ROTATION_DURING_MAINTENANCE",
            enable_private_path_for_google_cloud_services=False,
        )

    def _backups(self) -> sql.DatabaseInstanceSettingsBackupConfigurationArgs:
        return sql.DatabaseInstanceSettingsBackupConfigurationArgs(
            enabled=True,
            start_time=self._plan.backup_start,
            # Absent, it is the multi-region that is nearest.
            location=self._plan.backup_location,
            point_in_time_recovery_enabled=True,
            transaction_log_retention_days=self._plan.log_days,
            backup_retention_settings=sql.DatabaseInstanceSettingsBackupConfigurationBackupRetentionSettingsArgs(
                retained_backups=self._plan.backups_kept, retention_unit="COUNT"
            ),
        )

    def _database(self, primary: sql.DatabaseInstance, user: sql.User) -> None:
        sql.Database(
            f"{self._name}-database",
            name=self._spec.database,
            # Through the administrator: Cloud SQL refuses two operations at a time on one instance.
            instance=pulumi.Output.all(primary.name, user.id).apply(lambda known: str(known[0])),
            project=self._project,
            charset="UTF8",
            collation="en_US.UTF8",
            # One that has connections is not dropped: it goes with its instance.
            deletion_policy="ABANDON",
            opts=self.protected(self._spec.deletion_protected),
        )

    def _instance_options(self, ignored: list[str], needed: Sequence[pulumi.Resource]) -> pulumi.ResourceOptions:
        """A grown disk must not be made small again, which would replace the instance; what it was restored from is read once."""
        return pulumi.ResourceOptions(
            parent=self,
            protect=self._spec.deletion_protected,
            depends_on=list(needed),
            ignore_changes=["settings.diskSize", *ignored],
        )
