"""tools/bootstrap.sh with stand-ins for uv, Go and the CLI on a PATH of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COREUTILS = (
    *("bash", "sh", "env", "cat", "sed", "cksum", "mkdir", "rm", "mv", "ln", "readlink"),
    *("sort", "head", "tail", "dirname", "sleep", "touch", "chmod", "git"),
)
UV = "#!/bin/sh\n[ $1 = sync ] && mkdir -p .venv/bin && touch .venv/bin/python && chmod +x .venv/bin/python; echo uv $* >>calls\n"
# Writes the CLI that it is told to write, as `go build -o FILE` does.
GO = """#!/bin/sh
if [ "$1" = env ]; then echo go1.26.0; exit; fi
while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done
{building}
printf '#!/bin/sh\\necho v3.259.0\\n' >"$out" && chmod +x "$out"
"""
NO_NETWORK = "#!/bin/sh\nexit 6\n"


@dataclass(frozen=True)
class Machine:
    """A checkout, and a folder with all the programs that there are."""

    checkout: Path
    programs: Path

    def has(self, name: str, script: str = "#!/bin/sh\n") -> None:
        (self.programs / name).unlink(missing_ok=True)
        (self.programs / name).write_text(script)
        (self.programs / name).chmod(0o755)

    def lacks(self, name: str) -> None:
        (self.programs / name).unlink(missing_ok=True)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["tools/bootstrap.sh", *arguments],
            cwd=self.checkout,
            env={"PATH": str(self.programs), "HOME": str(self.checkout)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def bootstrap(self, *arguments: str) -> tuple[int, str]:
        with self.start(*arguments) as process:
            said, _ = process.communicate(timeout=60)
        return process.returncode, said

    @property
    def cli(self) -> Path:
        return self.checkout / ".tools" / "bin" / "pulumi"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """One with Go and uv, without the CLI and without a network."""
    checkout, programs = tmp_path / "checkout", tmp_path / "programs"
    (checkout / "tools" / "pulumi").mkdir(parents=True)
    programs.mkdir()
    shutil.copy(ROOT / "tools" / "bootstrap.sh", checkout / "tools")
    shutil.copy(ROOT / "tools" / "pulumi" / "go.mod", checkout / "tools" / "pulumi")
    for name in ("uv.lock", "pyproject.toml"):
        (checkout / name).write_text("1")
    for name in COREUTILS:
        os.symlink(shutil.which(name) or name, programs / name)
    made = Machine(checkout, programs)
    made.has("uv", UV)
    made.has("go", GO.format(building=":"))
    made.has("curl", NO_NETWORK)
    return made


def test_a_fresh_checkout_gets_its_environment_and_its_cli(machine: Machine) -> None:
    code, said = machine.bootstrap()

    assert code == 0, said
    assert "installing the locked Python environment: done" in said
    assert "building Pulumi 3.259.0 from Go modules: done" in said
    assert subprocess.run([machine.cli], capture_output=True, text=True, check=True).stdout == "v3.259.0\n"


def test_the_second_time_there_is_nothing_to_do_and_nothing_to_say(machine: Machine) -> None:
    machine.bootstrap()

    assert machine.bootstrap() == (0, "")
    assert (machine.checkout / "calls").read_text().count("uv sync --frozen") == 1


@pytest.mark.parametrize("changed", ["uv.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_renews_the_environment(machine: Machine, changed: str) -> None:
    machine.bootstrap()
    (machine.checkout / changed).write_text("2")

    _, said = machine.bootstrap()

    assert "installing the locked Python environment: done" in said


def test_a_cli_on_path_that_is_new_enough_is_used(machine: Machine) -> None:
    machine.has("pulumi", "#!/bin/sh\necho v3.300.1\n")
    machine.has("pulumi-language-python")

    code, said = machine.bootstrap()

    assert code == 0
    assert "Pulumi" not in said
    assert not machine.cli.exists()


@pytest.mark.parametrize(
    ("version", "host"),
    [pytest.param("v3.99.0", True, id="too old"), pytest.param("v3.300.1", False, id="without its Python language host")],
)
def test_a_cli_on_path_that_does_not_serve_is_left_alone(machine: Machine, version: str, host: bool) -> None:
    machine.has("pulumi", f"#!/bin/sh\necho {version}\n")
    if host:
        machine.has("pulumi-language-python")

    machine.bootstrap()

    assert machine.cli.exists()


def test_a_cli_that_came_onto_path_later_takes_the_built_ones_place(machine: Machine) -> None:
    machine.bootstrap()
    machine.has("pulumi", "#!/bin/sh\necho v3.300.1\n")
    machine.has("pulumi-language-python")

    assert machine.bootstrap() == (0, "")
    assert not machine.cli.exists()


def test_the_official_installer_comes_before_a_build(machine: Machine) -> None:
    installer = 'mkdir -p "$4/bin"; printf "#!/bin/sh\\necho v$2\\n" >"$4/bin/pulumi"; chmod +x "$4/bin/pulumi"'
    answers = (
        f"#!/bin/sh\nwhile [ $# -gt 0 ]; do [ $1 = --output ] && out=$2; shift; done\n[ $out = /dev/null ] || echo '{installer}' >$out\n"
    )
    machine.has("curl", answers)

    code, said = machine.bootstrap()

    assert code == 0, said
    assert "installing Pulumi 3.259.0 by its installer: done" in said
    assert "building" not in said
    assert machine.cli.exists()


@pytest.mark.parametrize(
    ("absent", "arguments", "package"),
    [
        pytest.param("go", (), "apt-get install golang", id="Go"),
        pytest.param("uv", (), "apt-get install python3 python3-venv", id="Python, where uv must be installed"),
        pytest.param("git", (), "apt-get install git", id="git"),
        pytest.param("node", ("node",), "apt-get install nodejs", id="Node.js for the type checker"),
    ],
)
def test_a_missing_tool_is_named_with_its_debian_package(machine: Machine, absent: str, arguments: tuple[str, ...], package: str) -> None:
    machine.lacks(absent)

    code, said = machine.bootstrap(*arguments)

    assert code == 1
    assert package in said.splitlines()[-1]


def test_a_build_that_prints_another_version_is_not_installed(machine: Machine) -> None:
    machine.has("go", GO.format(building=":").replace("v3.259.0", "v3.1.0"))

    code, said = machine.bootstrap()

    assert code == 1
    assert "the Pulumi CLI could not be built" in said
    assert not machine.cli.exists()


def test_an_interrupted_build_leaves_nothing_half_done(machine: Machine) -> None:
    machine.has("go", GO.format(building='touch building; echo half >"$out"; sleep 60'))
    marker = machine.checkout / "building"
    with machine.start() as process:
        for _ in range(300):
            if marker.exists():
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 128 + signal.SIGTERM

    assert marker.exists()
    assert not machine.cli.exists()
    assert not list((machine.checkout / ".tools").glob("p*"))
    machine.has("go", GO.format(building=":"))
    assert machine.bootstrap()[0] == 0
    assert machine.cli.exists()
