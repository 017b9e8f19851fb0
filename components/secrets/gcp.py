"""A store of secrets on GCP: Secret Manager, kept in the site's region alone."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_gcp import secretmanager

from components.core import Component
from components.gcp_project import Project
from components.key.outputs import KeyOutputs
from components.secrets.gcp_names import secret_id
from components.secrets.outputs import SecretsOutputs
from components.secrets.spec import SecretsSpec
from components.site import Site

DAY = 86_400


class GcpSecrets(Component[SecretsOutputs]):
    """One secret per path, under names without slashes: see components/secrets/gcp_names.py. The key must serve `secrets`."""

    TYPE = "gcp:Secrets"

    def __init__(
        self,
        name: str,
        spec: SecretsSpec,
        site: Site,
        project: Project,
        values: Mapping[str, pulumi.Input[str]],
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._name = name
        names = {path: secret_id(f"{spec.prefix}/{path}") for path in values}
        secrets = {path: self._secret(path, names[path], spec, site, project, key) for path in values}
        versions = {
            path: secretmanager.SecretVersion(
                f"{name}-{_slug(path)}-value",
                secret=secrets[path].id,
                secret_data=pulumi.Output.secret(value),
                deletion_policy="DELETE",
                opts=self.child,
            )
            for path, value in values.items()
        }
        self.publish(
            SecretsOutputs(
                prefix=spec.prefix,
                names=names,
                refs={path: secret.id for path, secret in secrets.items()},
                key=key,
                region=site.region,
                versions=versions,
            )
        )

    def _secret(self, path: str, secret: str, spec: SecretsSpec, site: Site, project: Project, key: KeyOutputs) -> secretmanager.Secret:
        return secretmanager.Secret(
            f"{self._name}-{_slug(path)}",
            secret_id=secret,
            project=project.on("secretmanager.googleapis.com"),
            annotations={"path": f"{spec.prefix}/{path}"},
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
            version_destroy_ttl=f"{spec.recovery_days * DAY}s",
            deletion_protection=spec.deletion_protected,
            opts=self.protected(spec.deletion_protected),
        )


def _slug(path: str) -> str:
    return path.replace("/", "-")
