"""Values that are known only when the platform stands: written in a system as data, resolved by the translator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import pulumi
from pydantic import Field

from components.vocabulary import Spec


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


class TraceEndpoint(Spec):
    """Where traces go (OTLP); empty while nothing in the cluster collects them."""

    kind: Literal["trace-endpoint"] = "trace-endpoint"


class Filled(Spec):
    """`text` with every `@name@` replaced by the value of that name; `${…}` and `{…}` stay as they are."""

    kind: Literal["filled"] = "filled"
    text: str
    values: dict[str, PlainValue]


PlainValue: TypeAlias = str | OwnImage | CachedImage | KeyReference | DatabaseHost | TraceEndpoint | Filled
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


class RoleVerifier(Spec):
    """What the database stores of a role's generated password: enough to set it. The password itself would stand in the database's log,
    which keeps every statement that changes a role."""

    kind: Literal["role-verifier"] = "role-verifier"
    role: str


SecretValue: TypeAlias = Generated | Given | DatabaseUrl | RoleVerifier
