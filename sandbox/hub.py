"""What all provider servers of one process share: the world, the stand-ins, latency, faults, and one lock around changes."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sandbox.contract import UNREACHABLE, Intent, Judge, Properties, Record, Refused, Request, StandIn
from sandbox.faults import Faults
from sandbox.generated import secret_outputs
from sandbox.instances import Session
from sandbox.latency import Clock, Operation
from sandbox.outputs import remembered
from sandbox.sealing import has_unknown, reveal, seal, unsealed
from sandbox.world import View, World

LOCAL = ("random", "tls")
"""Packages whose things live in the state only: their ids are not unique ("none"), so the URN takes the region's place."""

Log = Callable[[str], None]


class Cancelled(Exception):
    """The engine called off what was running, before the world changed."""


@dataclass
class Hub:
    """Carries out operations. Everything here takes and gives sealed properties; stand-ins see them in the open."""

    world: World
    stand_ins: Mapping[str, StandIn]
    clock: Clock
    faults: Faults
    log: Log
    judges: Mapping[str, Judge] = field(default_factory=dict[str, Judge])
    _change: threading.Lock = field(default_factory=threading.Lock)
    _loading: threading.Lock = field(default_factory=threading.Lock)

    def stand_in(self, package: str) -> StandIn:
        with self._loading:  # a stand-in is made at first use, by whichever call comes first
            if package not in self.stand_ins:
                raise Refused("UnknownPackage", f"the sandbox has no stand-in for {package} (it has {', '.join(sorted(self.stand_ins))})")
            return self.stand_ins[package]

    def judge(self, type_: str) -> Judge | None:
        """Who keeps things of this type, beside the stand-in; None where nobody does."""
        judge = self.judges.get(type_.partition(":")[0])
        return judge if judge and judge.judges(type_) else None

    def settle(self) -> None:
        """Clears up what a process left at the judges that died before it could write down what it had made."""
        for intent in self.world.intents():
            self._settle(intent)

    def preview(
        self, session: Session, request: Request, inputs: Properties, olds: tuple[Properties, Properties] | None = None, id_: str = ""
    ) -> Properties:
        """Outputs as far as known. On update, where `olds` are inputs and outputs, what the cloud computed earlier is taken to stay as it
        was, as far as the stand-in says so, also inside of what is given in part.
        """
        plain = reveal(inputs)
        if (judge := self.judge(request.type)) and not has_unknown(plain):
            judge.preview(request, plain, self.find(session, request, id_) if id_ else None)
        stand_in = self.stand_in(request.instance.package)
        outputs = stand_in.preview(request, plain)
        if olds is not None:
            asked, stood = reveal(olds[0]), reveal(olds[1])
            before = {name: value for name, value in stood.items() if stand_in.steady is None or name in stand_in.steady}
            outputs = {
                name: remembered(value, before.get(name), asked.get(name)) if name in plain else before.get(name, value)
                for name, value in outputs.items()
            }
        return seal(outputs, inputs, *(olds[1:] if olds else ()), names=secret_outputs(request.type))

    def create(
        self, session: Session, request: Request, inputs: Properties, alive: Callable[[], bool] = lambda: True
    ) -> tuple[str, Properties]:
        """Id and outputs. `alive` tells whether the engine still waits for them."""
        plain = reveal(inputs)
        stand_in = self.stand_in(request.instance.package)
        view = self.world.view(session.account, session.region)
        self._throttle("create", request.urn, session)
        for lost in self.world.unanswered(request.urn):
            # The same create came before and was never answered. A repeated call gets what the first one made, as clouds do with
            # an idempotency token; another call under the same name makes that an orphan, which nobody could ever release.
            if lost.inputs == plain and lost.account == session.account:
                self.world.answer(lost)
                return lost.id, self.world.sealed(lost).outputs
            self.forget(lost)
        stand_in.admit(request, plain, None, view)
        self._wait(request.type, plain, "create", session)
        self.faults.fail(request.type, request.name)
        request, intent = self._judged(session, request, plain, unsealed(inputs))
        try:
            with self._change:
                # Again: what was free before the wait may be taken after it.
                stand_in.admit(request, plain, None, view)
                id_, outputs = stand_in.create(request, plain, None, view)
                record = self._put(session, request, id_, inputs, seal(outputs, inputs, names=secret_outputs(request.type)))
        except Exception:
            if intent:
                self._settle(intent)
            raise
        if intent:
            self.world.fulfil(intent.token)
        self.faults.crash(request.type, request.name)
        if alive():
            self.world.answer(record)
        return id_, record.outputs

    def update(self, session: Session, request: Request, id_: str, inputs: Properties) -> Properties:
        plain = reveal(inputs)
        stand_in = self.stand_in(request.instance.package)
        view = self.world.view(session.account, session.region)
        self._throttle("update", request.urn, session)
        stand_in.admit(request, plain, self._present(session, request, id_), view)
        self._wait(request.type, plain, "update", session)
        if judge := self.judge(request.type):
            request = replace(request, made=judge.update(request, plain, self._present(session, request, id_)))
        with self._change:
            prior = self._present(session, request, id_)
            sealed = self.world.sealed(prior)
            stand_in.admit(request, plain, prior, view)
            id_, outputs = stand_in.create(request, plain, prior, view)
            if id_ != prior.id:
                raise RuntimeError(f"an update changed the id from {prior.id!r} to {id_!r}")
            outputs = seal(outputs, inputs, _still_secret(sealed.outputs, plain), names=secret_outputs(request.type))
            record = self._put(session, request, id_, inputs, outputs, prior)
        self.faults.crash(request.type, request.name)
        return record.outputs

    def delete(self, session: Session, request: Request, id_: str) -> None:
        """What is gone already counts as deleted, as providers treat a 404."""
        self._throttle("delete", request.urn, session)
        stand_in = self.stand_in(request.instance.package)
        view = self.world.view(session.account, session.region)
        record = self.find(session, request, id_)
        if record is None:
            return
        stand_in.release(record, view)
        self._wait(request.type, record.inputs, "delete", session)
        for judge in self.judges.values():
            judge.leaving(record)
        if judge := self.judge(request.type):
            judge.delete(record)
        with self._change:
            record = self.find(session, request, id_)
            if record is None:
                return
            stand_in.release(record, view)
            for other in list(stand_in.taken_along(record, view)):
                self.world.remove(other)
            self.world.remove(record)
        for judge in self.judges.values():
            judge.gone(record)
        self.faults.crash(request.type, request.name)

    def read(
        self, session: Session, request: Request, id_: str, olds: tuple[Properties, Properties]
    ) -> tuple[Properties, Properties] | None:
        """Inputs and outputs of what stands in the world, or None; `olds` are those that the engine remembers."""
        self._throttle("read", request.urn, session)
        record = self.find(session, request, id_)
        if record is None:
            return olds if request.instance.package in LOCAL and olds[0] else None
        self.world.answer(record)
        if judge := self.judge(request.type):
            record = self._seen(judge, record)
            if record is None:
                return None
        sealed = self.world.sealed(record)
        known = [*olds, sealed.inputs]
        inputs = self.stand_in(request.instance.package).adopt(request, record)
        return seal(inputs, *known), seal(sealed.outputs, *known, names=secret_outputs(request.type))

    def forget(self, record: Record) -> None:
        """Takes a thing out of the world that the engine does not know of."""
        if judge := self.judge(record.type):
            judge.delete(record)
        self.world.remove(record)

    def _judged(self, session: Session, request: Request, plain: Properties, bare: Properties) -> tuple[Request, Intent | None]:
        """Has the thing made by its judge, if any. The intent stands until the world knows what was made; `bare` is without secrets."""
        judge = self.judge(request.type)
        if judge is None:
            return request, None
        package, home = request.instance.package, _region(request, plain) or session.region
        intent = Intent(str(uuid.uuid4()), package, request.type, request.urn, session.account, home, judge.intends(request, bare))
        self.world.intend(intent)
        try:
            return replace(request, made=judge.create(request, plain, intent.token)), intent
        except Refused as error:
            if error.code != UNREACHABLE:
                self.world.fulfil(intent.token)
            raise

    def _settle(self, intent: Intent) -> None:
        """Takes away what was made and not written down. Where that fails the intent stands, and the next process tries again."""
        try:
            judge = self.judge(intent.type)
            if judge and (left := judge.settle(intent)):
                self.log(f"took away {intent.type} {left}: made for {intent.urn}, and its maker could not say so")
            self.world.fulfil(intent.token)
        except Refused as error:
            self.log(f"still to be settled: {intent.type} of {intent.urn}: {error}")

    def _seen(self, judge: Judge, record: Record) -> Record | None:
        """The record as its judge shows it now; what somebody changed there is written down."""
        seen = judge.read(record)
        if seen is None:
            self.world.remove(record)
            for other in self.judges.values():
                other.gone(record)
            return None
        if seen.observed == record.observed:
            return record
        sealed = self.world.sealed(record)
        inputs, outputs = seal(seen.inputs, sealed.inputs), seal(seen.outputs, sealed.outputs, sealed.inputs)
        self.world.put(replace(record, inputs=inputs, outputs=outputs, observed=seen.observed))
        return replace(record, inputs=seen.inputs, outputs=seen.outputs, observed=seen.observed)

    def find(self, session: Session, request: Request, id_: str) -> Record | None:
        """In the instance's own account and region; elsewhere only what has no region, or was given one of its own."""
        if own := self.world.find(request.type, id_, session.account, _home(session, request)):
            return own
        if request.instance.package in (*LOCAL, "kubernetes"):
            return None
        for record in self.world.all(request.type):
            anywhere = "region" not in record.outputs or isinstance(record.inputs.get("region"), str)
            if record.id == id_ and record.account == session.account and anywhere:
                return record
        return None

    def view(self, session: Session) -> View:
        return self.world.view(session.account, session.region)

    def _present(self, session: Session, request: Request, id_: str) -> Record:
        if record := self.find(session, request, id_):
            return record
        raise Refused("NotFound", f"{id_!r} does not exist (any more): run `pulumi refresh`")

    def _put(
        self, session: Session, request: Request, id_: str, inputs: Properties, outputs: Properties, prior: Record | None = None
    ) -> Record:
        region = reveal(outputs.get("region"))
        record = Record(
            package=request.instance.package,
            type=request.type,
            id=id_,
            urn=request.urn,
            account=prior.account if prior else session.account,
            region=prior.region if prior else region if isinstance(region, str) and region else _home(session, request),
            inputs=inputs,
            outputs=outputs,
            observed=request.made.observed if request.made else {},
        )
        if prior is None and (taken := self.world.find(record.type, record.id, record.account, record.region)):
            raise Refused("AlreadyExists", f"{record.type} {record.id!r} exists already ({taken.urn})")
        self.world.put(record, answered=prior is not None)
        return record

    def _throttle(self, operation: str, urn: str, session: Session) -> None:
        times = self.faults.throttle(operation, urn, lambda seconds: _sleep(session, seconds))
        if times:
            self.log(f"throttled {times} times: {operation} {urn}")

    def _wait(self, type_: str, inputs: Properties, operation: Operation, session: Session) -> None:
        self.clock.wait(type_, inputs, operation, lambda seconds: _sleep(session, seconds))


def _region(request: Request, plain: Properties) -> str:
    own = plain.get("region")
    return own if isinstance(own, str) and request.instance.package == "aws" else ""


def _home(session: Session, request: Request) -> str:
    return request.urn if request.instance.package in LOCAL else session.region


def _sleep(session: Session, seconds: float) -> None:
    if seconds < 0.001:
        time.sleep(seconds)
    elif session.cancelled.wait(seconds):
        raise Cancelled("the operation was cancelled before it changed anything")


def _still_secret(outputs: Properties, inputs: Properties) -> Properties:
    """Marks of earlier outputs, except where the new inputs decide."""
    return {name: value for name, value in outputs.items() if name not in inputs}
