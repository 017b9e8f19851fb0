"""Building blocks for the rules that clouds apply to single values."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.contract import UNKNOWN, Failure, Properties, Request
from sandbox.reflection.check import show
from sandbox.walk import find

Rule = Callable[[Request, Properties], Iterator[Failure]]


def each(path: str, judge: Callable[[Any], str | None]) -> Rule:
    """`judge` gives the reason why a value is refused, or None."""

    def rule(request: Request, inputs: Properties) -> Iterator[Failure]:
        for where, value in find(inputs, path):
            if (reason := judge(value)) is not None:
                yield Failure(where, f"{show(value)} {reason}")

    return rule


def matches(path: str, pattern: str, reason: str) -> Rule:
    expression = re.compile(pattern)
    return each(path, lambda value: None if isinstance(value, str) and expression.fullmatch(value) else reason)


def between(path: str, low: float, high: float) -> Rule:
    def judge(value: Any) -> str | None:
        return None if not isinstance(value, int | float) or low <= value <= high else f"is not between {low} and {high}"

    return each(path, judge)


def one_of(path: str, *allowed: Any) -> Rule:
    listed = ", ".join(str(value) for value in allowed)
    return each(path, lambda value: None if value in allowed else f"is not a valid value (allowed: {listed})")


def ip_network(value: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(str(value))
    except ValueError:
        return None


def cidr(path: str, shortest: int = 0, longest: int = 128) -> Rule:
    """A network in canonical form, its prefix length within the bounds."""

    def judge(value: Any) -> str | None:
        network = ip_network(value)
        if network is None or str(network) != value:
            return "is not a valid network in CIDR notation (host bits must be zero)"
        if not shortest <= network.prefixlen <= longest:
            return f"must have a prefix length between /{shortest} and /{longest}"
        return None

    return each(path, judge)


def needs_one(*names: str) -> Rule:
    """Exactly one of the properties; a value that is not known yet counts as given."""

    def rule(request: Request, inputs: Properties) -> Iterator[Failure]:
        given = [name for name in names if inputs.get(name) is not None]
        if len(given) != 1:
            yield Failure(names[0], f"exactly one of {', '.join(names)} must be given ({', '.join(given) or 'none'} given)")

    return rule


def not_both(one: str, other: str) -> Rule:
    def rule(request: Request, inputs: Properties) -> Iterator[Failure]:
        if inputs.get(one) is not None and inputs.get(other) is not None:
            yield Failure(one, f"conflicts with {other}")

    return rule


def required(path: str, reason: str = "missing required property") -> Rule:
    def rule(request: Request, inputs: Properties) -> Iterator[Failure]:
        if inputs.get(path) is None:
            yield Failure(path, reason)

    return rule


def known(value: Any) -> bool:
    return value is not None and value is not UNKNOWN
