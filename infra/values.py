"""The values of a system's secrets: generated, given, or put together of what the platform made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import pulumi
import pulumi_random as random

from components.cache.outputs import CacheOutputs
from components.database.outputs import DatabaseOutputs
from components.workloads.values import (
    CachePassword,
    CacheUrl,
    DatabaseUrl,
    Generated,
    Given,
    KeySet,
    PrivateKey,
    RoleVerifier,
    SecretValue,
    UserList,
)
from infra.pooling import user_list
from infra.scram import verifier
from infra.signing import Pairs

PASSWORD_LENGTH = 40


@dataclass(frozen=True)
class Sources:
    """What values are made of. `passwords` are the roles', `valkeys` those of in-cluster servers; `pooled` tells where a URL
    leads instead of the database itself."""

    given: Mapping[str, pulumi.Output[str]]
    databases: Mapping[str, DatabaseOutputs]
    pooled: Callable[[DatabaseUrl], tuple[str, int] | None]
    passwords: Mapping[str, pulumi.Output[str]]
    caches: Mapping[str, CacheOutputs]
    valkeys: Mapping[str, pulumi.Output[str]]
    signing: Mapping[str, Pairs]
    generate: Callable[[int, int], pulumi.Output[str]]
    """Length and rotation to a random value."""


def value(asked: SecretValue, sources: Sources) -> pulumi.Output[str]:
    """Secret. Raises ValueError for a secret that people have not given."""
    match asked:
        case Generated():
            return sources.generate(asked.length, asked.rotation)
        case Given():
            if asked.key not in sources.given:
                raise ValueError(f"secret {asked.key!r} is not given; given: {', '.join(sorted(sources.given)) or 'none'}")
            return pulumi.Output.secret(sources.given[asked.key])
        case RoleVerifier():
            return sources.passwords[asked.role].apply(lambda known: verifier(asked.role, known))
        case UserList():
            return user_list(asked, sources.passwords)
        case DatabaseUrl():
            return _database_url(asked, sources)
        case CacheUrl():
            return _cache_url(asked, sources.caches[asked.cache])
        case CachePassword():
            return sources.valkeys[asked.cache] if asked.cache in sources.valkeys else sources.caches[asked.cache].passwords[0]
        case PrivateKey():
            pairs = sources.signing[asked.signing]
            return (pairs.previous or pairs.current).private if asked.which == "previous" else pairs.current.private
        case KeySet():
            return pulumi.Output.secret(sources.signing[asked.signing].document)


def random_text(name: str, length: int, rotation: int, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """Letters and digits alone: about 5.9 bits each, and safe in URLs, shells and SQL."""
    made = random.RandomPassword(name, length=length, special=False, keepers={"rotation": str(rotation)}, opts=opts)
    return pulumi.Output.secret(made.result)


def _database_url(asked: DatabaseUrl, sources: Sources) -> pulumi.Output[str]:
    """Secret as its password is."""
    database = sources.databases[asked.database]
    host, port = database.host, database.port
    if pooler := sources.pooled(asked):
        host, port = pulumi.Output.from_input(pooler[0]), pooler[1]
    where = f"{port}/{database.database}?{asked.ssl_parameter}={asked.ssl_mode}"
    return pulumi.Output.concat(asked.scheme, "://", asked.role, ":", _safe(sources.passwords[asked.role]), "@", host, ":", where)


def _cache_url(asked: CacheUrl, cache: CacheOutputs) -> pulumi.Output[str]:
    """Secret also without a password: whoever knows the address of a cache without one may read it."""
    endpoint = cache.endpoints[asked.database]
    query = urlencode({**asked.query, **(asked.private_query if cache.authority is not None else {})}, safe="/")
    who = pulumi.Output.concat(":", _safe(cache.passwords[asked.database]), "@") if cache.passwords else ""
    where = f":{endpoint.port}/{endpoint.database}{'?' if query else ''}{query}"
    return pulumi.Output.secret(pulumi.Output.concat("rediss://", who, endpoint.host, where))


def _safe(password: pulumi.Output[str]) -> pulumi.Output[str]:
    return password.apply(lambda known: quote(known, safe=""))
