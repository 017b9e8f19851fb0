"""`eucloud smoke`: what it prints, and how it ends."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from infra.system import SystemSpec
from ops.cli import app
from ops.smoke.command import Mistakes, choose, trusted
from ops.smoke.probe import Target, probe
from tests.infra.systems.ai_agents_world import system as ai_agents
from tests.ops.https import Answer, Authority, Request, serving
from tests.stacks import ROOT

SECRET = "whsec-0123456789abcdef"
TENANT = "11111111-1111-1111-1111-111111111111"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def play_new(request: Request) -> Answer:
    return Answer(200 if request.path in ("/api/v1/health", "/api/v1/health/ready") else 404)


@contextmanager
def redirecting(port: int) -> Generator[int]:
    with serving(lambda request: Answer(301, location=f"https://localhost:{port}{request.path}")) as plain:
        yield plain


@pytest.fixture(scope="module")
def standing(authority: Authority) -> Iterator[tuple[str, ...]]:
    """Arguments that lead to a Play New that answers as it should."""
    with serving(play_new, authority.issue("localhost")) as port, redirecting(port) as plain:
        yield ("--base-url", f"https://localhost:{port}", "--insecure-ca", str(authority.pem), "--http-port", str(plain))


def smoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["smoke", *arguments], env={"WEBHOOK_SECRET": "", "COLUMNS": "200"})


def test_every_check_is_one_line_and_the_last_counts_them(standing: tuple[str, ...]):
    answer = smoke("prod", *standing)
    assert answer.exit_code == 0, answer.output
    first, *lines, last = answer.output.splitlines()
    assert first == f"play-new at {standing[1]}"
    assert [line.partition(":")[0] for line in lines] == [
        "[PASS] Health check returns 200 OK",
        "[PASS] Readiness check returns 200 OK",
        "[PASS] TLS certificate is valid",
        "[PASS] Metrics are not found from outside",
        "[PASS] HTTP redirects to HTTPS",
    ]
    assert lines[0].endswith(f"wanted 200 from GET {standing[1]}/api/v1/health, got 200")
    assert last == "all 5 passed"


def test_a_failure_is_told_and_ends_with_one(authority: Authority):
    with serving(lambda _: Answer(503), authority.issue("localhost")) as port:
        answer = smoke(
            "prod",
            "--base-url",
            f"https://localhost:{port}",
            "--insecure-ca",
            str(authority.pem),
            "--http-port",
            str(port),
            "--timeout",
            "2",
        )
    assert answer.exit_code == 1
    lines = answer.output.splitlines()
    assert f"[FAIL] Health check returns 200 OK: wanted 200 from GET https://localhost:{port}/api/v1/health, got 503" in lines
    assert lines[-1] == "4 of 5 failed"


def test_the_same_as_json(standing: tuple[str, ...]):
    answer = smoke("prod", *standing, "--json")
    assert answer.exit_code == 0
    results = json.loads(answer.output)["play-new"]
    assert [result["passed"] for result in results] == [True] * 5
    assert set(results[0]) == {"name", "passed", "wanted", "came"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), r"stack 'nowhere' has no file Pulumi\.nowhere\.yaml; there are: .*prod"),
        (("prod", "--system", "other"), "--system 'other': no system of this stack with smoke tests; allowed: play-new"),
        (("prod", "--base-url", "http://localhost"), r"--base-url 'http://localhost' given; allowed: https://<host>\[:<port>\]"),
        (("prod", "--base-url", "https://localhost/v1"), r"--base-url 'https://localhost/v1' given"),
        (("prod", "--insecure-ca", "/nowhere.pem"), "--insecure-ca /nowhere.pem: No such file"),
        (("prod", "--insecure-ca", "README.md"), "--insecure-ca README.md: .*allowed: a file with PEM certificates"),
    ],
)
def test_bad_input_is_one_line_and_ends_with_two(arguments: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    answer = smoke(*arguments)
    assert answer.exit_code == 2
    (line,) = answer.stderr.splitlines()
    assert re.match(said, line), line
    assert answer.stdout == ""


def test_a_mistake_in_the_stack_file_is_told_like_everywhere(tmp_path: Path):
    (tmp_path / "Pulumi.broken.yaml").write_text("config: {eu-cloud:stack: {cloud: moon}}")
    answer = smoke("broken", "--project", str(tmp_path))
    assert answer.exit_code == 2
    assert "eu-cloud:stack.cloud: 'moon' given; allowed:" in answer.stderr


@pytest.mark.parametrize("module", ["ops", "ops.smoke"])
def test_it_also_runs_as_a_module(module: str):
    verb = ["smoke"] if module == "ops" else []
    command = [sys.executable, "-m", module, *verb, "nowhere"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603, RUF100  our own module
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("stack 'nowhere' has no file")


def test_the_base_is_the_systems_own_host_and_another_stands_for_one_system_alone():
    first = ai_agents()
    second = first.model_copy(update={"id": "second"})
    assert [str(asked.base) for asked in choose((first, second), "", "")] == ["https://api.ai-agents.example"] * 2
    assert [asked.system.id for asked in choose((first, second), "second", "https://localhost:1")] == ["second"]
    with pytest.raises(Mistakes, match="--system ai-agents"):
        choose((first, second), "", "https://localhost:1")
    silent = first.model_copy(update={"checks": ()})
    with pytest.raises(Mistakes, match="no system of this stack has smoke tests; there are: ai-agents"):
        choose((silent,), "", "")


def documented(request: Request) -> Answer:
    """AI Agents as its runbook describes it."""
    match request.method, request.path:
        case "GET", "/health":
            return Answer(200, '{"status": "healthy"}')
        case "GET", "/metrics":
            return Answer(200, "# TYPE http_requests_total counter\n")
        case "POST", "/webhook/servicedesk":
            signature = hmac.new(SECRET.encode(), request.body, hashlib.sha256).hexdigest()
            if not hmac.compare_digest(request.headers.get("X-ServiceDesk-Signature", ""), f"sha256={signature}"):
                return Answer(401)
            ours = json.loads(request.body)["tenant_id"] == request.headers["X-Tenant-ID"] == TENANT
            return Answer(202 if ours else 403)
        case _:
            return Answer(404)


def results(spec: SystemSpec, port: int, plain: int, authority: Authority, **environment: str) -> dict[str, bool]:
    target = Target(httpx.URL(f"https://localhost:{port}"), trusted(authority.pem), environment, timeout=5, plain_port=plain)
    return {check.name: probe(check, target).passed for check in spec.checks}


@pytest.mark.requirement("AA-14")
def test_the_seven_documented_checks_pass_against_an_application_that_does_as_documented(authority: Authority):
    with serving(documented, authority.issue("localhost")) as port, redirecting(port) as plain:
        found = results(ai_agents(), port, plain, authority, WEBHOOK_SECRET=SECRET, TENANT_ID=TENANT)
        assert found == dict.fromkeys(found, True)
        assert len(found) == 7
        wrong = results(ai_agents(), port, plain, authority, WEBHOOK_SECRET="another", TENANT_ID=TENANT)
        assert [name for name, passed in wrong.items() if not passed] == ["Valid webhook is accepted with 202 Accepted"]


@pytest.mark.requirement("AA-14")
def test_an_application_that_takes_unsigned_webhooks_is_found(authority: Authority):
    def careless(request: Request) -> Answer:
        return Answer(202) if request.method == "POST" else documented(request)

    with serving(careless, authority.issue("localhost")) as port, redirecting(port) as plain:
        found = results(ai_agents(), port, plain, authority, WEBHOOK_SECRET=SECRET, TENANT_ID=TENANT)
        assert [name for name, passed in found.items() if not passed] == ["Invalid signature is rejected with 401 Unauthorized"]
