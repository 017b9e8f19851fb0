"""IAM, KMS, Secrets Manager, Route 53, audit and messaging rules."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator
from typing import Any

from sandbox.aws.rules.data import schedule
from sandbox.aws.rules.policies import document, listed
from sandbox.contract import Failure, Properties, Request
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, each, matches, needs_one, not_both, one_of
from sandbox.walk import find, text

_RETENTION = (0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
_LABEL = re.compile(r"(\*|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)", re.IGNORECASE)


def domain(value: Any) -> str | None:
    """Why a name is no DNS name; a trailing dot is fine."""
    labels = str(value).rstrip(".").split(".")
    fits = len(str(value)) <= 255 and all(_LABEL.fullmatch(label) for label in labels)
    return None if fits else "is not a domain name"


def _zone(value: Any) -> str | None:
    return domain(value) or (None if "." in str(value).rstrip(".") else "is a top-level domain")


def _record(request: Request, inputs: Properties) -> Iterator[Failure]:
    kind, alias = text(inputs, "type"), inputs.get("aliases")
    if (alias is None) == (inputs.get("records") is None):
        yield Failure("records", "exactly one of records and aliases must be given")
    if alias is None and inputs.get("ttl") is None:
        yield Failure("ttl", "needed with records")
    for where, value in find(inputs, "records[]"):
        if (reason := _value(kind, str(value))) is not None:
            yield Failure(where, f"InvalidChangeBatch: {show(value)} {reason}")


def _value(kind: str | None, value: str) -> str | None:
    try:
        if kind == "A":
            ipaddress.IPv4Address(value)
        elif kind == "AAAA":
            ipaddress.IPv6Address(value)
    except ValueError:
        return f"is not a valid value for a record of type {kind}"
    if kind in {"CNAME", "NS", "PTR"}:
        return domain(value)
    if kind == "MX" and not re.fullmatch(r"\d+ \S+", value):
        return "is not of the form 'priority host'"
    if kind == "CAA" and not re.fullmatch(r"\d+ (issue|issuewild|iodef) \"[^\"]*\"", value):
        return "is not of the form '0 issue \"authority\"'"
    return None


def _lockout(request: Request, inputs: Properties) -> Iterator[Failure]:
    """A key whose policy lets nobody of the account change the policy can never be repaired."""
    policy = text(inputs, "policy")
    if policy is None or inputs.get("bypassPolicyLockoutSafetyCheck") is True:
        return
    try:
        for statement in listed(json.loads(policy)["Statement"]):
            allows = {"kms:*", "kms:Put*", "kms:PutKeyPolicy", "*"} & set(listed(statement.get("Action", [])))
            if statement.get("Effect") == "Allow" and allows and re.search(r"iam::|\"\*\"", json.dumps(statement.get("Principal"))):
                return
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    yield Failure(
        "policy", "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future."
    )


def _target(request: Request, inputs: Properties) -> Iterator[Failure]:
    protocol, endpoint = text(inputs, "protocol"), text(inputs, "endpoint")
    forms = {
        "https": r"https://\S+",
        "http": r"http://\S+",
        "email": r"[^@\s]+@[^@\s]+\.[^@\s]+",
        "email-json": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    }
    form = forms.get(protocol or "", r"arn:\S+|\+?\d+")
    if endpoint and protocol and not re.fullmatch(form, endpoint):
        yield Failure("endpoint", f"InvalidParameter: {show(endpoint)} is not an endpoint for {protocol}")


def _rotation(request: Request, inputs: Properties) -> Iterator[Failure]:
    if inputs.get("enableKeyRotation") is True and inputs.get("customerMasterKeySpec") not in (None, "SYMMETRIC_DEFAULT"):
        yield Failure("enableKeyRotation", "UnsupportedOperationException: only symmetric encryption keys rotate")


def _budget(request: Request, inputs: Properties) -> Iterator[Failure]:
    for where, notice in find(inputs, "notifications[]"):
        if not notice.get("subscriberEmailAddresses") and not notice.get("subscriberSnsTopicArns"):
            yield Failure(where, "InvalidParameterException: a notification needs a subscriber")
    for where, value in find(inputs, "limitAmount"):
        if not re.fullmatch(r"\d+(\.\d+)?", str(value)):
            yield Failure(where, f"{show(value)} is not an amount")


_ROLE_NAME = matches("name", r"[\w+=,.@-]{1,64}", "is not a role name: 1-64 letters, digits and +=,.@-_")
_PATH = matches("path", r"/|/[!-~]+/", "must begin and end with /")
_COMPARE = (
    *("GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"),
    *("LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold"),
)

RULES: dict[str, tuple[Rule, ...]] = {
    "aws:iam/role:Role": (_ROLE_NAME, _PATH, document("assumeRolePolicy", "trust"), between("maxSessionDuration", 3600, 43200)),
    "aws:iam/policy:Policy": (matches("name", r"[\w+=,.@-]{1,128}", "is not a policy name"), _PATH, document("policy", "identity")),
    "aws:iam/rolePolicy:RolePolicy": (matches("name", r"[\w+=,.@-]{1,128}", "is not a policy name"), document("policy", "identity")),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (
        matches("policyArn", r"arn:aws[a-z-]*:iam::(aws|\d{12}):policy/\S+", "is not the ARN of a policy"),
    ),
    "aws:kms/key:Key": (
        document("policy", "resource"),
        _lockout,
        _rotation,
        between("deletionWindowInDays", 7, 30),
        between("rotationPeriodInDays", 90, 2560),
        one_of("keyUsage", "ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"),
        matches(
            "customerMasterKeySpec",
            r"SYMMETRIC_DEFAULT|RSA_(2048|3072|4096)|ECC_(NIST_(P256|P384|P521|EDWARDS25519)|SECG_P256K1)|HMAC_(224|256|384|512)|ML_DSA_(44|65|87)|SM2",
            "is not a key spec",
        ),
    ),
    "aws:kms/keyPolicy:KeyPolicy": (document("policy", "resource"), _lockout),
    "aws:kms/alias:Alias": (matches("name", r"alias/(?!aws/)[a-zA-Z0-9/_-]{1,250}", "is not an alias name: alias/… and not alias/aws/…"),),
    "aws:secretsmanager/secret:Secret": (
        matches("name", r"[A-Za-z0-9/_+=.@-]{1,512}", "is not a secret name: letters, digits and /_+=.@-"),
        each("recoveryWindowInDays", lambda v: None if v == 0 or 7 <= v <= 30 else "must be 0 or between 7 and 30"),
        document("policy", "resource"),
        not_both("name", "namePrefix"),
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": (needs_one("secretString", "secretBinary", "secretStringWo"),),
    "aws:secretsmanager/secretPolicy:SecretPolicy": (document("policy", "resource"),),
    "aws:route53/zone:Zone": (each("name", _zone),),
    "aws:route53/record:Record": (
        each("name", lambda value: None if value == "" else domain(value)),
        one_of(
            "type",
            "A",
            "AAAA",
            "CAA",
            "CNAME",
            "DS",
            "HTTPS",
            "MX",
            "NAPTR",
            "NS",
            "PTR",
            "SOA",
            "SPF",
            "SRV",
            "SSHFP",
            "SVCB",
            "TLSA",
            "TXT",
        ),
        between("ttl", 0, 2147483647),
        _record,
    ),
    "aws:route53/healthCheck:HealthCheck": (
        one_of(
            *("type", "HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP", "CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"),
        ),
        one_of("requestInterval", 10, 30),
        between("failureThreshold", 1, 10),
        between("port", 1, 65535),
        each("fqdn", domain),
    ),
    "aws:budgets/budget:Budget": (
        one_of("budgetType", "COST", "USAGE", "SAVINGS_PLANS_UTILIZATION", "SAVINGS_PLANS_COVERAGE", "RI_UTILIZATION", "RI_COVERAGE"),
        one_of("timeUnit", "MONTHLY", "QUARTERLY", "ANNUALLY", "DAILY", "CUSTOM"),
        one_of("notifications[].comparisonOperator", "LESS_THAN", "EQUAL_TO", "GREATER_THAN"),
        one_of("notifications[].notificationType", "ACTUAL", "FORECASTED"),
        one_of("notifications[].thresholdType", "PERCENTAGE", "ABSOLUTE_VALUE"),
        matches("timePeriodStart", r"\d{4}-\d\d-\d\d_\d\d:\d\d", "is not a time like 2026-01-01_00:00"),
        _budget,
    ),
    "aws:organizations/policy:Policy": (
        document("content", "scp"),
        each("content", lambda value: None if len(str(value)) <= 10240 else "is longer than the 10,240 characters of a policy"),
        one_of("type", "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "TAG_POLICY", "BACKUP_POLICY", "AISERVICES_OPT_OUT_POLICY"),
    ),
    "aws:organizations/policyAttachment:PolicyAttachment": (
        matches("targetId", r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|\d{12}", "is no root, organisational unit or account"),
    ),
    "aws:cloudtrail/trail:Trail": (matches("name", r"[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]", "is not a trail name"),),
    "aws:cloudwatch/logGroup:LogGroup": (
        matches("name", r"[.\-_/#A-Za-z0-9]{1,512}", "is not a log group name"),
        one_of("retentionInDays", *_RETENTION),
        one_of("logGroupClass", "STANDARD", "INFREQUENT_ACCESS", "DELIVERY"),
    ),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": (document("policyDocument", "resource"),),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        one_of("comparisonOperator", *_COMPARE),
        one_of("statistic", "SampleCount", "Average", "Sum", "Minimum", "Maximum"),
        one_of("treatMissingData", "missing", "ignore", "breaching", "notBreaching"),
        between("evaluationPeriods", 1, 86400),
        each("period", lambda v: None if v in (10, 20, 30) or (v >= 60 and v % 60 == 0) else "must be 10, 20, 30 or a multiple of 60"),
        not_both("statistic", "extendedStatistic"),
    ),
    "aws:cloudwatch/eventRule:EventRule": (
        matches("name", r"[.\-_A-Za-z0-9]{1,64}", "is not a rule name"),
        each("scheduleExpression", schedule),
    ),
    "aws:sns/topic:Topic": (matches("name", r"[A-Za-z0-9_-]{1,256}(\.fifo)?", "is not a topic name"), document("policy", "resource")),
    "aws:sns/topicPolicy:TopicPolicy": (document("policy", "resource"),),
    "aws:sns/topicSubscription:TopicSubscription": (
        one_of("protocol", "sqs", "sms", "lambda", "firehose", "application", "email", "email-json", "http", "https"),
        _target,
    ),
    "aws:sqs/queue:Queue": (
        matches("name", r"[A-Za-z0-9_-]{1,75}(\.fifo)?|[A-Za-z0-9_-]{1,80}", "is not a queue name"),
        between("messageRetentionSeconds", 60, 1209600),
        between("visibilityTimeoutSeconds", 0, 43200),
        document("policy", "resource"),
    ),
    "aws:guardduty/detector:Detector": (one_of("findingPublishingFrequency", "FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS"),),
    "aws:accessanalyzer/analyzer:Analyzer": (
        one_of(
            *("type", "ACCOUNT", "ORGANIZATION", "ACCOUNT_UNUSED_ACCESS", "ORGANIZATION_UNUSED_ACCESS"),
            *("ACCOUNT_INTERNAL_ACCESS", "ORGANIZATION_INTERNAL_ACCESS"),
        ),
    ),
}
