"""IAM, KMS, Secret Manager, logging, monitoring, budget, organisation policy rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.contract import Failure, Properties, Request
from sandbox.gcp.paths import part
from sandbox.gcp.rules.base import IAM, duration, rfc1035
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, each, matches, one_of
from sandbox.walk import find, text, values

DAY = 86_400
_CHANNELS = ("email", "google_chat", "pagerduty", "pubsub", "slack", "sms", "webhook_basicauth", "webhook_tokenauth")
_SECRET = matches("secretId", r"[a-zA-Z0-9_-]{1,255}", "is not a secret's id: 1-255 letters, digits, '-' and '_'")
_KMS = matches("name", r"[a-zA-Z0-9_-]{1,63}", "is not a name: 1-63 letters, digits, '-' and '_'")


def _account_name(request: Request, inputs: Properties) -> Iterator[Failure]:
    for where, value in find(inputs, "serviceAccountId"):
        if not re.fullmatch(r"projects/[^/]+/serviceAccounts/\S+@\S+", str(value)):
            yield Failure(where, f"{show(value)} is not the full name of a service account: projects/P/serviceAccounts/EMAIL")


def _permissions(request: Request, inputs: Properties) -> Iterator[Failure]:
    for where, value in find(inputs, "permissions[]"):
        if not re.fullmatch(r"[a-z0-9]+(\.[a-zA-Z0-9]+){2,3}", str(value)):
            yield Failure(where, f"{show(value)} is not a permission like storage.objects.get: a role takes no wildcards")


def _key(request: Request, inputs: Properties) -> Iterator[Failure]:
    if inputs.get("rotationPeriod") is not None and (text(inputs, "purpose") or "ENCRYPT_DECRYPT") != "ENCRYPT_DECRYPT":
        yield Failure("rotationPeriod", "only keys with purpose ENCRYPT_DECRYPT rotate by themselves")


def _secret(request: Request, inputs: Properties) -> Iterator[Failure]:
    replication = part(inputs, "replication")
    if (
        isinstance(inputs.get("replication"), dict)
        and len([name for name in ("auto", "userManaged") if replication.get(name) is not None]) != 1
    ):
        yield Failure("replication", "exactly one of auto and userManaged must be given")
    if inputs.get("ttl") is not None and inputs.get("expireTime") is not None:
        yield Failure("ttl", "conflicts with expireTime")
    if inputs.get("rotation") is not None and not inputs.get("topics"):
        yield Failure("rotation", "needs topics")


def _secret_version(request: Request, inputs: Properties) -> Iterator[Failure]:
    given = [name for name in ("secretData", "secretDataWo") if inputs.get(name) is not None]
    if len(given) != 1:
        yield Failure("secretData", f"exactly one of secretData and secretDataWo must be given ({', '.join(given) or 'none'} given)")
    for where, value in find(inputs, "secretData"):
        if not value:
            yield Failure(where, "Secret Payload cannot be empty.")
        elif len(str(value).encode()) > 65536:
            yield Failure(where, "is larger than 64 KiB")


def _channel(request: Request, inputs: Properties) -> Iterator[Failure]:
    wanted = {"email": "email_address", "pubsub": "topic", "sms": "number"}.get(text(inputs, "type") or "")
    labels = inputs.get("labels")
    if wanted and isinstance(labels, dict) and wanted not in labels:
        yield Failure("labels", f"needs {wanted} for type {inputs['type']}")
    for where, value in find(inputs, "labels.email_address"):
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", str(value)):
            yield Failure(where, f"{show(value)} is not an e-mail address")


def _budget(request: Request, inputs: Properties) -> Iterator[Failure]:
    amount = part(inputs, "amount")
    if isinstance(inputs.get("amount"), dict) and (amount.get("specifiedAmount") is None) == (amount.get("lastPeriodAmount") is None):
        yield Failure("amount", "exactly one of specifiedAmount and lastPeriodAmount must be given")
    if len(values(inputs, "allUpdatesRule.monitoringNotificationChannels[]")) > 5:
        yield Failure("allUpdatesRule.monitoringNotificationChannels", "at most 5 channels")
    for where, value in find(inputs, "thresholdRules[].thresholdPercent"):
        if isinstance(value, int | float) and not 0 <= value <= 10:
            yield Failure(where, f"{show(value)} looks like a percentage: 1.0 is the whole amount")
    for where, value in find(inputs, "budgetFilter.labels"):
        if isinstance(value, dict) and len(value) > 1:  # pyright: ignore[reportUnknownArgumentType] # wire value
            yield Failure(where, "takes one label")


def _sink(request: Request, inputs: Properties) -> Iterator[Failure]:
    for where, value in find(inputs, "destination"):
        if not re.fullmatch(r"(logging|storage|bigquery|pubsub)\.googleapis\.com/\S+", str(value)):
            yield Failure(where, f"{show(value)} is not a destination like logging.googleapis.com/projects/P/locations/L/buckets/B")


def _policy(request: Request, inputs: Properties) -> Iterator[Failure]:
    name, parent = text(inputs, "name"), text(inputs, "parent")
    if name and not re.fullmatch(r"(organizations|folders|projects)/[^/]+/policies/[\w.]+", name):
        yield Failure("name", f"{show(name)} is not of the form PARENT/policies/CONSTRAINT")
    elif name and parent and not name.startswith(f"{parent}/"):
        yield Failure("name", f"{show(name)} is not below parent {show(parent)}")
    if parent and not re.fullmatch(r"organizations/\d+|folders/\d+|projects/[a-z0-9:.-]+", parent):
        yield Failure("parent", f"{show(parent)} is not organizations/N, folders/N or projects/P")
    for where, rule in find(inputs, "spec.rules[]"):
        given = [key for key in ("allowAll", "denyAll", "enforce", "values") if rule.get(key) is not None]
        if len(given) != 1:
            yield Failure(where, f"exactly one of allowAll, denyAll, enforce and values must be given ({', '.join(given) or 'none'} given)")
        for key in ("allowAll", "denyAll", "enforce"):
            if rule.get(key) not in (None, "TRUE", "FALSE"):
                yield Failure(f"{where}.{key}", f"{show(rule.get(key))} is not TRUE or FALSE")


RULES: dict[str, tuple[Rule, ...]] = {
    "gcp:serviceaccount/account:Account": (
        matches(
            "accountId",
            r"(?=.{6,30}$)[a-z]([-a-z0-9]*[a-z0-9])",
            "is not an account id: 6-30 lower-case letters, digits and '-', a letter first, no '-' last",
        ),
        each("displayName", lambda value: None if len(str(value)) <= 100 else "has more than 100 characters"),
        each("description", lambda value: None if len(str(value)) <= 256 else "has more than 256 characters"),
    ),
    "gcp:serviceaccount/iAMMember:IAMMember": (*IAM, _account_name),
    "gcp:projects/iAMMember:IAMMember": IAM,
    "gcp:projects/iAMCustomRole:IAMCustomRole": (
        matches("roleId", r"[a-zA-Z0-9_.]{3,64}", "is not a role id: 3-64 letters, digits, '_' and '.'"),
        one_of("stage", "ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"),
        each("title", lambda value: None if len(str(value)) <= 100 else "has more than 100 characters"),
        _permissions,
    ),
    "gcp:projects/iAMAuditConfig:IAMAuditConfig": (
        matches("service", r"allServices|[a-z0-9-]+\.googleapis\.com", "is not a service"),
        one_of("auditLogConfigs[].logType", "ADMIN_READ", "DATA_READ", "DATA_WRITE"),
    ),
    "gcp:projects/service:Service": (matches("service", r"[a-z0-9-]+\.googleapis\.com", "is not a service like compute.googleapis.com"),),
    "gcp:kms/keyRing:KeyRing": (_KMS,),
    "gcp:kms/cryptoKey:CryptoKey": (
        _KMS,
        matches("keyRing", r"projects/[^/]+/locations/[^/]+/keyRings/[a-zA-Z0-9_-]{1,63}", "is not a key ring's full name"),
        duration("rotationPeriod", DAY, 3650 * DAY),
        duration("destroyScheduledDuration", DAY, 120 * DAY),
        one_of(
            "purpose",
            *("ENCRYPT_DECRYPT", "ASYMMETRIC_SIGN", "ASYMMETRIC_DECRYPT", "MAC", "RAW_ENCRYPT_DECRYPT", "KEY_ENCAPSULATION"),
        ),
        one_of("versionTemplate.protectionLevel", "SOFTWARE", "HSM", "EXTERNAL", "EXTERNAL_VPC", "HSM_SINGLE_TENANT"),
        _key,
    ),
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": IAM,
    "gcp:kms/keyRingIAMMember:KeyRingIAMMember": IAM,
    "gcp:secretmanager/secret:Secret": (_SECRET, duration("ttl"), duration("versionDestroyTtl", DAY, 1000 * DAY), _secret),
    "gcp:secretmanager/regionalSecret:RegionalSecret": (_SECRET, duration("ttl"), duration("versionDestroyTtl", DAY, 1000 * DAY)),
    "gcp:secretmanager/secretVersion:SecretVersion": (_secret_version, one_of("deletionPolicy", "DELETE", "DISABLE", "ABANDON")),
    "gcp:secretmanager/secretIamMember:SecretIamMember": IAM,
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": (
        matches("bucketId", r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", "is not a log bucket's id"),
        between("retentionDays", 1, 3650),
    ),
    "gcp:logging/projectSink:ProjectSink": (matches("name", r"[A-Za-z0-9_.-]{1,100}", "is not a sink's name"), _sink),
    "gcp:monitoring/notificationChannel:NotificationChannel": (one_of("type", *_CHANNELS), _channel),
    "gcp:billing/budget:Budget": (
        matches("billingAccount", r"(billingAccounts/)?[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}", "is not a billing account"),
        matches("amount.specifiedAmount.currencyCode", r"[A-Z]{3}", "is not a currency"),
        matches("amount.specifiedAmount.units", r"\d+", "is not a whole number as text"),
        one_of("thresholdRules[].spendBasis", "CURRENT_SPEND", "FORECASTED_SPEND"),
        one_of("budgetFilter.calendarPeriod", "MONTH", "QUARTER", "YEAR", "CALENDAR_PERIOD_UNSPECIFIED"),
        one_of("budgetFilter.creditTypesTreatment", "INCLUDE_ALL_CREDITS", "EXCLUDE_ALL_CREDITS", "INCLUDE_SPECIFIED_CREDITS"),
        each("displayName", lambda value: None if len(str(value)) <= 60 else "has more than 60 characters"),
        _budget,
    ),
    "gcp:orgpolicy/policy:Policy": (_policy,),
    "gcp:pubsub/topic:Topic": (
        matches("name", r"(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}", "is not a topic's name: 3-255 characters, a letter first"),
        duration("messageRetentionDuration", 600, 31 * DAY),
    ),
    "gcp:pubsub/subscription:Subscription": (
        matches("name", r"(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}", "is not a subscription's name: 3-255 characters, a letter first"),
        between("ackDeadlineSeconds", 10, 600),
        duration("messageRetentionDuration", 600, 31 * DAY),
    ),
    "gcp:pubsub/topicIAMMember:TopicIAMMember": IAM,
    "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember": IAM,
    "gcp:compute/resourcePolicy:ResourcePolicy": (rfc1035(),),
}
