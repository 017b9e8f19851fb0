"""Velero: the cluster's objects and volumes, every day (week, hour), to the cloud's object storage and snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_kubernetes.helm.v3 import Release

from components.addons.catalogue import VELERO as CHART
from components.addons.context import AddonsContext
from components.addons.dialect import StorageClass
from components.addons.namespaces import VELERO
from components.addons.spec import AddonsSpec
from components.addons.values import CONTAINER_SECURITY, Images, Values, merge, resources, run_as
from components.identity.outputs import IdentityOutputs
from components.identity.spec import BucketGrant, SnapshotGrant
from components.vocabulary import Access

ACCOUNT = "velero-server"
# UTC; off the hour, when everybody's schedules run.
DAILY = "17 1 * * *"
WEEKLY = "37 2 * * 0"
HOURLY = "47 * * * *"
HOURLY_KEPT = 48
"""Hours: until the second daily backup after it."""


def values(spec: AddonsSpec, images: Images, identity: IdentityOutputs, volumes: StorageClass, cloud: Mapping[str, Any]) -> Values:
    """Volumes are saved as CSI snapshots by their driver: no pod reads the nodes' disks, and so none is privileged."""
    base = {
        "image": {"repository": images.repository("docker.io/velero/velero")},
        "kubectl": {
            "image": {"repository": images.repository("registry.k8s.io/kubectl")},
            "containerSecurityContext": CONTAINER_SECURITY,
            "resources": resources("10m", "64Mi", "200m", "256Mi"),
        },
        "upgradeJobResources": resources("10m", "64Mi", "200m", "256Mi"),
        # The workload identity is the credential.
        "credentials": {"useSecret": False},
        "serviceAccount": {"server": {"create": True, "name": ACCOUNT, "annotations": dict(identity.annotations)}},
        "podLabels": dict(identity.pod_labels),
        "podSecurityContext": run_as(1000),
        "containerSecurityContext": CONTAINER_SECURITY,
        "resources": resources("100m", "256Mi", "1", "1Gi"),
        "deployNodeAgent": False,
        "snapshotsEnabled": True,
        "configuration": {
            "features": "EnableCSI",
            "defaultBackupTTL": f"{spec.backup_days * 24}h0m0s",
            # The chart's own writable folder. It mounts /tmp too under a read-only root, so that a second one there would be refused.
            "extraEnvVars": [{"name": "TMPDIR", "value": "/scratch"}],
        },
        "schedules": schedules(spec),
        "extraObjects": [snapshot_class(volumes)],
        "metrics": {"serviceMonitor": {"enabled": True}},
    }
    merged = merge(base, cloud)
    merged["initContainers"] = [
        {**container, "image": images.repository(container["image"]), "securityContext": CONTAINER_SECURITY}
        for container in cloud.get("initContainers", ())
    ]
    return merged


def schedules(spec: AddonsSpec) -> Values:
    """Each saves everything; a backup is deleted when its own days are over. What is lost at most is what came since the last one."""
    found = {"daily": _schedule(DAILY, spec.backup_days * 24)}
    if spec.weekly_backup_days is not None:
        found["weekly"] = _schedule(WEEKLY, spec.weekly_backup_days * 24)
    if spec.hourly_backups:
        found["hourly"] = _schedule(HOURLY, HOURLY_KEPT)
    return found


def _schedule(cron: str, hours: int) -> Values:
    """Not owned by the schedule: backups outlive a schedule that is deleted by mistake."""
    return {
        "disabled": False,
        "schedule": cron,
        "useOwnerReferencesInBackup": False,
        "template": {
            "ttl": f"{hours}h0m0s",
            "storageLocation": "default",
            "includedNamespaces": ["*"],
            "snapshotVolumes": True,
        },
    }


def snapshot_class(volumes: StorageClass) -> Values:
    """The one that Velero picks for volumes of the driver. Retain: a snapshot goes with its backup, not with its object in the cluster."""
    made: Values = {
        "apiVersion": "snapshot.storage.k8s.io/v1",
        "kind": "VolumeSnapshotClass",
        "metadata": {"name": "velero", "labels": {"velero.io/csi-volumesnapshot-class": "true"}},
        "driver": volumes.provisioner,
        "deletionPolicy": "Retain",
    }
    return made | ({"parameters": dict(volumes.snapshots)} if volumes.snapshots else {})


def install(ctx: AddonsContext, namespace: pulumi.Output[str], definitions: list[Release]) -> Release:
    identity = ctx.identity("velero", VELERO.name, ACCOUNT, BucketGrant(ctx.backups, Access.READ_WRITE), SnapshotGrant(ctx.cluster))
    volumes = ctx.dialect.storage_class(ctx.key)
    chart_values = values(ctx.spec, ctx.images, identity, volumes, ctx.dialect.velero(ctx.backups, ctx.cluster))
    # The release holds a VolumeSnapshotClass, whose definition comes with the cluster's snapshot controller.
    return ctx.release(CHART, namespace, chart_values, [*definitions, identity.binding, *ctx.cluster.volumes])
