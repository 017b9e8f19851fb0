"""What stands behind a system in the cloud: its keys, databases, registry and secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import pulumi
import pulumi_random as random

from components.core import Component
from components.database.outputs import DatabaseOutputs
from components.key.outputs import KeyOutputs
from components.registry.outputs import RegistryOutputs
from components.secrets.outputs import SecretsOutputs
from components.workloads.values import (
    CachedImage,
    DatabaseHost,
    DatabaseUrl,
    Filled,
    Generated,
    Given,
    KeyReference,
    OwnImage,
    PlainValue,
    RoleVerifier,
    SecretValue,
    TraceEndpoint,
)
from infra.scram import verifier
from infra.system import SystemSpec

if TYPE_CHECKING:
    from infra.translate import SystemContext

PASSWORD_LENGTH = 40


@dataclass(frozen=True)
class Backing:
    """Handles by the names that the system's own data uses."""

    keys: Mapping[str, KeyOutputs]
    databases: Mapping[str, DatabaseOutputs]
    registry: RegistryOutputs | None
    secrets: SecretsOutputs
    trace_endpoint: str


def back(name: str, system: SystemSpec, ctx: SystemContext, random_opts: pulumi.ResourceOptions) -> Backing:
    keys = {key: ctx.platform.key(f"{key}-key", spec).outputs for key, spec in system.keys.items()}
    databases = {
        database: ctx.platform.database(database, spec, ctx.network, ctx.keys["data"], ctx.cluster, ctx.backup).outputs
        for database, spec in system.databases.items()
    }
    registry = ctx.registry
    if registry is None and system.registry is not None:
        registry = ctx.platform.registry("registry", system.registry, ctx.network, ctx.cluster, ctx.keys["data"]).outputs
    passwords = {
        role: _random(f"{name}-{role.replace('_', '-')}-password", PASSWORD_LENGTH, spec.rotation, random_opts)
        for role, spec in system.roles.items()
    }
    values = {
        path: _secret(f"{name}-{path}", value, ctx, databases, passwords, random_opts) for path, value in system.secrets.values.items()
    }
    secrets: Component[SecretsOutputs] = ctx.platform.secrets(f"{system.id}-secrets", system.secrets.store, values, ctx.keys["secrets"])
    return Backing(keys, databases, registry, secrets.outputs, ctx.addons.trace_endpoint or "")


def resolve(value: PlainValue, backing: Backing) -> pulumi.Input[str]:
    match value:
        case str():
            return value
        case OwnImage():
            return pulumi.Output.concat(_registry(backing).repositories[value.repository], ":", value.tag)
        case CachedImage():
            return pulumi.Output.concat(_registry(backing).caches[value.registry], "/", value.repository, ":", value.tag)
        case KeyReference():
            return backing.keys[value.key].ref
        case DatabaseHost():
            return backing.databases[value.database].host
        case TraceEndpoint():
            return backing.trace_endpoint
        case Filled():
            parts = {name: pulumi.Output.from_input(resolve(part, backing)) for name, part in value.values.items()}
            return pulumi.Output.all(**parts).apply(lambda known: _fill(value.text, known))


def _fill(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _registry(backing: Backing) -> RegistryOutputs:
    if backing.registry is None:
        raise ValueError("the system runs images of a registry, but asks for none: set `registry`")
    return backing.registry


def _secret(
    name: str,
    value: SecretValue,
    ctx: SystemContext,
    databases: Mapping[str, DatabaseOutputs],
    passwords: Mapping[str, pulumi.Output[str]],
    random_opts: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    match value:
        case Generated():
            return _random(name, value.length, value.rotation, random_opts)
        case Given():
            if value.key not in ctx.given:
                raise ValueError(f"secret {value.key!r} is not given; given: {', '.join(sorted(ctx.given)) or 'none'}")
            return pulumi.Output.secret(ctx.given[value.key])
        case RoleVerifier():
            return passwords[value.role].apply(lambda known: verifier(value.role, known))
        case DatabaseUrl():
            return _url(value, databases[value.database], passwords[value.role])


def _url(value: DatabaseUrl, database: DatabaseOutputs, password: pulumi.Output[str]) -> pulumi.Output[str]:
    """Secret as its password is."""
    where = f"{database.port}/{database.database}?sslmode={value.ssl_mode}"
    safe = password.apply(lambda known: quote(known, safe=""))
    return pulumi.Output.concat(value.scheme, "://", value.role, ":", safe, "@", database.host, ":", where)


def _random(name: str, length: int, rotation: int, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """Letters and digits alone: about 5.9 bits each, and safe in URLs, shells and SQL."""
    made = random.RandomPassword(name, length=length, special=False, keepers={"rotation": str(rotation)}, opts=opts)
    return pulumi.Output.secret(made.result)
