"""The real engine runs the pack over a recorded state."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.tools import REPOSITORY

pytestmark = pytest.mark.engine

PROVIDER = "urn:pulumi:prod::eu-cloud::pulumi:providers:aws::milan"


def recorded(type_: str, name: str, inputs: dict[str, object]) -> dict[str, object]:
    owner = {} if type_.startswith("pulumi:") else {"provider": f"{PROVIDER}::p"}
    urn = f"urn:pulumi:prod::eu-cloud::{type_}::{name}"
    return {"urn": urn, "custom": True, "id": "p", "type": type_, "inputs": inputs, "outputs": inputs, **owner}


def analyze(folder: Path, *resources: dict[str, object]) -> subprocess.CompletedProcess[str]:
    file = folder / "state.json"
    manifest = {"time": "2030-01-01T00:00:00Z", "magic": "", "version": ""}
    file.write_text(json.dumps({"version": 3, "deployment": {"manifest": manifest, "resources": resources}}))
    command = ["pulumi", "policy", "analyze", "--file", str(file), "--policy-pack", str(REPOSITORY / "policies")]
    launcher = [sys.executable, "-m", "sandbox", "--state", str(folder / "sandbox"), "--", *command]
    return subprocess.run(launcher, cwd=REPOSITORY, env=os.environ, capture_output=True, text=True, timeout=180, check=False)


def test_the_engine_stops_at_a_replica_in_london_and_names_it(tmp_path: Path) -> None:
    provider = recorded("pulumi:providers:aws", "milan", {"region": "eu-south-1"})
    table = recorded("aws:dynamodb/table:Table", "orders", {"replicas": [{"regionName": "eu-west-2"}]})
    ran = analyze(tmp_path, provider, table)
    assert ran.returncode != 0
    assert 'RES-03 aws:dynamodb/table:Table "orders" at replicas[0].regionName = "eu-west-2": London, GB is outside the EU' in ran.stdout
    assert "[mandatory]" in ran.stdout


def test_the_engine_passes_what_stays_in_milan(tmp_path: Path) -> None:
    provider = recorded("pulumi:providers:aws", "milan", {"region": "eu-south-1"})
    queue = recorded("aws:sqs/queue:Queue", "jobs", {"name": "jobs"})
    ran = analyze(tmp_path, provider, queue)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "eu-residency" in ran.stdout
