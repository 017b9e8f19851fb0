"""Sealed Secrets: the controller that opens what was sealed for this cluster, with a key pair of the program's own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pulumi
import pulumi_tls as tls
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.helm.v3 import Release
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from components.addons.catalogue import SEALED_SECRETS
from components.addons.context import AddonsContext
from components.addons.values import CONTAINER_SECURITY, Images, Values, resources, run_as

# The name that kubeseal looks for.
NAME = "sealed-secrets-controller"
KEY = "sealed-secrets-key"
ACTIVE = {"sealedsecrets.bitnami.com/sealed-secrets-key": "active"}
TEN_YEARS = 10 * 365 * 24
"""Hours. The controller opens with a key whose certificate has ended, but nothing seals for such a one."""


@dataclass(frozen=True)
class Sealing:
    """`certificate` is PEM, and public; `controller` opens what it seals."""

    certificate: pulumi.Output[str]
    controller: pulumi.Resource


def values(images: Images, certificate: pulumi.Input[str]) -> Values:
    """One replica, which the chart fixes. The key never changes by itself: one of the controller's own making would be unknown to the
    program, and lost with the cluster. Another certificate is another pod, since keys are read at its start."""
    mark = pulumi.Output.from_input(certificate).apply(lambda pem: hashlib.sha256(pem.encode()).hexdigest()[:16])
    return {
        "fullnameOverride": NAME,
        "image": {"registry": images.registry("docker.io")},
        "secretName": KEY,
        "keyrenewperiod": "0",
        "podAnnotations": {"eu-cloud/certificate": mark},
        "resources": resources("20m", "64Mi", "200m", "256Mi"),
        "podSecurityContext": {"enabled": True, **run_as(1001)},
        "containerSecurityContext": {"enabled": True, "runAsUser": 1001, **CONTAINER_SECURITY},
        # Anybody with an account could have the controller check secrets; the certificate is an output of the stack.
        "rbac": {"serviceProxier": {"create": False, "bind": False}},
        "metrics": {"serviceMonitor": {"enabled": True}},
    }


def install(ctx: AddonsContext, namespace: pulumi.Output[str], definitions: list[Release]) -> Sealing:
    """The key before the controller, which makes one of its own where it finds none."""
    opts = pulumi.ResourceOptions(parent=ctx.opts.parent, provider=ctx.pairs)
    pair = tls.PrivateKey(f"{ctx.name}-sealing", algorithm="RSA", rsa_bits=4096, opts=opts)
    certificate = tls.SelfSignedCert(
        f"{ctx.name}-sealing",
        private_key_pem=pair.private_key_pem,
        subject=tls.SelfSignedCertSubjectArgs(common_name=f"{ctx.platform.site.name} sealed secrets"),
        validity_period_hours=TEN_YEARS,
        allowed_uses=["key_encipherment", "data_encipherment"],
        opts=opts,
    )
    secret = Secret(
        f"{ctx.name}-{KEY}",
        type="kubernetes.io/tls",
        metadata=ObjectMetaArgs(name=KEY, namespace=namespace, labels=ACTIVE),
        string_data={"tls.crt": certificate.cert_pem, "tls.key": pulumi.Output.secret(pair.private_key_pem)},
        opts=ctx.after(),
    )
    controller = ctx.release(SEALED_SECRETS, namespace, values(ctx.images, certificate.cert_pem), [*definitions, secret])
    return Sealing(certificate.cert_pem, controller)
