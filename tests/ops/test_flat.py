from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from ops.bench.flat import PROGRAM, SECRET, listing, opened, sdk_module, write
from ops.stack.state import SIGNATURE

URN = "urn:pulumi:prod::eu-cloud::"


def recorded(type_: str, name: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"{URN}{type_}::{name}", "type": type_, "custom": True, **more}


def test_the_floor_registers_every_custom_resource_with_its_provider_and_no_component() -> None:
    provider = recorded("pulumi:providers:aws", "eu", inputs={"region": "eu-south-1", "version": "7.51.1", "__internal": {}})
    inputs: dict[str, Any] = {"version": "1.35", "__defaults": []}
    cluster = recorded("aws:eks/cluster:Cluster", "cluster", inputs=inputs, provider=f"{provider['urn']}::id")
    component = {**recorded("eucloud:aws:Network", "network"), "custom": False}

    listed = listing([provider, cluster, component])

    assert listed["providers"] == [{"urn": provider["urn"], "package": "aws", "name": "eu", "inputs": {"region": "eu-south-1"}}]
    assert listed["resources"] == [
        {
            "type": "aws:eks/cluster:Cluster",
            "name": "cluster",
            "module": "pulumi_aws.eks",
            "inputs": {"version": "1.35"},
            "provider": provider["urn"],
        }
    ]


def test_without_types_no_sdk_is_named() -> None:
    resource = {"urn": "urn:pulumi:prod::eu::aws:eks/cluster:Cluster::cluster", "type": "aws:eks/cluster:Cluster", "custom": True}

    assert [one["module"] for one in listing([resource], typed=False)["resources"]] == [None]


def test_secrets_are_opened_wherever_they_are() -> None:
    sealed = {SIGNATURE: SECRET, "plaintext": json.dumps({"password": "p"})}

    assert opened({"a": [sealed], "b": 1}) == {"a": [{"password": "p"}], "b": 1}


@pytest.mark.parametrize(
    ("type_", "module"),
    [
        ("aws:ec2/vpc:Vpc", "pulumi_aws.ec2"),
        ("kubernetes:core/v1:Namespace", "pulumi_kubernetes.core.v1"),
        ("kubernetes:rbac.authorization.k8s.io/v1:Role", "pulumi_kubernetes.rbac.v1"),
        ("kubernetes:helm.sh/v3:Release", "pulumi_kubernetes.helm.v3"),
        ("kubernetes:gateway.networking.k8s.io/v1:Gateway", "pulumi_kubernetes"),
        ("random:index/randomPassword:RandomPassword", "pulumi_random"),
        ("pulumi:pulumi:Stack", None),
        ("eucloud:aws:Network", None),
    ],
)
def test_the_floor_imports_what_a_program_written_by_hand_would(type_: str, module: str | None) -> None:
    assert sdk_module(type_) == module


def test_the_written_project_is_one_that_the_engine_can_run(tmp_path: Path) -> None:
    write(tmp_path / "flat", listing([]), {"name": "eu-cloud", "main": "infra/", "runtime": {"name": "python"}})

    project = json.loads((tmp_path / "flat" / "Pulumi.yaml").read_text())
    assert project == {"name": "flat", "main": ".", "runtime": {"name": "python"}}
    assert ast.parse(PROGRAM)
