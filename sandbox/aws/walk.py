"""How AWS names things, and where a thing is."""

from __future__ import annotations

import re

from sandbox.contract import Record


def where(record: Record) -> str:
    """The region a thing is in: a resource may have its own."""
    region = record.outputs.get("region")
    return region if isinstance(region, str) and region else record.region


ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>[0-9]{12}|aws|):(?P<resource>.+)"
)
