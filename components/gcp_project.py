"""What every GCP component stands on: one project with its APIs on, and names and labels as GCP takes them. Imports no SDK."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.site import Site

LONGEST_LABEL = 63


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
        """The project's id, once all of these APIs are on. Raises KeyError for one that components/platforms/gcp_project.py does not
        switch on."""
        return pulumi.Output.all(*(self.apis[api] for api in apis)).apply(lambda ids: str(ids[0]))


def labels(site: Site) -> dict[str, str]:
    """The stack's own and its tags, the former winning. GCP takes lower-case letters, digits, `_` and `-`, up to 63."""
    own = {"managed-by": "eu-cloud", "environment": site.environment, "stack": site.name, "data-residency": "eu"}
    return {label(key): label(value) for key, value in (dict(site.tags) | own).items()}


def label(value: str) -> str:
    return re.sub(r"[^a-z0-9_-]", "_", value.lower())[:LONGEST_LABEL]
