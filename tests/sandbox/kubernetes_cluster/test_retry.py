"""The retry policy, and the client that follows it, without a server."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from sandbox.kubernetes.cluster.access import Access
from sandbox.kubernetes.cluster.api import Answer, Api, clean, warnings
from sandbox.kubernetes.cluster.errors import Rejected
from sandbox.kubernetes.cluster.retry import ATTEMPTS, LONGEST, Outcome, pause


@pytest.mark.parametrize("status", [None, 429, 502, 503, 504])
def test_what_may_pass_is_tried_again_and_again_but_not_for_ever(status: int | None) -> None:
    waits = [pause(attempt, Outcome(status), 0.5) for attempt in range(1, ATTEMPTS + 1)]
    assert waits[-1] is None
    known = [wait for wait in waits if wait is not None]
    assert len(known) == ATTEMPTS - 1
    assert known == sorted(known)
    assert max(known) <= LONGEST


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 422, 500])
def test_a_verdict_is_final(status: int) -> None:
    assert pause(1, Outcome(status), 0.5) is None


def test_the_server_says_how_long_to_wait_within_reason() -> None:
    assert pause(1, Outcome(429, asked=3), 0.5) == 3
    assert pause(1, Outcome(503, asked=3600), 0.5) == 30
    assert pause(1, Outcome(500, asked=1), 0.5) == 1


def test_a_race_that_the_server_lost_against_another_writer_is_run_again() -> None:
    assert pause(1, Outcome(409, message="Operation cannot be fulfilled on resourcequotas: please apply your changes"), 0.5) is not None


def test_a_server_that_cannot_be_trusted_is_not_asked_again() -> None:
    assert pause(1, Outcome(None, message="[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate"), 0.5) is None


def test_callers_are_spread_apart() -> None:
    assert pause(3, Outcome(429), 0.0) != pause(3, Outcome(429), 0.9)


def ask(answer: Callable[[httpx.Request], httpx.Response]) -> tuple[Answer | Rejected, list[float]]:
    slept: list[float] = []
    api = Api(Access("https://server.example", True), sleep=slept.append, transport=httpx.MockTransport(answer))
    try:
        return api.request("GET", "/version"), slept
    except Rejected as error:
        return error, slept
    finally:
        api.close()


def test_the_header_is_honoured_between_attempts() -> None:
    answers = iter([httpx.Response(429, headers={"Retry-After": "7"}, json={}), httpx.Response(200, json={"major": "1"})])
    found, slept = ask(lambda _: next(answers))
    assert isinstance(found, Answer)
    assert found.object == {"major": "1"}
    assert slept == [7]


def test_a_status_becomes_one_readable_line() -> None:
    causes = [{"reason": "FieldValueRequired", "field": "spec.selector", "message": "Required value"}]
    status = {"kind": "Status", "reason": "Invalid", "message": 'Deployment "app" is invalid', "details": {"causes": causes}}
    found, slept = ask(lambda _: httpx.Response(422, json=status))
    assert str(found) == 'Invalid: Deployment "app" is invalid; spec.selector: Required value'
    assert slept == []


def test_an_answer_that_is_none_of_the_servers_is_shown_as_it_came() -> None:
    found, _ = ask(lambda _: httpx.Response(407, text="<html>log in first</html>"))
    assert str(found) == "Unexpected: HTTP 407: <html>log in first</html>"


def test_warnings_are_read_out_of_their_headers() -> None:
    headers = httpx.Headers([("Warning", r'299 - "would violate \"restricted\", twice"'), ("Warning", '299 - "second"')])
    assert warnings(headers) == ('would violate "restricted", twice', "second")


def test_objects_go_out_as_the_server_takes_them() -> None:
    given = {"a": 3.0, "b": 0.5, "c": None, "__defaults": ["x"], "d": [{"e": None, "f": True}]}
    assert clean(given) == {"a": 3, "b": 0.5, "d": [{"f": True}]}
