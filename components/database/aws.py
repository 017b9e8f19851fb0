"""A PostgreSQL database on AWS: RDS."""

from __future__ import annotations

import pulumi
from pulumi_aws import cloudwatch, iam, kms, rds

from components import geography
from components.backup.aws_plan import TAG, WEEKLY_TAG, weekly
from components.backup.outputs import BackupOutputs
from components.cluster.outputs import ClusterOutputs
from components.core import Component
from components.database.aws_admin import own_admin
from components.database.aws_plan import LOG_DAYS, LOG_EXPORTS, Plan, plan
from components.database.outputs import DatabaseOutputs
from components.database.spec import DatabaseSpec
from components.identity.documents import Where, service_trust, where
from components.key.outputs import KeyOutputs
from components.network.aws_clients import only_the_cluster
from components.network.outputs import NetworkOutputs
from components.site import Site
from components.vocabulary import Cloud

PORT = 5432
CERTIFICATE_AUTHORITY = "rds-ca-rsa2048-g1"  # valid to 2061; clients verify against AWS's bundle of the region
MONITORING_SECONDS = 60
INSIGHTS_DAYS = 7  # the period without extra cost


class AwsDatabase(Component[DatabaseOutputs]):
    """The key encrypts storage, insights, logs and the administrator's password: it must serve `logs`.

    With `deletion_protected`, a deletion first needs it switched off. Automatic backups outlive every deletion by `backup_days`.
    """

    TYPE = "aws:Database"

    def __init__(
        self,
        name: str,
        spec: DatabaseSpec,
        site: Site,
        network: NetworkOutputs,
        key: KeyOutputs,
        clients: ClusterOutputs,
        backup: BackupOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._name, self._spec, self._key = name, spec, key
        place = where(site)
        self._plan: Plan = plan(spec, geography.region(Cloud.AWS, site.region))
        self._tags = _tags(spec, site, backup)
        self._monitoring = self._monitoring_role(place)
        self._admin = own_admin(name, spec, key, self.child, self.protected(spec.deletion_protected)) if spec.replicas else None
        self._parameters = self._parameter_group()
        self._group = only_the_cluster(self._name, "PostgreSQL", PORT, network, clients, self.child)
        primary = self._primary(network)
        replicas = [self._replica(f"{name}-replica-{index}", primary) for index in range(1, spec.replicas + 1)]
        if spec.backup_region:
            self._replicate_backups(primary, spec.backup_region)
        self.publish(
            DatabaseOutputs(
                host=primary.address,
                port=PORT,
                database=spec.database,
                identifier=name,
                ref=primary.arn,
                admin=spec.admin,
                admin_secret=self._admin.secret
                if self._admin
                else primary.master_user_secrets.apply(lambda secrets: secrets[0].secret_arn or ""),
                admin_secret_key="password",
                replica_hosts=tuple(replica.address for replica in replicas),
            )
        )

    def _primary(self, network: NetworkOutputs) -> rds.Instance:
        name, spec, decided = self._name, self._spec, self._plan
        subnets = rds.SubnetGroup(f"{name}-subnets", subnet_ids=network.data_subnet_ids, opts=self.child)
        return rds.Instance(
            name,
            identifier=name,
            engine="postgres",
            # The major alone: minors come by themselves in the maintenance window.
            engine_version=spec.major,
            auto_minor_version_upgrade=True,
            allow_major_version_upgrade=False,
            apply_immediately=False,
            instance_class=decided.instance_class,
            multi_az=spec.highly_available,
            storage_type="gp3",
            allocated_storage=spec.storage_gib,
            max_allocated_storage=spec.max_storage_gib,
            storage_encrypted=True,
            kms_key_id=self._key.ref,
            snapshot_identifier=spec.restore_from,
            db_name=spec.database,
            username=spec.admin,
            password=self._admin.password if self._admin else None,
            manage_master_user_password=None if self._admin else True,
            master_user_secret_kms_key_id=None if self._admin else self._key.ref,
            db_subnet_group_name=subnets.name,
            vpc_security_group_ids=[self._group.id],
            port=PORT,
            publicly_accessible=False,
            network_type="IPV4",
            ca_cert_identifier=CERTIFICATE_AUTHORITY,
            parameter_group_name=self._parameters.name,
            maintenance_window=decided.maintenance_window,
            backup_window=decided.backup_window,
            backup_retention_period=spec.backup_days,
            copy_tags_to_snapshot=True,
            # They cost little and go by themselves; until then a database that was deleted by mistake comes back to its last minute.
            delete_automated_backups=False,
            deletion_protection=spec.deletion_protected,
            skip_final_snapshot=not spec.deletion_protected,
            final_snapshot_identifier=f"{name}-final" if spec.deletion_protected else None,
            enabled_cloudwatch_logs_exports=list(LOG_EXPORTS),
            performance_insights_enabled=True,
            performance_insights_kms_key_id=self._key.ref,
            performance_insights_retention_period=INSIGHTS_DAYS,
            monitoring_interval=MONITORING_SECONDS,
            monitoring_role_arn=self._monitoring,
            tags=self._tags,
            # The snapshot is read once: another name, or none, must not replace the instance that came of it.
            opts=self._instance_options(name, ignored=["snapshotIdentifier"]),
        )

    def _replica(self, name: str, primary: rds.Instance) -> rds.Instance:
        """In the same subnets as the primary, which also decides engine, user and database. Backups are the primary's."""
        return rds.Instance(
            name,
            identifier=name,
            replicate_source_db=primary.identifier,
            instance_class=self._plan.instance_class,
            auto_minor_version_upgrade=True,
            apply_immediately=False,
            storage_type="gp3",
            max_allocated_storage=self._spec.max_storage_gib,
            # With the primary's key: RDS refuses one that is named for a replica in the same region.
            storage_encrypted=True,
            vpc_security_group_ids=[self._group.id],
            port=PORT,
            publicly_accessible=False,
            ca_cert_identifier=CERTIFICATE_AUTHORITY,
            parameter_group_name=self._parameters.name,
            maintenance_window=self._plan.maintenance_window,
            copy_tags_to_snapshot=True,
            deletion_protection=self._spec.deletion_protected,
            # RDS refuses a last snapshot of a replica: its data is the primary's.
            skip_final_snapshot=True,
            enabled_cloudwatch_logs_exports=list(LOG_EXPORTS),
            performance_insights_enabled=True,
            performance_insights_kms_key_id=self._key.ref,
            performance_insights_retention_period=INSIGHTS_DAYS,
            monitoring_interval=MONITORING_SECONDS,
            monitoring_role_arn=self._monitoring,
            opts=self._instance_options(name),
        )

    def _instance_options(self, name: str, ignored: list[str] | None = None) -> pulumi.ResourceOptions:
        """RDS makes the log groups itself, unencrypted and kept for ever, if they are not there before the instance."""
        logs = [
            cloudwatch.LogGroup(
                f"{name}-{kind}",
                name=f"/aws/rds/instance/{name}/{kind}",
                kms_key_id=self._key.ref,
                retention_in_days=LOG_DAYS,
                opts=self.child,
            )
            for kind in LOG_EXPORTS
        ]
        return pulumi.ResourceOptions(parent=self, protect=self._spec.deletion_protected, depends_on=logs, ignore_changes=ignored)

    def _parameter_group(self) -> rds.ParameterGroup:
        return rds.ParameterGroup(
            f"{self._name}-parameters",
            family=self._plan.family,
            description=f"PostgreSQL {self._name}",
            parameters=[
                rds.ParameterGroupParameterArgs(
                    name=parameter.name, value=parameter.value, apply_method="pending-reboot" if parameter.reboot else "immediate"
                )
                for parameter in self._plan.parameters
            ],
            opts=self.child,
        )

    def _monitoring_role(self, place: Where) -> pulumi.Output[str]:
        """Known with its right: RDS tries the role out before it makes the instance."""
        role = iam.Role(
            f"{self._name}-monitoring",
            description=f"Enhanced monitoring of {self._name}",
            assume_role_policy=service_trust("monitoring.rds.amazonaws.com", place.account, place.arn("rds", f"db:{self._name}*")),
            opts=self.child,
        )
        right = iam.RolePolicyAttachment(
            f"{self._name}-monitoring",
            role=role.name,
            policy_arn=place.managed_policy("service-role/AmazonRDSEnhancedMonitoringRole"),
            opts=self.child,
        )
        return pulumi.Output.all(role.arn, right.id).apply(lambda known: known[0])

    def _replicate_backups(self, primary: rds.Instance, region: str) -> None:
        """Backups and their log of changes, copied to a second EU region under a key of that region."""
        key = kms.Key(
            f"{self._name}-backup-key",
            region=region,
            description=f"Copies of the backups of {self._name}",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            opts=self.protected(self._spec.deletion_protected),
        )
        rds.InstanceAutomatedBackupsReplication(
            f"{self._name}-backup-copies",
            region=region,
            source_db_instance_arn=primary.arn,
            kms_key_id=key.arn,
            retention_period=self._spec.backup_days,
            opts=self.child,
        )


def _tags(spec: DatabaseSpec, site: Site, backup: BackupOutputs) -> dict[str, str]:
    """What plans select by. Raises ValueError where no plan keeps weekly backups as long as the spec asks."""
    if spec.weekly_backup_days is None:
        return {TAG: site.name}
    backup.keeping(spec.weekly_backup_days)
    return {TAG: site.name, WEEKLY_TAG: weekly(site.name, spec.weekly_backup_days)}
