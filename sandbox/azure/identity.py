"""The id of a new resource, its type and the API version that it was made with."""

from __future__ import annotations

import re
import uuid
from functools import cache

from sandbox.azure.arm import parse
from sandbox.azure.paths import parameters, path
from sandbox.azure.subscription import subscription
from sandbox.contract import UNKNOWN, Properties, Request
from sandbox.reflection.model import Schema
from sandbox.reflection.source import class_text, locate

_LOWER = {
    "azure-native:containerservice:ManagedCluster": ("/resourceGroups/", "/resourcegroups/"),
    "azure-native:containerservice:AgentPool": ("/resourceGroups/", "/resourcegroups/"),
    "azure-native:managedidentity:UserAssignedIdentity": ("/resourceGroups/", "/resourcegroups/"),
    "azure-native:dns:Zone": ("/dnsZones/", "/dnszones/"),
    "azure-native:dns:DnssecConfig": ("/dnsZones/", "/dnszones/"),
    "azure-native:dns:RecordSet": ("/dnsZones/", "/dnszones/"),
}
"""Spellings in which these services answer, unlike the paths that they take: ids are not for comparing letter by letter."""
_VERSION = re.compile(r"Uses Azure REST API version ([0-9a-z-]+)")


def filled(template: str, request: Request, inputs: Properties) -> str | None:
    """None while a part of it is not known."""
    values: dict[str, str] = {"subscriptionId": subscription(request.instance)}
    for name in parameters(template):
        value = inputs.get(name)
        if not isinstance(value, str) or value is UNKNOWN:
            return None
        values[name] = value.strip("/")
    return template.format_map(values).replace("//", "/")


def spelled(request: Request, schema: Schema, inputs: Properties) -> str:
    """The id as the service's answer has it."""
    made = filled(path(request.type, schema), request, inputs) or f"/subscriptions/{subscription(request.instance)}/unnamed/{request.name}"
    if request.type == "azure-native:authorization:RoleDefinition":
        # Assignable somewhere, but known in the whole subscription.
        return f"/subscriptions/{subscription(request.instance)}{made[made.rfind('/providers/') :]}"
    if request.type == "azure-native:storage:ObjectReplicationPolicy" and made.endswith("/default"):
        return f"{made.removesuffix('default')}{uuid.uuid5(uuid.NAMESPACE_URL, made)}"
    return made.replace(*_LOWER[request.type]) if request.type in _LOWER else made


def resource_type(id_: str) -> str:
    found = parse(id_)
    return found.kind if found and found.kind else "Microsoft.Resources/resourceGroups"


@cache
def api_version(token: str) -> str:
    """As the SDK's documentation names it."""
    _, file, name = locate(token)
    found = _VERSION.search(class_text(file, name) or "")
    return found.group(1) if found else ""
