"""`python -m sandbox drift …`: looks at the world, and changes it behind the engine's back."""

from __future__ import annotations

import argparse
import copy
import itertools
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from sandbox.contract import Properties, Record
from sandbox.sealing import Secret
from sandbox.world import World

STEP = re.compile(r"\[(\d+)\]|\[\"([^\"]+)\"\]|([^.\[\]]+)")


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox drift", description=__doc__)
    parser.add_argument("--state", type=Path, default=Path(".sandbox"))
    verbs = parser.add_subparsers(dest="verb", required=True)
    listing = verbs.add_parser("list", help="everything that exists: type, id, region, URN")
    listing.add_argument("--type", help="only this type")
    showing = verbs.add_parser("show", help="one thing as JSON; secrets stay hidden")
    setting = verbs.add_parser("set", help="sets a property, for example: drift set my-bucket 'tags.owner' '\"someone\"'")
    deleting = verbs.add_parser("delete", help="takes a thing away")
    for verb in (showing, setting, deleting):
        verb.add_argument("what", help="URN, id, or the resource's logical name")
    setting.add_argument("path", help='dots and brackets: metadata.labels["app.kubernetes.io/name"], ingress[0].fromPort')
    setting.add_argument("value", help="JSON; what is no JSON counts as a string")
    options = parser.parse_args(argv)
    if not (options.state / "world.db").exists():
        print(f"no world at {options.state}", file=sys.stderr)
        return 1
    world = World(options.state)
    try:
        return _run(world, options)
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return 1
    finally:
        world.close()


def change(world: World, what: str, path: str, value: Any) -> Record:
    """Sets `path` in the inputs and the outputs of one thing, as someone with the cloud's console would."""
    record = world.sealed(find(world, what))
    top = _steps(path)[0]
    # What only the cloud computes is no input; what neither side has set yet could have been one.
    configured = top in record.inputs or not record.outputs.get(str(top))
    inputs = _set(record.inputs, path, value) if configured else record.inputs
    changed = replace(record, inputs=inputs, outputs=_set(record.outputs, path, value))
    world.put(changed)
    return changed


def delete(world: World, what: str) -> Record:
    """Takes one thing away without asking whether others need it."""
    record = find(world, what)
    world.remove(record)
    return record


def find(world: World, what: str) -> Record:
    """Raises LookupError when nothing, or more than one thing, answers to that URN, id or logical name."""
    found = [record for record in world.all() if what in (record.urn, record.id)]
    found = found or [record for record in world.all() if record.urn.rpartition("::")[2] == what]
    if not found:
        raise LookupError(f"nothing in the world is called {what!r} (see `python -m sandbox drift list`)")
    if len(found) > 1:
        raise LookupError(f"{what!r} is ambiguous, give the URN:\n" + "\n".join(f"  {record.urn}" for record in found))
    return found[0]


def _run(world: World, options: argparse.Namespace) -> int:
    match options.verb:
        case "list":
            records = sorted(world.all(options.type), key=lambda record: (record.package, record.region, record.type, record.id))
            for record in records:
                print(f"{record.type}\t{record.id}\t{record.region}\t{record.urn}")
            print(f"{len(records)} things", file=sys.stderr)
        case "show":
            record = world.sealed(find(world, options.what))
            print(json.dumps(vars(record), indent=2, default=_hide))
        case "set":
            record = change(world, options.what, options.path, _value(options.value))
            print(f"set {options.path} of {record.type} {record.id}")
        case _:
            record = delete(world, options.what)
            print(f"deleted {record.type} {record.id}")
    return 0


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _hide(value: object) -> str:
    return "[secret]" if isinstance(value, Secret) else str(value)


def _steps(path: str) -> list[str | int]:
    steps: list[str | int] = [int(index) if index else quoted or name for index, quoted, name in STEP.findall(path)]
    if not steps:
        raise LookupError(f"{path!r} is no property path")
    return steps


def _set(properties: Properties, path: str, value: Any) -> Properties:
    steps = _steps(path)
    changed = copy.deepcopy(properties)
    at: Any = changed
    for step, following in itertools.pairwise(steps):
        if isinstance(at, Secret):
            raise LookupError(f"{path!r} lies inside a secret: set the whole of it")
        if isinstance(at, dict):
            at = cast(Properties, at).setdefault(str(step), [] if isinstance(following, int) else {})
        else:
            at = _item(cast(list[Any], at), step, path)
    last = steps[-1]
    if isinstance(at, list):
        _item(cast(list[Any], at), last, path)
        at[cast(int, last)] = value
    elif isinstance(at, dict):
        old = cast(Properties, at).get(str(last))
        at[str(last)] = Secret(value) if isinstance(old, Secret) else value
    else:
        raise LookupError(f"{path!r} leads into a {type(at).__name__}")
    return changed


def _item(items: list[Any], step: str | int, path: str) -> Any:
    if not isinstance(step, int) or step >= len(items):
        raise LookupError(f"{path!r}: a list of {len(items)} has no element {step}")
    return items[step]
