"""Public hosts of Prometheus, Alertmanager and Jaeger. None of them knows users: the shared Gateway asks who is there."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pulumi

from components.addons import external_secrets
from components.addons.context import AddonsContext
from components.addons.gateway import ENVOY_API, GATEWAY_API
from components.addons.gateway import NAME as GATEWAY_NAME
from components.addons.namespaces import EXPOSED, GATEWAY
from components.addons.spec import AddonsSpec, Oidc

USER = "monitoring"
HTPASSWD = "monitoring-htpasswd"
CLIENT = "monitoring-oidc-client"
SERVICES = {"prometheus": "prometheus-prometheus", "alertmanager": "prometheus-alertmanager", "jaeger": "jaeger"}
# All else is read: a POST to /-/quit would end Prometheus, whose operator switches that on to reload it.
WRITABLE = {"prometheus": "/api/v1", "alertmanager": "/api/v2"}

_GROUP = GATEWAY_API.partition("/")[0]
# A visitor who sets it gains nothing: the token in it is verified.
_TOKEN_HEADER = "x-id-token"
_PROVIDER = "idp"


def htpasswd(password: str, user: str = USER) -> str:
    """The line that Envoy's basic authentication reads. It takes unsalted SHA-1 alone, safe for long random passwords only."""
    hashed = hashlib.sha1(password.encode()).digest()
    return f"{user}:{{SHA}}{base64.b64encode(hashed).decode()}"


def route_spec(spec: AddonsSpec, part: str) -> dict[str, Any]:
    matches: list[dict[str, Any]] = [{"path": {"type": "PathPrefix", "value": "/"}, "method": "GET"}]
    if part in WRITABLE:
        matches.append({"path": {"type": "PathPrefix", "value": WRITABLE[part]}})
    return {
        "parentRefs": [{"name": GATEWAY_NAME, "namespace": GATEWAY.name, "sectionName": part}],
        "hostnames": [spec.exposed_hosts[part]],
        "rules": [
            {
                "matches": matches,
                "backendRefs": [{"name": SERVICES[part], "port": EXPOSED[part]}],
                # Queries over weeks take longer than Envoy's 15 s.
                "timeouts": {"request": "60s"},
            }
        ],
    }


def policy_spec(spec: AddonsSpec, part: str) -> dict[str, Any]:
    """Whoever has no password, or no claim that is allowed, gets 401 or 403 from the proxy. A policy that cannot be applied closes its
    route: the proxy then answers 500."""
    target = {"targetRefs": [{"group": _GROUP, "kind": "HTTPRoute", "name": part}]}
    if spec.oidc:
        return {**target, **_login(spec.oidc, spec.exposed_hosts[part])}
    return {**target, "basicAuth": {"users": {"name": HTPASSWD}}}


def _login(oidc: Oidc, host: str) -> dict[str, Any]:
    """By a header the identity token goes from the filter that logs in to the one that verifies it: the cookie of it is encrypted."""
    claim = {"name": oidc.claim, "valueType": "StringArray" if oidc.claim_is_list else "String", "values": list(oidc.allowed)}
    return {
        "oidc": {
            "provider": {"issuer": oidc.issuer},
            "clientID": oidc.client_id,
            "clientSecret": {"name": CLIENT},
            "redirectURL": f"https://{host}/oauth2/callback",
            "logoutPath": "/logout",
            "scopes": list(oidc.scopes),
            "cookieConfig": {"sameSite": "Lax"},
            "forwardIDToken": {"header": _TOKEN_HEADER},
        },
        "jwt": {
            "providers": [
                {
                    "name": _PROVIDER,
                    "issuer": oidc.issuer,
                    "audiences": [oidc.client_id],
                    "remoteJWKS": {"uri": oidc.jwks_uri},
                    "extractFrom": {"headers": [{"name": _TOKEN_HEADER}]},
                }
            ]
        },
        "authorization": {
            "defaultAction": "Deny",
            "rules": [{"name": "allowed", "action": "Allow", "principal": {"jwt": {"provider": _PROVIDER, "claims": [claim]}}}],
        },
    }


def install(ctx: AddonsContext, namespace: pulumi.Output[str], store: pulumi.Resource, gateway: pulumi.Resource) -> None:
    """The policy before its route, which would be open without, and after it when the stack is destroyed."""
    if not ctx.spec.exposed:
        return
    oidc = ctx.spec.oidc
    name, key, path = (CLIENT, "client-secret", oidc.client_secret) if oidc else (HTPASSWD, ".htpasswd", ctx.spec.htpasswd_secret)
    asked = external_secrets.secret_spec(name, {key: external_secrets.named(ctx, path)})
    secret = ctx.custom(external_secrets.API, "ExternalSecret", name, asked, [store, ctx.secrets.versions[path]], namespace=namespace)
    for part in ctx.spec.exposed_hosts:
        policy = ctx.custom(ENVOY_API, "SecurityPolicy", part, policy_spec(ctx.spec, part), [gateway, secret], namespace=namespace)
        ctx.custom(GATEWAY_API, "HTTPRoute", part, route_spec(ctx.spec, part), [gateway, policy], namespace=namespace)
