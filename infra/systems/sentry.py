"""Where errors may be sent: Sentry's EU region."""

from __future__ import annotations

import re

# Plain `ingest.sentry.io` and `ingest.us.sentry.io` store events in the United States.
EU = re.compile(r"https://[0-9a-f]{16,64}@o\d+\.ingest\.de\.sentry\.io/\d+")
EXAMPLE = "https://<key>@o<organisation>.ingest.de.sentry.io/<project>"


def in_the_eu(dsn: str | None) -> str | None:
    """Gives it back. Raises ValueError, without repeating the key in it, for one that stores elsewhere."""
    if dsn is not None and not EU.fullmatch(dsn):
        raise ValueError(f"{dsn.rpartition('@')[2]!r} is not Sentry's EU ingest; allowed: {EXAMPLE}")
    return dsn
