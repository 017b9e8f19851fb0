"""When a call to the API server is made again."""

from __future__ import annotations

from dataclasses import dataclass

ATTEMPTS = 10
FIRST, LONGEST = 0.1, 5.0
"""Seconds: the backoff doubles from the first to the longest."""
PATIENCE = 30.0
"""Longest wait in seconds that a server may ask for."""
BUSY = frozenset({429, 502, 503, 504})
RACE = "Operation cannot be fulfilled"
"""The server lost a race against another writer; it says so for its own bookkeeping too (quotas), and every call here can be repeated."""

DISTRUST = "CERTIFICATE_VERIFY_FAILED"
"""Of OpenSSL: another attempt meets the same server."""


@dataclass(frozen=True)
class Outcome:
    """`status` is None where the connection failed or the answer was lost; `asked` is what Retry-After says, in seconds."""

    status: int | None
    asked: float | None = None
    message: str = ""


def pause(attempt: int, outcome: Outcome, dice: float) -> float | None:
    """Seconds to wait before the next attempt, None to give up. `attempt` counts from 1; `dice` in [0, 1) spreads callers apart."""
    raced = outcome.status == 409 and RACE in outcome.message
    lost = outcome.status is None and DISTRUST not in outcome.message
    again = lost or outcome.status in BUSY or raced or ((outcome.status or 0) >= 500 and outcome.asked is not None)
    if not again or attempt >= ATTEMPTS:
        return None
    backoff = min(LONGEST, FIRST * 2 ** (attempt - 1)) * (0.5 + dice / 2)
    return backoff if outcome.asked is None else min(PATIENCE, max(outcome.asked, backoff))
