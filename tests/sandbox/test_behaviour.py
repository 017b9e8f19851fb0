"""Latency, faults and recovery, decided without an engine."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

from sandbox.contract import Record, Refused
from sandbox.faults import ATTEMPTS, Fault, Faults
from sandbox.latency import Clock, latency
from sandbox.recover import outcomes, pending_creates, recover, settled
from sandbox.world import World


@pytest.mark.parametrize(
    ("type_", "inputs", "operation", "seconds"),
    [
        ("aws:eks/cluster:Cluster", {}, "create", 600),
        ("aws:eks/nodeGroup:NodeGroup", {}, "create", 180),
        ("aws:rds/instance:Instance", {"multiAz": True}, "create", 900),
        ("aws:rds/instance:Instance", {}, "create", 480),
        ("aws:ec2/natGateway:NatGateway", {}, "create", 120),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "Interface"}, "create", 60),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {}, "create", 5),
        ("kubernetes:helm.sh/v3:Release", {}, "create", 45),
        ("kubernetes:core/v1:ConfigMap", {}, "create", 1),
        ("aws:sqs/queue:Queue", {}, "delete", 2),
        ("random:index/randomPassword:RandomPassword", {}, "create", 0),
    ],
)
def test_the_clouds_take_their_time(type_: str, inputs: dict[str, Any], operation: Any, seconds: float) -> None:
    assert latency(type_, inputs, operation) == seconds


def test_the_time_scale_divides_every_wait() -> None:
    waits: list[float] = []
    Clock(latency, 600).wait("aws:eks/cluster:Cluster", {}, "create", waits.append)
    Clock().wait("aws:eks/cluster:Cluster", {}, "create", waits.append)
    assert waits == [1.0]


@pytest.mark.parametrize("text", ["throttle:2", "throttle:x", "fail:", "explode:x", "crash"])
def test_a_fault_that_is_none_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(ValueError, match="--fault"):
        Fault.parse(text)


def throttled(state: Path, share: str, seed: int) -> list[int]:
    faults = Faults([Fault("throttle", share)], seed, state)
    return [faults.throttle("create", f"urn:{number}", lambda _: None) for number in range(300)]


def test_throttling_strikes_the_given_share_and_the_same_calls_again(tmp_path: Path) -> None:
    counts = throttled(tmp_path, "0.05", 1)
    assert 5 <= sum(1 for count in counts if count) <= 30
    assert counts == throttled(tmp_path, "0.05", 1)
    assert counts != throttled(tmp_path, "0.05", 2)


def test_endless_throttling_is_an_error_of_the_cloud(tmp_path: Path) -> None:
    waits: list[float] = []
    with pytest.raises(Refused, match="ThrottlingException"):
        Faults([Fault("throttle", "1")], 0, tmp_path).throttle("create", "urn", waits.append)
    assert len(waits) == ATTEMPTS


def test_a_create_fails_once_and_another_process_remembers(tmp_path: Path) -> None:
    faults = Faults([Fault.parse("fail:aws:rds/*")], 0, tmp_path)
    faults.fail("aws:ec2/vpc:Vpc", "net")
    with pytest.raises(Refused):
        faults.fail("aws:rds/instance:Instance", "db")
    faults.fail("aws:rds/instance:Instance", "db")
    Faults([Fault.parse("fail:aws:rds/*")], 0, tmp_path).fail("aws:rds/instance:Instance", "db")
    ((fault, mark),) = faults.spent()
    mark.unlink()
    assert str(fault) == "fail:aws:rds/*"
    with pytest.raises(Refused):
        faults.fail("aws:rds/instance:Instance", "db")


URN = "urn:pulumi:prod::p::aws:ec2/vpc:Vpc::net"


def state_with(*operations: dict[str, Any], resources: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"manifest": 1, "resources": list(resources), "pending_operations": list(operations)}


def creating(urn: str) -> dict[str, Any]:
    return {"type": "creating", "resource": {"urn": urn, "custom": True, "type": "aws:ec2/vpc:Vpc", "parent": "p"}}


def test_only_creates_are_pending() -> None:
    state = state_with(creating(URN), {"type": "updating", "resource": {"urn": "other"}})
    assert pending_creates(state) == (URN,)
    assert pending_creates({}) == ()


def test_a_replacements_predecessor_is_not_what_the_create_made(tmp_path: Path) -> None:
    world = World(tmp_path)
    state = state_with(creating(URN), resources=({"urn": URN, "id": "old"},))
    world.put(Record("aws", "aws:ec2/vpc:Vpc", "old", URN, "1", "eu-west-1", {}, {}))
    assert outcomes((URN,), state, world) == {}
    world.put(Record("aws", "aws:ec2/vpc:Vpc", "new", URN, "1", "eu-west-1", {}, {}))
    assert outcomes((URN,), state, world) == {URN: "new"}
    world.close()


def test_a_settled_state_holds_what_was_made_and_deletes_what_it_replaced() -> None:
    made = settled(state_with(creating(URN), creating("lost"), resources=({"urn": URN, "id": "old"},)), {URN: "new"})
    assert "pending_operations" not in made
    assert made["manifest"] == 1
    assert made["resources"] == [
        {"urn": URN, "id": "old", "delete": True},
        {"urn": URN, "custom": True, "type": "aws:ec2/vpc:Vpc", "parent": "p", "id": "new"},
    ]
    waiting = settled(state_with(creating(URN), resources=({"urn": URN, "id": "old", "pendingReplacement": True},)), {URN: "new"})
    assert [one["id"] for one in waiting["resources"]] == ["new"]


def no_command(*args: str, check: bool) -> NoReturn:
    raise AssertionError(f"nothing is pending, yet pulumi {args} ran")


def lock(world: World, pid: int, host: str) -> Path:
    file = world.state / "backend/.pulumi/locks/organization/p/prod/a.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"pid": pid, "hostname": host, "timestamp": "2026-01-01T00:00:00Z", "username": "u"}))
    return file


def test_the_lock_of_a_dead_process_is_released_and_no_other(tmp_path: Path) -> None:
    world = World(tmp_path)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    here = socket.gethostname()
    file = lock(world, dead.pid, here)
    (line,) = recover(no_command, "prod", world)
    assert str(dead.pid) in line
    assert not file.exists()
    assert recover(no_command, "prod", world) == []

    file = lock(world, dead.pid, "another-host")
    assert recover(no_command, "prod", world) == []
    assert file.exists()

    lock(world, os.getpid(), here)  # lives, but is no pulumi: the number was given away again
    assert len(recover(no_command, "prod", world)) == 1
    world.close()
