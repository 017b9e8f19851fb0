"""A workload's identity on Azure: a managed identity that one service account obtains by its token."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import managedidentity

from components.azure_group import Group, tags
from components.cluster.outputs import ClusterOutputs
from components.core import Component
from components.identity.azure_grants import grant
from components.identity.outputs import IdentityOutputs
from components.identity.spec import Grant, IdentitySpec
from components.site import Site

AUDIENCE = "api://AzureADTokenExchange"
"""Whom the cluster's token must be for, so that Entra trades it: a token for the API server does not do."""

INJECT = "azure.workload.identity/use"
CLIENT = "azure.workload.identity/client-id"
TENANT = "azure.workload.identity/tenant-id"


class AzureIdentity(Component[IdentityOutputs]):
    """The cluster must have an issuer of service account tokens. Pods need the label as well as the account: by it AKS gives them
    their token."""

    TYPE = "azure:Identity"

    def __init__(
        self,
        name: str,
        spec: IdentitySpec,
        site: Site,
        group: Group,
        grants: Sequence[Grant],
        cluster: ClusterOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        if cluster.issuer is None:
            raise ValueError("cluster.issuer: None issues no tokens that Entra could trust; allowed: a cluster with an OIDC issuer")
        identity = managedidentity.UserAssignedIdentity(
            f"{name}-identity",
            resource_name_=name,
            resource_group_name=group.name,
            location=group.location,
            tags=tags(site),
            opts=self.child,
        )
        rights = [
            right
            for index, asked in enumerate(grants)
            for right in grant(f"{name}-{index}", asked, identity.principal_id, group, self.child)
        ]
        # One of them per identity: Entra refuses a second while it writes the first.
        binding = managedidentity.FederatedIdentityCredential(
            f"{name}-binding",
            federated_identity_credential_resource_name="kubernetes",
            resource_name_=identity.name,
            resource_group_name=group.name,
            issuer=cluster.issuer,
            subject=f"system:serviceaccount:{spec.namespace}:{spec.service_account}",
            audiences=[AUDIENCE],
            # Whoever waits for the binding starts with its rights, and on destroy cleans up with them to the end.
            opts=pulumi.ResourceOptions(parent=self, depends_on=rights),
        )
        self.publish(
            IdentityOutputs(
                ref=identity.client_id,
                annotations={CLIENT: identity.client_id, TENANT: group.tenant},
                pod_labels={INJECT: "true"},
                binding=binding,
            )
        )
