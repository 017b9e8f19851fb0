"""Where the logs of a cluster on GCP go: a bucket in its region under its key, and nowhere else."""

from __future__ import annotations

import pulumi

from components.gcp_project import Project
from components.key.outputs import KeyOutputs
from components.platforms import gcp_logs
from components.site import Site


def log_route(
    name: str, cluster: str, days: int, site: Site, project: Project, key: KeyOutputs, child: pulumi.ResourceOptions
) -> tuple[pulumi.Resource, ...]:
    """What must stand before the cluster writes its first line."""
    wanted = f'resource.labels.cluster_name="{cluster}" AND resource.labels.location="{site.region}"'
    return gcp_logs.log_route(name, f"Control plane and nodes of {name}", wanted, days, site, project, key, child)
