"""The administrator's password where RDS cannot keep it itself: RDS makes no replica of an instance whose password it manages."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_random as random
from pulumi_aws import secretsmanager

from components.database.spec import DatabaseSpec
from components.key.outputs import KeyOutputs

LENGTH = 40


@dataclass(frozen=True)
class OwnAdmin:
    """`secret` is the ARN of the JSON that RDS would have kept, known when the password is in it."""

    password: pulumi.Output[str]
    secret: pulumi.Output[str]


def own_admin(name: str, spec: DatabaseSpec, key: KeyOutputs, child: pulumi.ResourceOptions, held: pulumi.ResourceOptions) -> OwnAdmin:
    """The name `<database>/admin` is what the right to read administrators' secrets rests on: see components/identity/aws_statements.py."""
    provider = random.Provider(f"{name}-random", opts=child)
    made = random.RandomPassword(
        f"{name}-admin-password", length=LENGTH, special=False, opts=pulumi.ResourceOptions(parent=child.parent, provider=provider)
    )
    password = pulumi.Output.secret(made.result)
    secret = secretsmanager.Secret(
        f"{name}-admin",
        name=f"{name}/admin",
        description=f"Administrator of {name}",
        kms_key_id=key.ref,
        recovery_window_in_days=7 if spec.deletion_protected else 0,
        opts=held,
    )
    version = secretsmanager.SecretVersion(
        f"{name}-admin-value",
        secret_id=secret.id,
        secret_string=pulumi.Output.json_dumps({"username": spec.admin, "password": password}),
        opts=child,
    )
    return OwnAdmin(password, version.secret_arn)
