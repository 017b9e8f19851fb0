"""What Azure refuses because of how things that exist fit together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sandbox.azure import arm
from sandbox.azure.fitting import cache, cluster, data, network
from sandbox.azure.fixed import unchangeable
from sandbox.azure.logs import CATEGORIES, GROUPS
from sandbox.azure.lookup import VAULT, all_of, find, items, named, part
from sandbox.contract import Properties, Record, Refused, Request, World

Rule = Callable[[Request, Properties, Record | None, World], None]
_MOST_CREDENTIALS = 20


def _key(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    vault = named(world, VAULT, inputs.get("vaultName"))
    hardware = str(part(inputs, "properties.kty")).endswith("-HSM")
    if vault and hardware and part(vault.inputs, "properties.sku.name") != "premium":
        raise Refused("BadParameter", f"Keys in hardware are not supported by the vault {vault.outputs['name']}, whose SKU is standard")


def _credential(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    beside = [r for r in all_of(world, request.type) if r.inputs.get("resourceName") == inputs.get("resourceName")]
    if prior is None and len(beside) >= _MOST_CREDENTIALS:
        raise Refused("BadRequest", f"Too many Federated Identity Credentials: at most {_MOST_CREDENTIALS} per identity")


def _diagnostics(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    found = arm.parse(str(inputs.get("resourceUri", "")))
    kind = found.kind.lower() if found else ""
    known = CATEGORIES.get(kind)
    for index, one in enumerate(items(inputs.get("logs"))):
        category, group = part(one, "category"), part(one, "categoryGroup")
        if known is not None and isinstance(category, str) and category not in known:
            raise Refused("BadRequest", f"logs[{index}]: Category '{category}' is not supported, supported ones are: {', '.join(known)}")
        if isinstance(group, str) and group not in GROUPS.get(kind, ("audit", "allLogs")):
            raise Refused("BadRequest", f"logs[{index}]: Category group '{group}' is not supported (supported: audit, allLogs)")


def _budget(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    start = part(inputs, "timePeriod.startDate")
    this_month = datetime.now(UTC).strftime("%Y-%m-01")
    if prior is None and isinstance(start, str) and inputs.get("timeGrain") == "Monthly" and start[:10] < this_month:
        raise Refused("400", f"Start date {start} should not be earlier than the current month ({this_month})")
    if prior is not None and part(prior.inputs, "timePeriod.startDate") != start:
        raise Refused("400", "Updates to start date are not supported")


def _policy_name(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    name, scope = str(inputs.get("policyAssignmentName", "")), str(inputs.get("scope", ""))
    longest = 24 if "/managementgroups/" in scope.lower() else 64
    if len(name) > longest:
        raise Refused("InvalidPolicyAssignmentName", f"'{name}' is longer than {longest} characters, which is the most at {scope}")


def _assignable(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    """A custom role is known only in and below its assignable scopes."""
    record = find(world, str(inputs.get("roleDefinitionId", "")), "azure-native:authorization:RoleDefinition")
    scope = f"/{str(inputs.get('scope', '')).strip('/')}"
    if record and not any(arm.under(scope, str(one)) for one in items(record.inputs.get("assignableScopes"))):
        raise Refused("RoleDefinitionDoesNotExist", f"The role {record.inputs.get('roleName')} cannot be assigned at {scope}")


_RULES: dict[str, Rule] = {
    "azure-native:authorization:PolicyAssignment": _policy_name,
    "azure-native:authorization:RoleAssignment": _assignable,
    "azure-native:consumption:Budget": _budget,
    "azure-native:keyvault:Key": _key,
    "azure-native:managedidentity:FederatedIdentityCredential": _credential,
    "azure-native:monitor:DiagnosticSetting": _diagnostics,
    **cache.RULES,
    **cluster.RULES,
    **data.RULES,
    **network.RULES,
}


def admit(request: Request, inputs: Properties, prior: Record | None, world: World) -> None:
    """Raises Refused where the pieces do not fit, or where an update would change what cannot be changed."""
    if prior is not None:
        unchangeable(request, inputs, prior)
    if rule := _RULES.get(request.type):
        rule(request, inputs, prior, world)
