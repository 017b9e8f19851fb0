"""One AWS thing at a time, from the stand-in's admission to moto and back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

import boto3.session

from sandbox.aws.moto.judge import Moto
from sandbox.aws.regions import DEFAULT_ACCOUNT
from sandbox.aws.standin import Aws
from sandbox.contract import Instance, Intent, Properties, Record, Request, Seen, World
from sandbox.world import World as Disk

REGION = "eu-south-1"


@dataclass
class Bench:
    """`make`, `change`, `look` and `remove` do what the provider servers do, without the engine; `boto3` is what anybody else would use."""

    judge: Moto
    stand_in: Aws
    world: Disk
    url: str
    made: int = 0
    clients: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any])

    def make(self, type_: str, inputs: Properties, region: str = REGION, default_tags: dict[str, str] | None = None) -> Record:
        self.made += 1
        request = self._request(type_, f"thing-{self.made}", region, default_tags)
        made = self.judge.create(request, inputs, request.urn)
        view: World = self.world.view(DEFAULT_ACCOUNT, region)
        id_, outputs = self.stand_in.create(replace(request, made=made), inputs, None, view)
        record = Record("aws", type_, id_, request.urn, DEFAULT_ACCOUNT, region, inputs, outputs, made.observed)
        self.world.put(record)
        return record

    def change(self, record: Record, changes: Properties) -> Record:
        """None as a value takes a property away."""
        inputs = {name: value for name, value in {**record.inputs, **changes}.items() if value is not None}
        request = self._request(record.type, record.urn.rpartition("::")[2], record.region, None)
        made = self.judge.update(request, inputs, record)
        view: World = self.world.view(DEFAULT_ACCOUNT, record.region)
        _, outputs = self.stand_in.create(replace(request, made=made), inputs, record, view)
        changed = replace(record, inputs=inputs, outputs=outputs, observed=made.observed)
        self.world.put(changed)
        return changed

    def settled(self, record: Record) -> str | None:
        """What is taken away of a thing that only its intent tells of."""
        request = self._request(record.type, record.urn.rpartition("::")[2], record.region, None)
        known = self.judge.intends(request, record.inputs)
        return self.judge.settle(Intent(record.urn, "aws", record.type, record.urn, record.account, record.region, known))

    def look(self, record: Record) -> Seen | None:
        return self.judge.read(record)

    def drifted(self, record: Record) -> Properties | None:
        """The inputs that differ from the record's, as moto has them now (None: taken away); None when the thing itself is gone."""
        seen = self.judge.read(record)
        if seen is None:
            return None
        names = {*seen.inputs, *record.inputs}
        return {name: seen.inputs.get(name) for name in names if seen.inputs.get(name) != record.inputs.get(name)}

    def remove(self, record: Record) -> None:
        self.judge.delete(record)
        self.world.remove(record)

    def boto3(self, service: str, region: str = REGION) -> Any:
        key = (service, region)
        if key not in self.clients:  # EC2's takes a quarter of a second to make
            session: Any = boto3.session.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name=region)
            self.clients[key] = session.client(service, endpoint_url=self.url)
        return self.clients[key]

    def _request(self, type_: str, name: str, region: str, default_tags: dict[str, str] | None) -> Request:
        variables = {"region": region, "allowedAccountIds": json.dumps([DEFAULT_ACCOUNT])}
        variables |= {"defaultTags": json.dumps({"tags": default_tags})} if default_tags else {}
        return Request(Instance("aws", "urn:provider", variables), f"urn:pulumi:s::p::{type_}::{name}", type_, name)
