"""The default class of persistent volumes, encrypted with the customer key, and the class of their snapshots."""

from __future__ import annotations

import pulumi
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.storage.v1 import StorageClass

from components.addons.context import AddonsContext

NAME = "encrypted"


def install(ctx: AddonsContext) -> pulumi.Output[str]:
    """Its name, known when the driver stands: on destroy, what claims volumes goes before the driver that deletes them.

    Volumes outlive a claim that is deleted by mistake only as snapshots: claims of the platform hold nothing that is not also in a bucket
    or short-lived.
    """
    kind = ctx.dialect.storage_class(ctx.key)
    made = StorageClass(
        f"{ctx.name}-storage",
        metadata=ObjectMetaArgs(name=NAME, annotations={"storageclass.kubernetes.io/is-default-class": "true"}),
        provisioner=kind.provisioner,
        parameters=kind.parameters,
        allow_volume_expansion=True,
        reclaim_policy="Delete",
        # A volume belongs to one zone: it is made where the pod is placed.
        volume_binding_mode="WaitForFirstConsumer",
        opts=ctx.after(*ctx.cluster.volumes),
    )
    return made.metadata.apply(lambda metadata: metadata.name or NAME)
