"""Faults on the way to the API server, decided for each request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx


@dataclass(frozen=True)
class Busy:
    """The request is answered with this status and goes no further."""

    status: int = 429
    retry_after: float = 0.0


@dataclass(frozen=True)
class Lost:
    """The request is carried out and its answer never arrives."""


Fault = Busy | Lost
Decide = Callable[[httpx.Request], Fault | None]


class Faulty(httpx.BaseTransport):
    def __init__(self, inner: httpx.BaseTransport, decide: Decide) -> None:
        self._inner = inner
        self._decide = decide

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        match self._decide(request):
            case Busy(status, seconds):
                reason, message = ("TooManyRequests", "too many requests") if status == 429 else ("ServiceUnavailable", "unavailable")
                body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status, "reason": reason, "message": message}
                return httpx.Response(status, headers={"Retry-After": f"{seconds:g}"}, json=body, request=request)
            case Lost():
                response = self._inner.handle_request(request)
                response.read()
                response.close()
                raise httpx.ReadError("the answer was lost (injected fault)", request=request)
            case None:
                return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()
