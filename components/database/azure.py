"""A PostgreSQL database on Azure: a flexible server inside the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import dbforpostgresql, monitor

from components.azure_group import Group, tags
from components.backup.outputs import BackupOutputs
from components.core import Component
from components.database.azure_admin import PASSWORD_KEY, own_admin, secret_name
from components.database.azure_backup import KIND, back_up
from components.database.azure_plan import Plan, Restore, plan
from components.database.outputs import DatabaseOutputs
from components.database.spec import DatabaseSpec
from components.key.azure import AzureKey
from components.key.azure_user import KeyUser, key_user
from components.key.outputs import KeyOutputs
from components.key.spec import KeySpec
from components.network.outputs import NetworkOutputs
from components.platforms.azure_lock import lock
from components.platforms.azure_second import beside, second
from components.site import Site

PORT = 5432


@dataclass(frozen=True)
class Copies:
    """The key for geo-redundant backups, which must stand in the paired region, and who uses it."""

    key: KeyOutputs
    user: KeyUser


class AzureDatabase(Component[DatabaseOutputs]):
    """Reached from inside the network alone: the server has its address in the delegated subnet, and no public one.

    With `deletion_protected`, a lock stands before a deletion. Backups of a deleted server stay for five days, in Azure's hands.
    """

    TYPE = "azure:Database"

    def __init__(
        self,
        name: str,
        spec: DatabaseSpec,
        site: Site,
        group: Group,
        network: NetworkOutputs,
        key: KeyOutputs,
        backup: BackupOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._name, self._spec, self._site, self._group, self._key, self._network = name, spec, site, group, key, network
        self._plan: Plan = plan(name, spec, site)
        self._kept = self.protected(spec.deletion_protected)
        self._user = key_user(name, site, group, key, self._kept)
        self._copies = self._backup_key(spec.backup_region) if spec.backup_region else None
        if self._plan.restore:
            primary = self._restored(self._plan.restore)
            admin_secret = primary.id.apply(lambda _: secret_name(self._plan.restore.server if self._plan.restore else ""))
        else:
            admin = own_admin(name, self._plan.server, spec, site, group, self)
            primary, admin_secret = self._primary(admin.password), admin.secret
        settled = self._settle(primary)
        right = back_up(name, self._plan.server, primary.id, spec, site, group, backup, settled, self)
        replicas = [self._replica(f"{name}-replica-{index}", primary, index, settled) for index in range(1, spec.replicas + 1)]
        for server, label in ((primary, name), *((replica, f"{name}-replica-{index}") for index, replica in enumerate(replicas, 1))):
            logs = self._logs(label, server)
            below = [logs, settled, right] if server is primary else [logs]
            lock(label, server.id, spec.deletion_protected, self, below)
        self.publish(
            DatabaseOutputs(
                host=primary.fully_qualified_domain_name,
                port=PORT,
                database=spec.database,
                identifier=self._plan.server,
                ref=primary.id,
                admin=spec.admin,
                admin_secret=admin_secret,
                admin_secret_key=PASSWORD_KEY,
                replica_hosts=tuple(replica.fully_qualified_domain_name for replica in replicas),
            )
        )

    def _primary(self, password: pulumi.Output[str]) -> dbforpostgresql.Server:
        spec, decided = self._spec, self._plan
        return dbforpostgresql.Server(
            self._name,
            server_name=decided.server,
            resource_group_name=self._group.name,
            location=self._site.region,
            create_mode=dbforpostgresql.CreateMode.DEFAULT,
            version=spec.major,
            administrator_login=spec.admin,
            administrator_login_password=password,
            auth_config=self._passwords(),
            sku=self._sku(),
            storage=self._storage(),
            availability_zone=decided.zone,
            high_availability=self._availability(),
            backup=self._backups(),
            network=self._private(),
            identity=self._identity(),
            data_encryption=self._encryption(),
            maintenance_window=self._window(),
            tags=tags(self._site),
            opts=self._options(),
        )

    def _restored(self, restore: Restore) -> dbforpostgresql.Server:
        """With the administrator, password, version and disk of the server that it comes from, at that moment."""
        return dbforpostgresql.Server(
            self._name,
            server_name=self._plan.server,
            resource_group_name=self._group.name,
            location=self._site.region,
            create_mode=dbforpostgresql.CreateMode.POINT_IN_TIME_RESTORE,
            source_server_resource_id=pulumi.Output.concat(self._group.id, f"/providers/{KIND}/{restore.server}"),
            point_in_time_utc=restore.time,
            auth_config=self._passwords(),
            sku=self._sku(),
            availability_zone=self._plan.zone,
            high_availability=self._availability(),
            backup=self._backups(),
            network=self._private(),
            identity=self._identity(),
            data_encryption=self._encryption(),
            maintenance_window=self._window(),
            tags=tags(self._site),
            # Read once: another moment must not replace the server that came of it.
            opts=self._options(["createMode", "sourceServerResourceId", "pointInTimeUTC"]),
        )

    def _replica(self, name: str, primary: dbforpostgresql.Server, index: int, settled: pulumi.Resource) -> dbforpostgresql.Server:
        """In the zone after the standby's. User, version, parameters and backups are the primary's, from which it takes them over."""
        zones = self._site.zones
        return dbforpostgresql.Server(
            name,
            server_name=f"{self._plan.server}-r{index}",
            resource_group_name=self._group.name,
            location=self._site.region,
            create_mode=dbforpostgresql.CreateMode.REPLICA,
            source_server_resource_id=primary.id,
            sku=self._sku(),
            storage=self._storage(),
            availability_zone=zones[(index + 1) % len(zones)] if zones else None,
            network=self._private(),
            identity=self._identity(),
            data_encryption=self._encryption(copies=False),
            maintenance_window=self._window(),
            tags=tags(self._site),
            # A server does one thing at a time, and parameters that were set before are taken over.
            opts=self._options(after=[settled]),
        )

    def _options(self, ignored: Sequence[str] = (), after: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """After a fail-over the zones have changed places: putting them back would be a second one."""
        return pulumi.ResourceOptions(
            parent=self,
            protect=self._spec.deletion_protected,
            depends_on=[*self._network.data_ready, *after],
            ignore_changes=["availabilityZone", "highAvailability.standbyAvailabilityZone", *ignored],
        )

    def _passwords(self) -> dbforpostgresql.AuthConfigArgs:
        """No Entra administrators: they would be a second way in, which no role of the database speaks of."""
        return dbforpostgresql.AuthConfigArgs(
            password_auth=dbforpostgresql.PasswordBasedAuth.ENABLED,
            active_directory_auth=dbforpostgresql.MicrosoftEntraAuth.DISABLED,
        )

    def _sku(self) -> dbforpostgresql.SkuArgs:
        return dbforpostgresql.SkuArgs(name=self._plan.sku, tier=dbforpostgresql.SkuTier.GENERAL_PURPOSE)

    def _storage(self) -> dbforpostgresql.StorageArgs:
        return dbforpostgresql.StorageArgs(
            type=dbforpostgresql.StorageType.PREMIUM_LRS,
            storage_size_gb=self._plan.storage_gib,
            auto_grow=dbforpostgresql.StorageAutoGrow.ENABLED,
        )

    def _availability(self) -> dbforpostgresql.HighAvailabilityArgs:
        modes = dbforpostgresql.PostgreSqlFlexibleServerHighAvailabilityMode
        return dbforpostgresql.HighAvailabilityArgs(
            mode=modes.ZONE_REDUNDANT if self._plan.standby_zone else modes.DISABLED,
            standby_availability_zone=self._plan.standby_zone,
        )

    def _backups(self) -> dbforpostgresql.BackupArgs:
        redundancy = dbforpostgresql.GeographicallyRedundantBackup
        return dbforpostgresql.BackupArgs(
            backup_retention_days=self._spec.backup_days,
            geo_redundant_backup=redundancy.ENABLED if self._plan.geo_backup else redundancy.DISABLED,
        )

    def _private(self) -> dbforpostgresql.NetworkArgs:
        return dbforpostgresql.NetworkArgs(
            delegated_subnet_resource_id=self._network.data_subnet_ids[0],
            private_dns_zone_arm_resource_id=self._network.private_zones["postgres"],
            public_network_access=dbforpostgresql.ServerPublicNetworkAccessState.DISABLED,
        )

    def _identity(self) -> dbforpostgresql.UserAssignedIdentityArgs:
        users = [self._user.id, *([self._copies.user.id] if self._copies else [])]
        return dbforpostgresql.UserAssignedIdentityArgs(
            type=dbforpostgresql.IdentityType.USER_ASSIGNED,
            user_assigned_identities=pulumi.Output.all(*users).apply(
                lambda ids: {str(each): dbforpostgresql.UserIdentityArgs() for each in ids}
            ),
        )

    def _encryption(self, *, copies: bool = True) -> dbforpostgresql.DataEncryptionArgs:
        """Keys without a version: the server follows their rotation by itself. Chosen at creation, for ever."""
        abroad = self._copies if copies else None
        return dbforpostgresql.DataEncryptionArgs(
            type=dbforpostgresql.DataEncryptionType.AZURE_KEY_VAULT,
            primary_key_uri=self._key.ref,
            primary_user_assigned_identity_id=self._user.id,
            geo_backup_key_uri=abroad.key.ref if abroad else None,
            geo_backup_user_assigned_identity_id=abroad.user.id if abroad else None,
        )

    def _window(self) -> dbforpostgresql.MaintenanceWindowArgs:
        """One hour, as long as Azure takes: it begins with the window that was asked for."""
        return dbforpostgresql.MaintenanceWindowArgs(
            custom_window="Enabled", day_of_week=self._plan.day, start_hour=self._plan.hour, start_minute=self._plan.minute
        )

    def _settle(self, primary: dbforpostgresql.Server) -> pulumi.Resource:
        """The database, then each parameter after the one before: Azure refuses a second change while one is being made (ServerIsBusy)."""
        # A server that is restored has the database: the provider makes nothing that is there already.
        before: pulumi.Resource = primary if self._plan.restore else self._database(primary)
        for parameter in self._plan.parameters:
            before = dbforpostgresql.Configuration(
                f"{self._name}-{parameter.name.replace('.', '-').replace('_', '-')}",
                configuration_name=parameter.name,
                value=parameter.value,
                source="user-override",
                server_name=primary.name,
                resource_group_name=self._group.name,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[before]),
            )
        return before

    def _database(self, primary: dbforpostgresql.Server) -> dbforpostgresql.Database:
        return dbforpostgresql.Database(
            f"{self._name}-database",
            database_name=self._spec.database,
            server_name=primary.name,
            resource_group_name=self._group.name,
            charset="UTF8",
            collation="en_US.utf8",
            opts=self._kept,
        )

    def _logs(self, name: str, server: dbforpostgresql.Server) -> pulumi.Resource:
        """Statements and connections, for as long as the group's workspace keeps them."""
        return monitor.DiagnosticSetting(
            f"{name}-logs",
            name=f"{name}-logs",
            resource_uri=server.id,
            workspace_id=self._group.workspace_id,
            logs=[monitor.DiagnosticsLogSettingsArgs(category="PostgreSQLLogs", enabled=True)],
            opts=self._kept,  # below the lock
        )

    def _backup_key(self, region: str) -> Copies:
        there = beside(self._site, region)
        elsewhere = second(f"{self._name}-copy", there, self._group, self._kept)
        spec = KeySpec(purpose=f"backups of {self._name}", services=("databases",), deletion_protected=self._spec.deletion_protected)
        key = AzureKey(f"{self._name}-copy-key", spec, there, elsewhere, self.child).outputs
        return Copies(key, key_user(f"{self._name}-copy", there, elsewhere, key, self._kept))
