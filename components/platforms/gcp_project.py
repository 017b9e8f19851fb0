"""The explicit provider of one GCP project in one region, and the project itself: its APIs and the accounts of Google's services in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pulumi
from pulumi_gcp import Provider, logging, organizations, projects, storage

from components import geography
from components.core import Component
from components.gcp_project import APIS, Project, labels
from components.site import Site
from components.vocabulary import Cloud

# Services whose agent is made when it is asked for, and not by switching the API on.
ASKED = ("artifactregistry.googleapis.com", "gkebackup.googleapis.com", "secretmanager.googleapis.com", "sqladmin.googleapis.com")

# Services whose agent comes with the API; asking for these gives no address back.
FIXED: Mapping[str, str] = {
    "compute.googleapis.com": "service-{number}@compute-system.iam.gserviceaccount.com",
    "container.googleapis.com": "service-{number}@container-engine-robot.iam.gserviceaccount.com",
}


# Made when it is asked for, with an address that every project has; the answer leaves it out for some.
CALLED: Mapping[str, str] = {
    "memorystore.googleapis.com": "service-{number}@gcp-sa-memorystore.iam.gserviceaccount.com",
    "redis.googleapis.com": "service-{number}@cloud-redis.iam.gserviceaccount.com",
}


def provider(name: str, site: Site, opts: pulumi.ResourceOptions | None = None) -> Provider:
    """Project, region and zone are given, or the environment's would get in; credentials come from the environment. Calls are counted
    against this project, which some APIs (budgets, organisation policies) ask for when a person's own credentials are used."""
    region = geography.eu_region(Cloud.GCP, site.region, geography.Profile.EEA_ADEQUACY)
    return Provider(
        name,
        project=site.account,
        region=region.code,
        zone=site.zones[0],
        billing_project=site.account,
        user_project_override=True,
        default_labels=labels(site),
        opts=opts,
    )


class GcpProject(Component[Project]):
    """The project exists already, with a billing account and the first three of `APIS` on; see components/platforms/README.md."""

    TYPE = "gcp:Project"

    def __init__(self, name: str, site: Site, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._name = name
        # An API stays on when the stack goes: another stack of the project may need it, and switching it off takes what it made along.
        on = {
            api: projects.Service(
                f"{name}-{_short(api)}",
                project=site.account,
                service=api,
                disable_on_destroy=False,
                disable_dependent_services=False,
                opts=self.child,
            ).project
            for api in APIS
        }
        found = organizations.get_project_output(project_id=site.account, opts=pulumi.InvokeOutputOptions(parent=self))
        self.publish(
            Project(
                id=site.account,
                number=found.number,
                apis=on,
                agents=self._agents(on, found.number),
                billing_account=found.billing_account,
            )
        )

    def _agents(self, on: Mapping[str, pulumi.Output[str]], number: pulumi.Output[str]) -> dict[str, pulumi.Output[str]]:
        identities = {
            api: projects.ServiceIdentity(f"{self._name}-{_short(api)}-agent", project=on[api], service=api, opts=self.child)
            for api in (*ASKED, *CALLED)
        }
        asked = {api: identities[api].email for api in ASKED}
        called = {api: pulumi.Output.all(number, identities[api].id).apply(_filled(form)) for api, form in CALLED.items()}
        fixed = {api: pulumi.Output.all(number, on[api]).apply(_filled(form)) for api, form in FIXED.items()}
        # These are made by the question for them, and by no other call.
        here = pulumi.InvokeOutputOptions(parent=self)
        logs = logging.get_project_settings_output(project=on["logging.googleapis.com"], opts=here)
        objects = storage.get_project_service_account_output(project=on["storage.googleapis.com"], opts=here)
        transfers = storage.get_transfer_project_service_account_output(project=on["storagetransfer.googleapis.com"], opts=here)
        return {
            **asked,
            **called,
            **fixed,
            "logging.googleapis.com": logs.kms_service_account_id,
            "storage.googleapis.com": objects.email_address,
            "storagetransfer.googleapis.com": transfers.email,
        }


def _filled(form: str) -> Callable[[Sequence[str]], str]:
    return lambda known: form.format(number=known[0])


def _short(api: str) -> str:
    return api.partition(".")[0]
