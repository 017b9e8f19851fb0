"""Who did what on GCP: audit logs in a bucket of the region under the customer's key, and the project's other logs out of `global`."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_random as random
from pulumi_gcp import logging, projects

from components.gcp_project import Project
from components.guardrail.spec import GuardrailSpec
from components.key.outputs import KeyOutputs
from components.site import Site

LOG_DAYS = 30
"""Statements and requests may hold personal data: kept as long as operations need them and no longer."""

ALL = ("ADMIN_READ", "DATA_READ", "DATA_WRITE")
# Beside changes of the configuration, which are always recorded. Reads of objects are left out: Loki alone makes millions a day.
RECORDED: Mapping[str, tuple[str, ...]] = {
    "artifactregistry.googleapis.com": ("ADMIN_READ", "DATA_WRITE"),
    "cloudkms.googleapis.com": ALL,
    "cloudsql.googleapis.com": ALL,
    "container.googleapis.com": ("ADMIN_READ",),
    "gkebackup.googleapis.com": ALL,
    "iam.googleapis.com": ("ADMIN_READ",),
    "secretmanager.googleapis.com": ALL,
    "storage.googleapis.com": ("ADMIN_READ", "DATA_WRITE"),
    "sts.googleapis.com": ("ADMIN_READ", "DATA_READ"),
}
AUDIT_LOGS = (
    *(f"cloudaudit.googleapis.com/{kind}" for kind in ("activity", "system_event", "data_access", "policy", "access_transparency")),
    *(f"externalaudit.googleapis.com/{kind}" for kind in ("activity", "system_event", "access_transparency")),
)
AUDIT = " OR ".join(f'log_id("{log}")' for log in AUDIT_LOGS)


def keep_audit(
    name: str,
    spec: GuardrailSpec,
    site: Site,
    project: Project,
    key: KeyOutputs,
    child: pulumi.ResourceOptions,
    held: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """The audit bucket's full name, known once logs go there. `held` are the options of what outlives a mistake."""
    where = project.on("logging.googleapis.com")
    for service, kinds in RECORDED.items():
        projects.IAMAuditConfig(
            f"{name}-{service.partition('.')[0]}-access",
            project=project.id,
            service=service,
            audit_log_configs=[projects.IAMAuditConfigAuditLogConfigArgs(log_type=kind) for kind in kinds],
            opts=child,
        )
    # A log bucket that was deleted keeps its name for a week: a mark makes those of a second life new.
    mark = random.RandomId(f"{name}-mark", byte_length=2, opts=child).hex
    audit = _bucket(f"{name}-audit", "Audit logs", spec.audit_days, where, mark, site, key, held)
    logs = _bucket(f"{name}-logs", "Logs of the project", LOG_DAYS, where, mark, site, key, held)
    sink = logging.ProjectSink(
        f"{name}-audit",
        name=f"{name}-audit",
        description="Audit logs, to the region",
        project=where,
        destination=pulumi.Output.concat("logging.googleapis.com/", audit.id),
        filter=AUDIT,
        unique_writer_identity=True,
        opts=held,
    )
    # Every project has this sink, which writes to a bucket in `global`, that is anywhere: the provider takes it over as it stands, and
    # leaves it on destroy. The other one, `_Required`, cannot be turned: its bucket holds changes of the configuration for 400 days.
    logging.ProjectSink(
        f"{name}-default",
        name="_Default",
        description="All but audit logs, to the region",
        project=where,
        destination=pulumi.Output.concat("logging.googleapis.com/", logs.id),
        filter=f"NOT ({AUDIT})",
        unique_writer_identity=True,
        # The project's exclusions are this sink's: those of network and cluster (components/platforms/gcp_logs.py) are not to be undone.
        opts=pulumi.ResourceOptions(parent=child.parent, ignore_changes=["exclusions"]),
    )
    return pulumi.Output.all(audit.id, sink.id).apply(lambda known: str(known[0]))


def _bucket(
    name: str,
    description: str,
    days: int,
    project: pulumi.Output[str],
    mark: pulumi.Output[str],
    site: Site,
    key: KeyOutputs,
    held: pulumi.ResourceOptions,
) -> logging.ProjectBucketConfig:
    return logging.ProjectBucketConfig(
        f"{name}-bucket",
        bucket_id=pulumi.Output.concat(name, "-", mark),
        description=description,
        project=project,
        location=site.region,
        retention_days=days,
        cmek_settings=logging.ProjectBucketConfigCmekSettingsArgs(kms_key_name=key.ref),
        enable_analytics=False,
        locked=False,
        opts=held,
    )
