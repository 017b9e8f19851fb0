"""A store of secrets on AWS: Secrets Manager, in the site's region alone."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_aws import secretsmanager

from components.core import Component
from components.key.outputs import KeyOutputs
from components.secrets.outputs import SecretsOutputs
from components.secrets.spec import SecretsSpec
from components.site import Site


class AwsSecrets(Component[SecretsOutputs]):
    """One secret per path. A deleted secret keeps its name for `recovery_days`: until then the same stack cannot make it again."""

    TYPE = "aws:Secrets"

    def __init__(
        self,
        name: str,
        spec: SecretsSpec,
        site: Site,
        values: Mapping[str, pulumi.Input[str]],
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        names = {path: f"{spec.prefix}/{path}" for path in values}
        secrets = {path: self._secret(f"{name}-{_slug(path)}", names[path], spec, key) for path in values}
        versions = {
            path: secretsmanager.SecretVersion(
                f"{name}-{_slug(path)}-value",
                secret_id=secrets[path].id,
                secret_string=pulumi.Output.secret(value),
                opts=self.child,
            )
            for path, value in values.items()
        }
        self.publish(
            SecretsOutputs(
                prefix=spec.prefix,
                names=names,
                refs={path: secret.arn for path, secret in secrets.items()},
                key=key,
                region=site.region,
                versions=versions,
            )
        )

    def _secret(self, name: str, path: str, spec: SecretsSpec, key: KeyOutputs) -> secretsmanager.Secret:
        return secretsmanager.Secret(
            name,
            name=path,
            description=f"Read through External Secrets as {path}",
            kms_key_id=key.ref,
            recovery_window_in_days=spec.recovery_days,
            opts=self.protected(spec.deletion_protected),
        )


def _slug(path: str) -> str:
    return path.replace("/", "-")
