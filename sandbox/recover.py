"""Mends what killed processes left behind, before the next run: a stale lock, creates whose outcome nobody recorded, lost things."""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, cast

from sandbox.aws.moto import daemon
from sandbox.contract import Record
from sandbox.world import World

State = dict[str, Any]
"""A deployment as `pulumi stack export` writes it (resources, pending_operations)."""


class Run(Protocol):
    def __call__(self, *args: str, check: bool) -> subprocess.CompletedProcess[str]: ...


Forget = Callable[[Record], None]
REFRESH = "refresh-needed"
"""In a stack's own folder: the state may hold things that are no more."""


def recover(run: Run, stack: str, world: World, forget: Forget | None = None) -> list[str]:
    """What was mended, one line each. Reads files only (milliseconds) unless something is to mend.

    `stack` is the short name. A create that was cut short is taken into the state when the world has its result, else
    forgotten. What a dead provider made without being able to say so is taken away: the engine dropped its record of it;
    `forget` takes it from its judge too.
    """
    if daemon.died(world.state):
        for one in (world.state / "stacks").glob("*/"):
            (one / REFRESH).touch()
    backend = world.state / "backend" / ".pulumi"
    locks = f"locks/organization/*/{stack}/*.json"
    lines = [_release(lock) for lock in sorted(backend.glob(locks)) if _is_stale(lock)]
    if not any(backend.glob(locks)):
        lines += _finish(backend, stack)
    for path in (*backend.glob(f"stacks/*/{stack}.json"), *backend.glob(f"stacks/*/{stack}.json.gz")):
        latest = cast(State, _load(path).get("checkpoint", {}).get("latest") or {})
        if pending := pending_creates(latest):
            made = outcomes(pending, latest, world)
            lines += _settle(run, stack, pending, made, world)
        lines += _sweep(latest, f"urn:pulumi:{stack}::{path.parent.name}::", world, forget or (lambda _: None))
    asked = world.state / "stacks" / stack / REFRESH
    if asked.exists() and not any(backend.glob(locks)):
        for _ in range(2):  # what a lost cluster held is known to be lost once the cluster is
            run("refresh", "--yes", "--skip-preview", "--stack", stack, check=True)
        asked.unlink()
        lines.append("moto was killed and lost its last seconds: what was made in them is out of the state, the next update makes it anew")
    return lines


def pending_creates(state: State) -> tuple[str, ...]:
    """URNs of creates that began and never ended."""
    operations = cast(list[dict[str, Any]], state.get("pending_operations") or [])
    return tuple(dict.fromkeys(str(one["resource"]["urn"]) for one in operations if one.get("type") == "creating"))


def outcomes(urns: tuple[str, ...], state: State, world: World) -> dict[str, str]:
    """The id of what each pending create made. What the state knows under the URN already is a replacement's predecessor."""
    known = _known(state)
    found = ((urn, [record.id for record in world.by_urn(urn) if (urn, record.id) not in known]) for urn in urns)
    return {urn: ids[-1] for urn, ids in found if ids}


def settled(state: State, made: Mapping[str, str]) -> State:
    """The state without pending operations, in which what was made stands as if its creation had been recorded."""
    resources = cast(list[dict[str, Any]], state.get("resources") or [])
    kept: list[dict[str, Any]] = []
    for resource in resources:
        if resource["urn"] not in made:
            kept.append(resource)
        elif not resource.get("pendingReplacement"):
            # The predecessor of a replacement: the engine deletes it at its next update.
            kept.append({**resource, "delete": True})
    taken: dict[str, dict[str, Any]] = {}
    for operation in cast(list[dict[str, Any]], state.get("pending_operations") or []):
        resource = cast(dict[str, Any], operation["resource"])
        if operation.get("type") == "creating" and resource["urn"] in made:
            taken[resource["urn"]] = {**resource, "id": made[resource["urn"]]}
    rest = {key: value for key, value in state.items() if key != "pending_operations"}
    return {**rest, "resources": [*kept, *taken.values()]}


def _settle(run: Run, stack: str, pending: tuple[str, ...], made: Mapping[str, str], world: World) -> list[str]:
    # The engine's own `refresh --import-pending-creates` loses what it is to import, so the state is edited by export and import.
    exported = cast(dict[str, Any], json.loads(run("stack", "export", "--stack", stack, check=True).stdout))
    exported["deployment"] = settled(exported["deployment"], made)
    with tempfile.NamedTemporaryFile("w", suffix=".json", dir=world.state, encoding="utf-8") as file:
        json.dump(exported, file)
        file.flush()
        run("stack", "import", "--stack", stack, "--file", file.name, check=True)
    if made:
        # Reads the outputs that the cut-short creates never reported.
        targets = [argument for urn in made for argument in ("--target", urn)]
        run("refresh", "--yes", "--skip-preview", "--stack", stack, *targets, check=True)
    return [
        f"{_name(urn)}: its creation was cut short but had succeeded ({made[urn]}): taken into the state"
        if urn in made
        else f"{_name(urn)}: its creation was cut short and had not succeeded: the next update creates it"
        for urn in pending
    ]


def _sweep(state: State, prefix: str, world: World, forget: Forget) -> Iterator[str]:
    known = _known(state) | {(urn, id_) for urn, id_ in outcomes(pending_creates(state), state, world).items()}
    for record in world.unanswered():
        if record.urn.startswith(prefix) and (record.urn, record.id) not in known:
            forget(record)
            world.remove(record)
            yield f"{_name(record.urn)}: a provider died before it could report {record.id}: taken away, the next update creates it anew"


def _known(state: State) -> set[tuple[str, str]]:
    resources = cast(list[dict[str, Any]], state.get("resources") or [])
    return {(str(resource["urn"]), str(resource.get("id", ""))) for resource in resources}


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _release(lock: Path) -> str:
    owner = json.loads(lock.read_text(encoding="utf-8"))
    lock.unlink()
    lock.with_name(f"{lock.name}.attrs").unlink(missing_ok=True)
    return f"released the lock of a run that is no more (process {owner['pid']} of {owner['timestamp']})"


def _finish(backend: Path, stack: str) -> Iterator[str]:
    """Takes away what a write left behind that was cut short: the backend's files are whole, their attributes may be empty.

    Without attributes a file counts as it is; with empty ones the CLI refuses it ("failed to load checkpoint: EOF").
    """
    for attributes in backend.rglob("*.attrs"):
        if attributes.stat().st_size == 0:
            attributes.unlink()
            yield f"a write of {attributes.stem} was cut short: what stood there before counts"
    for partial in backend.glob(f"stacks/*/{stack}.json*.tmp"):
        partial.unlink()


def _is_stale(lock: Path) -> bool:
    """Only for locks of this host: whether another host's process lives cannot be told from here."""
    try:
        owner = json.loads(lock.read_text(encoding="utf-8"))
        return owner["hostname"] == socket.gethostname() and not _is_pulumi(int(owner["pid"]))
    except (OSError, ValueError, KeyError):
        return False


def _is_pulumi(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # someone else's process, which may be the one
    done = subprocess.run(["ps", "-o", "stat=,comm=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, name = done.stdout.strip().partition(" ")
    # The number may have been given to another program since, and a zombie holds nothing.
    return not done.stdout or ("pulumi" in name and not state.startswith("Z"))


def _load(state: Path) -> dict[str, Any]:
    raw = state.read_bytes()
    return cast(dict[str, Any], json.loads(gzip.decompress(raw) if state.suffix == ".gz" else raw))
