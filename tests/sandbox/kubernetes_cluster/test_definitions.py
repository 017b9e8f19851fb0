"""Definitions come lean, once each, and for what was asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.kubernetes.cluster.definitions import definitions
from tests.sandbox.kubernetes_cluster.samples import definition


def described(group: str, kind: str) -> dict[str, Any]:
    made = definition(group, kind)
    schema = made["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["description"] = "much prose"
    schema["properties"]["spec"]["properties"]["description"] = {"type": "string", "description": "a property of that name"}
    made["spec"]["conversion"] = {"strategy": "Webhook"}
    made["metadata"]["annotations"] = {"cert-manager.io/inject-ca-from": "a/b", "kept": "yes"}
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "webhook"}}
    documents = [service, described("boxes.example", "Box"), described("boxes.example", "Lid"), described("other.example", "Other")]
    (tmp_path / "boxes.yaml").write_text(yaml.safe_dump_all(documents))
    (tmp_path / "again.yaml").write_text(yaml.safe_dump_all([described("boxes.example", "Box")]))
    return tmp_path


def names(found: list[dict[str, Any]]) -> list[str]:
    return sorted(one["metadata"]["name"] for one in found)


def test_a_group_comes_whole_and_each_definition_once(folder: Path) -> None:
    assert names(definitions(folder, ["boxes.example"])) == ["boxs.boxes.example", "lids.boxes.example"]


def test_only_the_kinds_in_use(folder: Path) -> None:
    assert names(definitions(folder, ["boxes.example", "other.example"], ["Lid", "Other"])) == [
        "lids.boxes.example",
        "others.other.example",
    ]


def test_no_folder_no_definitions(tmp_path: Path) -> None:
    assert definitions(tmp_path / "absent", ["boxes.example"]) == []


def test_they_are_lean_and_need_no_other_program(folder: Path) -> None:
    (found,) = definitions(folder, ["other.example"])
    schema = found["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    assert "description" not in schema
    assert schema["properties"]["spec"]["properties"]["description"] == {"type": "string"}
    assert "conversion" not in found["spec"]
    assert found["metadata"]["annotations"] == {"kept": "yes"}


def test_of_two_channels_the_one_that_the_cluster_gets(tmp_path: Path) -> None:
    for file, kind in (("gateway-api.yaml", "Gateway"), ("gateway-api-experimental.yaml", "TCPRoute")):
        (tmp_path / file).write_text(yaml.safe_dump(definition("gateway.networking.k8s.io", kind)))
    assert names(definitions(tmp_path, ["gateway.networking.k8s.io"])) == ["tcproutes.gateway.networking.k8s.io"]
