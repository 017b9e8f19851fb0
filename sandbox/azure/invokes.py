"""Data sources: answers from the world."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from sandbox.azure import arm
from sandbox.azure.fitting.cache import DATABASE
from sandbox.azure.identity import api_version, filled
from sandbox.azure.lookup import CLUSTER, find
from sandbox.azure.outputs.cache import keys
from sandbox.azure.outputs.cluster import authority
from sandbox.azure.paths import path, types
from sandbox.azure.subscription import CALLER, client, subscription, tenant
from sandbox.contract import Instance, Properties, Record, Refused, Request, World
from sandbox.reflection.model import Schema

_KUBELOGIN = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The application of AKS's API servers, the same in every directory."""


class Call(NamedTuple):
    instance: Instance
    args: Properties
    world: World


def _client(c: Call) -> Properties:
    return {
        "clientId": client(c.instance),
        "objectId": CALLER,
        "subscriptionId": subscription(c.instance),
        "tenantId": tenant(c.instance),
    }


def _token(c: Call) -> Properties:
    return {"token": "sandbox"}


def _found(c: Call, type_: str) -> Record:
    nothing = Schema(type_, {}, {}, {})
    request = Request(c.instance, "", type_, "")
    id_ = filled(path(type_, nothing), request, c.args) or ""
    if record := find(c.world, id_, type_):
        return record
    raise Refused("ResourceNotFound", f"The Resource '{id_}' was not found.")


def _get(type_: str) -> Callable[[Call], Properties]:
    def answer_(c: Call) -> Properties:
        record = _found(c, type_)
        return {**record.outputs, "id": record.id, "azureApiVersion": api_version(type_)}

    return answer_


def _credentials(c: Call, *, admin: bool) -> Properties:
    record = _found(c, CLUSTER)
    local = record.inputs.get("disableLocalAccounts") is not True
    if admin and not local:
        raise Refused("BadRequest", "Getting static credential is not allowed because this cluster is set to disable local accounts.")
    name = str(record.outputs["name"])
    host = record.outputs.get("fqdn") or record.outputs.get("privateFQDN")
    group = str(arm.parse(record.id).group if arm.parse(record.id) else "")  # pyright: ignore[reportOptionalMemberAccess] # an id of the world
    user = f"clusterAdmin_{group}_{name}" if admin else f"clusterUser_{group}_{name}"
    config: Properties = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"certificate-authority-data": authority(record), "server": f"https://{host}:443"}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": user}}],
        "current-context": name,
        "users": [{"name": user, "user": _user(c, record, admin=admin)}],
        "preferences": {},
    }
    return {
        "kubeconfigs": [
            {"name": "clusterAdmin" if admin else "clusterUser", "value": base64.b64encode(json.dumps(config).encode()).decode()}
        ]
    }


def _cache_keys(c: Call) -> Properties:
    record = _found(c, DATABASE)
    if record.inputs.get("accessKeysAuthentication") == "Disabled":
        raise Refused("BadRequest", "Access keys authentication is disabled on this database: it has no keys to list.")
    return keys(record)


def _user(c: Call, record: Record, *, admin: bool) -> Properties:
    if admin or not record.inputs.get("aadProfile"):
        return {"client-certificate-data": authority(record), "client-key-data": authority(record), "token": "sandbox"}
    arguments = ["get-token", "--environment", "AzurePublicCloud", "--server-id", _KUBELOGIN, "--tenant-id", tenant(c.instance)]
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": "kubelogin",
            "args": [*arguments, "--client-id", "80faf920-1908-4b52-b5ef-a8e7bedfc67a", "--login", "devicecode"],
            "env": None,
            "provideClusterInfo": False,
        }
    }


def _user_credentials(c: Call) -> Properties:
    return _credentials(c, admin=False)


def _admin_credentials(c: Call) -> Properties:
    return _credentials(c, admin=True)


def _answers() -> dict[str, Callable[[Call], Any]]:
    made: dict[str, Callable[[Call], Any]] = {}
    for type_ in types():
        package, module, name = type_.split(":")
        made[f"{package}:{module}:get{name}"] = _get(type_)
    return made | {
        "azure-native:authorization:getClientConfig": _client,
        "azure-native:authorization:getClientToken": _token,
        "azure-native:containerservice:listManagedClusterAdminCredentials": _admin_credentials,
        "azure-native:containerservice:listManagedClusterUserCredentials": _user_credentials,
        "azure-native:redisenterprise:listDatabaseKeys": _cache_keys,
    }


_ANSWERS = _answers()


def answer(instance: Instance, token: str, args: Properties, world: World) -> Properties:
    """Raises Refused for a data source that has no answer here."""
    if (make := _ANSWERS.get(token)) is None:
        raise Refused("UnknownFunction", f"the sandbox has no answer for the data source {token}")
    return make(Call(instance, args, world))
