"""Forms that many of GCP's services share."""

from __future__ import annotations

import re
from typing import Any

from sandbox.gcp.projects import REGIONS
from sandbox.gcp.roles import PREDEFINED, exists
from sandbox.rules import Rule, each, matches

_MULTI_REGIONS = ("us", "eu", "asia")
RFC1035 = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"
_SECONDS = re.compile(r"(\d+)(?:\.\d{1,9})?s")
_MEMBER = re.compile(
    r"allUsers|allAuthenticatedUsers|(?:user|serviceAccount|group):[^:\s@]+@[^:\s@]+\.[^:\s@]+|domain:[a-z0-9.-]+"
    r"|serviceAccount:[a-z0-9.:-]+\.svc\.id\.goog\[[^/\]]+/[^/\]]+\]"
    r"|(?:projectOwner|projectEditor|projectViewer):[a-z0-9:.-]+|principal(?:Set)?://\S+|deleted:\S+"
)
_ROLE = re.compile(r"roles/[a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)?|(?:projects|organizations)/[a-z0-9:.-]+/roles/[A-Za-z0-9_.]{3,64}")


def rfc1035(path: str = "name", longest: int = 63) -> Rule:
    pattern = rf"(?=.{{1,{longest}}}$)[a-z]([-a-z0-9]*[a-z0-9])?"
    return matches(path, pattern, f"is not a name: 1-{longest} lower-case letters, digits and '-', a letter first, no '-' last")


def seconds(value: Any) -> int | None:
    match = _SECONDS.fullmatch(str(value))
    return int(match.group(1)) if match else None


def duration(path: str, low: int = 0, high: int = 10**12) -> Rule:
    """`86400s`; bounds in seconds."""

    def judge(value: Any) -> str | None:
        found = seconds(value)
        if found is None:
            return "is not a duration in seconds like '86400s'"
        return None if low <= found <= high else f"is not between {low}s and {high}s"

    return each(path, judge)


def _member(value: Any) -> str | None:
    return (
        None
        if _MEMBER.fullmatch(str(value))
        else "is not a member: user:, group:, serviceAccount: or domain: and an address, or a principal"
    )


def _role(value: Any) -> str | None:
    if str(value).startswith("roles/") and not exists(str(value)):
        listed = ", ".join(sorted(PREDEFINED[str(value).removeprefix("roles/").partition(".")[0]]))
        return f"is not a role that is supported (the service has {listed})"
    return None if _ROLE.fullmatch(str(value)) else "is not a role: roles/service.name or projects/P/roles/name"


def region(path: str) -> Rule:
    listed = ", ".join(sorted(REGIONS))
    return each(path, lambda value: None if str(value).rpartition("/")[2] in REGIONS else f"is not a region (allowed: {listed})")


def location(value: Any) -> str | None:
    return (
        None
        if str(value).lower() in (*REGIONS, *_MULTI_REGIONS) or re.fullmatch(r"(?i)(eur|nam|asia)\d", str(value))
        else "is not a location"
    )


IAM: tuple[Rule, ...] = (each("member", _member), each("members[]", _member), each("role", _role))
