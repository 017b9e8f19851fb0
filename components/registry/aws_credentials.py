"""Where ECR finds an account at a public registry: a secret of a name and a form that it prescribes."""

from __future__ import annotations

import pulumi
from pulumi_aws import secretsmanager

from components.registry.aws_plan import SECRETS
from components.registry.credentials import Credential
from components.site import Site


def keep(name: str, prefix: str, site: Site, account: Credential, protected: bool, parent: pulumi.Resource) -> pulumi.Output[str]:
    """The secret's ARN, known when the account is in it: ECR reads it when a rule is made. No grant: the service's own role may."""
    secret = secretsmanager.Secret(
        f"{name}-{prefix}-account",
        name=f"{SECRETS}{site.name}-{prefix}",
        description=f"Account by which ECR pulls images under {prefix}/",
        # No key of the customer's: ECR takes secrets under the account's own key of Secrets Manager alone.
        kms_key_id=None,
        recovery_window_in_days=7 if protected else 0,
        opts=pulumi.ResourceOptions(parent=parent, protect=protected),
    )
    version = secretsmanager.SecretVersion(
        f"{name}-{prefix}-account-value",
        secret_id=secret.id,
        secret_string=pulumi.Output.secret(pulumi.Output.json_dumps({"username": account.username, "accessToken": account.token})),
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return version.secret_arn
