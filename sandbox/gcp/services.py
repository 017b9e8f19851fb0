"""GCP's APIs: which one a resource type belongs to, whether it is on, and the accounts by which services act."""

from __future__ import annotations

import re
from typing import NamedTuple

from sandbox.contract import Refused, World
from sandbox.gcp.projects import number

SERVICE = "gcp:projects/service:Service"
IDENTITY = "gcp:projects/serviceIdentity:ServiceIdentity"
TRANSFER = "storagetransfer.googleapis.com"

ON_BY_DEFAULT = frozenset(
    f"{name}.googleapis.com"
    for name in (
        "cloudapis",
        "cloudresourcemanager",
        "logging",
        "monitoring",
        "serviceusage",
        "servicemanagement",
        "storage",
        "storage-api",
    )
)
"""On in every project, or switched on by hand before anything else can be (the resource manager, by which one asks for the project)."""

_BY_MODULE = {
    "artifactregistry": "artifactregistry",
    "bigquery": "bigquery",
    "billing": "billingbudgets",
    "certificatemanager": "certificatemanager",
    "cloudasset": "cloudasset",
    "compute": "compute",
    "container": "container",
    "dns": "dns",
    "filestore": "file",
    "gkebackup": "gkebackup",
    "gkehub": "gkehub",
    "iam": "iam",
    "kms": "cloudkms",
    "logging": "logging",
    "memorystore": "memorystore",
    "monitoring": "monitoring",
    "networkconnectivity": "networkconnectivity",
    "orgpolicy": "orgpolicy",
    "pubsub": "pubsub",
    "redis": "redis",
    "secretmanager": "secretmanager",
    "serviceaccount": "iam",
    "servicenetworking": "servicenetworking",
    "sql": "sqladmin",
    "storage": "storage",
}
_BY_TYPE = {
    "gcp:storage/transferJob:TransferJob": "storagetransfer",
    "gcp:projects/iAMCustomRole:IAMCustomRole": "iam",
}


class Agent(NamedTuple):
    """`made` says that GCP makes it when the API is switched on; otherwise only a ServiceIdentity does."""

    domain: str
    api: str
    made: bool = False


AGENTS = (
    Agent("compute-system", "compute", made=True),
    Agent("container-engine-robot", "container", made=True),
    Agent("gs-project-accounts", "storage", made=True),
    Agent("gcp-sa-gkebackup", "gkebackup"),
    Agent("gcp-sa-gkenode", "container", made=True),
    Agent("gcp-sa-logging", "logging", made=True),
    Agent("gcp-sa-monitoring-notification", "monitoring", made=True),
    Agent("service-networking", "servicenetworking", made=True),
    Agent("cloud-redis", "redis"),
    Agent("gcp-sa-artifactregistry", "artifactregistry"),
    Agent("gcp-sa-cloud-sql", "sqladmin"),
    Agent("gcp-sa-cloudasset", "cloudasset"),
    Agent("gcp-sa-memorystore", "memorystore"),
    Agent("gcp-sa-pubsub", "pubsub"),
    Agent("gcp-sa-secretmanager", "secretmanager"),
)
_AGENT = re.compile(r"(?:service-|cmek-p)(\d+)@([a-z0-9-]+)\.iam\.gserviceaccount\.com")
_TITLES = {"cloudkms": "Cloud Key Management Service (KMS)", "container": "Kubernetes Engine", "sqladmin": "Cloud SQL Admin"}


def api_of(type_: str) -> str | None:
    if type_ in _BY_TYPE:
        return _BY_TYPE[type_] + ".googleapis.com"
    name = _BY_MODULE.get(type_.split(":")[1].split("/")[0])
    return f"{name}.googleapis.com" if name else None


def enabled(api: str, project: str, world: World) -> bool:
    if api in ON_BY_DEFAULT:
        return True
    on = f"{project}/{api}"
    # One that went without being switched off is still on.
    return any(record.id == on for record in world.all(SERVICE)) or world.kept(SERVICE, on) is not None


def require(type_: str, project: str, world: World) -> None:
    """Raises Refused while the API of the type is off in the project."""
    api = api_of(type_)
    if api and not enabled(api, project, world):
        name = api.split(".")[0]
        raise Refused(
            "SERVICE_DISABLED",
            f"{_TITLES.get(name, name)} API ({api}) has not been used in project {project} before or it is disabled. Enable it, wait for"
            " the change, and retry",
        )


def agent_email(api: str, project: str) -> str:
    """The account by which a service acts in a project."""
    if api == TRANSFER:
        return f"project-{number(project)}@storage-transfer-service.iam.gserviceaccount.com"
    name = api.split(".")[0]
    domain = next((agent.domain for agent in AGENTS if agent.api == name), f"gcp-sa-{name}")
    return f"service-{number(project)}@{domain}.iam.gserviceaccount.com"


def agent_exists(email: str, project: str, world: World) -> bool | None:
    """None for what is no service's own account in this project."""
    if email == agent_email(TRANSFER, project):
        return enabled(TRANSFER, project, world)
    match = _AGENT.fullmatch(email)
    if match is None:
        return None
    if match.group(1) != number(project):
        return False
    agent = next((one for one in AGENTS if one.domain == match.group(2)), None)
    api = f"{agent.api if agent else match.group(2).removeprefix('gcp-sa-')}.googleapis.com"
    if agent and agent.made and enabled(api, project, world):
        return True
    return any(record.inputs.get("service") == api and record.account == project for record in world.all(IDENTITY))
