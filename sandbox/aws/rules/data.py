"""RDS, S3 and Backup rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from sandbox.aws.rules.network import zone_in_region
from sandbox.aws.rules.policies import document
from sandbox.contract import Failure, Properties, Request
from sandbox.postgres import strange
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, each, known, matches, not_both, one_of
from sandbox.walk import find, number, text

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOMENT = re.compile(r"(?:(?P<day>mon|tue|wed|thu|fri|sat|sun):)?(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)", re.IGNORECASE)
_POSTGRES = re.compile(r"(1[3-8])(\.\d{1,2})?")
_WEEK = 7 * 24 * 60


def _minutes(moment: str) -> int | None:
    match = _MOMENT.fullmatch(moment)
    if match is None:
        return None
    day = _DAYS.index(match["day"].lower()) if match["day"] else 0
    return (day * 24 + int(match["hour"])) * 60 + int(match["minute"])


def window(value: str, weekly: bool) -> tuple[int, int] | None:
    """Start and length in minutes of `sat:01:00-sat:03:00` or `01:00-03:00`; None for another form."""
    pattern = r"([a-z]{3}:\d\d:\d\d)-([a-z]{3}:\d\d:\d\d)" if weekly else r"(\d\d:\d\d)-(\d\d:\d\d)"
    match = re.fullmatch(pattern, value, re.IGNORECASE)
    if match is None or (start := _minutes(match[1])) is None or (end := _minutes(match[2])) is None:
        return None
    return start, (end - start) % (_WEEK if weekly else 24 * 60)


def _windows(request: Request, inputs: Properties) -> Iterator[Failure]:
    parsed: dict[str, tuple[int, int]] = {}
    for name, weekly, form in (("backupWindow", False, "hh:mm-hh:mm"), ("maintenanceWindow", True, "ddd:hh:mm-ddd:hh:mm")):
        if (value := text(inputs, name)) is None:
            continue
        if (found := window(value, weekly)) is None:
            yield Failure(name, f"{show(value)} is not a window of the form {form} (UTC)")
        elif found[1] < 30:
            yield Failure(name, f"{show(value)} must be at least 30 minutes long")
        else:
            parsed[name] = found
    if len(parsed) == 2 and meet(parsed["backupWindow"], parsed["maintenanceWindow"]):
        yield Failure("backupWindow", "The backup window and maintenance window must not overlap.")


def meet(daily: tuple[int, int], weekly: tuple[int, int]) -> bool:
    """Whether a daily window runs into a weekly one."""
    start, length = weekly
    for day in range(-1, 8):
        begin = day * 24 * 60 + daily[0]
        if begin < start + length and start < begin + daily[1]:
            return True
    return False


def _storage(request: Request, inputs: Properties) -> Iterator[Failure]:
    size, most = number(inputs, "allocatedStorage"), number(inputs, "maxAllocatedStorage")
    if size is not None and not 5 <= size <= 65536:
        yield Failure("allocatedStorage", f"Invalid storage size {size:g} (allowed: 20-65536)")
    if most and size is not None and most < size * 1.1:
        yield Failure("maxAllocatedStorage", f"{most:g} must be at least 10% above allocatedStorage {size:g}")
    if text(inputs, "storageType") == "gp3" and size is not None and size < 20:
        yield Failure("allocatedStorage", f"Invalid storage size {size:g} for storage type gp3 (allowed: 20-65536)")
    if (
        text(inputs, "storageType") == "gp3"
        and size is not None
        and size < 400
        and (known(inputs.get("iops")) or known(inputs.get("storageThroughput")))
    ):
        yield Failure("iops", "You can't specify IOPS or storage throughput for engine postgres and a storage size less than 400.")


def _credentials(request: Request, inputs: Properties) -> Iterator[Failure]:
    managed = inputs.get("manageMasterUserPassword") is True
    password = inputs.get("password") is not None or inputs.get("passwordWo") is not None
    if managed and password:
        yield Failure("password", "You can't specify MasterUserPassword when ManageMasterUserPassword is on")
    source = any(inputs.get(name) is not None for name in ("replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime", "s3Import"))
    if not source:
        for name in ("engine", "allocatedStorage", "username"):
            if inputs.get(name) is None:
                yield Failure(name, "InvalidParameterValue: needed for a new instance")
        if inputs.get("manageMasterUserPassword") in (None, False) and not password:
            yield Failure("password", "InvalidParameterValue: a new instance needs password or manageMasterUserPassword")
    if text(inputs, "username") in {"admin", "rdsadmin", "postgres_admin", "user"} and text(inputs, "engine") == "postgres":
        yield Failure("username", f"MasterUsername {inputs['username']} cannot be used as it is a reserved word used by the engine")


def _engine(request: Request, inputs: Properties) -> Iterator[Failure]:
    engine, version = text(inputs, "engine"), text(inputs, "engineVersion")
    if engine == "postgres" and version and not _POSTGRES.fullmatch(version):
        yield Failure("engineVersion", f"Cannot find version {version} for postgres (majors 13 to 18)")
    exports = [value for _, value in find(inputs, "enabledCloudwatchLogsExports[]")]
    if engine == "postgres":
        for value in exports:
            if value not in {"postgresql", "upgrade", "iam-db-auth-error"}:
                yield Failure(
                    "enabledCloudwatchLogsExports", f"{show(value)} is no log of postgres (allowed: postgresql, upgrade, iam-db-auth-error)"
                )
    if inputs.get("monitoringInterval") not in (None, 0) and inputs.get("monitoringRoleArn") is None:
        yield Failure("monitoringRoleArn", "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.")
    if known(inputs.get("kmsKeyId")) and inputs.get("storageEncrypted") is False:
        yield Failure("kmsKeyId", "needs storageEncrypted")


def _insights(value: Any) -> str | None:
    fits = not isinstance(value, int | float) or value in (0, 7, 731) or (value % 31 == 0 and 31 <= value <= 713)
    return None if fits else "is not a valid value (allowed: 7, 731 or a multiple of 31 up to 713)"


def _lifecycle(request: Request, inputs: Properties) -> Iterator[Failure]:
    for where, days in find(inputs, "rules[].transitions[].days"):
        if isinstance(days, int | float) and days < 0:
            yield Failure(where, f"{show(days)}: 'Days' must be a non-negative integer")
    for where, rule in find(inputs, "rules[]"):
        actions = {
            "abortIncompleteMultipartUpload",
            "expiration",
            "noncurrentVersionExpiration",
            "noncurrentVersionTransitions",
            "transitions",
        }
        if not actions & set(cast("dict[str, Any]", rule)):
            yield Failure(where, "at least one action needs to be specified in a rule")
        for _, step in find(rule, "transitions[]"):
            if text(step, "storageClass") == "STANDARD_IA" and (number(step, "days") or 30) < 30:
                yield Failure(where, "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'")


def _schedule(value: Any) -> str | None:
    if isinstance(value, str) and re.fullmatch(r"rate\(\d+ (minute|hour|day)s?\)", value):
        return None
    match = re.fullmatch(r"cron\(([^)]*)\)", str(value))
    fields = match[1].split() if match else []
    if len(fields) != 6:
        return "is not cron(minutes hours day-of-month month day-of-week year) or rate(…)"
    if (fields[2] == "?") == (fields[4] == "?"):
        return "needs ? in exactly one of day-of-month and day-of-week"
    return None if all(re.fullmatch(r"[0-9A-Za-z*?,/\-#]+", field) for field in fields) else "has a field that cron does not know"


schedule = _schedule


def _retention(request: Request, inputs: Properties) -> Iterator[Failure]:
    for where, rule in find(inputs, "rules[]"):
        for path in ("lifecycle", "copyActions[].lifecycle"):
            for _, life in find(rule, path):
                cold, gone = number(life, "coldStorageAfter"), number(life, "deleteAfter")
                if cold is not None and gone is not None and gone < cold + 90:
                    yield Failure(where, f"deleteAfter {gone:g} must be at least 90 days after coldStorageAfter {cold:g}")


def _settings(request: Request, inputs: Properties) -> Iterator[Failure]:
    major = (text(inputs, "family") or "").removeprefix("postgres")
    for name in strange(major, (str(value) for _, value in find(inputs, "parameters[].name"))):
        yield Failure("parameters", f"Could not find parameter with name: {name} (family postgres{major})")


_BUCKET_NAME = matches(
    "bucket",
    r"(?!xn--|sthree-|amzn-s3-demo-)(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?<!-s3alias)(?<!--ol-s3)",
    "is not a bucket name: 3-63 lower-case letters, digits, '.' and '-', no address",
)
_CLASSES = ("STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE", "GLACIER_IR")
_VAULT = matches("name", r"[a-zA-Z0-9\-_.]{1,50}", "is not a vault name")

RULES: dict[str, tuple[Rule, ...]] = {
    "aws:rds/instance:Instance": (
        matches(
            "identifier",
            r"[a-z](?!.*--)[a-z0-9-]{0,62}(?<!-)",
            "is not an instance identifier: 1-63 lower-case letters, digits and '-', a letter first",
        ),
        matches("dbName", r"[A-Za-z][A-Za-z0-9_]{0,62}", "is not a database name"),
        matches(
            "instanceClass", r"db\.[a-z]+\d+[a-z0-9-]*\.(micro|small|medium|(\d*x)?large)", "is not an instance class like db.m7g.large"
        ),
        one_of(
            "engine",
            *("postgres", "mysql", "mariadb", "oracle-ee", "oracle-se2", "sqlserver-ee", "sqlserver-se", "sqlserver-ex", "sqlserver-web"),
        ),
        one_of("storageType", "standard", "gp2", "gp3", "io1", "io2"),
        between("backupRetentionPeriod", 0, 35),
        one_of("monitoringInterval", 0, 1, 5, 10, 15, 30, 60),
        each("performanceInsightsRetentionPeriod", _insights),
        between("port", 1150, 65535),
        matches("caCertIdentifier", r"rds-ca-(2019|rsa2048-g1|rsa4096-g1|ecc384-g1)", "is not a certificate authority of RDS"),
        zone_in_region("availabilityZone"),
        _windows,
        _storage,
        _credentials,
        _engine,
        not_both("identifier", "identifierPrefix"),
    ),
    "aws:rds/subnetGroup:SubnetGroup": (
        matches("name", r"(?!default$)[a-z0-9 _.-]{1,255}", "is not a subnet group name: lower-case letters, digits, ' _.-'"),
    ),
    "aws:rds/parameterGroup:ParameterGroup": (
        matches("name", r"[a-z](?!.*--)[a-z0-9-]{0,254}(?<!-)", "is not a parameter group name"),
        matches(
            "family",
            r"(postgres(9\.[3-6]|1[0-8])|mysql[58]\.\d|mariadb1[01]\.\d+|aurora-[a-z0-9.-]+|oracle-\S+|sqlserver-\S+)",
            "is not a parameter group family",
        ),
        one_of("parameters[].applyMethod", "immediate", "pending-reboot"),
        _settings,
    ),
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": (between("retentionPeriod", 1, 35),),
    "aws:s3/bucket:Bucket": (_BUCKET_NAME, not_both("bucket", "bucketPrefix")),
    "aws:s3/bucketVersioning:BucketVersioning": (one_of("versioningConfiguration.status", "Enabled", "Suspended", "Disabled"),),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        one_of("rules[].applyServerSideEncryptionByDefault.sseAlgorithm", "AES256", "aws:kms", "aws:kms:dsse"),
    ),
    "aws:s3/bucketPolicy:BucketPolicy": (document("policy", "resource"),),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": (
        one_of("rule.objectOwnership", "BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"),
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        one_of("rules[].status", "Enabled", "Disabled"),
        one_of("rules[].transitions[].storageClass", *_CLASSES),
        one_of("rules[].noncurrentVersionTransitions[].storageClass", *_CLASSES),
        between("rules[].expiration.days", 1, 2147483647),
        between("rules[].noncurrentVersionExpiration.noncurrentDays", 1, 2147483647),
        between("rules[].abortIncompleteMultipartUpload.daysAfterInitiation", 1, 2147483647),
        _lifecycle,
    ),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": (
        one_of("rules[].status", "Enabled", "Disabled"),
        one_of("rules[].deleteMarkerReplication.status", "Enabled", "Disabled"),
        one_of("rules[].destination.storageClass", "STANDARD", *_CLASSES),
    ),
    "aws:backup/vault:Vault": (_VAULT,),
    "aws:backup/plan:Plan": (
        each("rules[].schedule", _schedule),
        between("rules[].startWindow", 60, 50000),
        matches("rules[].ruleName", r"[a-zA-Z0-9\-_.]{1,50}", "is not a rule name"),
        _retention,
    ),
    "aws:backup/selection:Selection": (
        matches("name", r"[a-zA-Z0-9\-_.]{1,50}", "is not a selection name"),
        one_of("selectionTags[].type", "STRINGEQUALS"),
    ),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": (
        between("changeableForDays", 3, 36500),
        between("minRetentionDays", 1, 36500),
        between("maxRetentionDays", 1, 36500),
    ),
    "aws:backup/vaultPolicy:VaultPolicy": (document("policy", "resource"),),
}
