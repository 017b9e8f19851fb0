from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.mistakes import SettingsError
from ops.stack import __main__ as verbs
from ops.stack.engine import TAKES_CONFIG

runner = CliRunner()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.prod.yaml").write_text("config: {}\n")
    monkeypatch.setattr(verbs, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize("verb", ["up", "preview", "refresh", "destroy", "export"])
def test_every_verb_answers_an_unknown_stack_with_those_there_are(root: Path, verb: str) -> None:
    result = runner.invoke(verbs.app, [verb, "--stack", "prd", "--state", str(root / "state")])

    assert result.exit_code == 1
    assert result.stderr == "stack 'prd' has no file Pulumi.prd.yaml; there are: prod\n"
    assert not (root / "state").exists()


@pytest.mark.parametrize("verb", ["up", "preview", "refresh"])
def test_mistakes_in_the_settings_are_told_before_anything_starts(root: Path, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(source: Path) -> tuple[str, ...]:
        raise SettingsError([f"{source.name}: region: 'eu-west-2' is not in the EU", "account: missing"])

    monkeypatch.setattr(verbs, "secrets_of", mistaken)

    result = runner.invoke(verbs.app, [verb, "--state", str(root / "state")])

    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "Pulumi.prod.yaml is not right, nothing was registered:",
        "  Pulumi.prod.yaml: region: 'eu-west-2' is not in the EU",
        "  account: missing",
    ]
    assert not (root / "state").exists()


def test_a_fault_that_is_none_is_refused(root: Path) -> None:
    result = runner.invoke(verbs.app, ["up", "--fault", "fire:0.5", "--state", str(root / "state")])

    assert result.exit_code == 2
    assert "throttle:SHARE" in result.stderr
    assert not (root / "state").exists()


def test_commands_that_run_the_program_are_told_which_stack_file_to_use() -> None:
    assert {"up", "preview", "destroy", "refresh", "config", "import"} <= TAKES_CONFIG
    assert TAKES_CONFIG.isdisjoint({"stack", "state", "cancel", "about"})
