"""What the API server answers when it says no."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from sandbox.contract import Refused
from sandbox.kubernetes.objects import mapping


class Rejected(Refused):
    """`code` is the server's reason (Conflict, Invalid, Forbidden, NotFound …), `status` the HTTP code, 0 where no answer came.

    `causes` are the server's own: pairs of reason and field.
    """

    def __init__(self, reason: str, message: str, status: int = 0, causes: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(reason, message)
        self.message = message
        self.status = status
        self.causes = causes

    @classmethod
    def of(cls, status: int, body: Any) -> Rejected:
        """From a Status object; an answer that is none (of a proxy, say) is shown as it came."""
        answer = mapping(body)
        if answer.get("kind") != "Status":
            return cls("Unexpected", f"HTTP {status}: {str(body)[:300]}", status)
        details = mapping(answer.get("details"))
        causes = [mapping(cause) for cause in cast("list[Any]", details.get("causes") or [])]
        known = tuple((str(cause.get("reason", "")), str(cause.get("field", ""))) for cause in causes)
        return cls(str(answer.get("reason") or status), "; ".join(_told(str(answer.get("message", "")), causes)), status, known)

    @property
    def conflict_of_managers(self) -> bool:
        """Another manager owns a field with another value; trying again does not help, forcing does."""
        return any(reason == "FieldManagerConflict" for reason, _ in self.causes)


def _told(message: str, causes: list[dict[str, Any]]) -> Iterator[str]:
    """The message, and those causes that it does not already tell."""
    yield message
    for cause in causes:
        text = str(cause.get("message", ""))
        if text and text not in message:
            yield f"{cause['field']}: {text}" if cause.get("field") else text


def missing(kind: str, name: str) -> Rejected:
    return Rejected("NotFound", f'{kind.lower()} "{name}" not found', 404)


def retry_after(headers: Mapping[str, str], body: Any) -> float | None:
    """Seconds that the server asks its caller to wait, from the header or the Status object."""
    told = headers.get("retry-after") or mapping(mapping(body).get("details")).get("retryAfterSeconds")
    try:
        return max(0.0, float(told)) if told is not None else None
    except (TypeError, ValueError):
        return None
