"""tools/bootstrap.sh with stand-ins for uv, Go and the CLI on a PATH of its own."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest

from tests.ops.machine import Machine, go


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
    machine.has("go", go(pulumi="v3.1.0"))

    code, said = machine.bootstrap()

    assert code == 1
    assert "the Pulumi CLI could not be built" in said
    assert not machine.cli.exists()


def test_an_interrupted_build_leaves_nothing_half_done(machine: Machine) -> None:
    machine.has("go", go(building='touch building; echo half >"$out"; sleep 60'))
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
    machine.has("go", go())
    assert machine.bootstrap()[0] == 0
    assert machine.cli.exists()


def test_a_go_that_is_too_old_fetches_the_one_that_the_module_asks_for(machine: Machine) -> None:
    machine.has("go", go(version="go1.24.4"))

    code, said = machine.bootstrap()

    assert code == 0, said
    assert "fetching Go 1.25.11: done" in said
    assert machine.cli.exists()


def test_a_go_that_is_too_old_and_may_not_fetch_a_newer_one_is_named_with_both_versions(machine: Machine) -> None:
    machine.has("go", go(version="go1.24.4", fetching="echo module not available >&2; exit 1"))

    code, said = machine.bootstrap()

    assert code == 1
    assert "module not available" in said
    assert "go1.24.4 is too old and got no newer one (GOTOOLCHAIN=auto), it takes Go 1.25.11 or newer" in said.splitlines()[-1]
    assert not machine.cli.exists()


def test_what_nobody_knows_is_refused_with_what_there_is(machine: Machine) -> None:
    assert machine.bootstrap("judge") == (1, "bootstrap: what is 'judge'? Nothing, or: judges, node\n")
