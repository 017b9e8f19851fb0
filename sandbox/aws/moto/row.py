"""How one Pulumi type stands in moto: the operations of AWS's own API that make, change, show and remove it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, cast

from sandbox.contract import Properties

FIELD = re.compile(r"\{([A-Za-z][A-Za-z0-9_.]*)\}")

Source: TypeAlias = "str | int | float | bool | list[Any] | dict[str, Any] | Callable[[Scope], Any] | None"
"""A member's value. Text: `$path` reads a property (inputs, then outputs; `$id`, `$account`, `$region`, `$partition`, `$arn`),
`{path}` puts one into a longer text, anything else stands for itself. `$inputs` are all of them, for a structure that has their names.
A function is asked with the scope. None leaves the member out."""

ANY = ("*",)
"""`when` of a step that follows every change."""


class Scope(Protocol):
    """One thing, as the calls see it. `inputs` and `outputs` are by wire name; `id` is empty before moto gave one."""

    inputs: Properties
    outputs: Properties
    id: str
    account: str
    region: str
    partition: str
    tags: dict[str, str]
    """Its own and the provider's default ones."""

    def get(self, path: str) -> Any: ...


class Api(Protocol):
    """AWS's API of one service, account and region."""

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        """Raises Refused with AWS's own error code."""
        ...

    def service(self, name: str) -> Api:
        """Another service of the same account and region."""
        ...


@dataclass(frozen=True)
class Call:
    """Members that `members` does not give are filled from properties of the same name, converted to the operation's own shapes.

    `when` names the properties that it sets, where they are not those of its members' names.
    """

    operation: str
    members: Mapping[str, Source] = field(default_factory=dict[str, Source])
    when: tuple[str, ...] = ()
    fill: bool = True


@dataclass(frozen=True)
class Own:
    """A step in code, for what one call does not do: brings the thing from whatever it is to what the inputs say."""

    run: Callable[[Api, Scope], object]
    when: tuple[str, ...]


Step = Call | Own
Removal = Call | Own | Callable[[Api, Scope], object] | None


@dataclass(frozen=True)
class Read:
    """`at` is a JMESPath to the thing in the answer. `seen` finds properties that are called otherwise there: a JMESPath below `at`,
    or a function of what is there that gives the property as Pulumi writes it."""

    operation: str
    members: Mapping[str, Source] = field(default_factory=dict[str, Source])
    at: Source = "@"
    seen: Mapping[str, str | Callable[[Any], Any]] = field(default_factory=dict[str, str | Callable[[Any], Any]])
    optional: bool = False
    """Nothing found means that the properties are not set; otherwise, that the thing is gone."""
    facts: Mapping[str, str] = field(default_factory=dict[str, str])
    """Outputs that the creating call's answer does not tell, or that an update changes: JMESPaths below `at`. Structures are filled up
    with what is known besides."""
    service: str = ""
    """Another one than the row's."""


@dataclass(frozen=True)
class Tagging:
    """Operations that set and take tags, where the service does not have the usual ones (`TagResource`, `UntagResource`)."""

    resource: Source = "$arn"
    set: str = "TagResource"
    unset: str = "UntagResource"
    kind: str = ""
    """EC2's and Route 53's name of the resource type."""
    replace: bool = False
    """`set` replaces all tags (S3)."""


@dataclass(frozen=True)
class Creation:
    """Another way to make a thing. `settings` come before the row's own: for what this call does not take, and the usual one does."""

    call: Call
    settings: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Row:
    """`id` and `outputs` are JMESPaths into the creating call's answer (`id` empty: the stand-in knows the id from the inputs;
    a function of the answer and the scope, where it is put together).

    `settings` run after the creation for properties that are given, and on update for those that changed; `updates` on update only.
    `remove` runs before `delete`. `watched` properties are compared on refresh also where the inputs do not give them.
    `others` are by the property that asks for them (a snapshot to restore, a primary to follow).
    `beyond` names properties that moto does not take, each with the reason: they are not sent and live in the stand-in alone.
    `fixed` names those that moto takes at creation and cannot change: their later values live in the stand-in alone.
    `prepare` comes before the creation and puts into `outputs` what its members need to know of other things.
    `undo` takes back a creation that failed on its way, where `delete` would leave something that is in the way of the next one.
    """

    service: str
    create: Call
    reads: tuple[Read, ...]
    delete: Removal
    id: str | Callable[[Any, Scope], str] = ""
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])
    settings: tuple[Step, ...] = ()
    updates: tuple[Step, ...] = ()
    tagging: Tagging | None = None
    watched: tuple[str, ...] = ()
    others: Mapping[str, Creation] = field(default_factory=dict[str, Creation])
    beyond: Mapping[str, str] = field(default_factory=dict[str, str])
    fixed: Mapping[str, str] = field(default_factory=dict[str, str])
    prepare: Callable[[Api, Scope], object] | None = None
    undo: Removal = None

    def creation(self, inputs: Properties) -> Creation:
        return next((other for name, other in self.others.items() if inputs.get(name) is not None), Creation(self.create))

    def creates(self, call: Call) -> bool:
        return any(call is one for one in (self.create, *(other.call for other in self.others.values())))


def taken(source: Any) -> frozenset[str]:
    """Names of the properties that a table's source reads; a function does not tell."""
    if isinstance(source, str):
        paths = [source[1:]] if source.startswith("$") else FIELD.findall(source)
        return frozenset(path.partition(".")[0] for path in paths)
    if isinstance(source, Mapping):
        return frozenset[str]().union(*map(taken, cast("Mapping[str, Any]", source).values()))
    if isinstance(source, list | tuple):
        return frozenset[str]().union(*map(taken, cast("list[Any]", source)))
    return frozenset()
