"""A certificate authority of one namespace, for what speaks TLS inside the cluster alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource

from components.core import Component
from components.workloads.wiring import WAIT_UNTIL_READY, metadata

API = "cert-manager.io/v1"
SELF_SIGNED, ISSUER, SECRET = "internal-root", "internal", "internal-authority"
_YEAR = 365 * 24
# Hours. The authority outlives every certificate it signs; cert-manager renews both by itself.
AUTHORITY_HOURS, AUTHORITY_BEFORE = 5 * _YEAR, _YEAR
CERTIFICATE_HOURS, CERTIFICATE_BEFORE = 90 * 24, 30 * 24


@dataclass(frozen=True)
class AuthorityOutputs:
    """`issuer` is an Issuer of the namespace. `ready` exists once it signs: for `depends_on`."""

    issuer: str
    namespace: pulumi.Input[str]
    ready: pulumi.Resource


class InternalAuthority(Component[AuthorityOutputs]):
    """`after` is what cert-manager needs to exist. Its PEM lies in every Secret that it signs for, as `ca.crt`."""

    TYPE = "workloads:InternalAuthority"

    def __init__(
        self,
        name: str,
        namespace: pulumi.Input[str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        root = self._made(f"{name}-root", "Issuer", SELF_SIGNED, namespace, {"selfSigned": {}}, after)
        authority = self._made(f"{name}-authority", "Certificate", SECRET, namespace, authority_spec(), [root])
        issuer = self._made(f"{name}-issuer", "Issuer", ISSUER, namespace, {"ca": {"secretName": SECRET}}, [authority])
        self.outputs = AuthorityOutputs(ISSUER, namespace, issuer)
        self.register_outputs({"issuer": ISSUER})

    def _made(
        self, name: str, kind: str, called: str, namespace: pulumi.Input[str], spec: dict[str, Any], after: Sequence[pulumi.Resource]
    ) -> CustomResource:
        """Each is met by the next one by name: no output expresses that it must be there first."""
        return CustomResource(
            name,
            api_version=API,
            kind=kind,
            metadata=metadata(called, namespace, annotations=WAIT_UNTIL_READY),
            spec=spec,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )


def authority_spec() -> dict[str, Any]:
    """The key stays when the certificate is renewed, so that what it signed before is still trusted."""
    return {
        "isCA": True,
        "commonName": "internal",
        "secretName": SECRET,
        "duration": f"{AUTHORITY_HOURS}h",
        "renewBefore": f"{AUTHORITY_BEFORE}h",
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Never"},
        "usages": ["cert sign", "crl sign", "digital signature"],
        "issuerRef": {"group": "cert-manager.io", "kind": "Issuer", "name": SELF_SIGNED},
    }


def certificate_spec(secret: str, names: Sequence[str]) -> dict[str, Any]:
    return {
        "secretName": secret,
        "dnsNames": list(names),
        "duration": f"{CERTIFICATE_HOURS}h",
        "renewBefore": f"{CERTIFICATE_BEFORE}h",
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        "usages": ["digital signature", "server auth"],
        "issuerRef": {"group": "cert-manager.io", "kind": "Issuer", "name": ISSUER},
    }


def certificate(name: str, secret: str, names: Sequence[str], authority: AuthorityOutputs, parent: pulumi.Resource) -> CustomResource:
    """Counts as made when its Secret holds key and certificate (`tls.key`, `tls.crt`, `ca.crt`)."""
    return CustomResource(
        name,
        api_version=API,
        kind="Certificate",
        metadata=metadata(secret, authority.namespace, annotations=WAIT_UNTIL_READY),
        spec=certificate_spec(secret, names),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[authority.ready]),
    )


def service_names(service: str, namespace: str) -> tuple[str, ...]:
    """Every form in which pods of the cluster write a Service."""
    return (service, f"{service}.{namespace}", f"{service}.{namespace}.svc", f"{service}.{namespace}.svc.cluster.local")
