"""Moto's judgement of the AWS types that it implements: they are made, read, changed and removed there by the tables in `rows`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import jmespath

from sandbox.aws.moto.client import Endpoint, Service
from sandbox.aws.moto.row import ANY, Call, Own, Read, Removal, Row, Source, Step, taken
from sandbox.aws.moto.rows import ROWS
from sandbox.aws.moto.scope import Thing
from sandbox.aws.moto.shapes import digest, is_tags, match, tags_as, tags_from, to_member, to_property
from sandbox.aws.moto.tagging import retag
from sandbox.aws.regions import account, default_tags, partition, region_of
from sandbox.aws.walk import where
from sandbox.contract import UNREACHABLE, Intent, Made, Properties, Record, Refused, Request, Seen
from sandbox.reflection.changes import changed
from sandbox.reflection.model import Scalar
from sandbox.reflection.schema import Schemas

GONE = re.compile(r"NotFound|NoSuch|DoesNotExist|^404$|Unknown(Resource|Key)|InvalidGroupId")
_NOT_CONFIGURED = frozenset({"tags", "tagsAll", "region"})


class Moto:
    """See `contract.Judge`."""

    def __init__(self, endpoint: Endpoint, schemas: Schemas) -> None:
        self._endpoint = endpoint
        self._schemas = schemas

    def judges(self, type_: str) -> bool:
        return type_ in ROWS

    def create(self, request: Request, inputs: Properties, token: str) -> Made:
        row, thing, api = self._begin(request, inputs)
        if row.prepare:
            row.prepare(api, thing)
        creation = row.creation(inputs)
        answer = api.once(token, creation.call.operation, **members(api, row, creation.call, thing))
        self._learn(row, request.type, thing, answer)
        try:
            given = {name for name, value in inputs.items() if value is not None and name not in row.beyond}
            steps = (*creation.settings, *row.settings)
            self._run(api, (step for step in steps if given.intersection(_sets(api, step, inputs))), row, thing)
            if row.tagging and thing.tags and not _tagged(api, creation.call):
                retag(api, row, thing, {}, thing.tags)
            return self._made(row, request.type, thing, api)
        except Refused as error:
            # Half a thing is worse than none: nobody would know of it.
            if error.code != UNREACHABLE:
                self._remove(row, row.undo or row.delete, thing, api)
            raise

    def update(self, request: Request, inputs: Properties, prior: Record) -> Made:
        row, thing, api = self._begin(request, inputs, prior)
        before = prior.inputs
        names = set(changed(before, inputs)) - row.beyond.keys() - row.fixed.keys()
        steps = (*row.updates, *row.settings)
        self._run(api, (step for step in steps if names.intersection(_sets(api, step, {**before, **inputs}))), row, thing)
        tags = cast("dict[str, str]", prior.outputs.get("tagsAll") or {})
        if row.tagging and "tags" not in row.fixed and tags != thing.tags:
            retag(api, row, thing, tags, thing.tags)
        return self._made(row, request.type, thing, api)

    def read(self, record: Record) -> Seen | None:
        row, thing, api = self._of(record)
        found = self._look(row, record.type, thing, api)
        if found is None:
            return None
        drifted = {name for name in {*found, *record.observed} if record.observed.get(name) != _digest(found, name)}
        if not drifted:
            return Seen(record.inputs, record.outputs, record.observed)
        schema = self._schemas.of(record.type)
        inputs, outputs = dict(record.inputs), dict(record.outputs)
        for name in sorted(drifted):
            if name == "tagsAll":
                live_tags, default = tags_from(found.get(name)), _default_tags(record)
                own = {key: value for key, value in live_tags.items() if default.get(key) != value}
                inputs["tags"], outputs["tags"], outputs["tagsAll"] = own, own, live_tags
                continue
            value = found.get(name)
            live = to_property(value, schema.inputs[name].type, schema) if value is not None else None
            for side in (inputs, outputs):
                side.pop(name, None)
                if live is not None:
                    side[name] = live
        return Seen(inputs, outputs, _digests(found))

    def delete(self, record: Record) -> None:
        row, thing, api = self._of(record)
        self._remove(row, row.delete, thing, api, quietly=False)

    def intends(self, request: Request, inputs: Properties) -> str:
        """All of them: what a removal reads is known to its table alone."""
        return json.dumps(inputs, sort_keys=True)

    def preview(self, request: Request, inputs: Properties, prior: Record | None) -> None:
        """AWS has no dry run to speak of."""

    def settle(self, intent: Intent) -> str | None:
        answer = self._endpoint.recorded(intent.token)
        row = ROWS.get(intent.type)
        if answer is None or row is None:
            return None
        known = cast("Properties", json.loads(intent.name))
        api = self._endpoint.api(row.service, intent.region, intent.account)
        try:
            made = api.parse(row.creation(known).call.operation, *answer)
        except Refused:
            return None
        thing = Thing(known, intent.account, intent.region, partition(intent.region), {})
        self._learn(row, intent.type, thing, made)
        self._remove(row, row.undo or row.delete, thing, api, quietly=False)
        return thing.id or intent.name

    def leaving(self, record: Record) -> None:
        """Moto says itself what cannot go."""

    def gone(self, record: Record) -> None:
        """Nothing hangs on it that moto would not know of."""

    def _begin(self, request: Request, inputs: Properties, prior: Record | None = None) -> tuple[Row, Thing, Service]:
        row, region, owner = ROWS[request.type], region_of(request.instance, inputs), account(request.instance)
        own = cast("dict[str, str]", inputs.get("tags") or {})
        tags = {**default_tags(request.instance), **own} if "tags" in self._schemas.of(request.type).inputs else {}
        thing = Thing(inputs, owner, region, partition(region), tags, prior.id if prior else "", dict(prior.outputs) if prior else {})
        return row, thing, self._endpoint.api(row.service, region, owner)

    def _of(self, record: Record) -> tuple[Row, Thing, Service]:
        row, region = ROWS[record.type], where(record)
        tags = cast("dict[str, str]", record.outputs.get("tagsAll") or {})
        thing = Thing(record.inputs, record.account, region, partition(region), tags, record.id, dict(record.outputs))
        return row, thing, self._endpoint.api(row.service, region, record.account)

    def _learn(self, row: Row, type_: str, thing: Thing, answer: dict[str, Any]) -> None:
        """Id and outputs from the creating call's answer."""
        thing.outputs.update(self._facts(row.outputs, answer, type_))
        found = row.id(answer, thing) if callable(row.id) else jmespath.search(row.id, answer) if row.id else None
        thing.id = str(found) if found else ""

    def _facts(self, paths: Mapping[str, str], answer: dict[str, Any], type_: str) -> Iterator[tuple[str, Any]]:
        outputs = self._schemas.of(type_).outputs
        for name, path in paths.items():
            value = jmespath.search(path, answer)
            if value is not None and name in outputs:
                yield name, value

    def _made(self, row: Row, type_: str, thing: Thing, api: Service) -> Made:
        found = self._look(row, type_, thing, api)
        if found is None:
            raise Refused("NotFound", f"moto does not show what it made ({row.service} {row.reads[0].operation})")
        told = (*row.outputs, *(name for read in row.reads for name in read.facts))
        facts = {name: thing.outputs[name] for name in told if name in thing.outputs}
        return Made(thing.id or None, facts, _digests(found))

    def _run(self, api: Service, steps: Iterable[Step], row: Row, thing: Thing) -> None:
        for step in steps:
            if isinstance(step, Own):
                step.run(api, thing)
            else:
                api.call(step.operation, **members(api, row, step, thing))

    def _remove(self, row: Row, how: Removal, thing: Thing, api: Service, *, quietly: bool = True) -> None:
        try:
            if isinstance(how, Call | Own):
                self._run(api, [how], row, thing)
            elif how:
                how(api, thing)
        except Refused as error:
            if error.code == UNREACHABLE or not (quietly or GONE.search(error.code)):
                raise

    def _look(self, row: Row, type_: str, thing: Thing, api: Service) -> Properties | None:
        """What moto shows of the configured properties, raw; None when the thing is gone."""
        names = [name for name, value in thing.inputs.items() if value is not None and name not in _NOT_CONFIGURED] + list(row.watched)
        known = [name for name in dict.fromkeys(names) if name in self._schemas.of(type_).inputs and name not in row.beyond]
        found: Properties = {}
        for read in row.reads:
            there = self._ask(read, row, thing, api)
            if there is None and not read.optional:
                return None
            if there is not None:
                thing.outputs.update(self._facts(read.facts, there, type_))
                found.update(self._configured(read, there, known, type_))
                if row.tagging and (tags := next((there[key] for key in there if is_tags(key)), None)) is not None:
                    found["tagsAll"] = {key: value for key, value in tags_from(tags).items() if not key.startswith("aws:")}
        return found

    def _ask(self, read: Read, row: Row, thing: Thing, api: Service) -> dict[str, Any] | None:
        api = api.service(read.service) if read.service else api
        try:
            there = jmespath.search(str(thing.value(read.at)), api.call(read.operation, **members(api, row, _plain(read), thing)))
        except Refused as error:
            if GONE.search(error.code):
                return None
            raise
        return cast("dict[str, Any]", there if isinstance(there, dict) else {"value": there}) if there not in (None, [], {}) else None

    def _configured(self, read: Read, there: dict[str, Any], known: list[str], type_: str) -> Iterator[tuple[str, Any]]:
        schema = self._schemas.of(type_)
        for name in known:
            if how := read.seen.get(name):
                value = how(there) if callable(how) else jmespath.search(how, there)
            elif (key := match(name, there)) is not None:
                value = there[key]
                # A text on one side and a structure on the other are different things by the same name.
                if isinstance(value, dict) and schema.inputs[name].type == Scalar("boolean"):
                    continue
            else:
                continue
            if value is not None:
                yield name, value


def members(api: Service, row: Row, call: Call, thing: Thing) -> dict[str, Any]:
    """The operation's members: those of the table, then whatever properties have the names of others."""
    given: dict[str, Any] = {}
    for member, of in _members(api, call.operation).items():
        if member in call.members:
            value = _member(thing, call.members[member], of)
            if value is not None:
                given[member] = value
        elif not call.fill:
            continue
        elif is_tags(member):
            if row.tagging and thing.tags and row.creates(call):
                given[member] = _specified(row, thing, of)
        elif (name := match(member, thing.inputs)) and thing.inputs[name] is not None and name not in {*_NOT_CONFIGURED, *row.beyond}:
            given[member] = to_member(thing.inputs[name], of)
    return given


def _member(thing: Thing, source: Source, shape: Any) -> Any:
    """What reads a property is converted to the member's shape, also inside a structure; the rest stands as the table has it."""
    if isinstance(source, Mapping) and shape and shape.type_name == "structure":
        inner = {name: _member(thing, one, shape.members.get(name)) for name, one in cast("Mapping[str, Any]", source).items()}
        return {name: value for name, value in inner.items() if value is not None}
    value = thing.value(source)
    return to_member(value, shape) if value is not None and shape and isinstance(source, str) and source.startswith("$") else value


def _members(api: Service, operation: str) -> dict[str, Any]:
    """The operation's input members with their shapes."""
    shape = api.shape(operation)
    return dict(shape.members) if shape else {}


def _specified(row: Row, thing: Thing, shape: Any) -> Any:
    if shape.type_name == "list" and "ResourceType" in shape.member.members:
        kind = row.tagging.kind if row.tagging else ""
        return [{"ResourceType": kind, "Tags": tags_as(thing.tags, shape.member.members["Tags"])}]
    return tags_as(thing.tags, shape)


def _tagged(api: Service, create: Call) -> bool:
    """Whether the creating call takes tags."""
    return any(is_tags(member) and member not in create.members for member in _members(api, create.operation))


def _sets(api: Service, step: Step, inputs: Properties) -> set[str]:
    """The properties that a step sets."""
    if step.when == ANY:
        return set(inputs)
    if isinstance(step, Own) or step.when:
        return set(step.when)
    shapes = _members(api, step.operation)
    filled = {match(member, inputs) for member in shapes if member not in step.members}
    filled |= {match(inner, inputs) for member, source in step.members.items() if source == "$inputs" for inner in shapes[member].members}
    named = taken([source for member, source in step.members.items() if member in shapes])
    return {name for name in filled | named if name}


def _default_tags(record: Record) -> dict[str, str]:
    own = cast("dict[str, str]", record.inputs.get("tags") or {})
    return {key: value for key, value in cast("dict[str, str]", record.outputs.get("tagsAll") or {}).items() if own.get(key) != value}


def _plain(read: Read) -> Call:
    return Call(read.operation, read.members, fill=False)


def _digest(found: Properties, name: str) -> str | None:
    return digest(found[name]) if name in found else None


def _digests(found: Properties) -> dict[str, str]:
    return {name: digest(value) for name, value in found.items()}
