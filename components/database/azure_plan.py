"""Decides a PostgreSQL database on Azure: SKU, disk, maintenance hour in UTC, zones, parameters. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from components import geography
from components.database.spec import DatabaseSpec, Window
from components.naming import worldwide
from components.site import Site
from components.vocabulary import Cloud, Size

LONGEST_NAME = 63
# 4 GiB of memory per vCPU. The fifth generation stands in all EU regions.
SIZES = {Size.SMALL: "Standard_D2ds_v5", Size.MEDIUM: "Standard_D4ds_v5", Size.LARGE: "Standard_D8ds_v5", Size.XLARGE: "Standard_D16ds_v5"}
STORAGE_GIB = (32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384)
"""Sizes of Premium SSD that the service takes."""
BACKUP_DAYS = (7, 35)
_HOUR = 60
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")  # Azure counts from Sunday, which is 0
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY
_RESERVED = frozenset({"admin", "administrator", "azure_pg_admin", "azure_superuser", "azuresu", "guest", "public", "root"})
_RESTORE = re.compile(r"(?P<server>[a-z0-9][a-z0-9-]{1,61}[a-z0-9])@(?P<time>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)")


@dataclass(frozen=True)
class Parameter:
    """All of these take effect at once: none asks for a restart, which ARM would not do."""

    name: str
    value: str


@dataclass(frozen=True)
class Restore:
    """`server` is the name of a server in the stack's resource group, `time` a moment in UTC that its backups reach."""

    server: str
    time: str


@dataclass(frozen=True)
class Plan:
    """`day` counts from Sunday, which is 0; `hour` and `minute` are UTC. Zones are None where the region has none."""

    server: str
    sku: str
    storage_gib: int
    day: int
    hour: int
    minute: int
    zone: str | None
    standby_zone: str | None
    geo_backup: bool
    restore: Restore | None
    parameters: tuple[Parameter, ...]


def plan(name: str, spec: DatabaseSpec, site: Site) -> Plan:
    """Raises ValueError with one line per mistake: path, value given, values allowed."""
    if mistakes := list(_mistakes(spec, site)):
        raise ValueError("\n".join(mistakes))
    start = _utc(spec.maintenance)
    return Plan(
        # Names of servers are taken worldwide, private ones too.
        server=worldwide(name, site.account, LONGEST_NAME),
        sku=SIZES[spec.size],
        storage_gib=next(size for size in STORAGE_GIB if size >= spec.storage_gib),
        day=start // _DAY,
        hour=start % _DAY // _HOUR,
        minute=start % _HOUR,
        zone=site.zones[0] if site.zones else None,
        standby_zone=site.zones[1] if spec.highly_available else None,
        geo_backup=spec.backup_region is not None,
        restore=_restore(spec.restore_from),
        parameters=_parameters(spec),
    )


def _utc(window: Window) -> int:
    """Minutes from Sunday 00:00 UTC."""
    return (_DAYS.index(window.day) * _DAY + _minutes(window.start) - window.utc_offset_hours * _HOUR) % _WEEK


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * _HOUR + int(minutes)


def _restore(text: str | None) -> Restore | None:
    found = _RESTORE.fullmatch(text) if text else None
    return Restore(found["server"], found["time"]) if found else None


def _parameters(spec: DatabaseSpec) -> tuple[Parameter, ...]:
    """`shared_preload_libraries` holds pg_stat_statements from the start; setting it would ask for a restart."""
    return (
        Parameter("require_secure_transport", "on"),
        Parameter("ssl_min_protocol_version", "TLSv1.2"),
        # Azure's default is md5. The administrator's own password was hashed before this: both ways in stay accepted.
        Parameter("password_encryption", "scram-sha-256"),
        Parameter("log_connections", "on"),
        Parameter("log_disconnections", "on"),
        Parameter("log_lock_waits", "on"),
        Parameter("log_statement", "ddl"),
        Parameter("log_min_duration_statement", str(spec.slow_query_ms)),
        Parameter("azure.extensions", "PG_STAT_STATEMENTS"),
        Parameter("pg_stat_statements.track", "top"),
    )


def _mistakes(spec: DatabaseSpec, site: Site) -> Iterator[str]:
    window = spec.maintenance
    length = (_minutes(window.end) - _minutes(window.start)) % _DAY
    if length < _HOUR:
        yield f"maintenance: {window.start}-{window.end} lasts {length} minutes; allowed: {_HOUR} and more, since Azure takes an hour"
    least, most = BACKUP_DAYS
    if not least <= spec.backup_days <= most:
        yield f"backup_days: {spec.backup_days} is not what Azure keeps; allowed: {least} to {most}"
    if spec.storage_gib > STORAGE_GIB[-1]:
        yield f"storage_gib: {spec.storage_gib} is more than a server holds; allowed: up to {STORAGE_GIB[-1]}"
    if spec.admin in _RESERVED or spec.admin.startswith("pg_"):
        taken = ", ".join(sorted(_RESERVED))
        yield f"admin: {spec.admin!r} is reserved by Azure; allowed: none of {taken}, nothing that begins with pg_"
    if spec.highly_available and len(site.zones) < 2:
        zones = ", ".join(site.zones) or "none"
        yield f"highly_available: true takes two zones, and {site.region} is used with {zones}; allowed: false, or a region with zones"
    if spec.restore_from is not None and _restore(spec.restore_from) is None:
        yield (
            f"restore_from: {spec.restore_from!r} is no point in time of a server, since Azure restores from no named snapshot; "
            "allowed: <server>@<UTC time>, such as playnew-production-pn-agent-db-0a1b2c@2026-05-01T10:00:00Z"
        )
    if spec.backup_region is not None:
        yield from backup_region_mistakes("backup_region", spec.backup_region, site.region)


def backup_region_mistakes(path: str, code: str, region: str) -> Iterator[str]:
    """Geo-redundant copies go to the region's pair and nowhere else: a pair outside the EU, or none, serves no second region."""
    try:
        wanted = geography.eu_region(Cloud.AZURE, code)
    except geography.UnknownRegion as error:
        yield f"{path}: {error}"
        return
    here = geography.region(Cloud.AZURE, region)
    pair = geography.geo_redundant_target(here)
    if pair is None:
        paired = ", ".join(item.code for item in geography.eu_regions(Cloud.AZURE) if item.pair)
        yield (
            f"{path}: {code!r} cannot hold copies of {here.code}, which has no paired region; "
            f"allowed: none here (leave it out: backups stay in the region's zones), or a stack in one of {paired}"
        )
    elif pair.code != wanted.code or not pair.allowed():
        yield f"{path}: {code!r} is not the paired region of {here.code}; allowed: {pair.code if pair.allowed() else 'none'}"
