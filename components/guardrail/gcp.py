"""Guardrails on GCP: organisation policies, audit logs in the region, and a record of configuration by option."""

from __future__ import annotations

import pulumi
from pulumi_gcp import orgpolicy

from components.core import Component
from components.gcp_project import Project
from components.guardrail.gcp_audit import keep_audit
from components.guardrail.gcp_deny import Constraint, constraints, deny_document, parent_of
from components.guardrail.gcp_recorder import record_configuration
from components.guardrail.outputs import GuardrailOutputs
from components.guardrail.spec import GuardrailSpec
from components.key.outputs import KeyOutputs
from components.site import Site


class GcpGuardrail(Component[GuardrailOutputs]):
    """The key must let in `audit`. Audit settings and the default sink exist once per project: one stack of a project declares
    guardrails. Attaching policies needs the role `orgpolicy.policyAdmin` of the organisation."""

    TYPE = "gcp:Guardrail"

    def __init__(
        self,
        name: str,
        spec: GuardrailSpec,
        site: Site,
        project: Project,
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        document = deny_document(spec, site.account)
        if spec.deny_target:
            self._deny(name, spec, project)
        trail = keep_audit(name, spec, site, project, key, self.child, self.protected(spec.deletion_protected))
        if spec.record_configuration:
            record_configuration(name, spec, site, project, key, self.child)
        self.publish(GuardrailOutputs(audit_trail=trail, deny_document=document))

    def _deny(self, name: str, spec: GuardrailSpec, project: Project) -> None:
        # Through the API: the policy names its own parent, not a project.
        parent = project.on("orgpolicy.googleapis.com").apply(lambda _: parent_of(spec, project.id))
        for constraint in constraints(spec):
            orgpolicy.Policy(
                f"{name}-{constraint.name.replace('.', '-')}",
                name=pulumi.Output.concat(parent, "/policies/", constraint.name),
                parent=parent,
                spec=orgpolicy.PolicySpecArgs(inherit_from_parent=None if constraint.enforced else False, rules=[_rule(constraint)]),
                opts=self.child,
            )


def _rule(constraint: Constraint) -> orgpolicy.PolicySpecRuleArgs:
    if constraint.enforced:
        return orgpolicy.PolicySpecRuleArgs(enforce="TRUE")
    if constraint.deny_all:
        return orgpolicy.PolicySpecRuleArgs(deny_all="TRUE")
    return orgpolicy.PolicySpecRuleArgs(
        values=orgpolicy.PolicySpecRuleValuesArgs(
            allowed_values=list(constraint.allowed) or None, denied_values=list(constraint.denied) or None
        )
    )
