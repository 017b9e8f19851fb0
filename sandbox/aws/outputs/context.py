"""What an output function gets to work with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from sandbox.aws.identity import arn
from sandbox.aws.regions import account, dns_suffix, partition, region_of
from sandbox.contract import Properties, Record, Request, World
from sandbox.outputs import mapping


@dataclass(frozen=True)
class Context:
    """`known` are the inputs with name, ARN, tags and region filled in, on update also what was computed before."""

    request: Request
    known: Properties
    id: str
    prior: Record | None
    world: World

    @property
    def region(self) -> str:
        return region_of(self.request.instance, self.known)

    @property
    def account(self) -> str:
        return account(self.request.instance)

    @property
    def dns(self) -> str:
        return dns_suffix(self.region)

    @property
    def partition(self) -> str:
        return partition(self.region)

    def text(self, name: str) -> str:
        value = self.known.get(name)
        return value if isinstance(value, str) else ""

    def part(self, name: str) -> dict[str, Any]:
        return mapping(self.known.get(name))

    def items(self, name: str) -> list[Any]:
        value = self.known.get(name)
        return cast("list[Any]", value) if isinstance(value, list) else []

    def arn(self, short: str) -> str:
        """`ec2:vpc/x`, `iam::role/x`, `s3:::x` in the resource's partition, region and account."""
        return arn(short, self.region, self.account)

    def keep(self, path: str, make: Callable[[], Any]) -> Any:
        """A value that AWS makes once: as it was on update, made anew otherwise."""
        value: Any = self.prior.outputs if self.prior else {}
        for part in path.split("."):
            value = mapping(value).get(part)
        return make() if value in (None, "") else value

    def other(self, type_: str, value: Any) -> Record | None:
        """The thing of that type with this id, ARN or name."""
        return next((r for r in self.world.all(type_) if value and value in (r.id, r.outputs.get("arn"), r.outputs.get("name"))), None)

    def vpc_of_subnets(self, subnets: list[Any]) -> str:
        found = (self.other("aws:ec2/subnet:Subnet", subnet) for subnet in subnets)
        return next((str(record.inputs.get("vpcId", "")) for record in found if record), "")


Outputs = Callable[[Context], Properties]
"""Computed values; what is known already wins over them, objects are merged member by member."""


def entries(value: Any) -> Iterator[dict[str, Any]]:
    for element in cast("list[Any]", value) if isinstance(value, list) else []:
        yield mapping(element)
