"""Guardrails on Azure: the region deny, and the record of who did what in the subscription."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import authorization, monitor

from components.azure_group import Group
from components.bucket.azure_account import account
from components.bucket.azure_plan import plan
from components.bucket.spec import BucketSpec
from components.core import Component
from components.guardrail.azure_deny import assignments, deny_document, left_out, target
from components.guardrail.outputs import GuardrailOutputs
from components.guardrail.spec import GuardrailSpec
from components.key.outputs import KeyOutputs
from components.site import Site

CATEGORIES = ("Administrative", "Alert", "Autoscale", "Policy", "Recommendation", "ResourceHealth", "Security", "ServiceHealth")
"""All that the activity log of a subscription has."""


class AzureGuardrail(Component[GuardrailOutputs]):
    """The activity log is the subscription's: one stack of a subscription declares guardrails."""

    TYPE = "azure:Guardrail"

    def __init__(
        self,
        name: str,
        spec: GuardrailSpec,
        site: Site,
        group: Group,
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        if spec.record_configuration:
            raise ValueError(
                "record_configuration: true has no counterpart on Azure, which records changes of resources by itself (14 days in Resource "
                "Graph, audit_days in the activity log); allowed: false"
            )
        document = deny_document(spec, site)
        if spec.deny_target:
            self._deny(name, spec, site, target(spec.deny_target))
        trail = self._trail(name, spec, site, group, key)
        self.publish(GuardrailOutputs(audit_trail=trail.id, deny_document=document))

    def _deny(self, name: str, spec: GuardrailSpec, site: Site, scope: str) -> None:
        exempt = left_out(spec)
        for each in assignments(spec, site):
            authorization.PolicyAssignment(
                f"{name}-deny-{each.rule.key}",
                policy_assignment_name=each.name,
                scope=scope,
                display_name=each.rule.title,
                description="Data stays in the allowed regions",
                policy_definition_id=each.definition_id,
                enforcement_mode=authorization.EnforcementMode.DEFAULT,
                not_scopes=exempt,
                parameters={
                    parameter: authorization.ParameterValuesValueArgs(value=value) for parameter, value in each.rule.parameters.items()
                },
                non_compliance_messages=[authorization.NonComplianceMessageArgs(message=f"{each.rule.title}: data stays in the EU")],
                opts=self.child,
            )

    def _trail(self, name: str, spec: GuardrailSpec, site: Site, group: Group, key: KeyOutputs) -> monitor.SubscriptionDiagnosticSetting:
        """To the workspace, where it is asked, and to an account of its own, where it cannot be changed."""
        wanted = BucketSpec(
            purpose="audit",
            service_writers=("audit",),
            # A day after the last one on which a record may not be deleted.
            expire_after_days=spec.audit_days + 1,
            deletion_protected=spec.deletion_protected,
        )
        immutable = spec.audit_days if spec.deletion_protected else 0
        audit = account(f"{name}-audit", wanted, site, group, plan(f"{name}-audit", wanted, site), key, self, immutable_days=immutable)
        return monitor.SubscriptionDiagnosticSetting(
            f"{name}-trail",
            name=f"{name}-trail",
            storage_account_id=audit.id,
            workspace_id=group.workspace_id,
            logs=[monitor.SubscriptionLogSettingsArgs(category=category, enabled=True) for category in CATEGORIES],
            opts=self.protected(spec.deletion_protected),
        )
