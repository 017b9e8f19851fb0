"""How many connections a database of a size takes, on whichever cloud. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from components.vocabulary import Cloud, Size

_GIB = {Size.SMALL: 8, Size.MEDIUM: 16, Size.LARGE: 32, Size.XLARGE: 64}

# RDS: LEAST({DBInstanceClassMemory/9531392}, 5000). That memory is what the operating system and RDS leave of the nominal one: an
# instance of 8 GiB was seen to give 856, which is 95 per cent; a tenth less than nominal is on the safe side.
_BYTES_EACH, _LEFT_TENTHS, _MOST = 9531392, 9, 5000

DEFAULTS: Mapping[Cloud, Mapping[Size, int]] = {
    Cloud.AWS: {size: min(gib * 2**30 * _LEFT_TENTHS // 10 // _BYTES_EACH, _MOST) for size, gib in _GIB.items()},
    # Cloud SQL's table of the flag by memory: 7.5 to 15 GB, 15 to 30, 30 to 60, 60 to 120.
    Cloud.GCP: {Size.SMALL: 400, Size.MEDIUM: 500, Size.LARGE: 600, Size.XLARGE: 800},
    # Azure's table by compute size (D2ds_v5 to D16ds_v5); 15 of them are its own.
    Cloud.AZURE: {Size.SMALL: 859, Size.MEDIUM: 1718, Size.LARGE: 3437, Size.XLARGE: 5000},
}
"""`max_connections` where nobody sets it, as the platform does not."""


def limit(size: Size) -> int:
    """The smallest of the clouds' defaults: what fits into it fits everywhere. The clouds' own connections (3 to 15) count too."""
    return min(defaults[size] for defaults in DEFAULTS.values())
