"""Moto as it is, without `sandbox.aws.moto.mends`: once one of these fails, that mend can go."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from moto.backup.exceptions import AlreadyExistsException
from moto.backup.models import BackupBackend
from moto.elasticache.exceptions import ReplicationGroupAlreadyExists
from moto.elasticache.models import ElastiCacheBackend
from moto.rds import models
from moto.rds.exceptions import DBSnapshotAlreadyExistsError
from moto.rds.models import RDSBackend, rds_backends
from moto.route53.exceptions import ResourceRecordAlreadyExists
from moto.route53.models import route53_backends

ACCOUNT, REGION = "123456789012", "eu-south-1"
INSTANCE = {"db_instance_identifier": "db", "db_instance_class": "db.m6g.large", "engine": "postgres", "engine_version": "16"}


def test_a_deleted_backup_plan_keeps_its_name_taken():
    backend = BackupBackend(REGION, ACCOUNT)
    document: dict[str, Any] = {"BackupPlanName": "plan", "Rules": []}
    backend.delete_backup_plan(backend.create_backup_plan(document, {}, "").backup_plan_id)

    with pytest.raises(AlreadyExistsException):
        backend.create_backup_plan(document, {}, "")


def test_a_changed_subnet_group_is_gone():
    backend: Any = RDSBackend(REGION, ACCOUNT)
    subnets = [SimpleNamespace(id="subnet-1", vpc_id="vpc-1")]
    backend.create_subnet_group("group", "d", subnets, [])
    backend.modify_db_subnet_group("group", "other", subnets)

    assert backend.subnet_groups == {}


def test_kept_backups_of_the_same_minute_refuse_an_instance(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(models, "utcnow", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    backend = rds_backends[ACCOUNT][REGION]
    backend.create_db_instance(dict(INSTANCE))
    backend.delete_db_instance("db", skip_final_snapshot=True, delete_automated_backups=False)

    with pytest.raises(DBSnapshotAlreadyExistsError):
        backend.create_db_instance(dict(INSTANCE))
    rds_backends.reset()


def test_a_deleted_record_cannot_be_made_again():
    backend: Any = route53_backends[ACCOUNT]["aws"]
    zone = backend.create_hosted_zone("example.eu", private_zone=False)

    def change(action: str) -> None:
        record = {"Name": "example.eu", "Type": "CAA", "TTL": 300, "ResourceRecords": [{"Value": '0 issue "ca.eu"'}]}
        backend.change_resource_record_sets(zone.id, [{"Action": action, "ResourceRecordSet": record}])

    change("CREATE")
    change("DELETE")
    with pytest.raises(ResourceRecordAlreadyExists):
        change("CREATE")
    route53_backends.reset()


def test_a_deleted_cache_keeps_its_name_taken():
    backend: Any = ElastiCacheBackend(REGION, ACCOUNT)
    members = inspect.signature(backend.create_replication_group).parameters
    given = dict.fromkeys(members) | {"replication_group_id": "queue", "snapshot_retention_limit": 0}
    backend.create_replication_group(**given)
    backend.delete_replication_group("queue", retain_primary_cluster=None)

    with pytest.raises(ReplicationGroupAlreadyExists):
        backend.create_replication_group(**given)
