"""Where Supernova's parts are in what a stack registers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from components.vocabulary import Cloud
from tests.inventory.cases import Case, case
from tests.inventory.pods import found, of_kind
from tests.recorder import Recording, Registered

NAMESPACES = {"production": "supernova", "staging": "supernova-staging", "development": "supernova-dev"}
SERVER, POOLER, VALKEY = "supernova-server", "supernova-db-pooler", "supernova-redis-valkey"
MIGRATE, SEED, ROLES = f"{SERVER}-migrate", f"{SERVER}-seed", "supernova-db-roles"
ENV, SECRETS, KEYS = "supernova-env", "supernova-secrets", "supernova-jwks"
WAYS = {"production": "ExternalSecret", "staging": "SealedSecret", "development": "Secret"}
TURNED: Mapping[str, Any] = {
    "systems/supernova/redis": "cluster",
    "systems/supernova/migrations": "before",
    "systems/supernova/seed": "always",
    "systems/supernova/signing": {"generation": 2, "since": "2026-04-01"},
}
"""The other choices: a managed cluster, migrations before the roll-out, seeds with every version, the second signing key."""


def usual(cloud: Cloud, environment: str = "production") -> Case:
    return case(cloud, environment, "supernova")


def turned(one: Case) -> Case:
    return replace(one, changes={**one.changes, **TURNED})


def environment(one: Case) -> str:
    return one.configuration["environment"]


def namespace(one: Case) -> str:
    return NAMESPACES[environment(one)]


def release(registered: Recording[Any], name: str) -> dict[str, Any]:
    """A chart's values."""
    (values,) = [item.inputs["values"] for item in registered.of("kubernetes:helm.sh/v3:Release") if item.inputs["name"] == name]
    return values


def stored(one: Case, path: str) -> str:
    """What the cloud's store holds for the system there: `database-url`."""
    (value,) = [text for name, text in one.view.contents(one.recorded()).items() if name.startswith("supernova") and name.endswith(path)]
    return value


def secret(registered: Recording[Any], name: str) -> tuple[str, set[str]]:
    """The kind by which a Secret reaches the cluster, and the keys that it will have."""
    (obj,) = [one for kind in WAYS.values() for one in of_kind(registered, kind) if one["metadata"]["name"] == name]
    match obj["kind"]:
        case "ExternalSecret":
            return obj["kind"], {entry["secretKey"] for entry in obj["spec"]["data"]}
        case "SealedSecret":
            return obj["kind"], set(obj["spec"]["encryptedData"])
        case _:
            return obj["kind"], set(obj["stringData"])


def container(registered: Recording[Any], kind: str, name: str) -> dict[str, Any]:
    """The only one of what is called so. The name of a Job ends in a hash."""
    (one,) = [obj for obj in of_kind(registered, kind) if obj["metadata"]["name"].startswith(name)]
    (only,) = one["spec"]["template"]["spec"]["containers"]
    return only


def variables(registered: Recording[Any]) -> set[str]:
    """All that the server finds in its environment."""
    only = container(registered, "Deployment", SERVER)
    told = {entry["name"] for entry in only.get("env", [])}
    for source in only["envFrom"]:
        if config := source.get("configMapRef"):
            told |= set(found(registered, "ConfigMap", config["name"])["data"])
        else:
            told |= secret(registered, source["secretRef"]["name"])[1]
    return told


def job(registered: Recording[Any], name: str) -> Registered:
    (one,) = [item for item in registered.of("kubernetes:batch/v1:Job") if item.inputs["metadata"]["name"].startswith(name)]
    return one
