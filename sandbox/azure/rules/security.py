"""Vaults, identities, roles, locks, logs, money."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from sandbox.azure import arm
from sandbox.azure.lookup import items, part
from sandbox.azure.rules.durations import days, duration
from sandbox.azure.subscription import GUID
from sandbox.contract import UNKNOWN, Failure, Properties, Request
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, each, matches, one_of
from sandbox.walk import texts

_ACTION = re.compile(r"\*|(\*/)?[A-Za-z0-9.*]+(/[A-Za-z0-9.*_-]+)*")


def _vault(request: Request, inputs: Properties) -> Iterator[Failure]:
    facts = inputs.get("properties")
    if part(facts, "enablePurgeProtection") is False:
        yield Failure("properties.enablePurgeProtection", "cannot be set to false: leave it out for a vault without")
    if part(facts, "enableSoftDelete") is False:
        yield Failure("properties.enableSoftDelete", "cannot be set to false any more")
    if (
        part(facts, "enableRbacAuthorization") is not True
        and part(facts, "accessPolicies") is None
        and part(facts, "createMode") != "recover"
    ):
        yield Failure("properties.accessPolicies", "missing required property without enableRbacAuthorization")


def _key(request: Request, inputs: Properties) -> Iterator[Failure]:
    facts = inputs.get("properties")
    kind, size = str(part(facts, "kty") or ""), part(facts, "keySize")
    if part(facts, "kty") is None:
        yield Failure("properties.kty", "missing required property")
    if kind.startswith("RSA") and size is not None and size not in (2048, 3072, 4096):
        yield Failure("properties.keySize", f"{show(size)} is not a valid value (allowed: 2048, 3072, 4096)")
    if kind.startswith("EC") and size is not None:
        yield Failure("properties.keySize", "is for RSA keys alone")
    if kind.startswith("EC") and {"wrapKey", "unwrapKey", "encrypt", "decrypt"} & set(texts(inputs, "properties.keyOps[]")):
        yield Failure("properties.keyOps", "an EC key can sign and verify alone")
    if part(facts, "attributes.exportable") is True and part(facts, "releasePolicy") is None:
        yield Failure("properties.attributes.exportable", "takes a releasePolicy")
    yield from _rotation(part(facts, "rotationPolicy"))


def _rotation(policy: Any) -> Iterator[Failure]:
    expiry = days(part(policy, "attributes.expiryTime"))
    for index, one in enumerate(items(part(policy, "lifetimeActions"))):
        here, action = f"properties.rotationPolicy.lifetimeActions[{index}]", str(part(one, "action.type")).lower()
        after, before = part(one, "trigger.timeAfterCreate"), part(one, "trigger.timeBeforeExpiry")
        if (after is None) == (before is None):
            yield Failure(f"{here}.trigger", "exactly one of timeAfterCreate, timeBeforeExpiry must be given")
        if action == "notify" and after is not None:
            yield Failure(f"{here}.trigger.timeAfterCreate", "a notification is timed before the expiry")
        if before is not None and expiry is None:
            yield Failure(f"{here}.trigger.timeBeforeExpiry", "takes an expiry (attributes.expiryTime)")
        since, until = days(after), days(before)
        if since is not None and (since < 7 or (expiry is not None and since > expiry - 7)):
            yield Failure(f"{here}.trigger.timeAfterCreate", f"{show(after)} is not at least 7 days from creation and from the expiry")
        if until is not None and (until < 7 or (expiry is not None and until > expiry - 7)):
            yield Failure(f"{here}.trigger.timeBeforeExpiry", f"{show(before)} is not at least 7 days from creation and from the expiry")


def _secret(request: Request, inputs: Properties) -> Iterator[Failure]:
    value = part(inputs, "properties.value")
    if value is None:
        yield Failure("properties.value", "missing required property")
    elif isinstance(value, str) and len(value.encode()) > 25 * 1024:
        yield Failure("properties.value", "is longer than 25 KB")


def _assignment(request: Request, inputs: Properties) -> Iterator[Failure]:
    definition = inputs.get("roleDefinitionId")
    if isinstance(definition, str):
        found = arm.parse(definition)
        if found is None or not found.kind.lower().endswith("/roledefinitions") or not GUID.fullmatch(found.name):
            yield Failure(
                "roleDefinitionId",
                f"{show(definition)} is not the id of a role: …/providers/Microsoft.Authorization/roleDefinitions/<GUID>",
            )
    if inputs.get("condition") is not None and inputs.get("conditionVersion") not in ("2.0", UNKNOWN):
        yield Failure("conditionVersion", f"{show(inputs.get('conditionVersion'))} is not a valid value with a condition (allowed: 2.0)")
    if inputs.get("condition") is None and inputs.get("conditionVersion") is not None:
        yield Failure("conditionVersion", "takes a condition")


def _definition(request: Request, inputs: Properties) -> Iterator[Failure]:
    if not inputs.get("assignableScopes"):
        yield Failure("assignableScopes", "missing required property")
    if inputs.get("roleName") is None:
        yield Failure("roleName", "missing required property")
    for index, one in enumerate(items(inputs.get("permissions"))):
        for name in ("actions", "notActions", "dataActions", "notDataActions"):
            for at, action in enumerate(items(part(one, name))):
                if action is not UNKNOWN and not _ACTION.fullmatch(str(action)):
                    yield Failure(f"permissions[{index}].{name}[{at}]", f"{show(action)} is not an action like Microsoft.Network/*/read")


def _scope(request: Request, inputs: Properties) -> Iterator[Failure]:
    scope = inputs.get("scope")
    if isinstance(scope, str) and arm.parse(f"/{scope.strip('/')}") is None:
        yield Failure("scope", f"{show(scope)} is not a scope: a subscription, a group, a resource or a management group")


def _federated(request: Request, inputs: Properties) -> Iterator[Failure]:
    audiences = items(inputs.get("audiences"))
    if len(audiences) != 1:
        yield Failure("audiences", f"exactly one audience must be given ({len(audiences)} given)")


def _settings(request: Request, inputs: Properties) -> Iterator[Failure]:
    sinks = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId", "serviceBusRuleId")
    if all(inputs.get(name) is None for name in sinks):
        yield Failure("workspaceId", f"at least one of {', '.join(sinks[:4])} must be given")
    if not inputs.get("logs") and not inputs.get("metrics"):
        yield Failure("logs", "at least one log or metric must be given")
    for index, one in enumerate(items(inputs.get("logs"))):
        if (part(one, "category") is None) == (part(one, "categoryGroup") is None):
            yield Failure(f"logs[{index}]", "exactly one of category, categoryGroup must be given")
        if part(one, "retentionPolicy.enabled") is True:
            yield Failure(f"logs[{index}].retentionPolicy", "retention in diagnostic settings was retired: use the sink's own")


def _budget(request: Request, inputs: Properties) -> Iterator[Failure]:
    found = inputs.get("notifications")
    notices: Mapping[str, Any] = cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}
    if len(notices) > 5:
        yield Failure("notifications", f"has {len(notices)} notifications, at most 5 are allowed")
    for name, one in notices.items():
        threshold, to = (
            part(one, "threshold"),
            [*items(part(one, "contactEmails")), *items(part(one, "contactRoles")), *items(part(one, "contactGroups"))],
        )
        if isinstance(threshold, int | float) and not 0 < threshold <= 1000:
            yield Failure(f"notifications.{name}.threshold", f"{threshold:g} is not between 0 and 1000")
        if not to:
            yield Failure(f"notifications.{name}.contactEmails", "nobody is told: give an address, a role or an action group")
        if len(items(part(one, "contactEmails"))) > 50:
            yield Failure(f"notifications.{name}.contactEmails", "at most 50 addresses are allowed")
    amount, start, end = inputs.get("amount"), part(inputs, "timePeriod.startDate"), part(inputs, "timePeriod.endDate")
    if isinstance(amount, int | float) and amount <= 0:
        yield Failure("amount", f"{amount:g} is not more than 0")
    if isinstance(start, str) and isinstance(end, str) and end <= start:
        yield Failure("timePeriod.endDate", f"{end} is not after the start {start}")


_GROUP_NAME = each("groupShortName", lambda value: None if 1 <= len(str(value)) <= 12 else "is not 1-12 characters long")
_FIRST = matches("timePeriod.startDate", r"\d{4}-\d{2}-01(T00:00:00(\.0+)?Z)?", "is not the first day of a month like 2026-11-01T00:00:00Z")
_BUDGET: tuple[Rule, ...] = (_scope, _FIRST, _budget)
_LOCK: tuple[Rule, ...] = (
    one_of("level", "CanNotDelete", "ReadOnly"),
    each("notes", lambda value: None if len(str(value)) <= 512 else "is longer than 512 characters"),
    _scope,
)
RULES: dict[str, tuple[Rule, ...]] = {
    "azure-native:authorization:ManagementLockAtResourceGroupLevel": _LOCK,
    "azure-native:authorization:ManagementLockAtResourceLevel": _LOCK,
    "azure-native:authorization:ManagementLockByScope": _LOCK,
    "azure-native:authorization:PolicyAssignment": (_scope,),
    "azure-native:authorization:RoleAssignment": (
        matches("principalId", GUID.pattern.replace("[0-9a-f]", "[0-9A-Fa-f]"), "is not an object id (a GUID)"),
        _scope,
        _assignment,
    ),
    "azure-native:authorization:RoleDefinition": (_scope, _definition),
    "azure-native:consumption:Budget": _BUDGET,
    "azure-native:costmanagement:Budget": _BUDGET,
    "azure-native:keyvault:Key": (each("properties.rotationPolicy.attributes.expiryTime", duration(28, 36500)), _key),
    "azure-native:keyvault:Secret": (
        each("properties.contentType", lambda value: None if len(str(value)) <= 255 else "is longer than 255 characters"),
        _secret,
    ),
    "azure-native:keyvault:Vault": (
        between("properties.softDeleteRetentionInDays", 7, 90),
        one_of("properties.sku.family", "A"),
        one_of("properties.publicNetworkAccess", "Enabled", "Disabled", "enabled", "disabled"),
        matches("properties.tenantId", GUID.pattern.replace("[0-9a-f]", "[0-9A-Fa-f]"), "is not a tenant's id (a GUID)"),
        _vault,
    ),
    "azure-native:managedidentity:FederatedIdentityCredential": (
        matches("issuer", r"https://\S{1,592}", "is not the URL of an issuer"),
        each("subject", lambda value: None if 1 <= len(str(value)) <= 600 else "is not 1-600 characters long"),
        _federated,
    ),
    "azure-native:monitor:ActionGroup": (_GROUP_NAME,),
    "azure-native:monitor:DiagnosticSetting": (one_of("logAnalyticsDestinationType", "Dedicated", "AzureDiagnostics"), _settings),
    "azure-native:monitor:SubscriptionDiagnosticSetting": (_settings,),
    "azure-native:operationalinsights:Workspace": (
        between("retentionInDays", 30, 730),
        one_of("sku.name", "PerGB2018", "CapacityReservation", "LACluster"),
    ),
}
