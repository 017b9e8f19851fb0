"""Decides a bucket on Azure: names, redundancy, tiers and days. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from components.bucket.spec import BucketSpec
from components.naming import fit, worldwide
from components.site import Site

LONGEST_ACCOUNT = 24
LONGEST_CONTAINER = 63
LONGEST_SOFT_DELETE = 365
_COLD_FROM = 90  # Azure bills the Cold tier for at least 90 days and Cool for at least 30; both are read at once, Archive in hours


@dataclass(frozen=True)
class Plan:
    """`account` is lower-case letters and digits, unique worldwide; `zonal` means copies in all zones of the region."""

    account: str
    container: str
    zonal: bool
    cold: tuple[int, Literal["cool", "cold"]] | None
    expire_days: int | None
    versions_days: int


def plan(name: str, spec: BucketSpec, site: Site) -> Plan:
    """Raises ValueError with one line per mistake: path, value given, values allowed."""
    if mistakes := list(_mistakes(spec)):
        raise ValueError("\n".join(mistakes))
    cold: tuple[int, Literal["cool", "cold"]] | None = None
    if spec.cold_after_days is not None:
        cold = (spec.cold_after_days, "cold" if spec.cold_after_days >= _COLD_FROM else "cool")
    return Plan(
        account=worldwide(name, site.account, LONGEST_ACCOUNT, hyphens=False),
        container=fit(name, LONGEST_CONTAINER),
        zonal=bool(site.zones),
        cold=cold,
        expire_days=spec.expire_after_days,
        versions_days=spec.keep_versions_days,
    )


def _mistakes(spec: BucketSpec) -> Iterator[str]:
    if spec.keep_versions_days > LONGEST_SOFT_DELETE:
        yield f"keep_versions_days: {spec.keep_versions_days} is longer than Azure keeps them; allowed: 1 to {LONGEST_SOFT_DELETE}"
