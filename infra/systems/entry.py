"""How a system is found: what its module says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from components.vocabulary import Spec
from infra.profiles import Profile
from infra.system import Place, SystemSpec


def nothing(profile: Profile, options: Any) -> Iterable[str]:
    del profile, options
    return ()


@dataclass(frozen=True)
class Entry:
    """The type of a system's options, and the function that turns them into data.

    `mistakes` are options that this environment refuses, a line each: path below the system, value given, values allowed.
    """

    options: type[Spec]
    describe: Callable[[Profile, Any, Place], SystemSpec]
    mistakes: Callable[[Profile, Any], Iterable[str]] = nothing


def entry_of(system: str) -> Entry:
    """`ENTRY` of `infra/systems/<system>`. Raises TypeError where there is none."""
    module = import_module(f"infra.systems.{system.replace('-', '_')}")
    found = getattr(module, "ENTRY", None)
    if not isinstance(found, Entry):
        raise TypeError(f"{module.__name__}.ENTRY is {found!r}; wanted: an Entry")
    return found
