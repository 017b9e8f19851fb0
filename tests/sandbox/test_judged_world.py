"""The seam between stand-ins and judges: whatever happens on the way, a thing stands at its judge once, and the world knows of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sandbox.contract import UNKNOWN, UNREACHABLE, Instance, Intent, Made, Properties, Record, Refused, Request, Seen
from sandbox.faults import Fault, Faults
from sandbox.hub import Hub
from sandbox.instances import ACCOUNT, Session
from sandbox.judges import Choice, Kubernetes, Otherwise, settled
from sandbox.latency import Clock
from sandbox.world import World
from tests.sandbox.tiny import BOX, stand_ins

REGION = "eu-south-1"
INSTANCE = Instance("aws", "urn:provider", {"region": REGION})
SESSION = Session(INSTANCE, ACCOUNT, REGION)


@dataclass
class Warehouse:
    """Keeps boxes by token; refuses heavy ones, dies on cursed ones once they are made, gives no answer about far ones."""

    boxes: dict[str, Properties] = field(default_factory=dict[str, Properties])
    tried: list[Properties] = field(default_factory=list[Properties])
    away: bool = False

    def judges(self, type_: str) -> bool:
        return type_ == BOX

    def intends(self, request: Request, inputs: Properties) -> str:
        return request.name

    def preview(self, request: Request, inputs: Properties, prior: Record | None) -> None:
        self.tried.append(inputs)
        if inputs.get("size") == "heavy":
            raise Refused("TooHeavy", "the warehouse carries no heavy box")

    def create(self, request: Request, inputs: Properties, token: str) -> Made:
        if inputs.get("size") == "heavy":
            raise Refused("TooHeavy", "the warehouse carries no heavy box")
        self.boxes[token] = inputs
        if inputs.get("size") == "cursed":
            raise ConnectionResetError("the process died")
        if inputs.get("size") == "far":
            raise Refused(UNREACHABLE, "the warehouse gives no answer")
        return Made(f"shelf-{len(self.boxes)}", {"arn": f"arn:warehouse:{len(self.boxes)}"}, {"content": str(inputs.get("content"))})

    def update(self, request: Request, inputs: Properties, prior: Record) -> Made:
        self.boxes[self._token(prior)] = inputs
        return Made(None, {}, {"content": str(inputs.get("content"))})

    def read(self, record: Record) -> Seen | None:
        found = next((box for box in self.boxes.values() if box["name"] == record.inputs["name"]), None)
        if found is None:
            return None
        return Seen({**record.inputs, **found}, {**record.outputs, **found}, {"content": str(found.get("content"))})

    def delete(self, record: Record) -> None:
        del self.boxes[self._token(record)]

    def settle(self, intent: Intent) -> str | None:
        if self.away:
            raise Refused(UNREACHABLE, "the warehouse gives no answer")
        return intent.name if self.boxes.pop(intent.token, None) else None

    def leaving(self, record: Record) -> None:
        if record.inputs.get("content") == "treasure":
            raise Refused("Kept", "its content would be left behind")

    def gone(self, record: Record) -> None:
        self.tried.append({"gone": record.id})

    def _token(self, record: Record) -> str:
        return next(token for token, box in self.boxes.items() if box["name"] == record.inputs["name"])


Open = Callable[..., tuple[Hub, Warehouse]]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """A hub on the same world each time, as the next process of the stand-ins would be."""
    warehouse = Warehouse()

    def open_(*faults: str) -> tuple[Hub, Warehouse]:
        met = Faults([Fault.parse(text) for text in faults], 0, tmp_path)
        return Hub(World(tmp_path), stand_ins(tmp_path), Clock(), met, print, {"aws": warehouse}), warehouse

    return open_


def request(name: str = "one") -> Request:
    return Request(INSTANCE, f"urn:pulumi:s::p::{BOX}::{name}", BOX, name)


def test_what_the_judge_says_goes_before_what_the_stand_in_would_invent(opened: Open):
    hub, warehouse = opened()
    id_, outputs = hub.create(SESSION, request(), {"name": "one"})

    assert len(warehouse.boxes) == 1
    assert outputs["arn"] != "arn:warehouse:1", "the tiny stand-in knows nothing of judges"
    assert id_ in {record.id for record in hub.world.all()}
    assert hub.world.intents() == []


def test_what_the_judge_refuses_stands_nowhere(opened: Open):
    hub, warehouse = opened()
    with pytest.raises(Refused, match="TooHeavy: the warehouse carries no heavy box"):
        hub.create(SESSION, request(), {"name": "one", "size": "heavy"})

    assert (list(hub.world.all()), warehouse.boxes, hub.world.intents()) == ([], {}, [])


def test_a_dry_run_goes_to_the_judge_unless_something_is_unknown(opened: Open):
    hub, warehouse = opened()
    hub.preview(SESSION, request(), {"name": "one", "content": UNKNOWN})
    assert warehouse.tried == []
    with pytest.raises(Refused, match="TooHeavy"):
        hub.preview(SESSION, request(), {"name": "one", "size": "heavy"})


def test_a_preview_of_an_update_remembers_what_the_cloud_added_inside_of_what_was_given(opened: Open):
    hub, _ = opened()
    labels: Properties = {"kept": "1", "dropped": "2", "inner": {"asked": True}}
    given: Properties = {"name": "one", "labels": labels}
    stood: Properties = {"name": "one", "labels": {**labels, "computed": "3", "inner": {"asked": True, "authority": "4"}}}
    wanted = {"name": "one", "labels": {"kept": "5", "inner": {"asked": False}}}

    foreseen = hub.preview(SESSION, request(), wanted, (given, stood))

    assert foreseen["labels"] == {"kept": "5", "computed": "3", "inner": {"asked": False, "authority": "4"}}


def test_what_a_dead_process_left_at_the_judge_is_taken_away_by_the_next_one(opened: Open):
    hub, warehouse = opened()
    with pytest.raises(ConnectionResetError):
        hub.create(SESSION, request(), {"name": "one", "size": "cursed"})
    assert len(warehouse.boxes) == 1, "it is there, and nobody knows"
    warehouse.boxes |= {"somebody else's": {"name": "other"}}
    hub.world.intend(Intent("lost", "aws", BOX, "urn", ACCOUNT, REGION, "lost"))
    warehouse.boxes["lost"] = {"name": "lost"}

    following, _ = opened()
    following.settle()
    assert "lost" not in warehouse.boxes
    assert "somebody else's" in warehouse.boxes
    assert following.world.intents() == []


def test_what_a_judge_made_that_gave_no_answer_is_taken_away_once_it_is_back(opened: Open):
    hub, warehouse = opened()
    with pytest.raises(Refused, match="Unreachable: the warehouse gives no answer"):
        hub.create(SESSION, request(), {"name": "one", "size": "far"})
    assert list(hub.world.all()) == []
    assert len(warehouse.boxes) == len(hub.world.intents()) == 1

    warehouse.away = True
    following, _ = opened()
    following.settle()
    assert len(warehouse.boxes) == len(following.world.intents()) == 1, "it stays on the list"

    warehouse.away = False
    last, _ = opened()
    last.settle()
    assert (warehouse.boxes, last.world.intents()) == ({}, [])


def test_drift_at_the_judge_is_read_and_written_down(opened: Open):
    hub, warehouse = opened()
    id_, _ = hub.create(SESSION, request(), {"name": "one", "content": "sand"})
    (token,) = warehouse.boxes
    warehouse.boxes[token] = {"name": "one", "content": "gold"}

    inputs, outputs = hub.read(SESSION, request(), id_, ({}, {})) or ({}, {})
    assert (inputs["content"], outputs["content"]) == ("gold", "gold")
    assert [record.inputs["content"] for record in hub.world.all()] == ["gold"], "the next update sees what there is to change"

    del warehouse.boxes[token]
    assert hub.read(SESSION, request(), id_, ({}, {})) is None
    assert list(hub.world.all()) == []
    assert {"gone": id_} in warehouse.tried, "what it held is gone too"


def test_a_deletion_goes_to_the_judge_and_may_be_held_back_by_one(opened: Open):
    hub, warehouse = opened()
    kept, _ = hub.create(SESSION, request(), {"name": "one", "content": "treasure"})
    with pytest.raises(Refused, match="Kept"):
        hub.delete(SESSION, request(), kept)
    assert len(warehouse.boxes) == 1

    other, _ = hub.create(SESSION, request("two"), {"name": "two"})
    hub.delete(SESSION, request("two"), other)
    assert [box["name"] for box in warehouse.boxes.values()] == ["one"]
    assert {"gone": other} in warehouse.tried


def test_a_thing_that_the_engine_never_heard_of_goes_from_its_judge_too(opened: Open):
    hub, warehouse = opened()
    hub.create(SESSION, request(), {"name": "one"}, alive=lambda: False)
    hub.create(SESSION, request(), {"name": "renamed"})

    assert [box["name"] for box in warehouse.boxes.values()] == ["renamed"]


def test_a_judge_may_be_busy_or_lose_one_answer(tmp_path: Path):
    met = Faults([Fault.parse("busy:1"), Fault.parse("drop:Create*")], 0, tmp_path)
    assert [met.inject("ec2", operation) for operation in ("DescribeVpcs", "CreateVpc", "CreateVpc")] == ["throttle", "drop", "throttle"]


@pytest.mark.parametrize("text", ["busy:2", "busy:often", "drop:", "slow:1"])
def test_a_fault_that_does_not_exist_is_refused(text: str):
    with pytest.raises(ValueError, match=f"--fault '{text}': "):
        Fault.parse(text)


def test_a_state_keeps_the_judges_that_it_was_begun_with(tmp_path: Path, opened: Open):
    assert settled(tmp_path, None, None) == Choice("moto")
    assert settled(tmp_path, "schema", Kubernetes(own=True)) == Choice("schema", Kubernetes(own=True)), "nothing stands there yet"
    hub, _ = opened()
    hub.create(SESSION, request(), {"name": "one"})

    assert settled(tmp_path, None, None) == Choice("schema", Kubernetes(own=True))
    with pytest.raises(Otherwise, match=r"\(AWS=schema KUBE=1\) than those asked for \(AWS=moto KUBE=1\)"):
        settled(tmp_path, "moto", None)


def test_a_world_from_before_there_were_judges_stays_without(tmp_path: Path, opened: Open):
    hub, _ = opened()
    hub.create(SESSION, request(), {"name": "one"})
    assert settled(tmp_path, None, None) == Choice("schema")


KUBECONFIG = """
clusters: [{name: mine, cluster: {server: "https://10.0.0.1:6443"}}]
users: [{name: me, user: {}}]
contexts: [{name: here, context: {cluster: mine, user: me}}]
current-context: here
"""


def test_a_cluster_of_ones_own_is_touched_only_when_its_address_is_confirmed(tmp_path: Path):
    file = tmp_path / "config"
    file.write_text(KUBECONFIG)
    for given in ("", "https://10.0.0.2:6443"):
        with pytest.raises(Otherwise, match=r"leads to https://10\.0\.0\.1:6443, and .* add CONFIRM=https://10\.0\.0\.1:6443"):
            settled(tmp_path, None, Kubernetes(kubeconfig=file, confirmed=given))
    assert settled(tmp_path, None, Kubernetes(kubeconfig=file, confirmed="https://10.0.0.1:6443")).kubernetes.kubeconfig == file


def test_a_kubeconfig_that_is_none_is_told(tmp_path: Path):
    with pytest.raises(Otherwise, match=r"KUBECONFIG=.*absent: .*No such file"):
        settled(tmp_path, None, Kubernetes(kubeconfig=tmp_path / "absent", confirmed="x"))
