"""Single checks against real servers: what passes, and what each failure is told as."""

from __future__ import annotations

import hashlib
import hmac
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infra.smoke import Check, HttpCheck, RedirectCheck, TlsCheck
from ops.smoke.command import trusted
from ops.smoke.probe import Result, Target, address, missing, probe
from tests.ops.https import Answer, Authority, Request, serving

SECRET = "whsec-0123456789abcdef"
WEBHOOK = HttpCheck(
    name="webhook",
    method="POST",
    path="/hook",
    status=202,
    headers={"X-Tenant-ID": "{TENANT_ID}"},
    body='{"tenant": "{TENANT_ID}", "é": 1}',
    signature_header="X-Signature",
    secret="WEBHOOK_SECRET",
    variables={"TENANT_ID": "t-0"},
)


def application(request: Request) -> Answer:
    """Takes a webhook only if it is signed with the secret, and only of the tenant that its header names."""
    match request.method, request.path:
        case "GET", "/health":
            return Answer(200, "fine")
        case "GET", "/broken":
            return Answer(500)
        case "POST", "/hook":
            signature = hmac.new(SECRET.encode(), request.body, hashlib.sha256).hexdigest()
            if not hmac.compare_digest(request.headers.get("X-Signature", ""), f"sha256={signature}"):
                return Answer(401)
            return Answer(202 if f'"tenant": "{request.headers["X-Tenant-ID"]}"' in request.body.decode() else 422)
        case _:
            return Answer(404)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def port(authority: Authority) -> Iterator[int]:
    with serving(application, authority.issue("localhost")) as found:
        yield found


def asked(check: Check, port: int, authority: Authority | None, *, plain_port: int = 80, **environment: str) -> Result:
    trust = trusted(authority.pem if authority else None)
    return probe(check, Target(httpx.URL(f"https://localhost:{port}"), trust, environment, timeout=5, plain_port=plain_port))


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.mark.requirement("AA-14")
def test_an_endpoint_that_answers_as_wanted_passes(port: int, authority: Authority):
    result = asked(HttpCheck(name="health", path="/health", contains="fine"), port, authority)
    assert result == Result("health", True, f"200 with 'fine' from GET https://localhost:{port}/health", "200")


def test_another_status_fails_and_is_told(port: int, authority: Authority):
    assert asked(HttpCheck(name="broken", path="/broken"), port, authority).came == "500"
    assert not asked(HttpCheck(name="broken", path="/broken"), port, authority).passed
    assert asked(HttpCheck(name="gone", path="/gone", status=404), port, authority).passed


def test_the_right_status_without_the_wanted_text_fails(port: int, authority: Authority):
    result = asked(HttpCheck(name="health", path="/health", contains="# TYPE"), port, authority)
    assert (result.passed, result.came) == (False, "200 without it")


@pytest.mark.requirement("AA-14")
def test_a_webhook_is_signed_so_that_the_server_takes_it(port: int, authority: Authority):
    assert asked(WEBHOOK, port, authority, WEBHOOK_SECRET=SECRET) == Result(
        "webhook", True, f"202 from POST https://localhost:{port}/hook", "202"
    )
    assert asked(WEBHOOK, port, authority, WEBHOOK_SECRET=SECRET, TENANT_ID="another").passed


@pytest.mark.requirement("AA-14")
def test_a_webhook_signed_with_another_secret_is_refused(port: int, authority: Authority):
    result = asked(WEBHOOK, port, authority, WEBHOOK_SECRET="wrong")
    assert (result.passed, result.came) == (False, "401")
    forged = WEBHOOK.model_copy(update={"secret": "", "status": 401, "headers": {"X-Signature": f"sha256={'0' * 64}"}})
    assert asked(forged, port, authority).passed


def test_a_variable_that_nobody_gave_is_told_before_anything_is_sent():
    without = WEBHOOK.model_copy(update={"variables": {}})
    assert list(missing((WEBHOOK,), {})) == ["WEBHOOK_SECRET: not in the environment; needed for: webhook"]
    assert list(missing((without,), {"WEBHOOK_SECRET": SECRET})) == ["TENANT_ID: not in the environment; needed for: webhook"]
    assert list(missing((without,), {"WEBHOOK_SECRET": SECRET, "TENANT_ID": "t-1"})) == []
    assert list(missing((WEBHOOK,), {"WEBHOOK_SECRET": ""})) != []


def test_a_server_that_is_down_fails_every_kind_of_check(authority: Authority):
    port = closed_port()
    for check in (HttpCheck(name="http", path="/"), TlsCheck(name="tls")):
        result = asked(check, port, authority)
        assert (result.passed, "refused" in result.came) == (False, True)
    assert "refused" in asked(RedirectCheck(name="redirect"), port, authority, plain_port=port).came


def test_a_server_that_says_nothing_fails_in_time(authority: Authority):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base = httpx.URL(f"https://localhost:{silent.getsockname()[1]}")
        target = Target(base, trusted(authority.pem), {}, timeout=0.3)
        for check in (HttpCheck(name="http", path="/"), TlsCheck(name="tls")):
            result = probe(check, target)
            assert (result.passed, "timed out" in result.came) == (False, True)


@pytest.mark.requirement("AA-14")
def test_a_certificate_that_is_valid_for_long_enough_passes(port: int, authority: Authority):
    result = asked(TlsCheck(name="tls", days=7), port, authority)
    assert result == Result("tls", True, "a trusted certificate of localhost, valid for 7 more days", "90 days left")


def test_a_certificate_that_ends_too_soon_fails(authority: Authority):
    with serving(application, authority.issue("localhost", days=6)) as port:
        result = asked(TlsCheck(name="tls", days=7), port, authority)
        assert (result.passed, result.came) == (False, "6 days left")
        assert asked(TlsCheck(name="tls", days=6), port, authority).passed


@pytest.mark.parametrize("check", [TlsCheck(name="tls"), HttpCheck(name="health", path="/health")])
def test_an_expired_certificate_fails(check: Check, authority: Authority):
    with serving(application, authority.issue("localhost", days=-2)) as port:
        result = asked(check, port, authority)
        assert (result.passed, "certificate has expired" in result.came) == (False, True)


@pytest.mark.parametrize("check", [TlsCheck(name="tls"), HttpCheck(name="health", path="/health")])
def test_a_certificate_of_another_host_fails(check: Check, authority: Authority):
    with serving(application, authority.issue("api.example.org")) as port:
        result = asked(check, port, authority)
        assert (result.passed, "not valid for 'localhost'" in result.came) == (False, True)


@pytest.mark.parametrize("check", [TlsCheck(name="tls"), HttpCheck(name="health", path="/health")])
def test_a_certificate_of_an_authority_that_nobody_trusts_fails(check: Check, port: int):
    result = asked(check, port, None)
    assert (result.passed, "unable to get local issuer certificate" in result.came) == (False, True)


@pytest.mark.requirement("AA-14")
def test_plain_http_must_redirect_to_the_same_address_over_https(port: int, authority: Authority):
    def redirecting(request: Request) -> Answer:
        return Answer(301, location=f"https://localhost:{port}{request.path}")

    with serving(redirecting) as plain:
        result = asked(RedirectCheck(name="redirect", path="/health"), port, authority, plain_port=plain)
        assert result.wanted == f"a redirect from http://localhost:{plain}/health to https://localhost:{port}/health"
        assert (result.passed, result.came) == (True, f"301 to https://localhost:{port}/health")


def test_plain_http_that_answers_itself_fails(port: int, authority: Authority):
    with serving(application) as plain:
        result = asked(RedirectCheck(name="redirect", path="/health"), port, authority, plain_port=plain)
        assert (result.passed, result.came) == (False, "200")


@pytest.mark.parametrize("location", ["/health", "https://localhost/login", "https://elsewhere.example/health"])
def test_a_redirect_to_anything_else_fails(location: str, port: int, authority: Authority):
    with serving(lambda _: Answer(302, location=location)) as plain:
        result = asked(RedirectCheck(name="redirect", path="/health"), port, authority, plain_port=plain)
        assert not result.passed
        assert result.came.startswith("302 to ")


def test_a_check_of_another_host_stands_beside_the_base(tmp_path: Path):
    target = Target(httpx.URL("https://api.example.org"), trusted(None), {})
    assert str(address(HttpCheck(name="grafana", path="/", host="grafana"), target)) == "https://grafana.example.org"
    assert address(HttpCheck(name="api", path="/"), target) == target.base
