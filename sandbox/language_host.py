"""Stand-in for Pulumi's Python language host, for machines that have the CLI without it."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from types import FrameType
from typing import IO

import grpc
from google.protobuf import empty_pb2

from sandbox.lean import protocol_only

with protocol_only():
    from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

SHOWN = 32
"""Exit code by which the executor says that the person has seen the error already."""
LAST_WORDS = 0.2
"""Seconds for a child to end by itself once it was told to; the engine itself waits 5 s before it kills."""


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs programs and policy packs with this interpreter, whatever virtual environment the project names."""

    def __init__(self, engine: str, done: threading.Event) -> None:
        self._engine = engine
        self._done = done
        self._children: set[subprocess.Popen[bytes]] = set()

    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi"))

    def GetRequiredPlugins(
        self, request: language_pb2.GetRequiredPluginsRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPluginsResponse:
        return language_pb2.GetRequiredPluginsResponse()

    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """None: the stand-ins are attached, so there is nothing to install."""
        return language_pb2.GetRequiredPackagesResponse()

    def RuntimeOptionsPrompts(
        self, request: language_pb2.RuntimeOptionsRequest, context: grpc.ServicerContext
    ) -> language_pb2.RuntimeOptionsResponse:
        return language_pb2.RuntimeOptionsResponse()

    def About(self, request: language_pb2.AboutRequest, context: grpc.ServicerContext) -> language_pb2.AboutResponse:
        return language_pb2.AboutResponse(executable=sys.executable, version=".".join(map(str, sys.version_info[:3])))

    def InstallDependencies(
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        yield language_pb2.InstallDependenciesResponse(stdout=b"The environment is managed with uv: run `uv sync --frozen`.\n")

    def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        found = {distribution.metadata["Name"]: distribution.version for distribution in metadata.distributions()}
        if not request.transitiveDependencies:
            found = {name: version for name, version in found.items() if name.startswith("pulumi")}
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=name, version=version) for name, version in sorted(found.items())]
        )

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        self._done.set()
        return empty_pb2.Empty()

    def Run(self, request: language_pb2.RunRequest, context: grpc.ServicerContext) -> language_pb2.RunResponse:
        arguments = [
            *("--monitor", request.monitor_address),
            *("--engine", self._engine),
            *("--project", request.project),
            *("--root_directory", request.info.root_directory),
            *("--stack", request.stack),
            *("--pwd", request.pwd or request.info.program_directory),
            *("--dry_run", "true" if request.dryRun else "false"),
            *("--parallel", str(request.parallel)),
            *("--organization", request.organization),
        ]
        environment = {
            **os.environ,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        # What the program prints goes to this process's own output, which the engine shows.
        child = self._start(["program", *arguments, _program(request), *request.args], environment, None)
        code = child.wait()
        self._children.discard(child)
        if code == SHOWN:
            return language_pb2.RunResponse(bail=True)
        if code:
            how = f"was ended by signal {-code}" if code < 0 else f"exited with non-zero exit code: {code}"
            return language_pb2.RunResponse(error=f"Program {how}")
        return language_pb2.RunResponse()

    def RunPlugin(self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext) -> Iterator[language_pb2.RunPluginResponse]:
        if request.kind != "analyzer":
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the sandbox runs policy packs only, not a plugin of kind {request.kind!r}")
        pack = request.info.program_directory
        engine = next((argument for argument in request.args if not argument.startswith("-")), self._engine)
        environment = {name: value for name, _, value in (pair.partition("=") for pair in request.env)} or dict(os.environ)
        child = self._start(["pack", engine, pack], environment, subprocess.PIPE, pack)
        # The engine ends a pack by ending this call.
        context.add_callback(child.terminate)
        lines: queue.SimpleQueue[language_pb2.RunPluginResponse | None] = queue.SimpleQueue()
        assert child.stdout is not None
        assert child.stderr is not None
        threading.Thread(target=_pump, args=(child.stdout, "stdout", lines), daemon=True).start()
        threading.Thread(target=_pump, args=(child.stderr, "stderr", lines), daemon=True).start()
        open_streams = 2
        while open_streams:
            line = lines.get()
            if line is None:
                open_streams -= 1
            else:
                yield line
        self._children.discard(child)
        yield language_pb2.RunPluginResponse(exitcode=child.wait())

    def stop(self) -> None:
        """Ends what still runs: gently, then for good."""
        children = list(self._children)
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(LAST_WORDS)
            except subprocess.TimeoutExpired:
                child.kill()

    def _start(
        self, arguments: Sequence[str], environment: dict[str, str], output: int | None, directory: str | None = None
    ) -> subprocess.Popen[bytes]:
        # The child watches the pipe on its standard input: it ends when this process does, however that happens.
        child = subprocess.Popen(
            [sys.executable, "-u", "-P", "-m", "sandbox.executor", *arguments],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=directory,
        )
        self._children.add(child)
        return child


def _program(request: language_pb2.RunRequest) -> str:
    """`main: infra/` makes the program directory `infra` and the entry point `.`; `main: infra/app.py` names a file in it."""
    entry = request.info.entry_point or request.program or "."
    return str(Path(request.info.program_directory or request.pwd) / entry)


def _pump(stream: IO[bytes], name: str, lines: queue.SimpleQueue[language_pb2.RunPluginResponse | None]) -> None:
    for line in iter(stream.readline, b""):
        lines.put(language_pb2.RunPluginResponse(stdout=line) if name == "stdout" else language_pb2.RunPluginResponse(stderr=line))
    lines.put(None)


def _watch(stream: IO[bytes], done: threading.Event) -> None:
    """The engine holds the other end of standard input: it closes when the engine dies without a word."""
    stream.read()
    done.set()


def main() -> None:
    """The engine passes its own address last and reads the port from the first line."""
    done = threading.Event()

    def leave(number: int, frame: FrameType | None) -> None:
        done.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    host = LanguageHost(sys.argv[-1] if len(sys.argv) > 1 else "", done)
    server = grpc.server(  # pyright: ignore[reportUnknownMemberType]: grpc-stubs leaves handlers unparametrised
        ThreadPoolExecutor(16), options=[("grpc.max_receive_message_length", -1), ("grpc.so_reuseport", 0)]
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    threading.Thread(target=_watch, args=(sys.stdin.buffer, done), daemon=True).start()
    done.wait()
    host.stop()
    os._exit(0)


if __name__ == "__main__":
    main()
