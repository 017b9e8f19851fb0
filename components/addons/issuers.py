"""Who issues certificates, and the certificates of the shared Gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_kubernetes.helm.v3 import Release

from components.addons.context import AddonsContext
from components.addons.gateway import GATEWAY_API, HTTP_LISTENER, NAME, listeners
from components.addons.namespaces import GATEWAY
from components.addons.spec import AddonsSpec, Listener

API = "cert-manager.io/v1"
PRODUCTION = "letsencrypt-prod"
STAGING = "letsencrypt-staging"

# RFC 8555 directories of Let's Encrypt, a non-profit in the United States: it learns the host names and the operators' address.
DIRECTORIES: Mapping[str, str] = {
    PRODUCTION: "https://acme-v02.api.letsencrypt.org/directory",
    STAGING: "https://acme-staging-v02.api.letsencrypt.org/directory",
}


def chosen(spec: AddonsSpec) -> str:
    """Staging certificates are trusted by no browser and held to no rate limit."""
    return PRODUCTION if spec.acme_production else STAGING


def issuer_spec(name: str, email: str) -> dict[str, Any]:
    """HTTP-01 through the plain listener of the shared Gateway."""
    parent = {
        "group": GATEWAY_API.partition("/")[0],
        "kind": "Gateway",
        "name": NAME,
        "namespace": GATEWAY.name,
        "sectionName": HTTP_LISTENER,
    }
    return {
        "acme": {
            "server": DIRECTORIES[name],
            "email": email,
            "privateKeySecretRef": {"name": f"{name}-account"},
            "solvers": [{"http01": {"gatewayHTTPRoute": {"parentRefs": [parent]}}}],
        }
    }


def certificate_spec(listener: Listener, issuer: str) -> dict[str, Any]:
    return {
        "secretName": listener.tls_secret,
        "dnsNames": [listener.host],
        "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": issuer},
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
    }


def install(ctx: AddonsContext, namespace: pulumi.Output[str], cert_manager: Release) -> None:
    """Certificates are made explicitly, in the Gateway's namespace, so that no listener's Secret needs a grant across namespaces."""
    issuers = {name: ctx.custom(API, "ClusterIssuer", name, issuer_spec(name, ctx.spec.ops_email), [cert_manager]) for name in DIRECTORIES}
    issuer = chosen(ctx.spec)
    for listener in listeners(ctx.spec):
        ctx.custom(API, "Certificate", listener.tls_secret, certificate_spec(listener, issuer), [issuers[issuer]], namespace=namespace)
