"""The systems that a stack may run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict, Field, model_validator

from components.vocabulary import Spec
from infra.profiles import Profile
from infra.system import Place, SystemSpec
from infra.systems.play_new import PlayNewOptions, play_new


@dataclass(frozen=True)
class Entry:
    """The type of a system's options, and the function that turns them into data."""

    options: type[Spec]
    describe: Callable[[Profile, Any, Place], SystemSpec]


SYSTEMS: Mapping[str, Entry] = {"play-new": Entry(PlayNewOptions, play_new)}


class Systems(Spec):
    """The systems of a stack, each by its id."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    play_new: PlayNewOptions | None = Field(default=None, alias="play-new")

    @model_validator(mode="after")
    def _one_at_least(self) -> Systems:
        if self.play_new is None:
            raise ValueError(f"no system given; allowed: {', '.join(SYSTEMS)}")
        return self
