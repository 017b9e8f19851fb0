"""Values that are known only when the platform stands: written in a system as data, resolved by the translator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import pulumi
from pydantic import Field

from components.vocabulary import Spec, unset


class OwnImage(Spec):
    """`<registry>/<repository>:<tag>` of the stack's own registry."""

    kind: Literal["own-image"] = "own-image"
    repository: str
    tag: str


class CachedImage(Spec):
    """A public image pulled through the stack's own registry, so that nodes pull inside the region."""

    kind: Literal["cached-image"] = "cached-image"
    registry: str = Field(description="Host of the public registry: public.ecr.aws.")
    repository: str
    tag: str


class KeyReference(Spec):
    """The full reference of an encryption key: an ARN, a resource name, a key identifier URL."""

    kind: Literal["key"] = "key"
    key: str


class DatabaseHost(Spec):
    kind: Literal["database-host"] = "database-host"
    database: str


class CacheNodes(Spec):
    """`host:port` of every endpoint of a cache, comma-separated: where clients of cluster mode learn of the shards."""

    kind: Literal["cache-nodes"] = "cache-nodes"
    cache: str


class CacheAuthority(Spec):
    """PEM of the authority that signs a cache's certificate; empty where the public ones do."""

    kind: Literal["cache-authority"] = "cache-authority"
    cache: str


class Sentinels(Spec):
    """`host:port` of every sentinel of an in-cluster Valkey, comma-separated."""

    kind: Literal["sentinels"] = "sentinels"
    valkey: str


class TraceEndpoint(Spec):
    """Where traces go (OTLP); empty while nothing in the cluster collects them."""

    kind: Literal["trace-endpoint"] = "trace-endpoint"


class Filled(Spec):
    """`text` with every `@name@` replaced by the value of that name; `${…}` and `{…}` stay as they are."""

    kind: Literal["filled"] = "filled"
    text: str
    values: dict[str, PlainValue]


PlainValue: TypeAlias = (
    str | OwnImage | CachedImage | KeyReference | DatabaseHost | CacheNodes | CacheAuthority | Sentinels | TraceEndpoint | Filled
)
Resolve: TypeAlias = Callable[[PlainValue], pulumi.Input[str]]

Filled.model_rebuild()


class Generated(Spec):
    """A random value made once. Raising `rotation` makes a new one and rolls what uses it. Letters and digits: safe in a URL."""

    kind: Literal["generated"] = "generated"
    length: int = Field(default=48, ge=32, le=128)
    rotation: int = Field(default=0, ge=0)


class Given(Spec):
    """A value that people give as a configuration secret; `key` is its name there."""

    kind: Literal["given"] = "given"
    key: str
    rotation: int = Field(default=0, ge=0, description="Raised when the value changes, so that what uses it rolls.")


class DatabaseUrl(Spec):
    """Connection URL of one role. `require` encrypts; the server's certificate is not compared with an authority."""

    kind: Literal["database-url"] = "database-url"
    database: str
    role: str
    scheme: str = "postgresql"
    ssl_mode: Literal["require", "verify-full"] = "require"
    ssl_parameter: Literal["sslmode", "ssl"] = Field(
        default="sslmode", exclude_if=lambda value: value == "sslmode", description="libpq's name of it; asyncpg knows `ssl`."
    )
    direct: bool = Field(
        default=False, exclude_if=unset, description="Past the pooler, for what needs a session: migrations, advisory locks."
    )


class RoleVerifier(Spec):
    """What the database stores of a role's generated password: enough to set it. The password itself would stand in the database's log,
    which keeps every statement that changes a role."""

    kind: Literal["role-verifier"] = "role-verifier"
    role: str


class UserList(Spec):
    """PgBouncer's list of users: each role with the verifier that the database stores of it, so that SCRAM passes through."""

    kind: Literal["user-list"] = "user-list"
    roles: tuple[str, ...] = Field(min_length=1)


class CacheUrl(Spec):
    """`rediss://:password@host:port/database` of one keyspace. `query` are parameters of the client's library, `private_query` those
    that it needs where the server's certificate is signed by an authority of its own (`ssl_ca_certs=/etc/…`)."""

    kind: Literal["cache-url"] = "cache-url"
    cache: str
    database: int = Field(default=0, ge=0)
    query: dict[str, str] = Field(default_factory=dict)
    private_query: dict[str, str] = Field(default_factory=dict)


class CachePassword(Spec):
    """The password of a cache, or of an in-cluster Valkey, for clients whose addresses have no room for one."""

    kind: Literal["cache-password"] = "cache-password"
    cache: str


class PrivateKey(Spec):
    """PEM (PKCS #8) of one key pair of `SystemSpec.signing`. Without a previous pair, `previous` is the current one."""

    kind: Literal["private-key"] = "private-key"
    signing: str
    which: Literal["current", "previous"] = "current"


class KeySet(Spec):
    """The public JWKS document (RFC 7517) of a signing key: the current pair, and the previous one while a rotation lasts."""

    kind: Literal["key-set"] = "key-set"
    signing: str


SecretValue: TypeAlias = Generated | Given | DatabaseUrl | RoleVerifier | CacheUrl | CachePassword | PrivateKey | KeySet | UserList
