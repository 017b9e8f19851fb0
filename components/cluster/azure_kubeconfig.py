"""How the cluster's API is reached: the certificate that Azure tells, and a token that the caller's own login is traded for."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, cast

import yaml

AKS_SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The application that every AKS cluster with Entra integration is to Entra: whom tokens are for."""


def authority(kubeconfig: str) -> str:
    """The certificate authority of a kubeconfig in base64, as Azure tells it. Raises ValueError where there is none."""
    try:
        text = base64.b64decode(kubeconfig, validate=True)
    except binascii.Error as error:
        raise ValueError(f"no kubeconfig in base64: {error}") from None
    content: Any = yaml.safe_load(text)
    try:
        found = content["clusters"][0]["cluster"]["certificate-authority-data"]
    except (IndexError, KeyError, TypeError):
        raise ValueError("the cluster's kubeconfig names no certificate authority: is its API server up?") from None
    return cast("str", found)


def kubeconfig(name: str, endpoint: str, authority: str, tenant: str) -> str:
    """No credential: kubelogin trades the login of the Azure CLI for a token of about an hour."""
    token = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "kubelogin",
        "args": ["get-token", "--login", "azurecli", "--server-id", AKS_SERVER, "--tenant-id", tenant],
        "interactiveMode": "Never",
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": {"server": endpoint, "certificate-authority-data": authority}}],
            "users": [{"name": name, "user": {"exec": token}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
    )
