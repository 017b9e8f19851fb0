"""AWS's API as moto serves it: boto3 clients on one endpoint, their errors as refusals, repeated calls recognisable."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

import httpx
from boto3.session import Session
from botocore import parsers
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError

from sandbox.contract import UNREACHABLE, Refused
from sandbox.faults import Inject, no_fault

TOKEN = "X-Idempotency-Token"
"""Header: a call that comes again with the same one gets the first one's answer, as clouds do with client tokens."""
FAULT = "X-Inject-Fault"
"""Header: `throttle` (refused before anything happens) or `drop` (carried out, and the connection closed without an answer)."""
ACCOUNT = "x-moto-account-id"
RECORDED = "/eu-cloud/recorded"
"""Path below which the server tells how a call under a token was answered."""
STATUS = "X-Recorded-Status"
ATTEMPTS = 10

_token: ContextVar[str | None] = ContextVar("token", default=None)


@dataclass
class Endpoint:
    """All clients of one process on one server. Clients are made once per service, region and account, and shared by threads.

    `at` may be a function: it is asked at the first call, so that a server that nobody needs is never started."""

    at: str | Callable[[], str]
    inject: Inject = no_fault
    _clients: dict[tuple[str, str, str], Any] = field(default_factory=dict[tuple[str, str, str], Any])
    _making: threading.Lock = field(default_factory=threading.Lock)
    _finding: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def url(self) -> str:
        with self._finding:
            return self.at if isinstance(self.at, str) else self.at()

    def api(self, service: str, region: str, account: str) -> Service:
        return Service(self, service, region, account)

    def recorded(self, token: str) -> tuple[int, dict[str, str], bytes] | None:
        """Status, headers and body that a call under this token was answered with; None when it never had its effect."""
        try:
            answer = httpx.get(f"{self.url}{RECORDED}/{token}", trust_env=False)
        except httpx.TransportError as error:
            raise Refused(UNREACHABLE, f"moto gives no answer: {error}") from None
        return None if answer.status_code == 404 else (int(answer.headers[STATUS]), dict(answer.headers), answer.content)

    def client(self, service: str, region: str, account: str) -> Any:
        key = (service, region, account)
        with self._making:  # making clients is not safe in threads
            if key not in self._clients:
                self._clients[key] = self._make(*key)
            return self._clients[key]

    def _make(self, service: str, region: str, account: str) -> Any:
        config = Config(
            # Throttling and lost connections are met as a real provider meets them.
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            s3={"addressing_style": "path"},
            max_pool_connections=64,
            connect_timeout=5,
            read_timeout=60,
            parameter_validation=True,
        )
        # A session of its own: nothing of the person's configuration, profile or credentials is read.
        session: Any = Session(aws_access_key_id="sandbox", aws_secret_access_key="sandbox", region_name=region)
        client = session.client(service, endpoint_url=self.url, config=config)

        def before_send(request: Any, event_name: str, **_: Any) -> None:
            # Some services put the account before the host's name (S3 Control), and no such host exists here.
            request.url = urlunsplit(urlsplit(str(request.url))._replace(netloc=urlsplit(self.url).netloc))
            request.headers[ACCOUNT] = account
            if token := _token.get():
                request.headers[TOKEN] = token
            if fault := self.inject(service, event_name.rpartition(".")[2]):
                request.headers[FAULT] = fault

        client.meta.events.register("before-send", before_send)
        return client


@dataclass(frozen=True)
class Service:
    """See `row.Api`."""

    endpoint: Endpoint
    name: str
    region: str
    account: str

    def service(self, name: str) -> Service:
        return Service(self.endpoint, name, self.region, self.account)

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        client = self.endpoint.client(self.name, self.region, self.account)
        try:
            answer = client._make_api_call(operation, members)  # the only way by the API's own operation names
        except ClientError as error:
            told = cast("Mapping[str, Any]", cast("dict[str, Any]", error.response).get("Error", {}))
            raise Refused(str(told.get("Code")), self._said(f"{told.get('Message')}", operation, members)) from None
        except (ConnectionError, HTTPClientError, parsers.ResponseParserError) as error:
            raise Refused(UNREACHABLE, self._said(f"moto gives no answer: {error}", operation, members)) from None
        except BotoCoreError as error:
            raise Refused(type(error).__name__, self._said(str(error), operation, members)) from None
        return {key: value for key, value in cast("dict[str, Any]", answer).items() if key != "ResponseMetadata"}

    def _said(self, message: str, operation: str, members: Mapping[str, Any]) -> str:
        """A message without the members that the service model calls sensitive: it may quote what was given."""
        shapes = cast("Mapping[str, Any]", getattr(self.shape(operation), "members", {}))
        hidden = {str(value) for name, value in members.items() if name in shapes and shapes[name].metadata.get("sensitive")}
        for value in sorted(filter(None, hidden), key=len, reverse=True):
            message = message.replace(value, "[secret]")
        return f"{message} ({self.name} {operation})"

    def once(self, token: str, operation: str, **members: Any) -> dict[str, Any]:
        """A call that has its effect once, however often it is repeated under this token."""
        held = _token.set(token)
        try:
            return self.call(operation, **members)
        finally:
            _token.reset(held)

    def shape(self, operation: str) -> Any:
        """The operation's input, by botocore's service model; None where it takes nothing. Raises LookupError for one it does not have."""
        model = self.endpoint.client(self.name, self.region, self.account).meta.service_model
        if operation not in model.operation_names:
            raise LookupError(f"{self.name} has no operation {operation}")
        return model.operation_model(operation).input_shape

    def parse(self, operation: str, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """What a recorded answer of this operation says. Raises Refused when it is an error."""
        model = self.endpoint.client(self.name, self.region, self.account).meta.service_model
        shape = model.operation_model(operation).output_shape
        parser = cast("Any", parsers).create_parser(model.resolved_protocol)
        parsed = cast("dict[str, Any]", parser.parse({"status_code": status, "headers": dict(headers), "body": body}, shape))
        if status >= 300:
            told = cast("Mapping[str, Any]", parsed.get("Error", {}))
            raise Refused(str(told.get("Code")), str(told.get("Message")))
        return parsed
