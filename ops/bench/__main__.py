"""`make bench`: the numbers that the project holds itself to, as ratios measured in one run. Exits 1 when one is over its bound."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from components.vocabulary import Cloud
from infra.given import given
from infra.settings import KEY, Settings
from ops.bench import measure
from ops.bench.measure import Bench
from ops.bench.path import Path as CriticalPath
from ops.bench.path import Recorded, critical_path
from ops.stack import files
from ops.stack.events import Told
from ops.stack.summary import console
from sandbox.latency import latency
from sandbox.launcher import CommandFailed

ROOT = Path(__file__).resolve().parents[2]
POLICIES = ("--policy-pack", str(ROOT / "policies"))
ORGS = (1, 80, 160)
"""Numbers of organisations: one is the fixed cost, the others are enough that their own time stands out
from what a preview with few of them does meanwhile: previews use both cores by halves."""


@dataclass(frozen=True)
class Number:
    """One measured ratio; without a bound it is told, not judged."""

    what: str
    ratio: float
    bound: float | None
    detail: str

    @property
    def holds(self) -> bool:
        return self.bound is None or self.ratio <= self.bound


def interleaved(runs: int, measures: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """The fastest of each: a busy machine only ever adds. Taken in turns, so that a slow minute falls on all of them."""
    taken: dict[str, list[float]] = {name: [] for name in measures}
    for run in range(runs):
        for name, take in measures.items():
            taken[name].append(take())
            print(f"  {name}: {taken[name][-1]:.1f} s ({run + 1} of {runs})", file=sys.stderr, flush=True)
    return {name: min(seconds) for name, seconds in taken.items()}


def previews(bench: Bench, resources: list[Recorded], runs: int) -> list[Number]:
    custom = sum(1 for one in resources if one.get("custom"))
    floor = bench.write_floor(resources, "floor")
    bare = bench.write_floor(resources, "bare", typed=False)
    with bench.world("previews") as opened:
        engine = bench.engine(opened, "previews")
        taken = interleaved(
            runs,
            {
                "preview": lambda: measure.preview(engine),
                "preview with policies": lambda: measure.preview(engine, *POLICIES),
                "flat program": lambda: measure.preview_floor(opened, floor),
                "flat program without SDKs": lambda: measure.preview_floor(opened, bare),
            },
        )
    whole, policed, flat, untyped = taken.values()
    return [
        Number("preview / flat program", whole / flat, 1.25, f"{whole:.1f} s / {flat:.1f} s, the same {custom} resources"),
        Number(
            "preview / flat program without SDKs",
            whole / untyped,
            None,
            f"{whole:.1f} s / {untyped:.1f} s, raw registrations, no SDK classes",
        ),
        Number("policies on / off", policed / whole, 1.25, f"{policed:.1f} s / {whole:.1f} s"),
    ]


def seconds(resource: Recorded) -> float:
    """What the latency table says for creating it; nothing for components and provider instances."""
    if not resource.get("custom") or resource["type"].startswith("pulumi:"):
        return 0.0
    return latency(resource["type"], resource.get("inputs") or {}, "create")


def described(path: CriticalPath) -> str:
    return " → ".join(urn.rsplit("::", 1)[1] for urn in path.urns)


def makespan(bench: Bench, own: Told, path: CriticalPath, time_scale: float) -> list[Number]:
    """`up` under realistic latencies against the longest chain of waits. `own` is the same `up` without any latency.

    Measured from the first resource's start to the last one's end; the start of program and processes comes before. A time scale
    shrinks the waits and not the engine's own work (a checkpoint for every resource), so that the plain ratio is too high by what
    that work is of the shrunken path. Two figures are judged instead: the excess counted against the path of full size, as a real
    cloud would show it, and what the waits alone added, which shows waits that the recorded dependencies do not explain.
    """
    with bench.world("latency", "realistic", time_scale) as opened:
        _, told = measure.update(bench.engine(opened, "latency"))
    scaled = path.seconds / time_scale
    return [
        Number(
            "makespan / critical path, at full size",
            (path.seconds + told.makespan - scaled) / path.seconds,
            1.05,
            f"{told.makespan} s for {scaled:.0f} s at time scale {time_scale:g}: {told.makespan - scaled:.0f} s over {path.seconds:.0f} s",
        ),
        Number(
            "time that waiting added / critical path",
            (told.makespan - own.makespan) / scaled,
            1.05,
            f"({told.makespan} s - {own.makespan} s without latencies) / {scaled:.0f} s",
        ),
        Number(
            f"makespan / critical path, at time scale {time_scale:g}", told.makespan / scaled, None, f"{told.makespan} s / {scaled:.0f} s"
        ),
    ]


def with_orgs(source: Mapping[str, Any], count: int) -> dict[str, Any]:
    document = copy.deepcopy(dict(source))
    document["config"][KEY]["systems"]["play-new"]["orgs"] = [{"id": f"org{number:03}"} for number in range(count)]
    return document


def growth(bench: Bench, runs: int) -> Number:
    with bench.world("growth") as opened:
        engine = bench.engine(opened, "growth")

        def take(count: int) -> float:
            files.write(engine.config, files.merged(with_orgs(bench.source, count), files.read(engine.config)))
            return measure.preview(engine)

        taken = interleaved(runs, {f"{count} organisations": lambda count=count: take(count) for count in ORGS})
    fixed, some, many = taken.values()
    detail = f"{', '.join(map(str, ORGS))} organisations: {fixed:.1f}, {some:.1f}, {many:.1f} s; linear is 2.01"
    return Number("twice the organisations, above the fixed cost", (many - fixed) / max(some - fixed, 0.1), 2.2, detail)


def table(numbers: list[Number]) -> Table:
    made = Table("what", "ratio", "bound", "", "measured", title_justify="left")
    for number in numbers:
        verdict = "" if number.bound is None else ("holds" if number.holds else "OVER")
        made.add_row(number.what, f"{number.ratio:.2f}", "" if number.bound is None else f"≤ {number.bound}", verdict, number.detail)
    return made


def by_cloud() -> dict[Cloud, Path]:
    """A stack file for each cloud that has one."""
    found = ((Settings.load_file(path).cloud, path) for path in sorted(ROOT.glob("Pulumi.*.yaml")))
    return dict(found)


def starts() -> Table:
    made = Table("program start (imports and settings)", "seconds", "MiB", title_justify="left")
    engine_sdk = measure.start(ROOT, sys.executable, "import pulumi")
    made.add_row("`import pulumi` alone", f"{engine_sdk.seconds:.1f}", str(engine_sdk.mib))
    for cloud, path in sorted(by_cloud().items()):
        taken = min((measure.program_start(ROOT, sys.executable, path, cloud) for _ in range(3)), key=lambda one: one.seconds)
        made.add_row(f"{cloud} ({path.name})", f"{taken.seconds:.1f}", str(taken.mib))
    return made


def measured(bench: Bench, runs: int, time_scale: float) -> list[Number]:
    """Raises CommandFailed when the stack does not come up."""
    bench.clear()
    with bench.world("up") as opened:
        engine = bench.engine(opened, "up")
        whole, own = measure.update(engine)
        resources = measure.recorded(engine)
    path = critical_path(resources, seconds)
    print(f"  up without latencies: {whole:.1f} s, {len(resources)} resources", file=sys.stderr)
    print(f"  critical path: {path.seconds / 60:.0f} min in a real cloud: {described(path)}", file=sys.stderr, flush=True)
    return [*previews(bench, resources, runs), growth(bench, runs), *makespan(bench, own, path, time_scale)]


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    stack: Annotated[str, typer.Option("--stack", "-s")] = "prod",
    runs: Annotated[int, typer.Option(help="Runs of each preview; the fastest counts.")] = 5,
    time_scale: Annotated[
        float, typer.Option(help="Latencies are divided by this; low enough that the engine's own work is small.")
    ] = 10.0,
) -> None:
    """The numbers that the project holds itself to, as ratios measured in one run."""
    source = files.stack_file(ROOT, stack)
    bench = Bench(ROOT, ROOT / ".sandbox" / "bench", stack, files.read(source), given(Settings.load_file(source)))
    try:
        numbers = measured(bench, runs, time_scale)
    except CommandFailed as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None
    finally:
        bench.clear()
    console().print(table(numbers))
    console().print(starts())
    raise typer.Exit(0 if all(number.holds for number in numbers) else 1)


if __name__ == "__main__":
    app()
