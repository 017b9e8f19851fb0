"""Where a platform stands: the wiring of one region of one stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from components.vocabulary import Cloud


@dataclass(frozen=True)
class Site:
    """`name` prefixes every resource (`playnew-production`), `account` is the AWS account, GCP project or Azure subscription.

    `zones` are full zone names of the region (`eu-south-1a`); `peers` the other EU regions that this stack may copy backups to.
    """

    cloud: Cloud
    region: str
    name: str
    account: str
    environment: str
    zones: tuple[str, ...]
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
