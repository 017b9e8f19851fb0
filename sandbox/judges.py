"""The judges of a sandbox: who they are, and how a process of the stand-ins reaches them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

from sandbox.contract import Judge
from sandbox.faults import Inject, no_fault
from sandbox.reflection.schema import Schemas
from sandbox.tools import REPOSITORY, ToolMissing
from sandbox.world import World

Aws = Literal["moto", "schema", "plugin"]
"""Who keeps AWS's things: moto beside the stand-in, the stand-in alone, or the real plugin against moto."""


DEFINITIONS = REPOSITORY.parent / "shared" / "crds"
"""Definitions of custom kinds that a workstation may hold beside the checkout; objects of other kinds stay with the stand-in alone."""


@dataclass(frozen=True)
class Kubernetes:
    """Who keeps Kubernetes objects beside the stand-in: nobody, an API server of our own, or a cluster that a person named.

    `confirmed` is the address of the API server that the person expects behind `kubeconfig`, so that no cluster is met by accident.
    """

    own: bool = False
    kubeconfig: Path | None = None
    confirmed: str = ""


@dataclass(frozen=True)
class Choice:
    """Which judges a session has."""

    aws: Aws = "schema"
    kubernetes: Kubernetes = Kubernetes()

    def arguments(self) -> list[str]:
        return ["--judges", self.text()]

    def text(self) -> str:
        path = self.kubernetes.kubeconfig
        kubernetes = {**asdict(self.kubernetes), "kubeconfig": str(path) if path else None}
        return json.dumps({"aws": self.aws, "kubernetes": kubernetes})

    @classmethod
    def parse(cls, text: str) -> Choice:
        found = cast("dict[str, Any]", json.loads(text))
        kubernetes = cast("dict[str, Any]", found["kubernetes"])
        path = kubernetes["kubeconfig"]
        return cls(found["aws"], Kubernetes(kubernetes["own"], Path(path) if path else None, kubernetes["confirmed"]))


class Otherwise(Exception):
    """What a person asked for does not go with what the state holds, or with what it was confirmed for."""


def settled(state: Path, aws: Aws | None, kubernetes: Kubernetes | None, fresh: Aws = "moto") -> Choice:
    """What a state's things stand before, once it holds any; before that what is asked for, `fresh` where nobody said.

    Raises Otherwise when they would change judges in mid-life (the new ones would not know of them), and for a kubeconfig that does not
    lead to the cluster that was confirmed.
    """
    if kubernetes and kubernetes.kubeconfig:
        kubernetes = confirmed(kubernetes, kubernetes.kubeconfig)
    file = state / "judges.json"
    before = Choice.parse(file.read_text(encoding="utf-8")) if file.exists() else None
    if before is None and _holds(state):
        before = Choice()  # from before there were judges
    wanted = Choice(
        aws or (before.aws if before else fresh), kubernetes if kubernetes is not None else before.kubernetes if before else Kubernetes()
    )
    if before and wanted != before and _holds(state):
        raise Otherwise(
            f"the things in {state} stand before other judges ({told(before)}) than those asked for ({told(wanted)}):"
            " destroy the stacks there first, or give another --state"
        )
    if wanted != before:
        file.write_text(wanted.text(), encoding="utf-8")
    return wanted


def confirmed(kubernetes: Kubernetes, path: Path) -> Kubernetes:
    """The same with the whole path. Raises Otherwise unless the address behind the kubeconfig is the confirmed one."""
    from sandbox.kubernetes.kubeconfig import server

    try:
        address = server(path.expanduser().read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Otherwise(f"KUBECONFIG={path}: {error}") from None
    if kubernetes.confirmed != address:
        given = f"confirmed was {kubernetes.confirmed!r}" if kubernetes.confirmed else "nothing was confirmed"
        raise Otherwise(
            f"KUBECONFIG={path} leads to {address}, and {given}: objects of the stack would be made and deleted there."
            f" If that is what you want, add CONFIRM={address}"
        )
    return replace(kubernetes, kubeconfig=path.expanduser().resolve())


def told(choice: Choice) -> str:
    """`AWS=moto KUBE=1`, as the Makefile takes it."""
    kubernetes = choice.kubernetes
    kube = f" KUBECONFIG={kubernetes.kubeconfig}" if kubernetes.kubeconfig else " KUBE=1" if kubernetes.own else ""
    return f"AWS={choice.aws}{kube}"


def _holds(state: Path) -> bool:
    if not (state / "world.db").exists():
        return False
    with contextlib.closing(World(state)) as world:
        return any(record.package in ("aws", "kubernetes") for record in world.all())


def unheard(line: str) -> None:
    del line


def judges(
    state: Path, choice: Choice, schemas: Schemas, inject: Inject = no_fault, log: Callable[[str], None] = unheard
) -> dict[str, Judge]:
    """By package; each starts what it needs when first asked. `inject` gives the fault that one attempt meets (service, operation)."""

    def heard(service: str, operation: str) -> str | None:
        if fault := inject(service, operation):
            log(f"met by a fault ({fault}): {service} {operation}")
        return fault

    found: dict[str, Judge] = {}
    if choice.aws == "moto":
        from sandbox.aws.moto import daemon
        from sandbox.aws.moto.client import Endpoint
        from sandbox.aws.moto.judge import Moto

        found["aws"] = Moto(Endpoint(lambda: daemon.ensure(state), heard), schemas)
    if choice.kubernetes.own or choice.kubernetes.kubeconfig:
        from sandbox.kubernetes.faults import decide
        from sandbox.kubernetes.judge import ApiServer
        from sandbox.kubernetes.planes import Planes

        found["kubernetes"] = ApiServer(Planes(state, choice.kubernetes.kubeconfig, decide(heard)), DEFINITIONS, log)
    return found


PLUGIN = "pulumi-resource-aws"


def environment(state: Path, choice: Choice) -> dict[str, str]:
    """What sends the real AWS plugin to moto; empty where the stand-in serves. Raises ToolMissing without a plugin on PATH."""
    if choice.aws != "plugin":
        return {}
    from sandbox.aws.moto import daemon

    if shutil.which(PLUGIN) is None:
        raise ToolMissing(
            f"{PLUGIN} is not on PATH: unpack the release of pulumi-aws that uv.lock names and put it there, or leave AWS=plugin out"
        )
    return {
        "AWS_ENDPOINT_URL": daemon.ensure(state),
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_S3_USE_PATH_STYLE": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def where(state: Path) -> dict[str, str]:
    """The judges that run, and how a person looks at them."""
    from sandbox.aws.moto import daemon
    from sandbox.kubernetes.planes import planes

    url = daemon.running(state)
    found = {"moto": f"aws --endpoint-url {url} …"} if url else {}
    running = {address: plane for address, plane in planes(state).items() if plane.processes()}
    for address, plane in running.items():
        name = "kubernetes" if len(running) == 1 else f"kubernetes, {address}"
        found[name] = f"kubectl --kubeconfig {plane.kubeconfig} …"
    return found


def stop(state: Path) -> list[str]:
    """Ends the judges of this state, and says which ran. What they keep stays on disk."""
    from sandbox.aws.moto import daemon
    from sandbox.kubernetes.planes import planes

    ended = ["moto"] if daemon.stop(state) else []
    for address, plane in planes(state).items():
        if plane.processes():
            plane.stop()
            ended.append(f"the API server of {address}")
    return ended
