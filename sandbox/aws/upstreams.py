"""What ECR refuses of an account at a public registry: it reads the secret when the rule is made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from sandbox.contract import Properties, Refused, Request, World
from sandbox.walk import text

RULE = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
_SECRET, _VERSION = "aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretVersion:SecretVersion"
_OWN_KEY = "alias/aws/secretsmanager"


def readable(request: Request, inputs: Properties, world: World) -> None:
    """Raises Refused for a secret that is empty, of another form, or under a key that the service's role may not use."""
    arn = text(inputs, "credentialArn")
    secret = next((r for r in world.all(_SECRET) if arn and arn in (r.id, r.outputs.get("arn"))), None)
    if secret is None:
        return  # not given, or not of this account: the reference is judged elsewhere
    key = secret.inputs.get("kmsKeyId")
    if key and not str(key).endswith(_OWN_KEY):
        raise Refused(
            "UnableToDecryptSecretValueException",
            f"The secret {arn} is encrypted with {key}: ECR reads secrets under {_OWN_KEY} alone",
        )
    versions = [r for r in world.all(_VERSION) if r.inputs.get("secretId") in (secret.id, secret.outputs.get("arn"))]
    if not versions:
        raise Refused("UnableToAccessSecretException", f"The secret {arn} has no value")
    for version in versions:
        if missing := {"username", "accessToken"} - set(_parsed(version.inputs.get("secretString"))):
            raise Refused("UnableToAccessSecretException", f"The value of the secret {arn} is JSON without {', '.join(sorted(missing))}")


def _parsed(value: Any) -> Mapping[str, Any]:
    try:
        found: Any = json.loads(value) if isinstance(value, str) else {}
    except ValueError:
        return {}
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}
