from __future__ import annotations

import subprocess
from pathlib import Path
from typing import cast

import pytest
import yaml

from ops.stack.engine import Engine, Refused
from sandbox.launcher import Session

STACK_FILE = "config:\n  eu-cloud:stack: {region: eu-south-1}\n"


class Cli:
    """Writes down what it is asked, and answers with one exit code."""

    def __init__(self, code: int = 0) -> None:
        self.code = code
        self.asked: list[tuple[str, ...]] = []

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.asked.append(arguments)
        return subprocess.CompletedProcess(arguments, self.code, "", "error: no")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: eu-cloud\nmain: infra/\nruntime: python\n")
    (tmp_path / "Pulumi.prod.yaml").write_text(STACK_FILE)
    return tmp_path


def engine(root: Path, cli: Cli) -> Engine:
    return Engine(root, "prod", root / "state" / "prod", cast("Session", cli))


def test_the_work_trees_stack_file_stays_as_it_is(root: Path) -> None:
    made = engine(root, Cli())

    made.prepare(root / "Pulumi.prod.yaml", ["platform.smtp-password"])

    assert (root / "Pulumi.prod.yaml").read_text() == STACK_FILE
    assert yaml.safe_load(made.config.read_text()) == yaml.safe_load(STACK_FILE)


def test_the_private_project_names_no_program(root: Path) -> None:
    made = engine(root, Cli())

    made.prepare(root / "Pulumi.prod.yaml", None)

    assert yaml.safe_load((made.folder / "Pulumi.yaml").read_text()) == {"name": "eu-cloud", "runtime": "python"}


def test_missing_secrets_are_given_in_one_command_and_only_once(root: Path) -> None:
    cli = Cli()
    made = engine(root, cli)
    made.prepare(root / "Pulumi.prod.yaml", ["platform.smtp-password", "play-new.jwt"])

    assert [asked[:2] for asked in cli.asked] == [("stack", "select"), ("config", "set-all")]
    assert sum(argument == "--secret" for argument in cli.asked[1]) == 2

    sealed = {"eu-cloud:secrets": {"platform": {"smtp-password": {"secure": "a"}}, "play-new": {"jwt": {"secure": "b"}}}}
    made.config.write_text(yaml.safe_dump({"config": sealed}))
    made.prepare(root / "Pulumi.prod.yaml", ["platform.smtp-password", "play-new.jwt"])

    assert [asked[:2] for asked in cli.asked[2:]] == [("stack", "select")]
    assert yaml.safe_load(made.config.read_text())["config"]["eu-cloud:secrets"] == sealed["eu-cloud:secrets"]


def test_a_command_that_fails_is_told_in_its_own_words(root: Path) -> None:
    with pytest.raises(Refused, match=r"^error: no$"):
        engine(root, Cli(255)).export()
