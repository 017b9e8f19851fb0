"""Logs that Google's services write by themselves, kept in the region instead of anywhere."""

from __future__ import annotations

import pulumi
import pulumi_random as random
from pulumi_gcp import logging

from components.gcp_project import Project
from components.key.outputs import KeyOutputs
from components.naming import fit
from components.site import Site

LONGEST_NAME = 100  # of log buckets, sinks and exclusions
_MARK = 7


def log_route(
    name: str, what: str, wanted: str, days: int, site: Site, project: Project, key: KeyOutputs, child: pulumi.ResourceOptions
) -> tuple[pulumi.Resource, pulumi.Resource]:
    """An encrypted bucket of the region, and the way there of what `wanted` chooses: for `depends_on` of whatever writes it. The key must
    serve `logs`.

    Without the exclusion the same lines would lie in the project's `_Default` bucket as well, which is `global`: in no region that one
    could name. Changes of the configuration also go to `_Required`, which nobody can turn away.
    """
    where = project.on("logging.googleapis.com")
    # A deleted log bucket keeps its name for a week: a mark makes that of a second life new.
    mark = random.RandomId(f"{name}-logs-mark", byte_length=3, opts=child)
    bucket = logging.ProjectBucketConfig(
        f"{name}-logs",
        bucket_id=pulumi.Output.concat(fit(name, LONGEST_NAME - _MARK), "-", mark.hex),
        location=site.region,
        description=what,
        retention_days=days,
        # At creation only: a bucket without a key never gets one.
        cmek_settings=logging.ProjectBucketConfigCmekSettingsArgs(kms_key_name=key.ref),
        project=where,
        opts=child,
    )
    sink = logging.ProjectSink(
        f"{name}-logs-sink",
        name=fit(name, LONGEST_NAME),
        description=f"{what}, to the region",
        destination=pulumi.Output.concat("logging.googleapis.com/", bucket.id),
        filter=wanted,
        # A bucket of the same project needs no writer's rights, but an identity of its own tells sinks apart in the audit log.
        unique_writer_identity=True,
        project=where,
        opts=child,
    )
    exclusion = logging.ProjectExclusion(
        f"{name}-logs-elsewhere",
        name=sink.name,  # never a gap between the one and the other
        description=f"{what}: kept in {site.region} instead",
        filter=wanted,
        project=where,
        opts=child,
    )
    return sink, exclusion
