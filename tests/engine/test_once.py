"""A Job of the first installation: changes of it run nothing, and it runs again when somebody asks, as it is described by then."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from sandbox.contract import Record
from sandbox.launcher import Session, session
from tests.engine.programs import project

pytestmark = pytest.mark.engine

PROGRAM = '''
import pulumi
import pulumi_kubernetes as kubernetes

from components.workloads.job import OneOff
from components.workloads.spec import JobSpec, PodSpec, Resources
from components.workloads.wiring import Wiring

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: test
clusters: [{name: test, cluster: {server: "https://127.0.0.1:6443"}}]
users: [{name: test, user: {}}]
contexts: [{name: test, context: {cluster: test, user: test}}]
"""
version = pulumi.Config().require("version")
cluster = kubernetes.Provider("cluster", kubeconfig=KUBECONFIG)
small = Resources(requests_cpu="50m", requests_memory="64Mi", limits_cpu="100m", limits_memory="128Mi")
seed = JobSpec(
    name="seed",
    namespace="default",
    pod=PodSpec(image=f"registry.example/seed:{version}", labels={"app": "seed"}, resources=small),
    files={"seed.sql": f"SELECT '{version}'"},
    once=True,
)
OneOff("seed", seed, Wiring(namespace="default", resolve=str), pulumi.ResourceOptions(provider=cluster))
'''
JOB, FILES = "kubernetes:batch/v1:Job", "kubernetes:core/v1:ConfigMap"


@pytest.fixture
def started(tmp_path: Path) -> Generator[Session]:
    with session(tmp_path / "state", cwd=project(tmp_path / "project", PROGRAM)) as opened:
        opened.run("stack", "init", "dev", check=True)
        yield opened


def up(started: Session, version: str) -> None:
    started.run("config", "set", "version", version, check=True)
    ran = started.run("up", "--yes")
    assert ran.returncode == 0, ran.stdout + ran.stderr


def standing(started: Session) -> tuple[Record, Record]:
    world = started.world()
    (job,), (files,) = world.all(JOB), world.all(FILES)
    return job, files


def seen(started: Session) -> tuple[str, str, dict[str, Any]]:
    """Which object it is, its image, and its files."""
    job, files = standing(started)
    return job.outputs["metadata"]["uid"], job.inputs["spec"]["template"]["spec"]["containers"][0]["image"], files.inputs["data"]


@pytest.mark.requirement("SN-09")
def test_it_runs_once_and_again_only_when_somebody_asks(started: Session) -> None:
    up(started, "one")
    first = seen(started)
    assert first[1:] == ("registry.example/seed:one", {"seed.sql": "SELECT 'one'"})

    up(started, "two")
    assert seen(started)[:2] == first[:2]

    assert started.run("up", "--yes", "--replace", standing(started)[0].urn).returncode == 0
    assert seen(started)[1:] == ("registry.example/seed:two", {"seed.sql": "SELECT 'two'"})

    started.world().remove(standing(started)[0])
    started.run("refresh", "--yes", check=True)
    up(started, "three")
    assert seen(started)[1:] == ("registry.example/seed:three", {"seed.sql": "SELECT 'three'"})
