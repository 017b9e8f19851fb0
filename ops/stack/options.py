"""Options that the verbs share."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec

import typer

from sandbox.faults import KINDS, Fault
from sandbox.judges import Aws, Kubernetes

P = ParamSpec("P")


@dataclass(frozen=True)
class How:
    """How the sandbox behaves. `aws` and `kubernetes` are None where nobody said: then what the state has already counts."""

    latency: str = "none"
    time_scale: float = 1.0
    faults: tuple[str, ...] = ()
    aws: Aws | None = None
    kubernetes: Kubernetes | None = None


def checked_faults(faults: list[str] | None) -> list[str] | None:
    for text in faults or ():
        try:
            Fault.parse(text)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
    return faults


Stack = Annotated[str, typer.Option("--stack", "-s", help="The middle of Pulumi.<stack>.yaml.")]
Folder = Annotated[Path, typer.Option("--state", envvar="EUCLOUD_STATE", help="Where the sandbox keeps state and world.")]
_Latency = Annotated[str, typer.Option(help="How long operations take: none or realistic.")]
_Scale = Annotated[float, typer.Option("--time-scale", help="Latencies are divided by this.")]
_Faults = Annotated[list[str] | None, typer.Option("--fault", callback=checked_faults, help=f"{KINDS}; may be repeated.")]
_AWS = "Who keeps AWS's things: moto beside the stand-in (the default), the stand-in's schema alone, or the real plugin on moto."
_Aws = Annotated[Aws | None, typer.Option("--aws", help=_AWS)]
_Kube = Annotated[bool | None, typer.Option("--kube", help="Put every Kubernetes object before a real API server of our own.")]
_Kubeconfig = Annotated[Path | None, typer.Option(help="Put them before a cluster of yours instead; needs --confirm.")]
_Confirm = Annotated[str, typer.Option(help="The address of that cluster's API server, as its kubeconfig has it.")]


def _gathered(
    latency: _Latency = "none",
    time_scale: _Scale = 1.0,
    fault: _Faults = None,
    aws: _Aws = None,
    kube: _Kube = None,
    kubeconfig: _Kubeconfig = None,
    confirm: _Confirm = "",
) -> How:
    kubernetes = None if kube is None and kubeconfig is None else Kubernetes(own=bool(kube), kubeconfig=kubeconfig, confirmed=confirm)
    return How(latency, time_scale, tuple(fault or ()), aws, kubernetes)


def sandboxed(verb: Callable[Concatenate[How, P], None]) -> Callable[..., None]:
    """The verb with all options of `_gathered`, which reach it as its first argument."""
    shared = inspect.signature(_gathered, eval_str=True).parameters
    own = {name: parameter for name, parameter in inspect.signature(verb, eval_str=True).parameters.items() if name != "how"}

    @functools.wraps(verb)
    def command(**given: Any) -> None:
        how = _gathered(**{name: value for name, value in given.items() if name in shared})
        verb(how, **{name: value for name, value in given.items() if name in own})  # pyright: ignore[reportCallIssue] # typer calls by name

    parameters = [*own.values(), *shared.values()]
    command.__signature__ = inspect.Signature(parameters)  # pyright: ignore[reportAttributeAccessIssue, reportFunctionMemberAccess] # what typer reads
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command
