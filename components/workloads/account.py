"""A service account with its rights in the cluster and its identity in the cloud."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.rbac import v1 as rbac

from components.core import Component
from components.identity.outputs import IdentityOutputs
from components.workloads.spec import AccountSpec, Permission
from components.workloads.wiring import AccountOutputs, metadata


class Account(Component[AccountOutputs]):
    """`namespaces` maps a namespace to its Output, so that roles wait for the namespace that they stand in."""

    TYPE = "workloads:Account"

    def __init__(
        self,
        name: str,
        spec: AccountSpec,
        namespaces: Mapping[str, pulumi.Input[str]],
        identity: IdentityOutputs | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        account = core.ServiceAccount(
            f"{name}-account",
            metadata=metadata(spec.name, namespaces[spec.namespace], annotations=identity.annotations if identity else None),
            automount_service_account_token=False,  # pods that call the API ask for it themselves
            opts=self.child,
        )
        for namespace in dict.fromkeys(item.namespace for item in spec.permissions):
            self._permit(name, spec, namespace, namespaces)
        self.publish(AccountOutputs(name=account.metadata.name, token=bool(spec.permissions), identity=identity))

    def _permit(self, name: str, spec: AccountSpec, namespace: str, namespaces: Mapping[str, pulumi.Input[str]]) -> None:
        role = rbac.Role(
            f"{name}-{namespace}-role",
            metadata=metadata(spec.name, namespaces[namespace]),
            rules=[_rule(item) for item in spec.permissions if item.namespace == namespace],
            opts=self.child,
        )
        rbac.RoleBinding(
            f"{name}-{namespace}-binding",
            metadata=metadata(spec.name, namespaces[namespace]),
            role_ref=rbac.RoleRefArgs(api_group="rbac.authorization.k8s.io", kind="Role", name=role.metadata.name),
            subjects=[rbac.SubjectArgs(kind="ServiceAccount", name=spec.name, namespace=spec.namespace)],
            opts=self.child,
        )


def _rule(permission: Permission) -> rbac.PolicyRuleArgs:
    return rbac.PolicyRuleArgs(api_groups=[permission.api_group], resources=list(permission.resources), verbs=list(permission.verbs))
