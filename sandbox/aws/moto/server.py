"""The process that holds moto: AWS's API on a loopback port, its world kept on disk between runs."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, cast

from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.aws.moto.client import FAULT, RECORDED, STATUS, TOKEN
from sandbox.aws.moto.daemon import UNSAVED
from sandbox.aws.moto.snapshot import load, save

IDLE = 1800.0
"""Seconds without a call after which the process saves its world and ends; the next command starts it again."""
QUIET = 0.5
"""Seconds without a change after which the world is saved."""
LONGEST = 2.0
"""Seconds after which it is saved although changes go on."""
REMEMBERED = 4096
"""Answers kept for repeated calls."""

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Answer = tuple[str, list[tuple[str, str]], bytes]


@dataclass
class Gate:
    """Everything that comes in goes through here, one call at a time: moto's own state is not made for threads."""

    app: Wsgi
    state: Path
    answers: OrderedDict[str, Answer] = field(default_factory=OrderedDict[str, Answer])
    lock: threading.Lock = field(default_factory=threading.Lock)
    changed: float = 0.0
    """When the world last changed (monotonic), 0 when it is saved."""
    first: float = 0.0
    called: float = field(default_factory=time.monotonic)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        fault = environ.get(_header(FAULT))
        token = str(environ.get(_header(TOKEN)) or "")
        path = str(environ.get("PATH_INFO"))
        with self.lock:
            self.called = time.monotonic()
            if path.startswith(RECORDED):
                status, headers, body = self._recorded(path.removeprefix(f"{RECORDED}/"))
            elif fault == "throttle":
                status, headers, body = throttled(environ)
            elif token in self.answers:
                status, headers, body = self.answers[token]
            else:
                status, headers, body = self._ask(environ)
                if token and status < "500":
                    self.answers[token] = (status, headers, body)
                    while len(self.answers) > REMEMBERED:
                        self.answers.popitem(last=False)
        if fault == "drop":
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)  # the work is done, and nobody hears of it
            return []
        start_response(status, headers)
        return [body]

    def _recorded(self, token: str) -> Answer:
        if token not in self.answers:
            return "404 NOT FOUND", [], b""
        status, headers, body = self.answers[token]
        return "200 OK", [*headers, (STATUS, status[:3])], body

    def _ask(self, environ: dict[str, Any]) -> Answer:
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], error: object = None) -> None:
            del error
            told.append((status, headers))

        body = b"".join(self.app(environ, start))
        self.changed = time.monotonic()
        if not self.first:
            self.first = self.changed
            (self.state / UNSAVED).touch()
        status, headers = told[-1]
        return status, headers, body


def throttled(environ: dict[str, Any]) -> Answer:
    """A refusal that every protocol's client takes for throttling; nothing has happened."""
    kind = str(environ.get("CONTENT_TYPE") or "")
    if "json" in kind:
        body = json.dumps({"__type": "ThrottlingException", "message": "Rate exceeded"})
        return "400 BAD REQUEST", [("x-amzn-errortype", "ThrottlingException"), ("Content-Type", kind)], body.encode()
    if "x-www-form-urlencoded" in kind:
        code = "<Errors><Error><Code>RequestLimitExceeded</Code><Message>Rate exceeded</Message></Error></Errors>"
        other = "<Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error>"
        ec2 = "/ec2/" in str(environ.get("HTTP_AUTHORIZATION"))
        root = f"<Response>{code}</Response>" if ec2 else f"<ErrorResponse>{other}</ErrorResponse>"
        return "503 SERVICE UNAVAILABLE", [("Content-Type", "text/xml")], root.encode()
    body = "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
    return "503 SLOW DOWN", [("Content-Type", "application/xml"), ("x-amzn-errortype", "ThrottlingException")], body.encode()


class _Handler(WSGIRequestHandler):
    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Nothing: a stack is a thousand calls."""


def main() -> None:
    """Prints its port as one JSON line once it listens. Ends at SIGTERM, or after half an hour without a call."""
    parser = argparse.ArgumentParser(prog="sandbox.aws.moto.server")
    parser.add_argument("--state", type=Path, required=True, help="folder of its own: snapshot and nothing else")
    state = cast("Path", parser.parse_args().state)
    os.environ.setdefault("MOTO_ENABLE_ISO_REGIONS", "false")
    os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")  # roles are attached to AWS's own policies
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app

    from sandbox.aws.moto.mends import mend

    mend()
    gate = Gate(DomainDispatcherApplication(create_backend_app), state)
    gate.answers.update(load(state))
    handler = type("Handler", (_Handler, MotoRequestHandler), {"protocol_version": "HTTP/1.1"})
    server = make_server("127.0.0.1", 0, cast("Any", gate), threaded=True, request_handler=handler)
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"port": server.port}), flush=True)
    while not ended.wait(0.1):
        now = time.monotonic()
        if gate.changed and (now - gate.changed > QUIET or now - gate.first > LONGEST):
            _save(gate, state)
        if now - gate.called > IDLE:
            break
    _save(gate, state)
    os._exit(0)  # connections that idle are nobody's loss


def _save(gate: Gate, state: Path) -> None:
    with gate.lock:
        save(state, gate.answers)
        (state / UNSAVED).unlink(missing_ok=True)
        gate.changed = gate.first = 0.0


def _header(name: str) -> str:
    return f"HTTP_{name.upper().replace('-', '_')}"


if __name__ == "__main__":
    main()
