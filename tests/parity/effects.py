"""Where a field goes: what is registered otherwise when it is changed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import pulumi

from components.addons.dialect import Dialect
from components.core import Component
from components.platforms import load
from components.platforms.base import Platform
from components.vocabulary import Cloud
from tests.components import aws_wiring, azure_wiring, gcp_wiring
from tests.parity.capabilities import CAPABILITIES
from tests.parity.trials import Declare, Trial, Wiring
from tests.recorder import Recording, Registered, record
from tests.stacks import ANSWERS, STATES

SITES = {Cloud.AWS: aws_wiring.SITE, Cloud.GCP: gcp_wiring.SITE, Cloud.AZURE: azure_wiring.SITE}
WIRINGS: Mapping[Cloud, Wiring] = {Cloud.AWS: aws_wiring, Cloud.GCP: gcp_wiring, Cloud.AZURE: azure_wiring}

ANOTHER, ADDED, REMOVED = "another", "adds", "removes"
PROTECT = "(protect)"
_TRIAL = re.compile(r"\$parity:(\d+)\$")


@dataclass(frozen=True)
class Reach:
    """`path` is a property's, or one of the three words for whole resources. `direct` where the value is seen there as it was given."""

    type: str
    path: str
    direct: bool = False

    @property
    def whole(self) -> bool:
        return self.path in (ANOTHER, ADDED, REMOVED)


@dataclass(frozen=True)
class Effect:
    """`refused` are the messages for values that the cloud cannot serve."""

    reached: tuple[Reach, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """All that was declared in one region of one cloud, by the name of the declaration. `empty` are outputs without a value."""

    resources: Mapping[str, Sequence[Registered]]
    refused: Mapping[str, str]
    empty: Mapping[str, tuple[str, ...]]
    dialect: Dialect


@cache
def effects(cloud: Cloud) -> dict[tuple[str, str], Effect]:
    """By capability and row."""
    found: dict[tuple[str, str], Effect] = {}
    for trial in trials(cloud):
        made = declared(cloud, trial.region)
        name = after(trial)
        if name in made.refused:
            new = Effect((), (made.refused[name],))
        else:
            new = Effect(tuple(difference(made.resources[trial.before], made.resources[name], trial.given)), ())
        known = found.get((trial.capability, trial.row), Effect((), ()))
        reached = sorted({*known.reached, *new.reached}, key=_order)
        found[trial.capability, trial.row] = Effect(_without_repeats(reached), (*known.refused, *new.refused))
    return found


def trials(cloud: Cloud) -> list[Trial]:
    return [trial for capability in CAPABILITIES for trial in capability.trials(cloud)]


def after(trial: Trial) -> str:
    return f"{trial.capability}.{trial.row}={trial.given!r}"


@cache
def declared(cloud: Cloud, region: str) -> Made:
    """One program declares everything, each declaration below a component of its own type: so nothing has the same URN twice."""
    wanted: dict[str, Declare] = {}
    for trial in trials(cloud):
        if trial.region == region:
            wanted |= {trial.before: trial.base, after(trial): trial.changed}
    names = list(wanted)
    components: dict[str, Component[Any]] = {}
    refused: dict[str, str] = {}

    def program() -> Dialect:
        site = dataclasses.replace(SITES[cloud], region=region) if region else SITES[cloud]
        platform = load(cloud, site)
        for number, name in enumerate(names):
            try:
                components[name] = wanted[name](_below(platform, number), WIRINGS[cloud])
            except ValueError as error:
                refused[name] = str(error)
        return platform.dialect()

    # The components' own tests judge what they register.
    recording = record(program, {**STATES, **aws_wiring.STATES}, ANSWERS, checked=False)
    made = _sorted(recording, names)
    published = {name: next(item.outputs for item in made[name] if not item.custom) for name in components}
    return Made(
        resources={name: [item for item in items if item.custom] for name, items in made.items()},
        refused=refused,
        empty={name: tuple(_empty(component.outputs, published[name])) for name, component in components.items()},
        dialect=recording.result,
    )


def outputs(cloud: Cloud) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """By capability: the fields of its outputs, and those of them that have no value on this cloud."""
    made = declared(cloud, "")
    return {
        capability.name: (
            tuple(field.name for field in dataclasses.fields(capability.outputs)),
            made.empty[capability.name],
        )
        for capability in CAPABILITIES
    }


def switches(cloud: Cloud) -> dict[str, bool]:
    """What a dialect says of the add-ons that a cluster needs."""
    members = [name for name, type_ in Dialect.__annotations__.items() if type_ == "bool"]
    return {name: getattr(declared(cloud, "").dialect, name) for name in members}


def _empty(published: Any, recorded: Mapping[str, Any]) -> Iterator[str]:
    """Resources are in no record of outputs, and what an Output holds is nowhere else."""
    for field in dataclasses.fields(published):
        value = getattr(published, field.name)
        known = value if isinstance(value, bool | pulumi.Resource) or _resources(value) else recorded.get(field.name)
        if known in (None, "", (), [], {}):
            yield field.name


def _resources(value: Any) -> bool:
    items = list(cast("Mapping[str, Any]", value).values()) if isinstance(value, Mapping) else value
    return isinstance(items, tuple | list) and any(isinstance(item, pulumi.Resource) for item in cast("list[Any]", items))


def _below(platform: Platform, number: int) -> Platform:
    """The platform, whose components now hang under another one: the estate that it stands on is declared once for all."""
    opts = pulumi.ResourceOptions(parent=platform.root, transformations=[_without_aliases])
    parent = pulumi.ComponentResource(f"parity:{number}", f"trial-{number}", None, opts)
    cast("Any", platform)._opts = pulumi.ResourceOptions(parent=parent)
    return platform


def _without_aliases(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
    """An Azure type has some thirty former names, and the SDK works out an URN for each under each of its parents'."""
    args.opts.aliases = None
    return pulumi.ResourceTransformationResult(args.props, args.opts)


def _sorted(recording: Recording[Any], names: Sequence[str]) -> dict[str, list[Registered]]:
    found: dict[str, list[Registered]] = {name: [] for name in names}
    for item in recording:
        number = _TRIAL.search(item.urn)
        if number:
            found[names[int(number[1])]].append(item)
    return found


def difference(before: Sequence[Registered], after: Sequence[Registered], given: Any) -> Iterator[Reach]:
    """Resources are the same when type and name are. One that got another name is another one."""
    old, new = ({(item.type, item.name): item for item in items} for items in (before, after))
    gone, come = ({type_ for type_, _ in one} for one in (old.keys() - new.keys(), new.keys() - old.keys()))
    yield from (Reach(type_, ANOTHER) for type_ in gone & come)
    yield from (Reach(type_, REMOVED) for type_ in gone - come)
    yield from (Reach(type_, ADDED) for type_ in come - gone)
    for key in old.keys() & new.keys():
        for path, value in _changes(_seen(old[key]), _seen(new[key])):
            yield Reach(key[0], path, direct=_shows(given, value))


def _seen(item: Registered) -> dict[str, Any]:
    """The engine's own protection too: it is what a field of that name sets everywhere."""
    return {**item.inputs, PROTECT: item.protect}


def _changes(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Paths, with `[]` for any item of a list, and the new values."""
    if isinstance(old, dict) and isinstance(new, dict):
        was, now = cast("dict[str, Any]", old), cast("dict[str, Any]", new)
        for key in sorted(was.keys() | now.keys()):
            yield from _changes(was.get(key), now.get(key), f"{path}.{key}" if path else key)
    elif isinstance(old, list) and isinstance(new, list) and len(cast("list[Any]", old)) == len(cast("list[Any]", new)):
        for was, now in zip(cast("list[Any]", old), cast("list[Any]", new), strict=True):
            yield from _changes(was, now, f"{path}[]")
    elif old != new:
        yield path, new


def _shows(given: Any, value: Any) -> bool:
    if isinstance(given, tuple):
        return any(_shows(item, value) for item in cast("tuple[Any, ...]", given))
    if isinstance(given, bool | None):
        return given is not None and value is given
    return value == given or str(given) in str(value)


def _order(one: Reach) -> tuple[bool, bool, bool, str, str]:
    return one.path == PROTECT, not one.direct, one.whole, one.type, one.path


def _without_repeats(reached: Sequence[Reach]) -> tuple[Reach, ...]:
    """A place that one value shows in and another does not is told once. Direct ones come first."""
    first: dict[tuple[str, str], Reach] = {}
    for one in reached:
        first.setdefault((one.type, one.path), one)
    return tuple(first.values())
