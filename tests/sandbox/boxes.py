"""A small Pulumi project over the tiny stand-in, and a session on it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.launcher import Session

TINY = "tests.sandbox.tiny:stand_ins"
PROJECT = "name: tiny\nruntime: python\nmain: infra/\n"
PROGRAM = """
import pulumi


class Provider(pulumi.ProviderResource):
    def __init__(self, name, region):
        super().__init__("aws", name, {"region": region})


class Box(pulumi.CustomResource):
    def __init__(self, name, props, opts):
        super().__init__("aws:tiny/box:Box", name, {"arn": None, "echo": None, **props}, opts)


config = pulumi.Config()
here, there = Provider("here", "eu-central-1"), Provider("there", config.get("there") or "eu-west-1")
base = Box("base", {"labels": {"a": config.get("label") or "1"}}, pulumi.ResourceOptions(provider=here))
for i in range(config.get_int("count") or 4):
    Box(f"box{i}", {"on": base.arn, "name": f"box{i}", "size": config.get("size") or "s"}, pulumi.ResourceOptions(provider=here))
twin = Box("twin", {"name": config.get("twin") or "box0", "content": config.get_secret("content") or "-"},
           pulumi.ResourceOptions(provider=there))
if config.get("exit"):
    raise SystemExit(int(config.get("exit")))
if config.get("raise"):
    raise ValueError(config.get("raise"))
if config.get("error"):
    raise pulumi.RunError(config.get("error"))
if imported := config.get("import"):
    Box("imported", {"name": "box0-copy"}, pulumi.ResourceOptions(provider=here, import_=imported))
pulumi.export("base", base.arn)
pulumi.export("twin", twin.arn)
pulumi.export("echo", twin.echo)
"""


def write_project(folder: Path, program: str = PROGRAM) -> Path:
    (folder / "infra").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(PROJECT)
    (folder / "infra" / "__main__.py").write_text(program)
    return folder


def write_pack(folder: Path, body: str) -> Path:
    folder.mkdir()
    (folder / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (folder / "__main__.py").write_text(body)
    return folder


def checkpoint(session: Session) -> dict[str, Any]:
    return json.loads((session.state / "backend/.pulumi/stacks/tiny/dev.json").read_text())["checkpoint"]["latest"]


def resources(session: Session) -> dict[str, dict[str, Any]]:
    """By logical name."""
    return {one["urn"].rpartition("::")[2]: one for one in checkpoint(session).get("resources", [])}


def configure(session: Session, **values: str) -> None:
    """Sets the stack's configuration to exactly these values (plain)."""
    lines = "".join(f"  tiny:{key}: {json.dumps(value)}\n" for key, value in values.items())
    kept = session.cwd / "Pulumi.dev.yaml"
    head = [line for line in kept.read_text().splitlines() if line.startswith("encryptionsalt")] if kept.exists() else []
    kept.write_text("\n".join(head) + "\nconfig:\n" + lines if lines else "\n".join(head) + "\n")


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
