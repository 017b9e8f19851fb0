"""The real engine against the generic part of the sandbox, with a stand-in of a few lines."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import drift
from sandbox.launcher import Behaviour, Session
from sandbox.recover import recover
from sandbox.tools import REPOSITORY
from tests.sandbox.boxes import TINY, checkpoint, configure, resources, wait_until, write_pack
from tests.sandbox.conftest import Open

pytestmark = pytest.mark.engine

UP = ("up", "--yes", "--skip-preview")
SECRET = "a-recognisable-secret-value"


def everything_once(session: Session) -> bool:
    """State and world hold the same things, none twice."""
    with_ids = sorted((one["urn"], one["id"]) for one in checkpoint(session)["resources"] if one["type"].startswith("aws:"))
    world = session.world()
    made = sorted((record.urn, record.id) for record in world.all())
    world.close()
    return with_ids == made and len({urn for urn, _ in made}) == len(made)


def test_a_stack_lives_its_life(boxes: Open) -> None:
    session = boxes()
    session.run("config", "set", "--secret", "content", SECRET, check=True)

    preview = session.run("preview", check=True)
    assert "9 to create" in preview.stdout
    assert "warning" not in preview.stdout + preview.stderr

    up = session.run(*UP, check=True)
    assert "arn:eu-central-1:" in up.stdout, "the first provider instance"
    assert "arn:eu-west-1:" in up.stdout, "the second one, on the same port"
    assert everything_once(session)
    assert SECRET not in up.stdout + up.stderr
    holders = {file for file in session.state.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()}
    assert {file.name.partition("-")[0] for file in holders} == {"vault.db"}
    assert all(file.stat().st_mode & 0o077 == 0 for file in holders)
    assert resources(session)["twin"]["outputs"]["echo"].keys() >= {"ciphertext"}, "what echoes a secret is a secret"

    session.run(*UP, "--expect-no-changes", check=True)

    configure(session, label="2", twin="box1")
    second = session.run("preview", "--diff", check=True).stdout
    assert '~ a: "1" => "2"' in second
    assert "replace" in second, "a new name is a new box"
    assert "[unknown]" not in second.partition("base")[0], "what an update does not touch stays known"
    session.run(*UP, check=True)
    assert everything_once(session)

    session.run("destroy", "--yes", "--skip-preview", check=True)
    assert not list(session.world().all())


def test_refresh_sees_what_changed_behind_the_engines_back(boxes: Open) -> None:
    session = boxes()
    session.run(*UP, check=True)
    world = session.world()
    drift.change(world, "base", "labels.a", "changed by hand")
    drift.delete(world, "box3")
    world.close()

    refresh = session.run("refresh", "--yes", "--skip-preview", check=True).stdout
    assert "1 updated" in refresh
    assert "1 deleted" in refresh

    again = session.run(*UP, check=True).stdout
    assert "1 updated" in again
    assert "1 created" in again
    session.run("refresh", "--yes", "--skip-preview", "--expect-no-changes", check=True)


def test_a_thing_that_exists_can_be_imported_and_one_that_does_not_cannot(boxes: Open) -> None:
    session = boxes()
    session.run(*UP, check=True)
    world = session.world()
    box = drift.find(world, "box0")
    world.put(drift.replace(box, id="box-by-hand", urn="", inputs={"name": "box0-copy"}, outputs={**box.outputs, "name": "box0-copy"}))
    world.close()
    configure(session, **{"import": "box-by-hand"})
    assert "1 imported" in session.run(*UP, check=True).stdout
    configure(session, **{"import": "box-of-nobody"})
    assert "does not exist" in session.run("preview").stdout


def test_mistakes_are_told_once_and_where_they_are(boxes: Open) -> None:
    session = boxes()
    configure(session, there="us-east-1")
    assert "'us-east-1' is no region of the tiny cloud" in session.run("preview").stdout

    configure(session, size="bug")
    failed = session.run(*UP)
    assert failed.returncode != 0
    assert "the sandbox's stand-in for aws failed at tiny.py:" in failed.stdout
    assert "ZeroDivisionError: a bug in the stand-in" in failed.stdout

    configure(session, **{"raise": "the program's own mistake"})
    failed = session.run("preview")
    assert failed.returncode != 0
    diagnostics = (failed.stdout + failed.stderr).partition("Diagnostics:")[2]
    assert diagnostics.count("ValueError: the program's own mistake") == 1
    assert "executor.py" not in diagnostics

    configure(session, error="a mistake told in one line")
    failed = session.run("preview")
    assert failed.returncode != 0
    assert "Traceback" not in failed.stdout

    configure(session, exit="3")
    failed = session.run("preview")
    assert failed.returncode != 0
    assert "exited with non-zero exit code: 3" in failed.stdout + failed.stderr


@pytest.mark.parametrize("mend", [True, False], ids=["recover, then up", "up alone"])
def test_a_provider_that_dies_loses_and_doubles_nothing(boxes: Open, mend: bool) -> None:
    session = boxes(faults=["crash:box2"])
    failed = session.run(*UP)
    assert failed.returncode != 0
    assert "error reading from server" in failed.stdout or "connection error" in failed.stdout
    world = session.world()
    assert "box2" in [record.inputs["name"] for record in world.unanswered()]
    if mend:
        assert "a provider died before it could report" in "\n".join(recover(session.run, "dev", world))
        assert recover(session.run, "dev", world) == []
    world.close()
    session.run(*UP, check=True)
    assert everything_once(session)
    session.run(*UP, "--expect-no-changes", check=True)


def test_a_killed_cli_loses_and_doubles_nothing(boxes: Open) -> None:
    session = boxes(latency="realistic")
    up = session.start(*UP)
    # Boxes take two seconds: at this point the four that stand on `base` are under way.
    wait_until(lambda: (session.state / "world.db").exists() and len(resources_if_any(session)) >= 5)
    wait_until(lambda: len(checkpoint(session).get("pending_operations") or []) >= 4)
    up.kill()
    up.communicate()
    world = session.world()
    wait_until(lambda: len(list(world.all())) == 6)  # the providers finish what they began
    drift.delete(world, "box1")  # as if that one had not
    assert session.run(*UP).returncode != 0, "the stack is locked"

    lines = "\n".join(recover(session.run, "dev", world))
    assert "released the lock" in lines
    assert "box0: its creation was cut short but had succeeded" in lines
    assert "box1: its creation was cut short and had not succeeded" in lines
    assert recover(session.run, "dev", world) == []
    world.close()
    up_again = session.run(*UP, check=True)
    assert "1 created" in up_again.stdout
    assert "pending" not in up_again.stdout + up_again.stderr
    assert everything_once(session)


def resources_if_any(session: Session) -> dict[str, object]:
    try:
        return dict(resources(session))
    except (OSError, ValueError):
        return {}


def test_a_failed_create_is_resumed_and_throttling_is_waited_out(boxes: Open) -> None:
    session = boxes(faults=["fail:box1", "throttle:0.3"], seed=7)
    failed = session.run(*UP)
    assert failed.returncode != 0
    assert "InternalFailure" in failed.stdout
    assert not checkpoint(session).get("pending_operations")
    session.run(*UP, check=True)
    assert everything_once(session)
    assert "throttled" in (session.state / "stand-ins.log").read_text()

    session.restart(Behaviour(stand_ins=TINY, faults=("throttle:1",)))
    configure(session, count="5")
    failed = session.run(*UP)
    assert "ThrottlingException: Rate exceeded" in failed.stdout


def test_a_policy_pack_gates_the_preview(boxes: Open, tmp_path: Path) -> None:
    session = boxes()
    pack = write_pack(
        tmp_path / "pack",
        "from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy\n"
        "def check(args, report):\n"
        "    if args.props.get('name') == 'box3': report('no box is called box3')\n"
        "PolicyPack('tiny', enforcement_level=EnforcementLevel.MANDATORY,\n"
        "           policies=[ResourceValidationPolicy('names', 'names', check)])\n",
    )
    refused = session.run("preview", "--policy-pack", str(pack))
    assert refused.returncode != 0
    assert "no box is called box3" in refused.stdout
    configure(session, count="3")
    session.run("preview", "--policy-pack", str(pack), check=True)


def test_the_command_line_passes_exit_codes_on_and_leaves_no_process_behind(boxes: Open, tmp_path: Path) -> None:
    session = boxes(latency="none")
    session.stop()
    marker = f"marker-{os.getpid()}"
    sandbox = [sys.executable, "-m", "sandbox", "--state", str(session.state), "--stand-ins", TINY, "--latency", "realistic", "--"]
    environment = {**session.base, "MARKER": marker, "PYTHONPATH": str(REPOSITORY)}
    code = subprocess.run([*sandbox, "sh", "-c", "exit 7"], cwd=session.cwd, env=environment, check=False).returncode
    assert code == 7

    launcher = subprocess.Popen(
        [*sandbox, "pulumi", *UP, "--stack", "dev"], cwd=session.cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_until(lambda: len(ours(marker)) >= 4)  # launcher, stand-ins, CLI, language host
    wait_until(lambda: len(resources_if_any(session)) >= 3)
    for pid, command in ours(marker).items():
        if "sandbox" in command and "server" not in command and "host" not in command and "executor" not in command:
            os.kill(pid, signal.SIGKILL)
    for pid, command in ours(marker).items():
        if "pulumi\0up" in command:
            os.kill(pid, signal.SIGKILL)
    launcher.wait()
    wait_until(lambda: not ours(marker), 20)


def ours(marker: str) -> dict[int, str]:
    """Running processes that inherited the marker."""
    found: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and f"MARKER={marker}".encode() in (folder / "environ").read_bytes():
                found[int(folder.name)] = (folder / "cmdline").read_text()
        except OSError:
            continue
    return found
