"""The programs of a control plane: they live on, come back on the same data, and end by their own process ids."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.kubernetes.cluster import control_plane
from sandbox.kubernetes.cluster.access import Access
from sandbox.kubernetes.cluster.api import Api
from sandbox.kubernetes.cluster.control_plane import ControlPlane, ControlPlaneFailed
from sandbox.kubernetes.cluster.leftovers import leftovers
from sandbox.kubernetes.cluster.objects import Cluster
from sandbox.kubernetes.cluster.processes import Program
from sandbox.tools import ToolMissing
from tests.sandbox.kubernetes_cluster.samples import MANAGER, config_map, secret

pytestmark = pytest.mark.judge
PROGRAMS = {"etcd", "kube-apiserver", "kube-controller-manager"}


@pytest.fixture
def own(tmp_path: Path, plane: ControlPlane) -> Generator[ControlPlane]:
    """A control plane that a test may break. `plane` skips where there are no programs."""
    own = ControlPlane(tmp_path / "own")
    yield own
    own.wipe()


def get(access: Access, space: str = "default") -> object:
    api = Api(access)
    try:
        return api.get(config_map(space))
    finally:
        api.close()


def test_a_fresh_cluster_has_no_leftovers(own: ControlPlane) -> None:
    api = Api(own.start())
    assert leftovers(api) == []
    Cluster(api).create(config_map("default"), MANAGER)
    assert leftovers(api) == ["ConfigMap default/settings"]
    api.close()


def test_starting_again_attaches_to_what_runs(plane: ControlPlane) -> None:
    before = plane.processes()
    assert set(before) == PROGRAMS
    assert ControlPlane(plane.folder).start().server == plane.start().server
    assert plane.processes() == before


def test_two_callers_at_once_start_one(own: ControlPlane) -> None:
    with ThreadPoolExecutor(2) as pool:
        servers = {access.server for access in pool.map(ControlPlane.start, [ControlPlane(own.folder) for _ in range(2)])}
    assert len(servers) == 1


def test_it_lives_on_after_the_program_that_started_it(own: ControlPlane) -> None:
    program = f"""
import os, pathlib, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs tests in the background ignores it for all of them
from sandbox.kubernetes.cluster.control_plane import ControlPlane
ControlPlane(pathlib.Path({str(own.folder)!r})).start()
os.killpg(os.getpgrp(), signal.SIGINT)
"""
    # As when somebody interrupts a command: the whole group of the terminal is hit.
    done = subprocess.run([sys.executable, "-c", program], start_new_session=True, check=False, capture_output=True)
    assert done.returncode != 0
    assert set(own.processes()) == PROGRAMS


def test_data_and_address_outlive_a_stop_and_a_crash(own: ControlPlane) -> None:
    access = own.start()
    api = Api(access)
    Cluster(api).create(config_map("default"), MANAGER)
    api.close()
    own.stop()
    assert own.processes() == {}
    assert own.start().server == access.server
    for pid in own.processes().values():
        os.kill(pid, signal.SIGKILL)
    assert own.start().server == access.server
    assert get(access) is not None


def test_what_died_alone_comes_back(own: ControlPlane) -> None:
    own.start()
    before = own.processes()
    os.kill(before["etcd"], signal.SIGKILL)
    own.start()
    after = own.processes()
    assert after["etcd"] != before["etcd"]
    assert after["kube-apiserver"] == before["kube-apiserver"]


def test_a_port_that_another_program_took_meanwhile_is_left_to_it(own: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        answers = iter([port])
        free = control_plane._free  # pyright: ignore[reportPrivateUsage] # the race is between it and the server

        def first_taken(wanted: int) -> int:
            return next(answers, None) or free(wanted)

        monkeypatch.setattr(control_plane, "_free", first_taken)
        assert own.start().server != f"https://127.0.0.1:{port}"


def test_wiping_leaves_nothing_and_ends_nothing_else(own: ControlPlane, plane: ControlPlane) -> None:
    own.start()
    own.wipe()
    assert [path.name for path in own.folder.iterdir()] == ["lock"]
    assert set(plane.processes()) == PROGRAMS


def test_a_process_id_that_was_given_away_is_not_ended(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        (tmp_path / "etcd.pid").write_text(str(other.pid))
        program = Program(tmp_path, "etcd")
        assert program.pid() is None
        program.end(1)
        assert other.poll() is None
        other.terminate()


def test_nobody_else_may_read_its_files(own: ControlPlane) -> None:
    own.start()
    assert stat.S_IMODE(own.folder.stat().st_mode) == 0o700
    loose = [path.name for path in own.folder.iterdir() if stat.S_IMODE(path.lstat().st_mode) & 0o077]
    assert loose == []


def test_secrets_do_not_stand_in_plain_in_its_data(own: ControlPlane) -> None:
    api = Api(own.start())
    cluster = Cluster(api)
    cluster.create(secret("default", password="correct-horse-battery"), MANAGER)
    cluster.create(config_map("default", word="in-plain-sight"), MANAGER)
    api.close()
    own.stop()
    data = b"".join(path.read_bytes() for path in (own.folder / "etcd").rglob("*") if path.is_file())
    assert b"in-plain-sight" in data
    assert b"correct-horse-battery" not in data


def test_no_other_kubeconfig_is_touched(own: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_text("not yours")
    monkeypatch.setenv("KUBECONFIG", str(foreign))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    own.start()
    assert foreign.read_text() == "not yours"
    assert not (tmp_path / "home").exists()


def test_a_failed_start_shows_the_end_of_the_log(own: ControlPlane) -> None:
    own.start()
    own.stop()
    (own.folder / "encryption.json").write_text("{}")
    with pytest.raises(ControlPlaneFailed, match=r"(?s)kube-apiserver ended.*encryption") as failed:
        own.start()
    assert "kube-apiserver.log" in str(failed.value)


def test_missing_programs_are_named_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.kubernetes.cluster.processes.TOOLS", tmp_path)
    with pytest.raises(ToolMissing, match=r"etcd is neither at .* run `tools/bootstrap.sh judges`"):
        ControlPlane(tmp_path / "none", {"PATH": str(tmp_path)}).start()
