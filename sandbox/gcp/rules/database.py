"""Cloud SQL rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sandbox.contract import UNKNOWN, Failure, Properties, Request
from sandbox.gcp.paths import part
from sandbox.gcp.projects import project
from sandbox.gcp.rules.base import location, region
from sandbox.postgres import strange
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, each, matches, one_of
from sandbox.walk import find, number, text, values

_CUSTOM = re.compile(r"db-custom-(\d+)-(\d+)")
_PERFORMANCE = re.compile(r"db-perf-optimized-N-(2|4|8|16|32|48|64|80|96|128)|db-c4a-highmem-(1|2|4|8|16|32|48|64|72)")
_SHARED = ("db-f1-micro", "db-g1-small")
_POSTGRES = tuple(f"POSTGRES_{major}" for major in ("9_6", *range(10, 19)))
_MYSQL = re.compile(r"MYSQL_(5_6|5_7|8_0(_\d+)?|8_4)|SQLSERVER_20(17|19|22|25)_(STANDARD|ENTERPRISE|EXPRESS|WEB)")


def _version(value: Any) -> str | None:
    return None if value in _POSTGRES or _MYSQL.fullmatch(str(value)) else f"is not a database version (PostgreSQL: {', '.join(_POSTGRES)})"


def _tier(request: Request, inputs: Properties) -> Iterator[Failure]:
    tier, edition, version = text(inputs, "settings.tier"), text(inputs, "settings.edition"), text(inputs, "databaseVersion") or ""
    # From PostgreSQL 16 on, the edition is Enterprise Plus where none is said.
    newer = version in _POSTGRES[_POSTGRES.index("POSTGRES_16") :]
    plus = (edition or ("ENTERPRISE_PLUS" if newer else "ENTERPRISE")) == "ENTERPRISE_PLUS"
    if tier is None or part(inputs, "settings").get("edition") is UNKNOWN:
        return
    shown = edition or ("ENTERPRISE_PLUS by default" if plus else "ENTERPRISE by default")
    if plus and not _PERFORMANCE.fullmatch(tier):
        yield Failure("settings.tier", f"Invalid Tier ({tier}) for ({shown}) Edition: db-perf-optimized-N-* is for it")
    elif not plus and _PERFORMANCE.fullmatch(tier):
        yield Failure("settings.tier", f"Invalid Tier ({tier}) for ({shown}) Edition: db-custom-CPUS-MIB is for it")
    elif not plus and tier not in _SHARED and (reason := _custom(tier, version)):
        yield Failure("settings.tier", f"{show(tier)} {reason}")


def _custom(tier: str, version: str) -> str | None:
    match = _CUSTOM.fullmatch(tier)
    if match is None:
        return None if tier.startswith("db-n1-") and version.startswith("MYSQL") else "is not a tier like db-custom-2-7680"
    cpus, memory = int(match.group(1)), int(match.group(2))
    if cpus != 1 and (cpus % 2 or not 2 <= cpus <= 96):
        return "must have 1 CPU or an even number up to 96"
    if memory % 256 or memory < 3840 or not 0.9 * 1024 * cpus <= memory <= 6.5 * 1024 * cpus:
        return "must have memory in steps of 256 MiB, at least 3840 and 0.9 to 6.5 GiB for each CPU"
    return None


def _flags(request: Request, inputs: Properties) -> Iterator[Failure]:
    major = (text(inputs, "databaseVersion") or "").removeprefix("POSTGRES_")
    for name in strange(major, (str(value) for _, value in find(inputs, "settings.databaseFlags[].name"))):
        yield Failure("settings.databaseFlags", f"{show(name)} is not a flag of POSTGRES_{major}")


def _instance(request: Request, inputs: Properties) -> Iterator[Failure]:
    name, owner = text(inputs, "name"), project(request.instance, inputs)
    if name and len(f"{owner}:{name}") > 98:
        yield Failure("name", f"{show(name)} is too long: project and name together have at most 98 characters")
    replica = inputs.get("masterInstanceName") is not None
    if inputs.get("settings") is None and inputs.get("clone") is None:
        yield Failure("settings", "needed unless the instance is a clone")
    backups = "settings.backupConfiguration"
    enabled = values(inputs, f"{backups}.enabled") == [True]
    if replica and enabled:
        yield Failure(f"{backups}.enabled", "backups cannot be switched on for a replica")
    if text(inputs, "settings.availabilityType") == "REGIONAL" and not replica:
        made = part(inputs, backups)
        recovery = {True, UNKNOWN} & {made.get(name) for name in ("pointInTimeRecoveryEnabled", "binaryLogEnabled")}
        unknown = part(inputs, "settings").get("backupConfiguration") is UNKNOWN
        if inputs.get("clone") is None and not unknown and (made.get("enabled") not in (True, UNKNOWN) or not recovery):
            yield Failure("settings.availabilityType", "REGIONAL needs backups and point-in-time recovery")
    plus = text(inputs, "settings.edition") == "ENTERPRISE_PLUS"
    days, most = number(inputs, f"{backups}.transactionLogRetentionDays"), 35 if plus else 7
    if days is not None and not 1 <= days <= most:
        yield Failure(f"{backups}.transactionLogRetentionDays", f"{days:g} is not between 1 and {most}")
    retained = number(inputs, f"{backups}.backupRetentionSettings.retainedBackups")
    if retained is not None and days is not None and retained < days:
        yield Failure(f"{backups}.transactionLogRetentionDays", "must not exceed the number of retained backups")
    if values(inputs, "settings.ipConfiguration.ipv4Enabled") == [False] and not _reachable(inputs):
        yield Failure("settings.ipConfiguration.ipv4Enabled", "At least one of Public IP, Private IP or PSC connectivity must be enabled.")
    limit, size = number(inputs, "settings.diskAutoresizeLimit"), number(inputs, "settings.diskSize")
    if limit and size and limit < size:
        yield Failure("settings.diskAutoresizeLimit", f"{limit:g} is below the disk's size {size:g}")


def _reachable(inputs: Properties) -> bool:
    ip = part(inputs, "settings.ipConfiguration")
    return bool(ip.get("privateNetwork") or ip.get("pscConfigs"))


RULES: dict[str, tuple[Rule, ...]] = {
    "gcp:sql/databaseInstance:DatabaseInstance": (
        matches("name", r"[a-z]([a-z0-9-]*[a-z0-9])?", "is not an instance name: lower-case letters, digits and '-', a letter first"),
        each("databaseVersion", _version),
        region("region"),
        one_of("settings.edition", "ENTERPRISE", "ENTERPRISE_PLUS"),
        one_of("settings.availabilityType", "REGIONAL", "ZONAL"),
        one_of("settings.activationPolicy", "ALWAYS", "NEVER", "ON_DEMAND"),
        one_of("settings.diskType", "PD_SSD", "PD_HDD", "HYPERDISK_BALANCED"),
        between("settings.diskSize", 10, 65536),
        one_of(
            "settings.ipConfiguration.sslMode",
            *("ALLOW_UNENCRYPTED_AND_ENCRYPTED", "ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"),
        ),
        one_of("settings.ipConfiguration.serverCaMode", "GOOGLE_MANAGED_INTERNAL_CA", "GOOGLE_MANAGED_CAS_CA", "CUSTOMER_MANAGED_CAS_CA"),
        matches("settings.backupConfiguration.startTime", r"([01]\d|2[0-3]):[0-5]\d", "is not a time like 03:00 (UTC)"),
        each("settings.backupConfiguration.location", location),
        between("settings.backupConfiguration.backupRetentionSettings.retainedBackups", 1, 365),
        between("settings.maintenanceWindow.day", 1, 7),
        between("settings.maintenanceWindow.hour", 0, 23),
        one_of("settings.maintenanceWindow.updateTrack", "canary", "stable", "week5"),
        one_of("settings.connectorEnforcement", "NOT_REQUIRED", "REQUIRED"),
        between("settings.insightsConfig.queryStringLength", 256, 4500),
        between("settings.insightsConfig.queryPlansPerMinute", 0, 200),
        matches("settings.databaseFlags[].name", r"[a-z][a-z0-9_.]*", "is not a flag"),
        _instance,
        _tier,
        _flags,
    ),
    "gcp:sql/database:Database": (matches("name", r"[^/\\\0]{1,63}", "is not the name of a database"),),
    "gcp:sql/user:User": (
        one_of(
            "type",
            *("BUILT_IN", "CLOUD_IAM_USER", "CLOUD_IAM_SERVICE_ACCOUNT", "CLOUD_IAM_GROUP", "CLOUD_IAM_GROUP_USER"),
            *("CLOUD_IAM_GROUP_SERVICE_ACCOUNT", "ENTRAID_USER"),
        ),
        matches("name", r"[^/\0]{1,128}", "is not the name of a user"),
    ),
}
