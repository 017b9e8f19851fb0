"""An account in memory: what a stand-in admits stays in it, as behind the real servicer.

account = Account("eu-central-1")
vpc = account.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")          # fails the test when anything is refused
account.refused("aws:ec2/subnet:Subnet", vpcId="vpc-0…")                # the reason, as the engine would show it
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from sandbox.contract import Checked, Difference, Instance, Properties, Record, Refused, Request, StandIn
from sandbox.standins import stand_ins

OWNER = "123456789012"

DATABASE: dict[str, Any] = {
    "engine": "postgres",
    "engineVersion": "17",
    "instanceClass": "db.m7g.large",
    "allocatedStorage": 100,
    "username": "playnew",
    "manageMasterUserPassword": True,
}


def policy(**changes: Any) -> str:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **changes}
    return json.dumps({"Version": "2012-10-17", "Statement": [{k: v for k, v in statement.items() if v is not None}]})


def trust(**changes: Any) -> str:
    return policy(**{"Action": "sts:AssumeRole", "Resource": None, "Principal": {"Service": "ec2.amazonaws.com"}, **changes})


@cache
def all_stand_ins() -> Mapping[str, StandIn]:
    return stand_ins(Path(gettempdir()) / "eu-cloud-test-schemas")


class Memory:
    def __init__(self) -> None:
        self.records: list[Record] = []
        self.left: dict[tuple[str, str], str] = {}

    def get(self, type_: str, id_: str) -> Record | None:
        return next((r for r in self.records if (r.type, r.id) == (type_, id_)), None)

    def all(self, type_: str | None = None, package: str | None = None) -> Iterable[Record]:
        return [r for r in self.records if type_ in (None, r.type) and package in (None, r.package)]

    def by_output(self, value: str) -> Iterable[Record]:
        return [r for r in self.records if r.id == value or value in (r.outputs.get("arn"), r.outputs.get("name"), r.outputs.get("url"))]

    def put(self, record: Record) -> None:
        self.records = [r for r in self.records if (r.type, r.id) != (record.type, record.id)] + [record]

    def remove(self, record: Record) -> None:
        self.records.remove(record)

    def keep(self, type_: str, id_: str, why: str) -> None:
        self.left[type_, id_] = why

    def kept(self, type_: str, id_: str) -> str | None:
        return self.left.get((type_, id_))


class Account:
    owner = OWNER

    def __init__(self, region: str = "eu-central-1", package: str = "aws", **variables: str) -> None:
        place = {"region": region, "allowedAccountIds": f'["{OWNER}"]'} if package == "aws" else {}
        self.instance = Instance(package, f"urn:provider:{region}", {**place, **variables})
        self.stand_in = all_stand_ins()[package]
        self.region = region
        self.world = Memory()

    def request(self, type_: str, name: str = "thing", seed: bytes = b"seed") -> Request:
        return Request(self.instance, f"urn:{type_}::{name}", type_, name, seed)

    def check(self, type_: str, inputs: Properties, name: str = "thing", olds: Properties | None = None) -> Checked:
        return self.stand_in.check(self.request(type_, name), olds or {}, inputs)

    def failures(self, type_: str, inputs: Properties) -> dict[str, str]:
        """What the check refuses: reasons by path."""
        return {failure.path: failure.reason for failure in self.check(type_, inputs).failures}

    def make(self, type_: str, name: str = "thing", /, **inputs: Any) -> Record:
        checked = self.check(type_, inputs, name)
        assert not checked.failures, checked.failures
        request = self.request(type_, name)
        self.stand_in.admit(request, checked.inputs, None, self.world)
        id_, outputs = self.stand_in.create(request, checked.inputs, None, self.world)
        record = Record(self.instance.package, type_, id_, request.urn, self.owner, self.region, checked.inputs, outputs)
        self.world.put(record)
        return record

    def change(self, record: Record, /, **inputs: Any) -> Record:
        """The record after an update in place."""
        request = self.request(record.type, record.urn.rpartition("::")[2])
        news = {name: value for name, value in {**record.inputs, **inputs}.items() if value is not None}
        self.stand_in.admit(request, news, record, self.world)
        id_, outputs = self.stand_in.create(request, news, record, self.world)
        updated = replace(record, id=id_, inputs=news, outputs=outputs)
        self.world.put(updated)
        return updated

    def refused(self, type_: str, name: str = "other", /, **inputs: Any) -> str:
        """The reason why the cloud would not create it."""
        checked = self.check(type_, inputs, name)
        assert not checked.failures, checked.failures
        try:
            self.stand_in.admit(self.request(type_, name), checked.inputs, None, self.world)
        except Refused as refusal:
            return str(refusal)
        raise AssertionError(f"{type_} with {inputs} was admitted")

    def diff(self, type_: str, olds: Properties, news: Properties) -> Difference:
        return self.stand_in.diff(self.request(type_), olds, olds, news)

    def held(self, record: Record) -> str:
        """The reason why the cloud would not delete it; empty when it would."""
        try:
            self.stand_in.release(record, self.world)
        except Refused as refusal:
            return str(refusal)
        return ""

    def invoke(self, token: str, /, **args: Any) -> Properties:
        return self.stand_in.invoke(self.instance, token, args, self.world)


class Site(Account):
    """An account with a network over two zones, a role and a cluster."""

    def __init__(self) -> None:
        super().__init__()
        self.vpc = self.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
        self.subnets = [
            self.make(
                "aws:ec2/subnet:Subnet",
                f"subnet-{zone}",
                vpcId=self.vpc.id,
                cidrBlock=f"10.0.{index}.0/24",
                availabilityZone=f"eu-central-1{zone}",
            )
            for index, zone in enumerate("ab")
        ]
        self.ids = [subnet.id for subnet in self.subnets]
        self.role = self.make("aws:iam/role:Role", assumeRolePolicy=trust())
        self.cluster = self.make(
            "aws:eks/cluster:Cluster", roleArn=self.role.outputs["arn"], vpcConfig={"subnetIds": self.ids}, version="1.35"
        )

    def nodes(self, **inputs: Any) -> Properties:
        scaling = {"minSize": 1, "desiredSize": 1, "maxSize": 1}
        wiring = {"clusterName": self.cluster.id, "nodeRoleArn": self.role.outputs["arn"], "subnetIds": self.ids}
        return {**wiring, "scalingConfig": scaling, **inputs}
