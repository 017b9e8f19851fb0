"""Mistakes of moto 5.2.5 that stop stacks which AWS takes: put right in moto's own process, each by as little as can be."""

from __future__ import annotations

import contextlib
from typing import Any

from moto.backup.models import BackupBackend
from moto.elasticache.models import ElastiCacheBackend, ReplicationGroup
from moto.rds.exceptions import DBSnapshotAlreadyExistsError, DBSubnetGroupNotFoundError
from moto.rds.models import DBInstance, RDSBackend
from moto.route53.models import ChangeList, Route53Backend


def mend() -> None:
    """For the whole process, once."""
    _forget_deleted_plans()
    _keep_changed_subnet_groups()
    _back_up_once_a_minute()
    _forget_deleted_records()
    _forget_deleted_caches()


def _forget_deleted_plans() -> None:
    """A deleted backup plan keeps its name taken for ever."""
    delete = BackupBackend.delete_backup_plan

    def mended(self: BackupBackend, backup_plan_id: str) -> tuple[str, str, float, str]:
        told = delete(self, backup_plan_id)
        del self.plans[backup_plan_id]
        return told

    BackupBackend.delete_backup_plan = mended


def _keep_changed_subnet_groups() -> None:
    """A subnet group of RDS is gone once it is changed."""
    modify = RDSBackend.modify_db_subnet_group

    def mended(self: RDSBackend, subnet_name: str, description: str, subnets: list[Any]) -> Any:
        if subnet_name not in self.subnet_groups:
            raise DBSubnetGroupNotFoundError(subnet_name)
        self.subnet_groups[subnet_name] = modify(self, subnet_name, description, subnets)
        return self.subnet_groups[subnet_name]

    RDSBackend.modify_db_subnet_group = mended


def _back_up_once_a_minute() -> None:
    """An instance whose namesake left automated backups in the same minute is refused, and half made."""
    save = DBInstance.save_automated_backup

    def mended(self: DBInstance) -> None:
        with contextlib.suppress(DBSnapshotAlreadyExistsError):
            save(self)

    DBInstance.save_automated_backup = mended


def _forget_deleted_records() -> None:
    """A record that was deleted cannot be made again in the same zone."""
    change = Route53Backend.change_resource_record_sets

    def mended(self: Route53Backend, zoneid: str, change_list: list[dict[str, Any]]) -> None:
        change(self, zoneid, change_list)
        gone = [_record(one) for one in change_list if one["Action"] == "DELETE"]
        zone = self.get_hosted_zone(zoneid)
        zone.rr_changes = ChangeList(one for one in zone.rr_changes if _record(one) not in gone)

    Route53Backend.change_resource_record_sets = mended


def _forget_deleted_caches() -> None:
    """A deleted replication group is being deleted for ever, and keeps its name taken."""
    delete = ElastiCacheBackend.delete_replication_group

    def mended(self: ElastiCacheBackend, replication_group_id: str, retain_primary_cluster: bool | None) -> ReplicationGroup:
        told = delete(self, replication_group_id, retain_primary_cluster)
        del self.replication_groups[replication_group_id]
        return told

    ElastiCacheBackend.delete_replication_group = mended


def _record(change: dict[str, Any]) -> tuple[str, str, str | None]:
    record = change["ResourceRecordSet"]
    return record["Name"].strip("."), record["Type"], record.get("SetIdentifier")
