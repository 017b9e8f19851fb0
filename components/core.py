"""The base of every component: one published dataclass of outputs, children under the component and nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar, cast

import pulumi

OutT = TypeVar("OutT")


def plain(value: Any) -> Any:
    """Dataclasses and mappings to dictionaries, recursively; Outputs stay as they are.

    `register_outputs` refuses nested dataclasses, and `dataclasses.asdict` deep-copies Outputs. Resources are left out: they are there for
    `depends_on`, and a state that holds references to them has to be read with all of their providers.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {name: plain(item) for name, item in fields if not _resources(item)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast("list[Any]", value)]
    return value


def _resources(value: Any) -> bool:
    if isinstance(value, Mapping):
        return _resources(list(cast("Mapping[Any, Any]", value).values()))
    if isinstance(value, list | tuple):
        return any(isinstance(item, pulumi.Resource) for item in cast("list[Any]", value))
    return isinstance(value, pulumi.Resource)


class Component(pulumi.ComponentResource, Generic[OutT]):
    """Subclasses set TYPE (`aws:Network`), declare children with `opts=self.child`, and end with `self.publish(...)`.

    The caller's options (parent, providers, aliases) stop at the component. `protected(...)` is for the few children that hold data.
    """

    TYPE: ClassVar[str]
    outputs: OutT

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(f"eucloud:{self.TYPE}", name, None, opts)
        self.child = pulumi.ResourceOptions(parent=self)

    def protected(self, protect: bool) -> pulumi.ResourceOptions:
        """Options of a child that holds data: the engine refuses to delete it while `protect` is true."""
        return pulumi.ResourceOptions(parent=self, protect=protect)

    def publish(self, outputs: OutT) -> None:
        self.outputs = outputs
        self.register_outputs(plain(outputs))
