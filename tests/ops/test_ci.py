""".ci/run with a `make` and a tools/bootstrap.sh of our own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLOSING = {
    "test-unit": "=== 12 passed, 3 skipped in 0.31s ===",
    "test-inventory": "=== 206 passed, 3 skipped in 36.62s ===",
    "test-engine": "=== 43 passed, 1997 deselected in 429.92s (0:07:09) ===",
    "test-judges": "=== 9 passed in 1.00s ===",
}


@dataclass(frozen=True)
class Checkout:
    """One whose tiers pass, unless told otherwise."""

    root: Path

    def has(self, path: str, script: str) -> None:
        file = self.root / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\necho {Path(path).name} $* >>calls\n{script}\n")
        file.chmod(0o755)

    def tiers_print(self, closing: dict[str, str], broken: str = "none", when: str = "true") -> None:
        cases = "\n".join(f"{tier}) echo '{line}' ;;" for tier, line in closing.items())
        self.has("programs/make", f"case $1 in\n{cases}\nesac\n[ $1 = {broken} ] && {when} && exit 2\nexit 0")

    def run(self, **environment: str) -> tuple[int, list[str]]:
        path = f"{self.root / 'programs'}:{os.environ['PATH']}"
        done = subprocess.run(
            [".ci/run"], cwd=self.root, env={"PATH": path, **environment}, capture_output=True, text=True, timeout=60, check=False
        )
        return done.returncode, done.stdout.splitlines()

    @property
    def calls(self) -> list[str]:
        return (self.root / "calls").read_text().splitlines()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci")
    made = Checkout(tmp_path)
    made.has("tools/bootstrap.sh", "")
    made.tiers_print(CLOSING)
    return made


def row(said: list[str], step: str) -> str:
    """The step's line of the table, its figures left out."""
    (line,) = (line for line in said if re.match(rf"ci: {re.escape(step)} +\d", line))
    return re.sub(r"\d+", "N", " ".join(line.removeprefix(f"ci: {step}").split()))


def test_everything_runs_cold_and_warm_and_ends_with_the_tests_of_all_tiers(checkout: Checkout) -> None:
    code, said = checkout.run()

    assert code == 0, said
    tiers = ["make check", *(f"make {tier}" for tier in CLOSING)]
    installs = ["bootstrap.sh", "bootstrap.sh", "bootstrap.sh judges", "bootstrap.sh judges"]
    assert [call.strip() for call in checkout.calls] == [*installs, *tiers, *tiers]
    assert {row(said, step) for step in ("tools/bootstrap.sh", "tools/bootstrap.sh judges", *tiers)} == {"N s N s"}
    assert said[-1] == "270 passed, 0 failed"


def test_a_second_run_that_would_end_too_late_is_left_out(checkout: Checkout) -> None:
    code, said = checkout.run(CI_REPEAT_UNTIL="0")

    assert code == 0
    assert checkout.calls.count("make test-engine") == 1
    assert row(said, "make test-engine") == "N s left out: N min used"
    assert said[-1] == "270 passed, 0 failed"


def test_the_first_that_fails_ends_it_by_name(checkout: Checkout) -> None:
    checkout.tiers_print(CLOSING, broken="check")

    code, said = checkout.run()

    assert code == 1
    assert checkout.calls[-1] == "make check"
    assert re.fullmatch(r"ci: make check failed after \d+ s", said[-1])


def test_failed_tests_are_counted_with_the_errors(checkout: Checkout) -> None:
    checkout.tiers_print(CLOSING | {"test-inventory": "=== 2 failed, 204 passed, 1 error in 36.62s ==="}, broken="test-inventory")

    code, said = checkout.run()

    assert code == 1
    assert checkout.calls[-1] == "make test-inventory"
    assert "make test-inventory failed" in said[-2]
    assert said[-1] == "216 passed, 3 failed"


def test_a_second_run_that_fails_ends_it_too(checkout: Checkout) -> None:
    checkout.tiers_print(CLOSING, broken="test-unit", when="[ $(grep -c test-unit calls) = 2 ]")

    code, said = checkout.run()

    assert code == 1
    assert checkout.calls[-1] == "make test-unit"
    assert "make test-unit failed" in said[-1]


def test_a_tier_that_only_skips_does_not_pass(checkout: Checkout) -> None:
    checkout.tiers_print(CLOSING | {"test-judges": "=== 9 skipped in 1.00s ==="})

    code, said = checkout.run()

    assert code == 1
    assert said[-1] == "ci: make test-judges passed no test"
