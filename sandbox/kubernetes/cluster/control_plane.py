"""A real Kubernetes control plane on loopback: etcd, API server and controllers, with data, port and keys of their own."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import ssl
import time
from collections.abc import Generator, Mapping
from pathlib import Path

import httpx

from sandbox.kubernetes.cluster import access, commands, pki
from sandbox.kubernetes.cluster.processes import Program, find, until

ETCD, API_SERVER, CONTROLLERS = "etcd", "kube-apiserver", "kube-controller-manager"
PORTS = 5
"""Attempts at finding a free port: another program may take one between our look and the server's."""
_INHERITED = ("PATH", "TMPDIR", "LANG")
_FRUGAL = {"GOGC": "200", "GOMEMLIMIT": "1GiB"}
"""Definitions make much garbage: by default its collection is a third of their cost. The limit is a soft one."""
_LOCK = "lock"


class ControlPlaneFailed(Exception):
    """A program of the control plane does not run; the message holds the end of its log."""


class ControlPlane:
    """Runs on after the caller's end, so that others can look at it: `stop` ends it, `wipe` also forgets what it holds.

    Everything is in `folder` (0700), no other kubeconfig is read or written. Raises ToolMissing where a program is not there.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self.kubeconfig = self.folder / "kubeconfig"
        self._environment = os.environ if environment is None else environment
        self._programs = {name: Program(self.folder, name) for name in (ETCD, API_SERVER, CONTROLLERS)}

    def start(self, deadline: float = 60.0) -> access.Access:
        """Attaches to what runs, starts what does not, on the same data. `deadline` is in seconds."""
        end = time.monotonic() + deadline
        with self._locked():
            pki.issue(self.folder)
            met = self.processes()
            try:
                self._up(end)
            except ControlPlaneFailed:
                if not met:
                    raise
                self._up(end)  # what we attached to was about to end
            return access.read(self.kubeconfig)

    def _up(self, end: float) -> None:
        if not self._programs[ETCD].pid():
            for left in self.folder.glob("*:0"):  # a killed etcd leaves its sockets, and the next one stumbles over them
                left.unlink()
            self._start(ETCD, commands.etcd(self._tool(ETCD), self.folder))
        self._serve(end)
        if not self._programs[CONTROLLERS].pid():
            self._start(CONTROLLERS, commands.controller_manager(self._tool(CONTROLLERS), self.folder))
        # The first thing that only a controller makes.
        self._wait(CONTROLLERS, "/api/v1/namespaces/default/serviceaccounts/default", end)

    def stop(self) -> None:
        """Ends its own processes, and no other; the data stays."""
        if self.folder.is_dir():
            with self._locked():
                self._end(patience=10.0)

    def wipe(self) -> None:
        """Ends it and deletes its data, keys and kubeconfig."""
        if not self.folder.is_dir():
            return
        with self._locked():
            self._end(patience=0.0)
            for path in self.folder.iterdir():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                elif path.name != _LOCK:  # others may be waiting for it
                    path.unlink()

    def processes(self) -> dict[str, int]:
        """Process ids of what runs, by name."""
        return {name: pid for name, program in self._programs.items() if (pid := program.pid())}

    def _serve(self, end: float) -> None:
        program = self._programs[API_SERVER]
        if program.pid():
            return self._wait(API_SERVER, "/readyz", end)
        tool = self._tool(API_SERVER)
        for attempt in range(PORTS):
            port = self._port(fresh=attempt > 0)
            for user in pki.CLIENTS:
                name = self.kubeconfig if user == "admin" else self.folder / f"{user}.kubeconfig"
                access.write(name, f"https://127.0.0.1:{port}", self.folder, user)
            self._start(API_SERVER, commands.api_server(tool, self.folder, port))
            try:
                return self._wait(API_SERVER, "/readyz", end)
            except ControlPlaneFailed:
                if "address already in use" not in program.tail(200) or attempt == PORTS - 1:
                    raise
        raise AssertionError("unreachable")

    def _tool(self, name: str) -> Path:
        return find(name, self._environment)

    def _port(self, *, fresh: bool) -> int:
        """The one of last time where it is free, so that a kubeconfig that somebody copied stays right."""
        file = self.folder / "port"
        wanted = 0
        if not fresh and file.exists():
            wanted = int(file.read_text(encoding="ascii"))
        # A server that was killed holds its port until the system has taken it apart.
        until(lambda: not wanted or _free(wanted) != 0, 2)
        port = _free(wanted) or _free(0)
        pki.write_private(file, str(port).encode())
        return port

    def _start(self, name: str, command: list[str]) -> None:
        # ETCD_* and proxies of the caller's environment would change what the programs do.
        environment = {key: self._environment[key] for key in _INHERITED if key in self._environment}
        self._programs[name].start(command, {**environment, **_FRUGAL, "HOME": str(self.folder)})

    def _wait(self, name: str, path: str, end: float) -> None:
        way = access.read(self.kubeconfig)
        answer = "no answer"
        with httpx.Client(base_url=way.server, verify=way.trust, trust_env=False, timeout=2) as client:
            while time.monotonic() < end:
                if dead := self._dead(name):
                    raise ControlPlaneFailed(f"{dead.name} ended while {path} was awaited; the end of {dead.log}:\n{dead.tail()}")
                try:
                    response = client.get(path)
                except (httpx.TransportError, ssl.SSLError) as error:
                    answer = str(error)
                else:
                    if response.status_code == 200:
                        return
                    answer = f"{response.status_code} {response.text[:500]}"
                time.sleep(0.05)
        tail = self._programs[name].tail()
        raise ControlPlaneFailed(f"{path} was not ready in time ({answer}); the end of {self._programs[name].log}:\n{tail}")

    def _dead(self, name: str) -> Program | None:
        """What `name` needs and what has ended: itself or one below it."""
        order = (ETCD, API_SERVER, CONTROLLERS)
        needed = order[: order.index(name) + 1]
        return next((self._programs[one] for one in needed if not self._programs[one].pid()), None)

    def _end(self, patience: float) -> None:
        for name in (CONTROLLERS, API_SERVER, ETCD):
            self._programs[name].end(patience)

    @contextlib.contextmanager
    def _locked(self) -> Generator[None]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder.chmod(0o700)
        descriptor = os.open(self.folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _free(port: int) -> int:
    """`port` (any, for 0) where it can be had on loopback, else 0."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return 0
        return int(attempt.getsockname()[1])
