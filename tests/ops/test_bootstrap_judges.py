"""`tools/bootstrap.sh judges` with stand-ins for uv, Go and apt on a PATH of its own."""

from __future__ import annotations

import pytest

from tests.ops.machine import Machine, go, program

# Finds a package once the lists are there: the system's (a file of the test) or those that its own update has fetched.
APT = """#!/bin/sh
echo apt-get $* >>$HOME/calls
case "$*" in
*update) touch $HOME/lists ;;
download*) [ -e $HOME/lists ] || exit 100; for package; do :; done; touch $package.deb ;;
esac
"""
DPKG = """#!/bin/sh
case $2 in
*etcd-server*) name=etcd says='etcd Version: {etcd}' ;;
*alertmanager*) name=amtool says='amtool, version 0.25.0+ds (branch: debian)' ;;
*prometheus*) name=promtool says='promtool, version 2.42.0+ds (branch: debian)' ;;
esac
mkdir -p $3/usr/bin && printf '#!/bin/sh\\necho "%s"\\n' "$says" >$3/usr/bin/$name && chmod +x $3/usr/bin/$name
"""
NEEDED = {"amtool", "checkov", "etcd", "kube-apiserver", "kube-controller-manager", "promtool"}


@pytest.fixture
def debian(machine: Machine) -> Machine:
    """With apt, the system's lists in place."""
    machine.has("apt-get", APT)
    machine.has("dpkg-deb", DPKG.format(etcd="3.4.23"))
    (machine.checkout / "lists").touch()
    return machine


def test_a_fresh_checkout_gets_every_judge(debian: Machine) -> None:
    code, said = debian.bootstrap("judges")

    assert code == 0, said
    assert {path.name for path in debian.installed.iterdir()} == NEEDED
    assert debian.runs("kube-apiserver") == debian.runs("kube-controller-manager") == "Kubernetes v1.36.3"
    assert debian.runs("etcd") == "etcd Version: 3.4.23"
    assert said.count(": done in") == 5
    assert not list((debian.checkout / ".tools").glob("**/*.deb"))


def test_the_second_time_there_is_nothing_to_do_and_nothing_to_say(debian: Machine) -> None:
    debian.bootstrap("judges")
    before = debian.calls

    assert debian.bootstrap("judges") == (0, "")
    assert debian.calls == before


def test_lists_of_its_own_are_fetched_where_the_system_has_none(debian: Machine) -> None:
    (debian.checkout / "lists").unlink()

    code, said = debian.bootstrap("judges")

    assert code == 0, said
    assert debian.calls.count("update\n") == 1
    assert debian.runs("etcd") == "etcd Version: 3.4.23"
    assert not list((debian.checkout / ".tools").glob("partial*"))


def test_the_machines_own_programs_come_first(debian: Machine) -> None:
    debian.has("etcd", program("etcd Version: 3.6.5"))
    debian.has("promtool", program("promtool, version 3.5.0 (branch: HEAD)"))
    debian.has("amtool", program("amtool, version 0.28.1 (branch: HEAD)"))

    code, said = debian.bootstrap("judges")

    assert code == 0
    assert "Debian" not in said
    assert debian.runs("etcd") == "etcd Version: 3.6.5"
    assert debian.runs("promtool").startswith("promtool, version 3.5.0")


def test_one_that_is_too_old_is_left_alone(debian: Machine) -> None:
    debian.has("etcd", program("etcd Version: 3.3.25"))

    debian.bootstrap("judges")

    assert debian.runs("etcd") == "etcd Version: 3.4.23"


def test_its_own_links_on_path_are_not_taken_for_the_machines(debian: Machine) -> None:
    debian.bootstrap("judges")
    alias = debian.checkout.parent / "alias"
    alias.symlink_to(debian.checkout)

    assert debian.bootstrap("judges", path=f"{alias}/.tools/bin:{debian.programs}:{debian.installed}") == (0, "")
    assert debian.runs("etcd") == "etcd Version: 3.4.23"


def test_a_package_that_brings_an_older_program_is_not_taken(debian: Machine) -> None:
    debian.has("dpkg-deb", DPKG.format(etcd="3.3.25"))

    code, said = debian.bootstrap("judges")

    assert code == 1
    assert "etcd-server brings no etcd 3.4 or newer" in said
    assert not (debian.installed / "etcd").exists()


def test_without_apt_it_says_what_to_install(machine: Machine) -> None:
    code, said = machine.bootstrap("judges")

    assert code == 1
    assert said == (
        "bootstrap: etcd 3.4 or newer is not on PATH, and without apt-get it is not fetched here: install it by hand "
        "(Debian has it in etcd-server)\n"
    )


@pytest.mark.parametrize("changed", ["uv.lock", "pyproject.toml"])
def test_a_changed_lock_of_checkov_renews_it_alone(debian: Machine, changed: str) -> None:
    debian.bootstrap("judges")
    (debian.checkout / "tools" / "checkov" / changed).write_text("2")

    _, said = debian.bootstrap("judges")

    assert "installing checkov: done" in said
    assert said.count(": done in") == 1


def test_a_build_that_prints_another_version_is_not_installed(debian: Machine) -> None:
    debian.has("go", go(building="flags=gitVersion=v0.0.0-master"))

    code, said = debian.bootstrap("judges")

    assert code == 1
    assert "prints 'Kubernetes v0.0.0-master', not 'Kubernetes v1.36.3'" in said
    assert not (debian.installed / "kube-apiserver").exists()


def test_the_cli_and_the_judges_leave_each_other_alone(debian: Machine) -> None:
    debian.bootstrap()
    debian.bootstrap("judges")
    assert {path.name for path in debian.installed.iterdir()} == {*NEEDED, "pulumi"}

    debian.has("pulumi", program("v3.300.1"))
    debian.has("pulumi-language-python")
    debian.bootstrap()

    assert {path.name for path in debian.installed.iterdir()} == NEEDED
