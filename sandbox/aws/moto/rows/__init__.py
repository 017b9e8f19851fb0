"""The tables: one row for each type that moto keeps, and why it does not keep the others."""

from __future__ import annotations

from sandbox.aws.moto.row import Row
from sandbox.aws.moto.rows import (
    backups,
    caches,
    cluster,
    database,
    dns,
    edges,
    groups,
    hosts,
    identity,
    keys,
    logging,
    network,
    registry,
    secrets,
    storage,
)

ROWS: dict[str, Row] = {
    **backups.ROWS,
    **caches.ROWS,
    **cluster.ROWS,
    **database.ROWS,
    **dns.ROWS,
    **edges.ROWS,
    **groups.ROWS,
    **hosts.ROWS,
    **identity.ROWS,
    **keys.ROWS,
    **logging.ROWS,
    **network.ROWS,
    **registry.ROWS,
    **secrets.ROWS,
    **storage.ROWS,
}

SCHEMA_ONLY: dict[str, str] = {
    **backups.SCHEMA_ONLY,
    **caches.SCHEMA_ONLY,
    **cluster.SCHEMA_ONLY,
    **hosts.SCHEMA_ONLY,
    **logging.SCHEMA_ONLY,
    **registry.SCHEMA_ONLY,
}
"""Types that the stand-in keeps alone, each with the reason."""
