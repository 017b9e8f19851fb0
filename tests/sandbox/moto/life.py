"""A thing's life in moto, told as a table: made, changed, meddled with, repaired, removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.contract import Properties, Record
from tests.sandbox.moto.stage import Bench

Show = Callable[[Any, Record], Any]


@dataclass
class Ground:
    """A network to stand on, made once for all tests."""

    bench: Bench
    vpc: Record
    public: Record
    private: Record
    ids: dict[str, str] = field(default_factory=dict[str, str])
    """Of what a case makes for itself, by name."""

    @staticmethod
    def lay(bench: Bench) -> Ground:
        vpc = bench.make("aws:ec2/vpc:Vpc", {"cidrBlock": "10.20.0.0/16"})
        public, private = (
            bench.make(
                "aws:ec2/subnet:Subnet", {"vpcId": vpc.id, "cidrBlock": f"10.20.{number}.0/24", "availabilityZone": f"eu-south-1{zone}"}
            )
            for number, zone in enumerate("ab")
        )
        return Ground(bench, vpc, public, private)

    def make(self, type_: str, **inputs: Any) -> Record:
        return self.bench.make(type_, inputs)

    def stand(self, name: str, type_: str, /, **inputs: Any) -> str:
        self.ids[name] = self.bench.make(type_, inputs).id
        return self.ids[name]


@dataclass(frozen=True)
class Case:
    """`show` asks boto3; `made`, `changed` and `meddled` are what it tells then. `drift` is what a refresh finds of the meddling."""

    type: str
    service: str
    given: Callable[[Ground], Properties]
    show: Show
    made: Callable[[Ground], Any]
    change: Callable[[Ground], Properties]
    changed: Callable[[Ground], Any]
    meddle: Callable[[Any, Record, Ground], object]
    drift: Callable[[Ground], Properties]
    stays: bool = field(default=False)
    """A setting rather than a thing: it is there also when nobody wants it."""

    @property
    def name(self) -> str:
        return self.type.rpartition(":")[2]


def live(case: Case, ground: Ground) -> None:
    bench, client = ground.bench, ground.bench.boto3(case.service)
    thing = bench.make(case.type, case.given(ground))
    if not case.stays:
        assert bench.settled(thing), "as if its maker had died before it could say so"
        assert bench.drifted(thing) is None
        thing = bench.make(case.type, thing.inputs)
    assert case.show(client, thing) == case.made(ground)
    assert bench.drifted(thing) == {}

    thing = bench.change(thing, case.change(ground))
    assert case.show(client, thing) == case.changed(ground)
    assert bench.drifted(thing) == {}

    case.meddle(client, thing, ground)
    assert bench.drifted(thing) == case.drift(ground)
    thing = repaired(bench, thing)
    assert case.show(client, thing) == case.changed(ground)
    assert bench.drifted(thing) == {}

    bench.remove(thing)
    assert (bench.drifted(thing) is None) is not case.stays


def repaired(bench: Bench, thing: Record) -> Record:
    """What `refresh` and then `up` do: the record as it is seen, changed back to what the program says."""
    seen = bench.look(thing)
    assert seen is not None
    drifted = replace(thing, inputs=seen.inputs, outputs=seen.outputs, observed=seen.observed)
    return bench.change(drifted, {**dict.fromkeys(seen.inputs.keys() - thing.inputs.keys()), **thing.inputs})


def ec2_tags(client: Any, thing: Record) -> dict[str, str]:
    found = client.describe_tags(Filters=[{"Name": "resource-id", "Values": [thing.id]}])["Tags"]
    return {one["Key"]: one["Value"] for one in found}
