"""A store of secrets on Azure: secrets of the stack's vault."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pulumi
from pulumi_azure_native import keyvault

from components.azure_group import Group, tags
from components.core import Component
from components.key.outputs import KeyOutputs
from components.secrets.outputs import SecretsOutputs
from components.secrets.spec import SecretsSpec
from components.site import Site

LONGEST_NAME = 127
CONTENT = "text/plain; charset=utf-8"


def names(prefix: str, paths: Iterable[str]) -> dict[str, str]:
    """The secret's name by path: `pn/production/jwt-secret` becomes `pn-production-jwt-secret`, as the vault takes letters, digits and
    hyphens alone.

    Raises ValueError for a path that it does not take, and for two that would become one.
    """
    found: dict[str, str] = {}
    for path in paths:
        name = f"{prefix}/{path}".replace("/", "-")
        if not re.fullmatch(rf"[0-9A-Za-z-]{{1,{LONGEST_NAME}}}", name):
            raise ValueError(f"secret {path!r}: {name!r} is no name of a secret; allowed: up to {LONGEST_NAME} letters, digits and hyphens")
        twin = next((other for other, taken in found.items() if taken.lower() == name.lower()), None)
        if twin is not None:
            raise ValueError(f"secret {path!r}: has the name {name!r} in the vault, which {twin!r} has; allowed: another path")
        found[path] = name
    return found


class AzureSecrets(Component[SecretsOutputs]):
    """One secret per path, encrypted by the vault itself: no key of the customer's can be given. A deleted secret keeps its name for the
    vault's 90 days, more than any `recovery_days`."""

    TYPE = "azure:Secrets"

    def __init__(
        self,
        name: str,
        spec: SecretsSpec,
        site: Site,
        group: Group,
        values: Mapping[str, pulumi.Input[str]],
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        called = names(spec.prefix, values)
        secrets = {
            path: keyvault.Secret(
                f"{name}-{path.replace('/', '-')}",
                secret_name=called[path],
                vault_name=group.vault.name,
                resource_group_name=group.name,
                properties=keyvault.SecretPropertiesArgs(
                    value=pulumi.Output.secret(value),
                    content_type=CONTENT,
                    attributes=keyvault.SecretAttributesArgs(enabled=True),
                ),
                tags=tags(site) | {"path": f"{spec.prefix}/{path}"},
                opts=group.vault.within(self, protect=spec.deletion_protected),
            )
            for path, value in values.items()
        }
        self.publish(
            SecretsOutputs(
                prefix=spec.prefix,
                names=called,
                refs={path: secret.id for path, secret in secrets.items()},
                key=key,
                region=site.region,
                versions=secrets,
            )
        )
