"""Stand-in for the random provider: real randomness, kept in the world like any other resource."""

from __future__ import annotations

import base64
import secrets
import string
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any, cast

from sandbox.contract import UNKNOWN, Failure, Properties, Record, Refused, Request, World
from sandbox.invent import complete, foreseen, identifier
from sandbox.reflected import Reflected
from sandbox.reflection.check import show

SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
"""The provider's own set of special characters."""
_CLASSES = {"lower": string.ascii_lowercase, "upper": string.ascii_uppercase, "numeric": string.digits, "special": SPECIAL}
_MINIMUMS = {"lower": "minLower", "upper": "minUpper", "numeric": "minNumeric", "special": "minSpecial"}
_ADJECTIVES = (
    "able",
    "bold",
    "calm",
    "deft",
    "eager",
    "fair",
    "glad",
    "keen",
    "lively",
    "merry",
    "neat",
    "proud",
    "quick",
    "sound",
    "tidy",
    "warm",
)
_ANIMALS = (
    "adder",
    "badger",
    "crane",
    "dove",
    "eagle",
    "finch",
    "gecko",
    "heron",
    "ibex",
    "jay",
    "lynx",
    "mole",
    "newt",
    "otter",
    "raven",
    "wren",
)
_TEXTS = {"random:index/randomPassword:RandomPassword", "random:index/randomString:RandomString"}
_IN_PLACE = frozenset({"passwordWoVersion"})


def _whole(inputs: Properties, name: str, default: int = 0) -> int:
    value = inputs.get(name)
    return int(value) if isinstance(value, int | float) else default


def _wanted(inputs: Properties) -> dict[str, str]:
    """Character sets in use, by class."""
    wanted = {name: letters for name, letters in _CLASSES.items() if inputs.get(name) is not False}
    if inputs.get("number") is False:
        wanted.pop("numeric", None)
    if "special" in wanted and isinstance(override := inputs.get("overrideSpecial"), str) and override:
        wanted["special"] = override
    return wanted


def text(inputs: Properties) -> str:
    """At least the minimum of every class, in random order."""
    wanted = _wanted(inputs)
    minimums = [(name, _whole(inputs, _MINIMUMS[name])) for name in wanted]
    letters = [secrets.choice(wanted[name]) for name, minimum in minimums for _ in range(minimum)]
    everything = "".join(wanted.values())
    letters += [secrets.choice(everything) for _ in range(_whole(inputs, "length") - len(letters))]
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)


def _text(inputs: Properties) -> tuple[str, Properties]:
    value = text(inputs)
    # The real id is always "none"; here it has to tell things in the world apart, and the value itself must not become one.
    return identifier(), {"result": value, **{name: inputs.get(name, True) for name in (*_CLASSES, "number")}}


def _password(inputs: Properties) -> tuple[str, Properties]:
    id_, outputs = _text(inputs)
    # The shape of a bcrypt hash; nobody verifies it here.
    return id_, {**outputs, "bcryptHash": f"$2a$10${secrets.token_urlsafe(40)[:53]}"}


def _string(inputs: Properties) -> tuple[str, Properties]:
    _, outputs = _text(inputs)
    return str(outputs["result"]), outputs


def _id(inputs: Properties) -> tuple[str, Properties]:
    data = secrets.token_bytes(_whole(inputs, "byteLength", 8))
    prefix = str(inputs.get("prefix") or "")
    url = base64.urlsafe_b64encode(data).decode().rstrip("=")
    standard = base64.b64encode(data).decode()
    return url, {"hex": prefix + data.hex(), "dec": prefix + str(int.from_bytes(data)), "b64Std": prefix + standard, "b64Url": prefix + url}


def _bytes(inputs: Properties) -> tuple[str, Properties]:
    data = secrets.token_bytes(_whole(inputs, "length"))
    return identifier(), {"hex": data.hex(), "base64": base64.b64encode(data).decode()}


def _uuid(inputs: Properties) -> tuple[str, Properties]:
    value = str(uuid.uuid4())
    return value, {"result": value}


def _uuid7(inputs: Properties) -> tuple[str, Properties]:
    """The time of its making in milliseconds, then chance: RFC 9562, which Python knows from 3.14 on."""
    version, variant = 0x7 << 76, 0b10 << 62
    chance = secrets.randbits(12) << 64 | secrets.randbits(62)
    value = str(uuid.UUID(int=(time.time_ns() // 1_000_000) << 80 | version | variant | chance))
    return value, {"result": value}


def _pet(inputs: Properties) -> tuple[str, Properties]:
    length, separator = _whole(inputs, "length", 2), str(inputs.get("separator", "-"))
    words = [secrets.choice(_ADJECTIVES) for _ in range(length - 1)] + [secrets.choice(_ANIMALS)]
    prefix = [str(inputs["prefix"])] if inputs.get("prefix") else []
    return separator.join(prefix + words), {"length": length, "separator": separator}


def _integer(inputs: Properties) -> tuple[str, Properties]:
    low, high = _whole(inputs, "min"), _whole(inputs, "max")
    value = low + secrets.randbelow(high - low + 1)
    return str(value), {"result": value}


def _shuffle(inputs: Properties) -> tuple[str, Properties]:
    values = list(cast("list[Any]", inputs["inputs"]))
    secrets.SystemRandom().shuffle(values)
    return identifier(), {"results": values[: _whole(inputs, "resultCount", len(values))]}


_MAKERS: dict[str, Callable[[Properties], tuple[str, Properties]]] = {
    "random:index/randomPassword:RandomPassword": _password,
    "random:index/randomString:RandomString": _string,
    "random:index/randomId:RandomId": _id,
    "random:index/randomBytes:RandomBytes": _bytes,
    "random:index/randomUuid:RandomUuid": _uuid,
    "random:index/randomUuid7:RandomUuid7": _uuid7,
    "random:index/randomPet:RandomPet": _pet,
    "random:index/randomInteger:RandomInteger": _integer,
    "random:index/randomShuffle:RandomShuffle": _shuffle,
}


class Random(Reflected):
    package = "random"

    def rules(self, request: Request, inputs: Properties) -> Iterable[Failure]:
        if request.type in _TEXTS:
            yield from self._text_rules(inputs)
        low, high = inputs.get("min"), inputs.get("max")
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            yield Failure("min", f"{show(low)} is above max {show(high)}")

    def _text_rules(self, inputs: Properties) -> Iterable[Failure]:
        length = inputs.get("length")
        if length is UNKNOWN:
            return
        if _whole(inputs, "length") < 1:
            yield Failure("length", f"{show(length)} must be at least 1")
        needed = sum(_whole(inputs, name) for name in _MINIMUMS.values())
        if needed > _whole(inputs, "length"):
            yield Failure("length", f"{show(length)} is less than the sum of minLower, minUpper, minNumeric and minSpecial ({needed})")
        wanted = _wanted(inputs)
        if not wanted:
            yield Failure("special", "lower, upper, numeric and special are all false: no character is left")
        for name, minimum in _MINIMUMS.items():
            if name not in wanted and _whole(inputs, minimum):
                yield Failure(minimum, f"{show(inputs[minimum])} asks for {name} characters, which are switched off")

    def immutable(self, type_: str) -> frozenset[str]:
        # Every input of these types is part of the random value.
        return frozenset(self.schemas.of(type_).inputs) - _IN_PLACE

    def preview(self, request: Request, inputs: Properties) -> Properties:
        return foreseen(self.schemas.of(request.type), inputs)

    def create(self, request: Request, inputs: Properties, prior: Record | None, world: World) -> tuple[str, Properties]:
        if prior is not None:
            return prior.id, {**prior.outputs, **inputs}
        maker = _MAKERS.get(request.type)
        if maker is None:
            raise Refused("UnknownResource", f"the sandbox makes no {request.type}")
        id_, made = maker(inputs)
        return id_, complete(self.schemas.of(request.type), {**inputs, **made})
