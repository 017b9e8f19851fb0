"""PostgreSQL flexible servers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.geography import Cloud, regions
from sandbox.azure.lookup import part
from sandbox.azure.subscription import plain
from sandbox.contract import UNKNOWN, Failure, Properties, Request
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, matches, one_of
from sandbox.walk import text

_SIZES = (32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, 8192, 16384, 32767)
_FAMILIES = {"B": "Burstable", "D": "GeneralPurpose", "E": "MemoryOptimized"}
_SKU = re.compile(r"Standard_(?P<family>[BDE])[A-Za-z]?\d+[a-z]*(_v\d)?")
_TAKEN = {"azure_superuser", "azure_pg_admin", "azuresu", "admin", "administrator", "root", "guest", "public", "postgres"}
_PLACES = {region.code: region for region in regions(Cloud.AZURE)}
_NEW = (None, "Create", "Default")


def _sku(request: Request, inputs: Properties) -> Iterator[Failure]:
    name, tier = text(inputs, "sku.name"), text(inputs, "sku.tier")
    match = _SKU.fullmatch(name) if name else None
    if name and match is None:
        yield Failure("sku.name", f"{show(name)} is not a SKU like Standard_D2ds_v5")
    elif match and tier and _FAMILIES[match["family"]] != tier:
        yield Failure("sku.tier", f"{tier!r} does not go with {name}, which is {_FAMILIES[match['family']]}")


def _availability(request: Request, inputs: Properties) -> Iterator[Failure]:
    mode, place = text(inputs, "highAvailability.mode"), _PLACES.get(plain(str(inputs.get("location", ""))))
    own, standby = inputs.get("availabilityZone"), part(inputs, "highAvailability.standbyAvailabilityZone")
    if mode in {"ZoneRedundant", "SameZone"} and text(inputs, "sku.tier") == "Burstable":
        yield Failure("highAvailability.mode", "high availability is not supported with the tier Burstable")
    if mode == "ZoneRedundant" and place and not place.zones:
        yield Failure("highAvailability.mode", f"'ZoneRedundant': {place.code} has no availability zones")
    if mode == "ZoneRedundant" and own is not None and own == standby:
        yield Failure("highAvailability.standbyAvailabilityZone", f"{show(standby)} is the primary's own zone")
    if mode == "SameZone" and standby is not None and own is not None and own != standby:
        yield Failure("highAvailability.standbyAvailabilityZone", f"{show(standby)} is not the primary's zone {show(own)}")
    for where, zone in (("availabilityZone", own), ("highAvailability.standbyAvailabilityZone", standby)):
        if isinstance(zone, str) and place and zone not in place.zones:
            yield Failure(where, f"{show(zone)} is not a zone of {place.code} (allowed: {', '.join(place.zones) or 'none'})")


def _storage(request: Request, inputs: Properties) -> Iterator[Failure]:
    size, kind = part(inputs, "storage.storageSizeGB"), text(inputs, "storage.type") or "Premium_LRS"
    if isinstance(size, int) and kind == "Premium_LRS" and size not in _SIZES:
        yield Failure("storage.storageSizeGB", f"{size} is not a valid value (allowed: {', '.join(map(str, _SIZES))})")
    if kind == "Premium_LRS" and (part(inputs, "storage.iops") is not None or part(inputs, "storage.throughput") is not None):
        yield Failure("storage.type", "iops and throughput are for PremiumV2_LRS and UltraSSD_LRS")
    if kind == "PremiumV2_LRS" and text(inputs, "storage.autoGrow") == "Enabled":
        yield Failure("storage.autoGrow", "'Enabled' is not supported with PremiumV2_LRS")


def _backup(request: Request, inputs: Properties) -> Iterator[Failure]:
    place = _PLACES.get(plain(str(inputs.get("location", ""))))
    if text(inputs, "backup.geoRedundantBackup") == "Enabled":
        if place and place.pair is None:
            yield Failure("backup.geoRedundantBackup", f"'Enabled': {place.code} has no paired region")
        if text(inputs, "dataEncryption.type") == "AzureKeyVault" and part(inputs, "dataEncryption.geoBackupKeyURI") is None:
            yield Failure("dataEncryption.geoBackupKeyURI", "must be given with geo-redundant backups under a key of one's own")
    elif part(inputs, "dataEncryption.geoBackupKeyURI") is not None:
        yield Failure("dataEncryption.geoBackupKeyURI", "takes geo-redundant backups")


def _login(request: Request, inputs: Properties) -> Iterator[Failure]:
    login, password = inputs.get("administratorLogin"), inputs.get("administratorLoginPassword")
    if inputs.get("createMode") in _NEW and text(inputs, "authConfig.passwordAuth") != "Disabled":
        for name, value in (("administratorLogin", login), ("administratorLoginPassword", password)):
            if value is None:
                yield Failure(name, "missing required property for a new server with passwords")
    if isinstance(login, str) and (
        login.lower() in _TAKEN or login.lower().startswith("pg_") or not re.fullmatch(r"[A-Za-z_][\w]{0,62}", login)
    ):
        yield Failure("administratorLogin", f"{login!r} is not allowed (reserved: {', '.join(sorted(_TAKEN))}, pg_*)")
    if isinstance(password, str):
        kinds = sum(bool(re.search(kind, password)) for kind in (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]"))
        if not 8 <= len(password) <= 128 or kinds < 3:
            yield Failure("administratorLoginPassword", "PasswordNotComplex: 8-128 characters of three of four kinds are needed")
        elif isinstance(login, str) and login.lower() in password.lower():
            yield Failure("administratorLoginPassword", "PasswordNotComplex: it holds the login")


def _network(request: Request, inputs: Properties) -> Iterator[Failure]:
    subnet, zone = part(inputs, "network.delegatedSubnetResourceId"), part(inputs, "network.privateDnsZoneArmResourceId")
    if (subnet is None) != (zone is None):
        missing = "privateDnsZoneArmResourceId" if zone is None else "delegatedSubnetResourceId"
        yield Failure(f"network.{missing}", "a server inside a network takes a delegated subnet and a private zone, both")
    if isinstance(zone, str):
        name = zone.rpartition("/")[2].lower()
        if not name.endswith(".postgres.database.azure.com"):
            yield Failure("network.privateDnsZoneArmResourceId", f"the zone's name {name!r} must end with .postgres.database.azure.com")
        if name.split(".")[0] == str(inputs.get("serverName", "")).lower() and name.count(".") == 4:
            yield Failure("network.privateDnsZoneArmResourceId", f"the zone's name {name!r} must not be the server's own")
    if subnet is not None and text(inputs, "network.publicNetworkAccess") == "Enabled":
        yield Failure("network.publicNetworkAccess", "'Enabled' does not go with a delegated subnet")


def _encryption(request: Request, inputs: Properties) -> Iterator[Failure]:
    if text(inputs, "dataEncryption.type") == "AzureKeyVault":
        for name in ("primaryKeyURI", "primaryUserAssignedIdentityId"):
            if part(inputs, f"dataEncryption.{name}") is None:
                yield Failure(f"dataEncryption.{name}", "missing required property with a key of one's own")
        if "UserAssigned" not in str(part(inputs, "identity.type")) and inputs.get("identity") is not UNKNOWN:
            yield Failure("identity.type", "a key of one's own takes a user-assigned identity")


def _source(request: Request, inputs: Properties) -> Iterator[Failure]:
    mode = inputs.get("createMode")
    if mode in ("PointInTimeRestore", "GeoRestore", "Replica") and inputs.get("sourceServerResourceId") is None:
        yield Failure("sourceServerResourceId", f"missing required property with createMode {mode}")
    if mode in _NEW and inputs.get("sourceServerResourceId") is not None:
        yield Failure("sourceServerResourceId", "is for replicas and restores alone")
    if mode in _NEW:
        for name in ("version", "sku", "storage"):
            if inputs.get(name) is None:
                yield Failure(name, "missing required property for a new server")


RULES: dict[str, tuple[Rule, ...]] = {
    "azure-native:dbforpostgresql:Configuration": (
        matches("configurationName", r"[a-z][a-z0-9_.]*", "is not a parameter of PostgreSQL"),
        one_of("source", "user-override", "system-default"),
    ),
    "azure-native:dbforpostgresql:Server": (
        between("backup.backupRetentionDays", 7, 35),
        one_of("maintenanceWindow.customWindow", "Enabled", "Disabled"),
        between("maintenanceWindow.dayOfWeek", 0, 6),
        between("maintenanceWindow.startHour", 0, 23),
        between("maintenanceWindow.startMinute", 0, 59),
        one_of("version", "13", "14", "15", "16", "17", "18"),
        matches(
            "pointInTimeUTC", r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", "is not a time like 2026-01-31T03:00:00Z"
        ),
        *(_sku, _availability, _storage, _backup, _login, _network, _encryption, _source),
    ),
}
