"""The rules of the pack, as the documentation lists them, and the functions that judge them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from policies.model import Resource, Violation
from policies.rules.access import cluster_endpoint, open_ports, trust, wide_rights
from policies.rules.arn import arns
from policies.rules.authentication import authentication
from policies.rules.cluster import cluster_places
from policies.rules.hosts import hosts
from policies.rules.location import places, provider
from policies.rules.switches import switches

Check = Callable[[Resource], Iterator[Violation]]


@dataclass(frozen=True)
class Rule:
    id: str
    title: str
    clouds: str
    source: str


RULES = (
    Rule("RES-01", "Provider names a place in the EU", "aws, gcp, azure", "GDPR 44; C5 PSS-12"),
    Rule("RES-02", "Region, location or zone of a resource in the EU", "aws, gcp, azure", "GDPR 44; SecNumCloud 19.2"),
    Rule("RES-03", "Nested places (replicas, copies, peers) in the EU", "aws, gcp, azure", "GDPR 44"),
    Rule("RES-04", "Zones strict: known, in the EU, of the resource's own region", "aws, gcp", "SecNumCloud 19.2"),
    Rule("RES-05", "Multi-regions by service (EUR4 yes, EUR5 no)", "gcp", "C5 PSS-12.01B"),
    Rule("RES-07", "No open-ended global databases", "aws", "GDPR 44"),
    Rule("RES-09", "Geo-redundancy only where the paired region is in the EU", "azure", "C5 PSS-12"),
    Rule("RES-10", "Secrets not replicated outside the EU", "aws, gcp, azure", "GDPR 32, 44"),
    Rule("RES-11", "Keys are not multi-region", "aws", "SecNumCloud 19.2"),
    Rule("RES-13", "Logs and findings are not collected from every region", "aws", "GDPR 44; C5"),
    Rule("RES-14", "ARNs name a region of the EU or none", "aws, kubernetes", "GDPR 44"),
    Rule("RES-15", "Messages have a storage policy", "gcp", "GDPR 25"),
    Rule("RES-16", "Global edge services need an exemption", "aws, gcp, azure", "GDPR 30, 44"),
    Rule("RES-19", "AI inference stays in the EU", "aws, azure", "GDPR 44"),
    Rule("RES-20", "Places with a foreign default are written", "gcp", "GDPR 25"),
    Rule("RES-21", "Hosts of services and clouds are EU ones", "kubernetes, aws, gcp, azure", "GDPR 28, 44"),
    Rule("RES-22", "Regions in chart values, custom resources, environment and dashboards", "kubernetes, aws", "GDPR 44"),
    Rule("RES-23", "Node placement in the EU", "kubernetes", "GDPR 44"),
    Rule("RES-24", "Every place is known at preview", "aws, gcp, azure", "GDPR 25"),
    Rule("NET-01", "No administration ports from the Internet", "aws, gcp, azure", "CIS AWS 5.2-5.4; GCP 3.6-3.7; Azure 8.1-8.2"),
    Rule("NET-02", "Databases have no public address", "aws, gcp, azure", "CIS AWS 2.2.3; GCP 6.5-6.6"),
    Rule("NET-03", "Buckets cannot be made public", "aws, gcp, azure", "CIS AWS 2.1.4; GCP 5.1-5.2; Azure 10.3.9"),
    Rule("NET-04", "The cluster's endpoint is closed or limited", "aws, gcp, azure", "CIS EKS, GKE, AKS"),
    Rule("NET-06", "Machines have no public address", "gcp, azure", "CIS GCP 4.9"),
    Rule("NET-08", "Managed services answer inside the network alone", "azure", "CIS Azure 10.3.2, 2.2.1"),
    Rule("NET-09", "No networks that cloud or region choose by themselves", "gcp", "CIS GCP 3.1"),
    Rule("ENC-01", "Object storage encrypted with a key of the customer", "gcp, azure", "GDPR 32; CIS Azure 2.1.1"),
    Rule("ENC-02", "Databases encrypted at rest", "aws, gcp, azure", "CIS AWS 2.2.1; GCP 7.2-7.3"),
    Rule("ENC-03", "Disks and file systems encrypted", "aws, gcp, azure", "CIS AWS 5.1.1, 2.3.1; GCP 4.7"),
    Rule("ENC-04", "Keys are rotated", "aws, gcp, azure", "CIS AWS 3.6; GCP 1.10; Azure 9.3.9"),
    Rule("ENC-05", "Connections are encrypted", "aws, gcp, azure", "GDPR 32; CIS GCP 6.4; Azure 10.3.4, 10.3.7"),
    Rule("ENC-07", "Kubernetes secrets encrypted with a key of the customer", "aws, gcp, azure", "GDPR 32"),
    Rule("IAM-01", "No rights to everything", "aws, gcp, azure", "CIS AWS 1.15; GCP 1.5; Azure 6.23"),
    Rule("IAM-02", "No keys that never end", "aws, gcp, azure", "CIS AWS 1.13; GCP 1.4; Azure 10.3.1"),
    Rule("IAM-03", "Roles are not assumable by anyone", "aws", "CIS AWS 1.x"),
    Rule("IAM-04", "Pods have identities of their own", "gcp, azure", "CIS GKE, AKS"),
    Rule("IAM-05", "Nobody unnamed has a right", "gcp", "CIS GCP 5.1, 1.9"),
    Rule("IAM-07", "Authentication is not switched off", "kubernetes", "GDPR 32; OWASP ASVS 5 V6"),
    Rule("GOV-01", "Every rule gives a verdict; exemptions expire and have reason and owner", "all", "GDPR 5(2)"),
)

CHECKS: tuple[Check, ...] = (
    *(provider, places, arns, switches, hosts, cluster_places),
    *(open_ports, cluster_endpoint, wide_rights, trust, authentication),
)
