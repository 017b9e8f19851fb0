"""The process that holds the stand-ins: one gRPC server per package, each on a loopback port of its own."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TextIO, cast

import grpc

from sandbox.contract import StandIn
from sandbox.faults import Fault, Faults
from sandbox.hub import Hub
from sandbox.judges import Choice, judges
from sandbox.latency import SOURCES, Clock
from sandbox.lean import protocol_only
from sandbox.reflection.schema import Schemas
from sandbox.servicer import Servicer
from sandbox.world import World

with protocol_only():
    from pulumi.runtime.proto import provider_pb2_grpc

THREADS = 1024
"""Calls that may wait at once; threads come into being only as calls arrive, and a wait costs nothing but its stack."""
DEFAULT_STAND_INS = "sandbox.standins:stand_ins"

Factory = Callable[[Path], Mapping[str, StandIn]]


def main(argv: Sequence[str] | None = None) -> None:
    """Prints the ports as one JSON line, then serves until its standard input ends, which it does when the parent dies."""
    parser = argparse.ArgumentParser(prog="sandbox.server")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--latency", choices=sorted(SOURCES), default="none")
    parser.add_argument("--time-scale", type=float, default=1.0)
    parser.add_argument("--fault", type=Fault.parse, action="append", default=[])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--stand-ins", default=DEFAULT_STAND_INS, help="module:function that gives the stand-ins by package")
    parser.add_argument("--judges", type=Choice.parse, default=Choice(), help="as Choice.text() writes it")
    options = parser.parse_args(argv)
    state = cast(Path, options.state)
    with (state / "stand-ins.log").open("a", encoding="utf-8") as log:
        faults = Faults(options.fault, options.seed, state)
        hub = Hub(
            world=World(state),
            stand_ins=_factory(options.stand_ins)(state / "schemas"),
            clock=Clock(SOURCES[options.latency], options.time_scale),
            faults=faults,
            log=lambda text: _log(log, text),
            judges=judges(state, options.judges, Schemas(state / "schemas"), faults.inject, lambda text: _log(log, text)),
        )
        hub.settle()
        pool = ThreadPoolExecutor(THREADS, thread_name_prefix="call")
        servers = {package: _server(package, hub, pool) for package in hub.stand_ins}
        ports = {package: server.add_insecure_port("127.0.0.1:0") for package, server in servers.items()}
        for server in servers.values():
            server.start()
        print(json.dumps(ports), flush=True)
        sys.stdin.buffer.read()
    # Calls may still sleep through a latency; nobody waits for their answers any more.
    os._exit(0)


def _server(package: str, hub: Hub, pool: ThreadPoolExecutor) -> grpc.Server:
    unlimited = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1), ("grpc.so_reuseport", 0)]
    server = grpc.server(pool, options=unlimited)  # pyright: ignore[reportUnknownMemberType]: grpc-stubs leaves handlers unparametrised
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(package, hub), server)
    return server


_LOG_LOCK = threading.Lock()


def _factory(name: str) -> Factory:
    module, _, function = name.partition(":")
    return cast(Factory, getattr(importlib.import_module(module), function))


def _log(file: TextIO, text: str) -> None:
    with _LOG_LOCK:
        file.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S')} {text}\n")
        file.flush()


if __name__ == "__main__":
    main()
