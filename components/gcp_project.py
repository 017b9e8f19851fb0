"""What every GCP component stands on: one project with its APIs on, and names and labels as GCP takes them. Imports no SDK."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.site import Site

LONGEST_LABEL = 63

# The first three must be on before the first preview: by them the project itself is read and the others are switched on.
APIS = (
    "serviceusage.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "cloudbilling.googleapis.com",
    "artifactregistry.googleapis.com",
    "billingbudgets.googleapis.com",
    "cloudasset.googleapis.com",
    "cloudkms.googleapis.com",
    "compute.googleapis.com",
    "container.googleapis.com",
    "containerscanning.googleapis.com",
    "dns.googleapis.com",
    "gkebackup.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",  # workload identity hands out tokens through it
    "logging.googleapis.com",
    "memorystore.googleapis.com",
    "monitoring.googleapis.com",
    "networkconnectivity.googleapis.com",
    "orgpolicy.googleapis.com",
    "pubsub.googleapis.com",
    "redis.googleapis.com",
    "secretmanager.googleapis.com",
    "serviceconsumermanagement.googleapis.com",  # private endpoints of managed services are made through it
    "servicenetworking.googleapis.com",
    "sqladmin.googleapis.com",
    "storage.googleapis.com",
    "storagetransfer.googleapis.com",
)


@dataclass(frozen=True)
class Project:
    """`number` is what service agents and workload identity pools are named after. `apis` maps an API (`sqladmin.googleapis.com`) to the
    project's id, known once the API is on: a resource that takes its `project` from there waits for it. `agents` are the e-mail addresses
    of the services' own accounts, by API, known once the account exists. `billing_account` is the bare id (`012345-6789AB-CDEF01`)."""

    id: str
    number: pulumi.Output[str]
    apis: Mapping[str, pulumi.Output[str]]
    agents: Mapping[str, pulumi.Output[str]]
    billing_account: pulumi.Output[str]

    def on(self, *apis: str) -> pulumi.Output[str]:
        """The project's id, once all of these APIs are on. Raises KeyError for one that is not in APIS."""
        return pulumi.Output.all(*(self.apis[api] for api in apis)).apply(lambda ids: str(ids[0]))


def labels(site: Site) -> dict[str, str]:
    """The stack's own and its tags, the former winning. GCP takes lower-case letters, digits, `_` and `-`, up to 63."""
    own = {"managed-by": "eu-cloud", "environment": site.environment, "stack": site.name, "data-residency": "eu"}
    return {label(key): label(value) for key, value in (dict(site.tags) | own).items()}


def label(value: str) -> str:
    return re.sub(r"[^a-z0-9_-]", "_", value.lower())[:LONGEST_LABEL]
