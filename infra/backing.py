"""What stands behind a system in the cloud: its keys, databases, registry and secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from components.cache.outputs import CacheOutputs
from components.core import Component
from components.database.outputs import DatabaseOutputs
from components.key.outputs import KeyOutputs
from components.registry.outputs import RegistryOutputs
from components.secrets.outputs import SecretsOutputs
from components.workloads.values import (
    CacheAuthority,
    CachedImage,
    CacheNodes,
    CachePassword,
    DatabaseHost,
    Filled,
    KeyReference,
    OwnImage,
    PlainValue,
    SecretValue,
    Sentinels,
    TraceEndpoint,
)
from infra.pooling import endpoint
from infra.signing import keys as key_pairs
from infra.system import SystemSpec
from infra.valkeys import sentinels
from infra.values import PASSWORD_LENGTH, Sources, random_text, value

if TYPE_CHECKING:
    from infra.translate import SystemContext


@dataclass(frozen=True)
class Backing:
    """Handles by the names that the system's own data uses. `values` are those of the store, by path; `passwords` those of roles and of
    in-cluster servers, by their names; `sentinels` are `host:port`, comma-separated; `salt` is for sealing.

    A cache whose product knows no passwords has none in `values`."""

    keys: Mapping[str, KeyOutputs]
    databases: Mapping[str, DatabaseOutputs]
    caches: Mapping[str, CacheOutputs]
    registry: RegistryOutputs | None
    secrets: SecretsOutputs
    values: Mapping[str, pulumi.Output[str]]
    passwords: Mapping[str, pulumi.Output[str]]
    sentinels: Mapping[str, str]
    salt: pulumi.Output[str] | None
    trace_endpoint: str


def back(
    name: str, system: SystemSpec, ctx: SystemContext, random_opts: pulumi.ResourceOptions, signing_opts: pulumi.ResourceOptions
) -> Backing:
    """`random_opts` and `signing_opts` carry the providers of generated passwords and of key pairs."""
    keys = {key: ctx.platform.key(f"{key}-key", spec).outputs for key, spec in system.keys.items()}
    databases = {
        database: ctx.platform.database(database, spec, ctx.network, ctx.keys["data"], ctx.cluster, ctx.backup).outputs
        for database, spec in system.databases.items()
    }
    registry = ctx.registry
    if registry is None and system.registry is not None:
        registry = ctx.platform.registry("registry", system.registry, ctx.network, ctx.cluster, ctx.keys["data"]).outputs
    caches = {
        cache: ctx.platform.cache(cache, spec, ctx.network, ctx.keys["data"], ctx.cluster).outputs for cache, spec in system.caches.items()
    }
    passwords = {
        role: random_text(f"{name}-{role.replace('_', '-')}-password", PASSWORD_LENGTH, spec.rotation, random_opts)
        for role, spec in system.roles.items()
    }
    valkeys = {server: random_text(f"{name}-{server}-password", PASSWORD_LENGTH, 0, random_opts) for server in system.valkeys}
    signing = {key: key_pairs(f"{name}-{key}", spec, signing_opts) for key, spec in system.signing.items()}

    def made(path: str, asked: SecretValue) -> pulumi.Output[str]:
        sources = Sources(
            given=ctx.given,
            databases=databases,
            pooled=lambda url: endpoint(system, url),
            passwords=passwords,
            caches=caches,
            valkeys=valkeys,
            signing=signing,
            generate=lambda length, rotation: random_text(f"{name}-{path}", length, rotation, random_opts),
        )
        return value(asked, sources)

    values = {path: made(path, asked) for path, asked in system.secrets.values.items() if not _passwordless(asked, caches)}
    secrets: Component[SecretsOutputs] = ctx.platform.secrets(f"{system.id}-secrets", system.secrets.store, values, ctx.keys["secrets"])
    return Backing(
        keys=keys,
        databases=databases,
        caches=caches,
        registry=registry,
        secrets=secrets.outputs,
        values=values,
        passwords={**passwords, **valkeys},
        sentinels={server: sentinels(system, server) for server in system.valkeys},
        salt=random_text(f"{name}-sealing-salt", PASSWORD_LENGTH, 0, random_opts) if system.sealed else None,
        trace_endpoint=ctx.addons.trace_endpoint or "",
    )


def _passwordless(asked: SecretValue, caches: Mapping[str, CacheOutputs]) -> bool:
    return isinstance(asked, CachePassword) and asked.cache in caches and not caches[asked.cache].passwords


def resolve(asked: PlainValue, backing: Backing) -> pulumi.Input[str]:
    match asked:
        case str():
            return asked
        case OwnImage():
            return pulumi.Output.concat(_registry(backing).repositories[asked.repository], ":", asked.tag)
        case CachedImage():
            source = _registry(backing).caches.get(asked.registry, asked.registry)
            return pulumi.Output.concat(source, "/", asked.repository, ":", asked.tag)
        case KeyReference():
            return backing.keys[asked.key].ref
        case DatabaseHost():
            return backing.databases[asked.database].host
        case CacheNodes():
            nodes = [pulumi.Output.concat(one.host, f":{one.port}") for one in backing.caches[asked.cache].endpoints]
            return pulumi.Output.all(*nodes).apply(lambda known: ",".join(known))
        case CacheAuthority():
            return backing.caches[asked.cache].authority or ""
        case Sentinels():
            return backing.sentinels[asked.valkey]
        case TraceEndpoint():
            return backing.trace_endpoint
        case Filled():
            parts = {name: pulumi.Output.from_input(resolve(part, backing)) for name, part in asked.values.items()}
            return pulumi.Output.all(**parts).apply(lambda known: _fill(asked.text, known))


def _fill(text: str, values: Mapping[str, str]) -> str:
    for name, known in values.items():
        text = text.replace(f"@{name}@", known)
    return text


def _registry(backing: Backing) -> RegistryOutputs:
    if backing.registry is None:
        raise ValueError("the system runs images of a registry, but asks for none: set `registry`")
    return backing.registry
