"""One check against one address: what was wanted, what came."""

from __future__ import annotations

import hashlib
import hmac
import re
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import httpx

from infra.smoke import Check, HttpCheck, RedirectCheck, TlsCheck

VARIABLE = re.compile(r"\{([A-Z][A-Z0-9_]*)\}")
DAY = 86400


@dataclass(frozen=True)
class Target:
    """Where checks are sent. `environment` has the secrets and variables that they name.

    Nothing goes through a proxy: it is this address that must answer. `plain_port` is that of HTTP, which must redirect.
    """

    base: httpx.URL
    trust: ssl.SSLContext
    environment: Mapping[str, str]
    timeout: float = 10
    plain_port: int = 80


@dataclass(frozen=True)
class Result:
    name: str
    passed: bool
    wanted: str
    came: str


def missing(checks: Iterable[Check], environment: Mapping[str, str]) -> Iterator[str]:
    """A line for each variable that a check needs and the environment has not."""
    needs: dict[str, list[str]] = {}
    for check in checks:
        if isinstance(check, HttpCheck):
            for name in dict.fromkeys(_variables(check)):
                if not environment.get(name) and name not in check.variables:
                    needs.setdefault(name, []).append(check.name)
    for name, checked in needs.items():
        yield f"{name}: not in the environment; needed for: {', '.join(checked)}"


def _variables(check: HttpCheck) -> list[str]:
    texts = (check.body, *check.headers.values())
    return [*([check.secret] if check.secret else []), *(found for text in texts for found in VARIABLE.findall(text))]


def probe(check: Check, target: Target) -> Result:
    """Never raises for what the address does: that is the result."""
    match check:
        case HttpCheck():
            return _http(check, target)
        case TlsCheck():
            return _tls(check, target)
        case RedirectCheck():
            return _redirect(check, target)


def _http(check: HttpCheck, target: Target) -> Result:
    url = address(check, target).join(check.path)
    found = f" with {check.contains!r}" if check.contains else ""
    wanted = f"{check.status}{found} from {check.method} {url}"
    body = _filled(check.body, check, target).encode()
    headers = {name: _filled(value, check, target) for name, value in check.headers.items()}
    if check.secret:
        signature = hmac.new(target.environment[check.secret].encode(), body, hashlib.sha256).hexdigest()
        headers[check.signature_header] = check.signature_format.format(signature=signature)
    try:
        with _client(target) as client:
            answer = client.request(check.method, url, headers=headers, content=body or None)
    except httpx.HTTPError as error:
        return Result(check.name, False, wanted, _reason(error))
    if answer.status_code == check.status and check.contains not in answer.text:
        return Result(check.name, False, wanted, f"{answer.status_code} without it")
    return Result(check.name, answer.status_code == check.status, wanted, str(answer.status_code))


def _tls(check: TlsCheck, target: Target) -> Result:
    host, port = target.base.host, target.base.port or 443
    wanted = f"a trusted certificate of {host}, valid for {check.days} more days"
    try:
        with (
            socket.create_connection((host, port), timeout=target.timeout) as plain,
            target.trust.wrap_socket(plain, server_hostname=host) as secured,
        ):
            certificate = secured.getpeercert() or {}
    except OSError as error:  # ssl's own are OSErrors too
        return Result(check.name, False, wanted, _reason(error))
    left = (ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time()) / DAY
    return Result(check.name, left >= check.days, wanted, f"{left:.0f} days left")


def _redirect(check: RedirectCheck, target: Target) -> Result:
    secure = target.base.join(check.path)
    plain = secure.copy_with(scheme="http", port=None if target.plain_port == 80 else target.plain_port)
    wanted = f"a redirect from {plain} to {secure}"
    try:
        with _client(target) as client:
            answer = client.get(plain)
        if not answer.has_redirect_location:
            return Result(check.name, False, wanted, str(answer.status_code))
        to = answer.url.join(answer.headers["location"])
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Result(check.name, False, wanted, _reason(error))
    return Result(check.name, to == secure, wanted, f"{answer.status_code} to {to}")


def _client(target: Target) -> httpx.Client:
    return httpx.Client(verify=target.trust, timeout=target.timeout, follow_redirects=False, trust_env=False)


def address(check: HttpCheck, target: Target) -> httpx.URL:
    """`host` stands beside the base URL's own: grafana.example.org for api.example.org."""
    if not check.host:
        return target.base
    return target.base.copy_with(host=f"{check.host}.{target.base.host.partition('.')[2]}")


def _filled(text: str, check: HttpCheck, target: Target) -> str:
    return VARIABLE.sub(lambda found: target.environment.get(found[1]) or check.variables[found[1]], text)


def _reason(error: Exception) -> str:
    """On one line. What was sent is not in it, and so no secret."""
    told = " ".join(str(error).split()) or type(error).__name__
    return f"no answer: {told}"
