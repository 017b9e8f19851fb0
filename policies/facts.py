"""The hand-written tables beside the rules: switches, hosts and services, read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

DATA = Path(__file__).parent / "data"
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Switch:
    """An input that moves or exposes data without naming a place. `path` is empty where the type as a whole is meant."""

    rule: str
    type: str
    path: str
    why: str
    refuse: str = ""  # values, as a pattern, that are refused
    require: str = ""  # the only values, as a pattern; absence is refused too
    present: bool = False  # it must be given, whatever its value: a key's name, a settings object
    late: bool = False  # a value not known at preview is judged at the update: it is no choice of the program's
    pair: str = ""  # values that copy to Azure's paired region: refused where there is none in the EU
    unless: str = ""  # `path=pattern`: not judged where that value matches
    allowed: str = ""


@dataclass(frozen=True)
class Vendor:
    """A service that is reached by host name: of `domains`, only hosts that match `eu` keep data in the EU."""

    name: str
    domains: tuple[str, ...]
    eu: str
    allowed: str


def read(name: str) -> Any:
    return yaml.load((DATA / name).read_text(), Loader=Loader)


@cache
def switches(type_: str) -> tuple[Switch, ...]:
    return tuple(switch for switch in _switches() if re.fullmatch(switch.type, type_))


@cache
def _switches() -> tuple[Switch, ...]:
    return tuple(Switch(**cast("dict[str, Any]", row)) for row in read("switches.yaml"))


@cache
def vendors() -> dict[str, Vendor]:
    """By registrable domain."""
    rows = [Vendor(row["name"], tuple(row["domains"]), row["eu"], row["allowed"]) for row in read("hosts.yaml")["vendors"]]
    return {domain: vendor for vendor in rows for domain in vendor.domains}


@cache
def cloud_domains() -> tuple[str, ...]:
    """Domains whose hosts carry a region as one of their labels."""
    return tuple(read("hosts.yaml")["clouds"])


@cache
def global_by_nature(type_: str, value: str) -> bool:
    """Services that exist once per customer, hold names and settings only, and take "global" as their one location."""
    return value.lower() == "global" and any(re.fullmatch(pattern, type_) for pattern in read("services.yaml")["global"])


@cache
def global_arn_services() -> frozenset[str]:
    """AWS services whose ARNs hold no region, so that a wildcard there opens nothing."""
    return frozenset(read("services.yaml")["arn_without_region"])
