"""The region deny on Azure: built-in policies, each assigned with what it allows. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components import geography
from components.guardrail.spec import GuardrailSpec
from components.naming import fit
from components.site import Site
from components.vocabulary import Cloud

LONGEST_NAME = 24
"""Characters of an assignment's name at a management group; elsewhere 64."""
_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SUBSCRIPTION = re.compile(rf"(?:/subscriptions/)?({_GUID})", re.IGNORECASE)
_GROUP = re.compile(r"(?:/providers/Microsoft\.Management/managementGroups/)?([A-Za-z0-9_.()-]{1,90})")
_SCOPE = re.compile(rf"/subscriptions/{_GUID}(?:/resource[gG]roups/[^/]+(?:/providers/.+)?)?")

# Where Azure Communication Services says "France", of the names that lie in the EU. "Europe" holds the United Kingdom and Switzerland.
COMMUNICATION_PLACES = ("France", "Germany")


@dataclass(frozen=True)
class Rule:
    """`key` tells it in names; `definition` is a built-in's id, the same in every tenant; parameters are what it takes."""

    key: str
    definition: str
    title: str
    parameters: Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Assignment:
    name: str
    rule: Rule

    @property
    def definition_id(self) -> str:
        return f"/providers/Microsoft.Authorization/policyDefinitions/{self.rule.definition}"


def rules(spec: GuardrailSpec) -> tuple[Rule, ...]:
    """Raises geography.UnknownRegion for a region that Azure does not have.

    The first skips what says it is `global`, and sees no list of regions inside a resource; the others close what it cannot see. Global
    services that would serve from everywhere are the policy pack's to refuse.
    """
    regions = [geography.region(Cloud.AZURE, code).code for code in spec.allowed_regions]
    return (
        Rule("locations", "e56962a6-4747-49cd-b67b-bf8b01975c4c", "Resources in allowed regions", {"listOfAllowedLocations": regions}),
        Rule("groups", "e765b5de-1225-4ba3-bd56-1ac6695af988", "Resource groups in allowed regions", {"listOfAllowedLocations": regions}),
        Rule(
            "cosmos",
            "0473574d-2d43-4217-aefe-941fcdf7e684",
            "Cosmos DB copies in allowed regions",
            {"listOfAllowedLocations": regions, "policyEffect": "deny"},
        ),
        Rule(
            "tenants",
            "92a89a79-6c52-4a7e-a03f-61306fc49312",
            "No copies of objects to other tenants",
            {"effect": "Deny"},
        ),
        Rule(
            "messages",
            "93c45b74-42a1-4967-b25d-82c4dc630921",
            "Communication services keep data in the EU",
            {"allowedDataLocations": COMMUNICATION_PLACES, "effect": "Deny"},
        ),
        Rule("maps", "c707daa0-b93b-454d-9e1e-8ac59866316c", "Maps processes no data elsewhere", {"effect": "Deny"}),
    )


def assignments(spec: GuardrailSpec, site: Site) -> tuple[Assignment, ...]:
    return tuple(Assignment(fit(f"{rule.key}-{site.name}", LONGEST_NAME), rule) for rule in rules(spec))


def target(text: str) -> str:
    """The scope of a subscription (bare id) or a management group (bare name); full ids stay. Raises ValueError for anything else."""
    if found := _SUBSCRIPTION.fullmatch(text):
        return f"/subscriptions/{found[1].lower()}"
    if found := _GROUP.fullmatch(text):
        return f"/providers/Microsoft.Management/managementGroups/{found[1]}"
    raise ValueError(f"deny_target: {text!r} is no scope; allowed: a subscription's id or the name of a management group")


def left_out(spec: GuardrailSpec) -> list[str]:
    """Raises ValueError for an exemption that is no scope: Azure lets places through, not actions."""
    if wrong := [scope for scope in spec.exempt if not _SCOPE.fullmatch(scope)]:
        raise ValueError(f"exempt: {wrong[0]!r} is no scope; allowed: /subscriptions/<id>, one of its resource groups or resources")
    return list(spec.exempt)


def deny_document(spec: GuardrailSpec, site: Site) -> str:
    """The assignments as an ARM template takes them (`az deployment mg create`, `az deployment sub create`)."""
    return json.dumps(
        {
            "$schema": "https://schema.management.azure.com/schemas/2019-08-01/managementGroupDeploymentTemplate.json#",
            "contentVersion": "1.0.0.0",
            "resources": [
                {
                    "type": "Microsoft.Authorization/policyAssignments",
                    "apiVersion": "2025-01-01",
                    "name": each.name,
                    "properties": {
                        "displayName": each.rule.title,
                        "policyDefinitionId": each.definition_id,
                        "enforcementMode": "Default",
                        "notScopes": left_out(spec),
                        "parameters": {name: {"value": value} for name, value in each.rule.parameters.items()},
                    },
                }
                for each in assignments(spec, site)
            ],
        }
    )
