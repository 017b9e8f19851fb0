"""external-dns: keeps the zone's records equal to the host names of the shared Gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_kubernetes.helm.v3 import Release

from components.addons.catalogue import EXTERNAL_DNS
from components.addons.context import AddonsContext
from components.addons.namespaces import EXTERNAL_DNS as PLACE
from components.addons.values import Images, Values, merge, resources
from components.identity.outputs import IdentityOutputs
from components.identity.spec import DnsGrant

ACCOUNT = "external-dns"


def values(domain: str, owner: str, images: Images, identity: IdentityOutputs, cloud: Mapping[str, Any]) -> Values:
    """`owner` marks the records of this cluster in TXT records beside them: no other record is touched.

    The source is the public Service, which names the Gateway's hosts and whose status has the address of the load balancer; the Gateway's
    own status has an address inside the cluster.
    """
    base = {
        "image": {"repository": images.repository("registry.k8s.io/external-dns/external-dns")},
        "serviceAccount": {"create": True, "name": ACCOUNT, "annotations": dict(identity.annotations)},
        "podLabels": dict(identity.pod_labels),
        "sources": ["service"],
        "domainFilters": [domain],
        # Records of hosts that are gone are removed; `upsert-only` would leave them pointing at an address that somebody else gets.
        "policy": "sync",
        "registry": "txt",
        "txtOwnerId": owner,
        "interval": "1m",
        "triggerLoopOnEvent": True,
        "resources": resources("20m", "64Mi", "200m", "256Mi"),
        "serviceMonitor": {"enabled": True},
    }
    merged = merge(base, cloud)
    merged["extraArgs"] = ["--service-type-filter=LoadBalancer", *cloud.get("extraArgs", ())]
    return merged


def install(ctx: AddonsContext, namespace: pulumi.Output[str], definitions: list[Release]) -> Release:
    identity = ctx.identity("external-dns", PLACE.name, ACCOUNT, DnsGrant(ctx.zone))
    owner = ctx.platform.site.name
    chart_values = values(ctx.spec.domain, owner, ctx.images, identity, ctx.dialect.external_dns(ctx.zone))
    return ctx.release(EXTERNAL_DNS, namespace, chart_values, [*definitions, identity.binding])
