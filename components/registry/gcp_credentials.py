"""Where Artifact Registry finds an account at a public registry: the token is a version of a secret, the user name stands beside it."""

from __future__ import annotations

import pulumi
from pulumi_gcp import artifactregistry as ar
from pulumi_gcp import secretmanager

from components.gcp_project import Project
from components.key.outputs import KeyOutputs
from components.registry.credentials import Credential
from components.site import Site

READER = "roles/secretmanager.secretAccessor"
RECOVERY_SECONDS = 7 * 86_400


def keep(
    name: str,
    prefix: str,
    site: Site,
    project: Project,
    key: KeyOutputs,
    account: Credential,
    protected: bool,
    parent: pulumi.Resource,
) -> ar.RepositoryRemoteRepositoryConfigUpstreamCredentialsArgs:
    """Known when the service's agent may read the token: the account is tried with the first pull, and nobody would say why it fails.

    Another token is another version, by which the cache is changed in place.
    """
    child = pulumi.ResourceOptions(parent=parent)
    secret = secretmanager.Secret(
        f"{name}-{prefix}-token",
        secret_id=f"{name}-{prefix}-token",
        project=project.on("secretmanager.googleapis.com"),
        # Automatic replication leaves the places to Google, worldwide.
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
        version_destroy_ttl=f"{RECOVERY_SECONDS}s" if protected else None,
        deletion_protection=protected,
        opts=pulumi.ResourceOptions(parent=parent, protect=protected),
    )
    version = secretmanager.SecretVersion(
        f"{name}-{prefix}-token-value",
        secret=secret.id,
        secret_data=pulumi.Output.secret(account.token),
        deletion_policy="DELETE",
        opts=child,
    )
    right = secretmanager.SecretIamMember(
        f"{name}-{prefix}-token-reader",
        project=project.id,
        secret_id=secret.secret_id,
        role=READER,
        member=pulumi.Output.concat("serviceAccount:", project.agents["artifactregistry.googleapis.com"]),
        opts=child,
    )
    readable = pulumi.Output.all(version.name, right.id).apply(lambda known: str(known[0]))
    return ar.RepositoryRemoteRepositoryConfigUpstreamCredentialsArgs(
        username_password_credentials=ar.RepositoryRemoteRepositoryConfigUpstreamCredentialsUsernamePasswordCredentialsArgs(
            username=pulumi.Output.secret(account.username), password_secret_version=readable
        )
    )
