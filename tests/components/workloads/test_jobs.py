"""Jobs that try again inside their container, and Jobs that run at the first installation alone."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import kubernetes_validate
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.workloads.retry import LOOP, retried
from components.workloads.spec import JobSpec, Retry, Uses
from tests.components.workloads.samples import JOB, KUBERNETES, changed_pod, pod_of, ran

MIGRATE = changed_pod(command=("node", "db/migrate.mjs"), args=("--verbose",))
SHELLS = [[found] for name in ("sh", "dash", "bash") if (found := shutil.which(name))]
if busybox := shutil.which("busybox"):
    SHELLS.append([busybox, "sh"])
# Counts its runs in the first file, writes its arguments to the second, and succeeds from the run that the third argument tells.
FLAKY = """\
import pathlib, sys
count, told, good = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
runs = int(count.read_text()) + 1 if count.exists() else 1
count.write_text(str(runs))
told.write_text(repr(sys.argv[4:]))
sys.exit(0 if runs >= good else 40 + runs)
"""
AWKWARD = ("two words", "$HOME `id` $(id)", "quo\"te's", "*", "", "-x", "a\\b\nc")


def loop(shell: list[str], waits: tuple[int, int], attempts: int, command: tuple[str, ...]) -> list[str]:
    return [*shell, "-c", LOOP, "retry", *map(str, waits), str(attempts), *command]


def run(
    tmp_path: Path, shell: list[str], *, attempts: int, good: int, args: tuple[str, ...] = ()
) -> tuple[subprocess.CompletedProcess[str], int, str]:
    count, told = tmp_path / "count", tmp_path / "told"
    command = (sys.executable, "-c", FLAKY, str(count), str(told), str(good), *args)
    done = subprocess.run(loop(shell, (0, 0), attempts, command), capture_output=True, text=True, timeout=30, check=False)
    return done, int(count.read_text()), told.read_text()


@pytest.mark.requirement("SN-09")
@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: Path(shell[0]).name)
def test_a_command_is_tried_until_it_succeeds(tmp_path: Path, shell: list[str]):
    done, runs, told = run(tmp_path, shell, attempts=6, good=3, args=AWKWARD)
    assert (done.returncode, runs) == (0, 3)
    assert told == repr(list(AWKWARD))
    assert done.stderr.splitlines() == ["ended with 41, trying again in 0 s, 5 left", "ended with 42, trying again in 0 s, 4 left"]


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: Path(shell[0]).name)
def test_after_the_last_try_its_own_code_is_the_jobs(tmp_path: Path, shell: list[str]):
    done, runs, _ = run(tmp_path, shell, attempts=3, good=99)
    assert (done.returncode, runs) == (43, 3)


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: Path(shell[0]).name)
def test_waits_double_up_to_the_longest(shell: list[str], tmp_path: Path):
    """With a `sleep` that only tells how long it was asked to."""
    told, fake = tmp_path / "told", tmp_path / "sleep"
    fake.write_text(f'#!/bin/sh\necho "$1" >> {told}\n')
    fake.chmod(0o755)
    done = subprocess.run(
        loop(shell, (2, 9), 6, ("false",)), env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 1
    waits = tuple(map(int, told.read_text().split()))
    assert waits == (2, 4, 8, 9, 9)
    assert waits == Retry(initial_seconds=2, max_seconds=9, attempts=6).waits


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: Path(shell[0]).name)
def test_the_command_hears_that_the_pod_is_stopped_and_is_not_tried_again(tmp_path: Path, shell: list[str]):
    begun, stopped = tmp_path / "begun", tmp_path / "stopped"
    graceful = f"trap 'echo once >> {stopped}; exit 9' TERM; touch {begun}; sleep 30 & wait"
    with subprocess.Popen(loop(shell, (0, 0), 5, ("sh", "-c", graceful)), stderr=subprocess.DEVNULL) as process:
        while not begun.exists():
            time.sleep(0.01)
        time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 9
    assert stopped.read_text() == "once\n"


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: Path(shell[0]).name)
def test_a_wait_ends_when_the_pod_is_stopped(shell: list[str]):
    with subprocess.Popen(loop(shell, (60, 60), 5, ("false",)), stderr=subprocess.PIPE) as process:
        assert process.stderr
        process.stderr.readline()
        time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 1


@pytest.mark.requirement("SN-09")
def test_the_migrations_of_a_job_are_tried_in_its_own_container():
    migration = ran(pod=MIGRATE, retry=Retry(initial_seconds=2, max_seconds=60, attempts=6), deadline_seconds=300)
    job = migration.one("kubernetes:batch/v1:Job").inputs
    kubernetes_validate.validate(job, KUBERNETES, strict=True)
    assert (job["spec"]["backoffLimit"], job["spec"]["activeDeadlineSeconds"]) == (0, 300)
    (container,) = pod_of(migration)["containers"]
    assert container["command"] == ["/bin/sh", "-c", LOOP, "retry", "2", "60", "6", "node", "db/migrate.mjs"]
    assert container["args"] == ["--verbose"]


@given(first=st.integers(1, 100), most=st.integers(1, 100))
def test_no_wait_is_longer_than_the_longest(first: int, most: int):
    retry = Retry(initial_seconds=first, max_seconds=most)
    assert retried(MIGRATE, retry).command[4:7] == (str(min(first, most)), str(most), "6")
    assert max(retry.waits) <= most


def test_a_retry_of_no_command_or_beyond_the_deadline_is_refused():
    with pytest.raises(ValueError, match=r"once.retry has no command to repeat"):
        ran(retry=Retry())
    with pytest.raises(ValueError, match=r"once.retry waits 62 s; allowed: less than deadline_seconds, 60"):
        ran(pod=MIGRATE, retry=Retry(), deadline_seconds=60)


@pytest.mark.requirement("SN-09")
def test_a_job_of_the_first_installation_takes_no_notice_of_changes():
    first, later = ran(once=True), ran(once=True, files={"run.sql": "SELECT 2"}, pod=changed_pod(image="registry.example/app:2"))
    for recording in (first, later):
        job, files = recording.one("kubernetes:batch/v1:Job"), recording.one("kubernetes:core/v1:ConfigMap")
        assert job.inputs["metadata"]["name"] == files.inputs["metadata"]["name"] == "once"
        assert set(job.inputs) - {"apiVersion", "kind"} == set(job.ignore_changes) == {"metadata", "spec"}


def test_other_jobs_take_notice_of_every_change():
    assert all(item.ignore_changes == () for item in ran())


def test_what_a_job_connects_to_does_not_run_it_again():
    connected = JOB.model_copy(update={"pod": JOB.pod.model_copy(update={"uses": (Uses(resource="database:main"),)})})
    assert connected.content == JOB.content


def test_fields_that_came_later_do_not_run_jobs_again():
    """Names of Jobs that stand are hashes of their specs: a default that counted would run every one of them again."""
    assert JOB.content == "c4cceaba"
    assert JobSpec.model_validate(JOB.model_dump() | {"rolled": ("app",)}).content != JOB.content
