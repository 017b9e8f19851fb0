"""IAM, KMS, Secret Manager, logging, monitoring, budgets."""

from __future__ import annotations

from sandbox.contract import Properties
from sandbox.gcp.outputs.context import Context, Outputs
from sandbox.gcp.paths import short
from sandbox.gcp.services import agent_email
from sandbox.invent import digits
from sandbox.outputs import now


def account(c: Context) -> Properties:
    email = f"{c.text('accountId')}@{c.project}.iam.gserviceaccount.com"
    return {
        "email": email,
        "member": f"serviceAccount:{email}",
        "name": c.id,
        "uniqueId": c.keep("uniqueId", lambda: digits(21)),
        "disabled": False,
    }


def service_identity(c: Context) -> Properties:
    email = agent_email(c.text("service"), c.project)
    return {"email": email, "member": f"serviceAccount:{email}"}


def custom_role(c: Context) -> Properties:
    return {"name": c.id, "deleted": False, "stage": "GA"}


def crypto_key(c: Context) -> Properties:
    version = {"name": f"{c.id}/cryptoKeyVersions/1", "state": "ENABLED"}
    return {
        "destroyScheduledDuration": "2592000s",
        "importOnly": False,
        "primaries": [] if c.known.get("skipInitialVersionCreation") is True else c.keep("primaries", lambda: [version]),
        "purpose": "ENCRYPT_DECRYPT",
        "versionTemplate": {"algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION", "protectionLevel": "SOFTWARE"},
    }


def secret(c: Context) -> Properties:
    where = f"locations/{c.location}/" if c.request.type.endswith("RegionalSecret") else ""
    return {
        "name": f"projects/{c.number}/{where}secrets/{c.text('secretId')}",
        "expireTime": "",
        "effectiveAnnotations": c.part("annotations"),
    }


def secret_version(c: Context) -> Properties:
    return {"name": c.id, "version": short(c.id), "enabled": True, "destroyTime": "", "createTime": now(), "location": c.id.split("/")[3]}


def writer(c: Context) -> Properties:
    # The default since the provider's version 5: each sink with an account of its own.
    shared = c.known.get("uniqueWriterIdentity") is False
    email = "cloud-logs@system.gserviceaccount.com" if shared else agent_email("logging.googleapis.com", c.project)
    return {"writerIdentity": f"serviceAccount:{email}"}


def log_bucket(c: Context) -> Properties:
    return {"name": c.id, "lifecycleState": "ACTIVE", "description": "", "retentionDays": 30, "locked": False, "enableAnalytics": False}


def channel(c: Context) -> Properties:
    return {"name": c.id, "verificationStatus": ""}


def budget(c: Context) -> Properties:
    return {"name": short(c.id), "ownershipScope": "OWNERSHIP_SCOPE_UNSPECIFIED"}


OUTPUTS: dict[str, Outputs] = {
    "gcp:billing/budget:Budget": budget,
    "gcp:kms/cryptoKey:CryptoKey": crypto_key,
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": log_bucket,
    "gcp:logging/projectSink:ProjectSink": writer,
    "gcp:monitoring/notificationChannel:NotificationChannel": channel,
    "gcp:projects/iAMCustomRole:IAMCustomRole": custom_role,
    "gcp:projects/serviceIdentity:ServiceIdentity": service_identity,
    "gcp:secretmanager/regionalSecret:RegionalSecret": secret,
    "gcp:secretmanager/regionalSecretVersion:RegionalSecretVersion": secret_version,
    "gcp:secretmanager/secret:Secret": secret,
    "gcp:secretmanager/secretVersion:SecretVersion": secret_version,
    "gcp:serviceaccount/account:Account": account,
}
