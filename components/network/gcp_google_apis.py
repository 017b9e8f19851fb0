"""Names under which machines in the network reach Google's APIs: four addresses that no route of the Internet leads to."""

from __future__ import annotations

import pulumi
from pulumi_gcp import compute, dns

from components.gcp_project import Project

# private.googleapis.com. Unlike the restricted ones, these serve every API, also those without VPC Service Controls.
ADDRESSES = tuple(f"199.36.153.{last}" for last in (8, 9, 10, 11))

# What nodes and pods ask of Google: APIs, images of Artifact Registry, images of GKE itself.
DOMAINS = ("googleapis.com", "pkg.dev", "gcr.io")
TTL_SECONDS = 300


def google_apis(name: str, project: Project, vpc: compute.Network, child: pulumi.ResourceOptions) -> list[pulumi.Resource]:
    """The records: while a zone stands without them, its names lead nowhere."""
    records: list[pulumi.Resource] = []
    for domain in DOMAINS:
        slug = domain.replace(".", "-")
        zone = dns.ManagedZone(
            f"{name}-{slug}",
            name=f"{name}-{slug}",
            dns_name=f"{domain}.",
            description=f"{domain} at Google's private addresses",
            visibility="private",
            private_visibility_config=dns.ManagedZonePrivateVisibilityConfigArgs(
                networks=[dns.ManagedZonePrivateVisibilityConfigNetworkArgs(network_url=vpc.id)]
            ),
            project=project.on("dns.googleapis.com"),
            opts=child,
        )
        target = f"private.{domain}." if domain == "googleapis.com" else f"{domain}."
        records.append(_record(f"{name}-{slug}-addresses", zone, target, "A", list(ADDRESSES), child))
        records.append(_record(f"{name}-{slug}-names", zone, f"*.{domain}.", "CNAME", [target], child))
    return records


def _record(name: str, zone: dns.ManagedZone, of: str, type_: str, values: list[str], child: pulumi.ResourceOptions) -> dns.RecordSet:
    return dns.RecordSet(
        name, managed_zone=zone.name, name=of, type=type_, ttl=TTL_SECONDS, rrdatas=values, project=zone.project, opts=child
    )
