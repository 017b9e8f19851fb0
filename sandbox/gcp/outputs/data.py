"""Cloud SQL, storage, Artifact Registry."""

from __future__ import annotations

from sandbox.contract import Properties
from sandbox.gcp.outputs.context import Context, Outputs
from sandbox.gcp.outputs.network import public_ip, reserved_address
from sandbox.gcp.projects import zones
from sandbox.invent import hexadecimal
from sandbox.outputs import mapping, now
from sandbox.walk import text


def _private_address(c: Context) -> str:
    """One of the range that the network reserves for services."""
    network = text(c.known, "settings.ipConfiguration.privateNetwork")
    return reserved_address(c, network) if network else ""


def database_instance(c: Context) -> Properties:
    private = c.keep("privateIpAddress", lambda: _private_address(c))
    public = "" if text(c.known, "settings.ipConfiguration.privateNetwork") and not _open(c) else c.keep("publicIpAddress", public_ip)
    addresses = [{"type": kind, "ipAddress": ip, "timeToRetire": ""} for kind, ip in (("PRIMARY", public), ("PRIVATE", private)) if ip]
    pem = f"-----BEGIN CERTIFICATE-----\n{hexadecimal(64)}\n-----END CERTIFICATE-----"
    name = c.text("name")
    authority = {
        "cert": pem,
        "commonName": "C=US,O=Google\\, Inc,CN=Google Cloud SQL Server CA",
        "createTime": now(),
        "expirationTime": "2036-01-01T00:00:00.000Z",
        "sha1Fingerprint": hexadecimal(40),
    }
    settings = mapping(c.known.get("settings"))
    edition = str(settings.get("edition") or "ENTERPRISE")
    return {
        "connectionName": f"{c.project}:{c.region}:{name}",
        "dnsName": c.keep("dnsName", lambda: f"{hexadecimal(12)}.{hexadecimal(13)}.{c.region}.sql.goog."),
        "firstIpAddress": public or private,
        "instanceType": "READ_REPLICA_INSTANCE" if c.text("masterInstanceName") else "CLOUD_SQL_INSTANCE",
        "ipAddresses": addresses,
        "maintenanceVersion": f"{c.text('databaseVersion')}.R20260101.00_02",
        "privateIpAddress": private,
        "publicIpAddress": public,
        "selfLink": f"https://sqladmin.googleapis.com/sql/v1beta4/projects/{c.project}/instances/{name}",
        "serverCaCerts": c.keep("serverCaCerts", lambda: [authority]),
        "serviceAccountEmailAddress": c.keep(
            "serviceAccountEmailAddress", lambda: f"p{c.number}-{hexadecimal(6)}@gcp-sa-cloud-sql.iam.gserviceaccount.com"
        ),
        "settings": {
            "activationPolicy": "ALWAYS",
            "availabilityType": "ZONAL",
            "connectorEnforcement": "NOT_REQUIRED",
            "diskAutoresize": True,
            "diskAutoresizeLimit": 0,
            "diskSize": 10,
            "diskType": "PD_SSD",
            "edition": edition,
            "pricingPlan": "PER_USE",
            "version": 1,
            "locationPreference": {"zone": zones(c.region)[0] if zones(c.region) else "", "secondaryZone": ""},
        },
    }


def _open(c: Context) -> bool:
    ip = mapping(mapping(c.known.get("settings")).get("ipConfiguration"))
    return ip.get("ipv4Enabled") is not False


def database(c: Context) -> Properties:
    link = f"https://sqladmin.googleapis.com/sql/v1beta4/{c.id}"
    return {"charset": "UTF8", "collation": "en_US.UTF8", "selfLink": link}


def user(c: Context) -> Properties:
    return {"host": "", "type": "BUILT_IN", "sqlServerUserDetails": []}


def bucket(c: Context) -> Properties:
    name = c.text("name")
    return {
        "location": c.text("location").upper(),
        "projectNumber": int(c.number),
        "publicAccessPrevention": "inherited",
        "rpo": "",
        "selfLink": f"https://www.googleapis.com/storage/v1/b/{name}",
        "softDeletePolicy": {"retentionDurationSeconds": 604800, "effectiveTime": now()},
        "storageClass": "STANDARD",
        "uniformBucketLevelAccess": False,
        "url": f"gs://{name}",
    }


def repository(c: Context) -> Properties:
    name = c.text("repositoryId")
    form = c.text("format").lower()
    return {"name": name, "registryUri": f"{c.location}-{form}.pkg.dev/{c.project}/{name}", "mode": "STANDARD_REPOSITORY"}


OUTPUTS: dict[str, Outputs] = {
    "gcp:artifactregistry/repository:Repository": repository,
    "gcp:sql/database:Database": database,
    "gcp:sql/databaseInstance:DatabaseInstance": database_instance,
    "gcp:sql/user:User": user,
    "gcp:storage/bucket:Bucket": bucket,
}
