"""Outputs that any type may have, told by their names."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.azure.identity import api_version, resource_type
from sandbox.azure.lookup import keys, part
from sandbox.azure.outputs.context import Context, mapping, now
from sandbox.azure.subscription import CALLER
from sandbox.contract import Properties
from sandbox.invent import identifier
from sandbox.reflection.model import Scalar

_GUIDS = {"resourceGuid", "resourceUID", "customerId", "internalId", "instanceId"}
_TIMES = {"createdOn", "updatedOn", "creationDate", "creationTime", "createdDate", "modifiedDate", "lastModifiedTime"}


def by_name(c: Context) -> Properties:
    found: Properties = {"name": c.name, "type": resource_type(c.id), "azureApiVersion": api_version(c.request.type)}
    for name, property_ in c.schema.outputs.items():
        if name in found or name in c.inputs:
            continue
        if name == "systemData":
            found[name] = system_data(c)
        elif property_.type != Scalar("string"):
            continue
        elif name == "provisioningState":
            found[name] = "Succeeded"
        elif name in {"etag", "eTag"}:
            found[name] = f'W/"{identifier()}"'
        elif name in _GUIDS:
            found[name] = c.keep(name, identifier)
        elif name in _TIMES:
            found[name] = now() if name.startswith(("updated", "modified", "last")) else c.keep(name, now)
        elif name in {"createdBy", "updatedBy"}:
            found[name] = CALLER
    if (identity := identities(c)) is not None:
        found["identity"] = identity
    return found


def system_data(c: Context) -> Properties:
    made = {"createdBy": CALLER, "createdByType": "User", "createdAt": now()}
    return {**made, **mapping(part(c.prior.outputs, "systemData") if c.prior else None), "lastModifiedAt": now(), "lastModifiedBy": CALLER}


def identities(c: Context) -> Properties | None:
    """The answer names each identity's own ids, and makes the system-assigned one."""
    asked = c.inputs.get("identity")
    if not isinstance(asked, dict) or "identity" not in c.schema.outputs:
        return None
    given = mapping(asked)
    kind = str(given.get("type", "None"))
    made: dict[str, Any] = {**given, "type": kind}
    if "SystemAssigned" in kind:
        made["principalId"] = c.keep("identity.principalId", identifier)
        made["tenantId"] = c.tenant
    if "userAssignedIdentities" in given:
        made["userAssignedIdentities"] = {id_: of(c, id_) for id_ in keys(given["userAssignedIdentities"])}
    return made


def of(c: Context, identity: Any) -> dict[str, str]:
    found = c.other(identity)
    return {"principalId": str(found.outputs["principalId"]), "clientId": str(found.outputs["clientId"])} if found else {}


def steady(*parts: str) -> str:
    """A GUID that stays the same for the same parts."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts).lower()))
