"""The administrator of a PostgreSQL database on GCP: Cloud SQL keeps no passwords for others to read, so that the secret is made here."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_random as random
from pulumi_gcp import secretmanager

from components.database.spec import DatabaseSpec
from components.gcp_project import Project
from components.key.outputs import KeyOutputs
from components.site import Site

LENGTH = 40
RECOVERY_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class Admin:
    """`secret` is the secret's name, known when the password is in it."""

    password: pulumi.Output[str]
    secret: pulumi.Output[str]


def secret_prefix(site: Site) -> str:
    """What the names of all administrators' secrets of the stack begin with: the right to read them rests on it, see
    components/identity/gcp.py."""
    return f"{site.name}-db-admin-"


def secret_name(name: str, site: Site) -> str:
    """Secret Manager takes letters, digits, `-` and `_`: no paths."""
    return secret_prefix(site) + name.removeprefix(f"{site.name}-")


def make_admin(
    name: str,
    spec: DatabaseSpec,
    site: Site,
    project: Project,
    key: KeyOutputs,
    child: pulumi.ResourceOptions,
    held: pulumi.ResourceOptions,
) -> Admin:
    """`held` are the options of what outlives a mistake. The key must let Secret Manager in."""
    made = random.RandomPassword(f"{name}-admin-password", length=LENGTH, special=False, opts=child)
    password = pulumi.Output.secret(made.result)
    where = project.on("secretmanager.googleapis.com")
    secret = secretmanager.Secret(
        f"{name}-admin",
        secret_id=secret_name(name, site),
        project=where,
        replication=secretmanager.SecretReplicationArgs(
            user_managed=secretmanager.SecretReplicationUserManagedArgs(
                replicas=[
                    secretmanager.SecretReplicationUserManagedReplicaArgs(
                        location=site.region,
                        customer_managed_encryption=secretmanager.SecretReplicationUserManagedReplicaCustomerManagedEncryptionArgs(
                            kms_key_name=key.ref
                        ),
                    )
                ]
            )
        ),
        version_destroy_ttl=f"{RECOVERY_SECONDS}s" if spec.deletion_protected else None,
        deletion_protection=spec.deletion_protected,
        opts=held,
    )
    version = secretmanager.SecretVersion(
        f"{name}-admin-value",
        secret=secret.id,
        secret_data=pulumi.Output.json_dumps({"username": spec.admin, "password": password}),
        opts=child,
    )
    stored = pulumi.Output.all(secret.secret_id, version.id).apply(lambda known: str(known[0]))
    return Admin(password, pulumi.Output.unsecret(stored))
