"""Which inputs mean other things of the subscription, and whether those exist."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from sandbox.azure import arm
from sandbox.azure.identity import filled
from sandbox.azure.lookup import GROUP, exists, held, in_vault, principals, vault
from sandbox.azure.lookup import find as find_record
from sandbox.azure.paths import path, steps
from sandbox.azure.roles import BUILT_IN, POLICIES, POLICY_SETS
from sandbox.azure.subscription import CALLER, subscription, tenant
from sandbox.contract import Properties, Refused, Request, World
from sandbox.reflection.model import Schema
from sandbox.walk import leaves

_DATA_OF_AZURE = re.compile(r"/providers/Microsoft\.(Authorization/(role|policy|policySet)Definitions|Network/locations)/", re.IGNORECASE)
_EMPTY = re.compile(r"(?<!tenant)(Id|ID|Uri|URI|Url)s?$")
"""The SDK itself leaves a tenant's id empty where it means the subscription's own."""


class Reference(NamedTuple):
    """`path` is the wire path of the input, `value` an id of the Resource Manager."""

    path: str
    value: str


def references(inputs: Mapping[str, Any]) -> Iterator[Reference]:
    """Every id among the inputs, also where one is the key of a mapping."""
    for leaf in leaves(inputs):
        if arm.is_id(leaf.value) and "*" not in leaf.value:
            yield Reference(leaf.path, leaf.value)
    for name, value in inputs.items():
        yield from _keys(name, value)


def _keys(where: str, value: Any) -> Iterator[Reference]:
    if isinstance(value, Mapping):
        for key, inner in cast("Mapping[Any, Any]", value).items():
            if arm.is_id(str(key)):
                yield Reference(f"{where}.{key}", str(key))
            yield from _keys(f"{where}.{key}", inner)
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[Any]", value)):
            yield from _keys(f"{where}[{index}]", inner)


def admit(request: Request, schema: Schema, inputs: Properties, world: World) -> None:
    """Raises Refused for the first reference to something that does not exist."""
    for leaf in leaves(inputs):
        if not leaf.value and _EMPTY.search(leaf.name):
            raise Refused("InvalidRequestContent", f"{leaf.path} is empty")
    _parents(request, schema, inputs, world)
    for reference in references(inputs):
        _one(request, reference, world)
    for leaf in leaves(inputs):
        if leaf.value.lower().startswith("https://"):
            _in_vault(leaf.path, leaf.value, world)
    _principal(request, inputs, world)


def _parents(request: Request, schema: Schema, inputs: Properties, world: World) -> None:
    group = inputs.get("resourceGroupName")
    above_all = f"/subscriptions/{subscription(request.instance)}/resourceGroups/{group}"
    if isinstance(group, str) and "resourceGroupName" in schema.inputs and request.type != GROUP and not exists(world, above_all):
        raise Refused("ResourceGroupNotFound", f"Resource group '{group}' could not be found.")
    template = path(request.type, schema)
    if template.count("/providers/") > 1 or template.startswith("/{"):
        scope = filled(template.rpartition("/providers/")[0], request, inputs)
        if scope is not None and not exists(world, scope):
            raise Refused("ResourceNotFound", f"The scope '{scope}' was not found.")
        return
    for above in steps(template):
        id_ = filled(above, request, inputs)
        if id_ is not None and not exists(world, id_):
            kind = arm.parse(id_)
            raise Refused(
                "ParentResourceNotFound",
                f"Failed to perform 'write' on resource(s) of type '{request.type.partition(':')[2]}', because the parent resource '{id_}'"
                f" of type '{kind.kind if kind else ''}' could not be found.",
            )


def _one(request: Request, reference: Reference, world: World) -> None:
    found = arm.parse(reference.value)
    if found is None:
        raise Refused("LinkedInvalidPropertyId", f"Property id '{reference.value}' at path '{reference.path}' is invalid.")
    if found.subscription and not arm.same(found.subscription, subscription(request.instance)):
        return  # somebody else's, which this instance cannot see
    if _DATA_OF_AZURE.search(f"{reference.value}/"):
        return _definition(reference, found, world)
    if not exists(world, reference.value):
        raise Refused("InvalidResourceReference", f"{reference.path}: resource {reference.value} was not found")
    return None


def _definition(reference: Reference, found: arm.Id, world: World) -> None:
    if found.kind.lower().startswith("microsoft.network/"):
        return
    kept, code = {
        "roledefinitions": (BUILT_IN, "RoleDefinitionDoesNotExist"),
        "policydefinitions": (POLICIES, "PolicyDefinitionNotFound"),
        "policysetdefinitions": (POLICY_SETS, "PolicySetDefinitionNotFound"),
    }[found.kind.rpartition("/")[2].lower()]
    if found.name.lower() not in kept and find_record(world, reference.value) is None:
        own = (r.outputs.get("name") for r in world.all("azure-native:authorization:RoleDefinition"))
        if code != "RoleDefinitionDoesNotExist" or not any(arm.same(name, found.name) for name in own):
            raise Refused(code, f"The specified definition with ID '{found.name}' does not exist.")


def _in_vault(where: str, value: str, world: World) -> None:
    what = in_vault(value)
    if what is None:
        return
    if vault(world, what.vault) is None:
        raise Refused("VaultNotFound", f"{where}: the vault '{what.vault}' was not found")
    if what.kind in {"keys", "secrets"} and held(world, what) is None:
        version = f" in version {what.version}" if what.version else ""
        raise Refused(
            "KeyNotFound" if what.kind == "keys" else "SecretNotFound", f"{where}: {what.name} was not found in {what.vault}{version}"
        )


def _principal(request: Request, inputs: Properties, world: World) -> None:
    principal = inputs.get("principalId")
    if request.type != "azure-native:authorization:RoleAssignment" or not isinstance(principal, str):
        return
    kind, own = inputs.get("principalType"), principal.lower() in principals(world)
    if kind == "ServicePrincipal" and not own and principal != CALLER:
        raise Refused("PrincipalNotFound", f"Principal {principal} does not exist in the directory {tenant(request.instance)}.")
    if own and kind is None:
        raise Refused(
            "PrincipalNotFound",
            f"Principal {principal} does not exist in the directory {tenant(request.instance)}. If you are creating this principal and then"
            " immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment"
            " principalType property to a value, such as ServicePrincipal, User, or Group.",
        )
    if own and kind != "ServicePrincipal":
        raise Refused(
            "UnmatchedPrincipalType",
            f"The PrincipalId '{principal}' has type 'ServicePrincipal', which is different from specified PrincipalType '{kind}'.",
        )
