"""The systems that a stack may run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, cast

from pydantic import ConfigDict, Field, create_model, model_validator

from components.vocabulary import Spec
from infra.systems.entry import Entry, entry_of

# Each is a module of that name in this folder, with an `ENTRY`. Nothing else names it.
NAMES = (
    "play-new",
    "ai-agents",
    "supernova",
)
SYSTEMS: Mapping[str, Entry] = {name: entry_of(name) for name in NAMES}


class Chosen(Spec):
    """The systems of a stack, each by its id."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def options(self) -> Mapping[str, Spec]:
        """Of the systems that were given, in the order of `SYSTEMS`."""
        given = {field.alias or name: getattr(self, name) for name, field in type(self).model_fields.items()}
        return {name: cast("Spec", options) for name, options in given.items() if options is not None}

    @model_validator(mode="after")
    def _one_at_least(self) -> Self:
        if not self.options():
            raise ValueError(f"no system given; allowed: {', '.join(SYSTEMS)}")
        return self


def model(entries: Mapping[str, Entry]) -> type[Chosen]:
    """One optional field for each system."""
    fields: dict[str, Any] = {
        name.replace("-", "_"): (entry.options | None, Field(default=None, alias=name)) for name, entry in entries.items()
    }
    return create_model("Systems", __doc__=Chosen.__doc__, __base__=Chosen, **fields)


if TYPE_CHECKING:
    Systems = Chosen
else:
    Systems = model(SYSTEMS)
