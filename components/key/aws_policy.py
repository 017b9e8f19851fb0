"""Who may do what with a KMS key: pure statements of the key's own policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from components.aws_names import account_root, logs_principal, service_principal
from components.identity.documents import Statement, Where
from components.key.spec import KeyService, KeySpec

# No Encrypt, Decrypt, ReEncrypt or GenerateDataKey: who manages an exclusive key does not read with it.
ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:UpdateAlias",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateKeyDescription",
)
USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
GRANTED = ("Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey")


def statements(spec: KeySpec, where: Where, prefix: str) -> list[Statement]:
    """`prefix` begins the names of all that is in the stack: roles that an exclusive key may be granted to, trails that write with it."""
    owners = _exclusive(where, prefix) if spec.exclusive else [_allow("Account", {"AWS": account_root(where)}, "kms:*")]
    return owners + [statement for service in spec.services if service in SERVICES for statement in SERVICES[service](where, prefix)]


def _exclusive(where: Where, prefix: str) -> list[Statement]:
    root = {"AWS": account_root(where)}
    grantees = {
        # KMS knows the grantee as text, not as an ARN.
        "StringLike": {"kms:GranteePrincipal": where.arn("iam", f"role/{prefix}-*", region="")},
        "ForAllValues:StringEquals": {"kms:GrantOperations": list(GRANTED)},
        # A call that comes from no service need not carry the mark at all.
        "BoolIfExists": {"kms:GrantIsForAWSResource": "false"},
    }
    return [_allow("Administration", root, list(ADMINISTRATION)), _allow("GrantToWorkloads", root, "kms:CreateGrant", grantees)]


def _logs(where: Where, prefix: str) -> list[Statement]:
    groups = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": where.arn("logs", "log-group:*")}}
    return [_allow("Logs", {"Service": logs_principal(where)}, list(USE), groups)]


def _audit(where: Where, prefix: str) -> list[Statement]:
    trail = where.arn("cloudtrail", f"trail/{prefix}-*")
    cloudtrail = {"Service": service_principal("cloudtrail")}
    # No condition on the encryption context beside it: a multi-region trail puts the recorded event's region there, so that only a
    # pattern over all regions would match.
    ours = {"ArnLike": {"aws:SourceArn": trail}}
    return [
        _allow("TrailWrites", cloudtrail, "kms:GenerateDataKey*", ours),
        _allow("TrailDescribes", cloudtrail, "kms:DescribeKey", ours),
    ]


def _notifications(where: Where, prefix: str) -> list[Statement]:
    publishers = [service_principal(service) for service in ("backup", "budgets", "cloudwatch", "events", "sns")]
    return [_allow("Notifications", {"Service": publishers}, ["kms:Decrypt", "kms:GenerateDataKey*"], _own(where))]


def _backup(where: Where, prefix: str) -> list[Statement]:
    backup = {"Service": service_principal("backup")}
    return [
        _allow("Backup", backup, ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"], _own(where)),
        _allow("BackupGrants", backup, "kms:CreateGrant", _own(where) | {"Bool": {"kms:GrantIsForAWSResource": "true"}}),
    ]


def _nodes(where: Where, prefix: str) -> list[Statement]:
    """Auto Scaling makes the nodes' disks by its service-linked role, whose own policy names no customer keys.

    The role appears with the account's first autoscaling group, and KMS refuses a policy whose principal does not exist yet. So the
    condition names it: the principal is open, the statement is not.
    """
    everyone = {"AWS": "*"}
    role = where.arn("iam", "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling", region="")
    autoscaling: dict[str, Any] = {"StringEquals": {"kms:CallerAccount": where.account}, "ArnEquals": {"aws:PrincipalArn": role}}
    return [
        _allow("NodeDisks", everyone, list(USE), autoscaling),
        _allow("NodeDiskGrants", everyone, "kms:CreateGrant", autoscaling | {"Bool": {"kms:GrantIsForAWSResource": "true"}}),
    ]


# The others act with the rights of whoever calls them.
SERVICES: dict[KeyService, Callable[[Where, str], list[Statement]]] = {
    "logs": _logs,
    "audit": _audit,
    "notifications": _notifications,
    "backup": _backup,
    "nodes": _nodes,
}


def _own(where: Where) -> dict[str, Any]:
    return {"StringEquals": {"aws:SourceAccount": where.account}}


def _allow(sid: str, principal: dict[str, Any], actions: str | list[str], conditions: dict[str, Any] | None = None) -> Statement:
    # In a key's policy `*` is the key itself.
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"}
    return statement | ({"Condition": conditions} if conditions else {})
