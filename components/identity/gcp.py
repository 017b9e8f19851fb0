"""A workload's identity on GCP: a Google service account that one Kubernetes service account acts as."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pulumi
import pulumi_random as random
from pulumi_gcp import dns, kms, projects, serviceaccount, storage

from components.cluster.outputs import ClusterOutputs
from components.core import Component
from components.database.gcp_admin import secret_prefix
from components.dns.outputs import DnsOutputs
from components.gcp_project import Project
from components.identity import gcp_plan as decided
from components.identity.outputs import IdentityOutputs
from components.identity.spec import (
    AutoscalingGrant,
    BucketGrant,
    DnsGrant,
    Grant,
    IdentitySpec,
    KeyGrant,
    LoadBalancingGrant,
    SecretsGrant,
    SnapshotGrant,
)
from components.site import Site

ANNOTATION = "iam.gke.io/gcp-service-account"


class GcpIdentity(Component[IdentityOutputs]):
    """The account's name is the component's, cut to what Google takes, so that it is found in the audit log by who it is for."""

    TYPE = "gcp:Identity"

    def __init__(
        self,
        name: str,
        spec: IdentitySpec,
        site: Site,
        project: Project,
        grants: Sequence[Grant],
        cluster: ClusterOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._name, self._site, self._project = name, site, project
        self._account = serviceaccount.Account(
            f"{name}-account",
            account_id=decided.account_id(name),
            display_name=name,
            description=f"Pods of {spec.namespace}/{spec.service_account}",
            project=project.on("iam.googleapis.com", "iamcredentials.googleapis.com"),
            opts=self.child,
        )
        self._member = self._account.email.apply(lambda address: f"serviceAccount:{address}")
        rights = [right for index, grant in enumerate(grants) for right in self._rights(index, grant)]
        binding = serviceaccount.IAMMember(
            f"{name}-binding",
            service_account_id=self._account.name,
            role="roles/iam.workloadIdentityUser",
            # The pool is born with the project's first cluster, and IAM refuses members of a pool that is not there.
            member=cluster.name.apply(lambda _: decided.pod_member(project.id, spec.namespace, spec.service_account)),
            # Whoever waits for the binding starts with its rights, and on destroy cleans up with them to the end.
            opts=pulumi.ResourceOptions(parent=self, depends_on=rights),
        )
        self.publish(IdentityOutputs(ref=self._account.name, annotations={ANNOTATION: self._account.email}, pod_labels={}, binding=binding))

    def _rights(self, index: int, grant: Grant) -> list[pulumi.Resource]:
        match grant:
            case BucketGrant(bucket, access):
                # Cloud Storage's own agent encrypts and decrypts: no right on the key.
                role = decided.objects_role(access)
                return [
                    storage.BucketIAMMember(
                        f"{self._name}-bucket-{index}", bucket=bucket.name, role=role, member=self._member, opts=self.child
                    )
                ]
            case KeyGrant(key):
                return [
                    kms.CryptoKeyIAMMember(
                        f"{self._name}-key-{index}", crypto_key_id=key.id, role=decided.USE_KEY, member=self._member, opts=self.child
                    )
                ]
            case SecretsGrant():
                return self._secrets(index, grant)
            case DnsGrant(zone):
                return self._records(index, zone)
            case SnapshotGrant():
                return self._signature(index)
            case AutoscalingGrant() | LoadBalancingGrant():
                # GKE's control plane sizes pools and makes load balancers with an agent of its own.
                return []

    def _secrets(self, index: int, grant: SecretsGrant) -> list[pulumi.Resource]:
        """The role is the project's, since secrets are read that are made later; conditions hold it to their names. Secret Manager's own
        agent decrypts: no right on the keys."""
        admins = secret_prefix(self._site) if grant.database_admins else None
        known = self._project.number.apply(partial(decided.secrets, prefixes=grant.prefixes, admins=admins))
        return [
            projects.IAMMember(
                f"{self._name}-secrets-{index}-{part}",
                project=self._project.on("secretmanager.googleapis.com"),
                role=decided.READ_SECRET,
                member=self._member,
                condition=projects.IAMMemberConditionArgs(
                    title=known[part].title,
                    description="Secrets of this stack alone",
                    expression=known[part].expression,
                ),
                opts=self.child,
            )
            for part in range(decided.conditions(grant.prefixes, database_admins=grant.database_admins))
        ]

    def _records(self, index: int, zone: DnsOutputs) -> list[pulumi.Resource]:
        records = self._role(f"records-{index}", "Change records of one zone", decided.RECORDS)
        zones = self._role(f"zones-{index}", "List zones", decided.ZONES)
        return [
            dns.DnsManagedZoneIamMember(
                f"{self._name}-zone-{index}",
                managed_zone=zone.zone_id,
                project=self._project.id,
                role=records.name,
                member=self._member,
                opts=self.child,
            ),
            projects.IAMMember(
                f"{self._name}-zones-{index}", project=self._project.id, role=zones.name, member=self._member, opts=self.child
            ),
        ]

    def _signature(self, index: int) -> list[pulumi.Resource]:
        """Snapshots are taken by GKE's storage driver when the cluster asks. What is left for the backups' own pod is to sign links."""
        sign = self._role(f"sign-{index}", "Sign links to objects", decided.SIGN)
        return [
            serviceaccount.IAMMember(
                f"{self._name}-sign-{index}",
                service_account_id=self._account.name,
                role=sign.name,
                member=self._member,
                opts=self.child,
            )
        ]

    def _role(self, what: str, title: str, permissions: Sequence[str]) -> projects.IAMCustomRole:
        mark = random.RandomId(f"{self._name}-{what}-mark", byte_length=3, opts=self.child)
        return projects.IAMCustomRole(
            f"{self._name}-{what}-role",
            role_id=mark.hex.apply(partial(decided.role_id, self._name, what)),
            title=f"{self._name}: {title.lower()}"[:100],
            description=title,
            permissions=list(permissions),
            stage="GA",
            project=self._project.on("iam.googleapis.com"),
            opts=self.child,
        )
