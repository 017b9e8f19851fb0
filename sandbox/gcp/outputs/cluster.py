"""GKE and Backup for GKE."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Any, cast

from sandbox.contract import Properties
from sandbox.gcp.outputs.context import Context, Outputs
from sandbox.gcp.outputs.network import SUBNETWORK, host, public_ip
from sandbox.gcp.paths import canonical, split
from sandbox.gcp.projects import zones
from sandbox.invent import hexadecimal
from sandbox.outputs import mapping

VERSIONS = {
    "1.32": "1.32.13-gke.1059000",
    "1.33": "1.33.9-gke.1060000",
    "1.34": "1.34.5-gke.1076000",
    "1.35": "1.35.2-gke.1269000",
    "1.36": "1.36.0-gke.1442000",
}
"""Minor versions that GKE offers, each with a version of the right form."""
DEFAULT_VERSION = "1.35"


def full_version(version: str) -> str:
    """`1.35` and an empty text mean the patch version that GKE picks."""
    minor = ".".join(version.split(".")[:2]) if version and version not in ("latest", "-") else DEFAULT_VERSION
    return version if "-gke." in version else VERSIONS.get(minor, version)


def _authority() -> str:
    """The shape of a certificate: kubeconfigs carry it, nobody verifies it."""
    body = base64.encodebytes(secrets.token_bytes(780)).decode()
    return base64.b64encode(f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n".encode()).decode()


def _in_full(c: Context, type_: str, value: str) -> str:
    path = canonical(value, c.project)
    found = None if split(path) else c.other(type_, value)
    return found.id if found else path


def cluster(c: Context) -> Properties:
    subnetwork = c.other(SUBNETWORK, c.known.get("subnetwork"))
    private = mapping(c.known.get("privateClusterConfig"))
    master = str(private.get("masterIpv4CidrBlock") or "")
    inside = host(master, 2) or (host(str(subnetwork.inputs.get("ipCidrRange", "")), 2) if subnetwork else "10.128.0.2")
    only_inside = private.get("enablePrivateEndpoint") is True
    outside = c.keep("privateClusterConfig.publicEndpoint", lambda: "" if only_inside else public_ip())
    endpoint = inside if only_inside else outside
    ranges = {str(one.get("rangeName")): str(one.get("ipCidrRange")) for one in _ranges(subnetwork.inputs if subnetwork else {})}
    policy = mapping(c.known.get("ipAllocationPolicy"))
    pods = ranges.get(str(policy.get("clusterSecondaryRangeName")), str(policy.get("clusterIpv4CidrBlock") or "10.4.0.0/14"))
    services = ranges.get(str(policy.get("servicesSecondaryRangeName")), str(policy.get("servicesIpv4CidrBlock") or "34.118.224.0/20"))
    mark = hashlib.sha256(c.id.encode()).hexdigest()[:32]
    return {
        "clusterIpv4Cidr": pods,
        "controlPlaneEndpointsConfig": {
            "dnsEndpointConfig": {"endpoint": f"gke-{mark}-{c.number}.{c.region}.gke.goog", "allowExternalTraffic": False},
            "ipEndpointsConfig": {"enabled": True},
        },
        "databaseEncryption": {"state": "DECRYPTED", "keyName": ""},
        "defaultMaxPodsPerNode": 110,
        "endpoint": endpoint,
        "ipAllocationPolicy": {"clusterIpv4CidrBlock": pods, "servicesIpv4CidrBlock": services, "stackType": "IPV4"},
        "masterAuth": {
            "clusterCaCertificate": c.keep("masterAuth.clusterCaCertificate", _authority),
            "clientCertificateConfig": {"issueClientCertificate": False},
            "clientCertificate": "",
            "clientKey": "",
        },
        "masterVersion": full_version(c.text("minMasterVersion")),
        "network": _in_full(c, "gcp:compute/network:Network", c.text("network") or "default"),
        "networkingMode": "VPC_NATIVE",
        "nodeLocations": list(zones(c.region)[:3]),
        "nodeVersion": full_version(c.text("minMasterVersion")),
        "privateClusterConfig": {
            "privateEndpoint": inside,
            "publicEndpoint": outside,
            "peeringName": "",
            "enablePrivateEndpoint": False,
            "masterGlobalAccessConfig": {"enabled": False},
        },
        "selfLink": f"https://container.googleapis.com/v1/{c.id}",
        "servicesIpv4Cidr": services,
        "subnetwork": _in_full(c, SUBNETWORK, c.text("subnetwork") or "default"),
    }


def _ranges(inputs: Properties) -> list[dict[str, Any]]:
    return [mapping(one) for one in cast("list[Any]", inputs.get("secondaryIpRanges") or [])]


def node_pool(c: Context) -> Properties:
    owner = c.other("gcp:container/cluster:Cluster", c.known.get("cluster"))
    outputs = owner.outputs if owner else {}
    name = c.text("name")
    groups = [
        f"https://www.googleapis.com/compute/v1/projects/{c.project}/zones/{zone}/instanceGroup{{}}s/gke-{name[:20]}-{hexadecimal(8)}-grp"
        for zone in c.items("nodeLocations") or outputs.get("nodeLocations", [])
    ]
    return {
        "initialNodeCount": 1,
        "instanceGroupUrls": c.keep("instanceGroupUrls", lambda: [url.format("Manager") for url in groups]),
        "location": str(outputs.get("location", c.region)),
        "managedInstanceGroupUrls": c.keep("managedInstanceGroupUrls", lambda: [url.format("") for url in groups]),
        "management": {"autoRepair": True, "autoUpgrade": True},
        "maxPodsPerNode": 110,
        "nodeCount": int(c.known.get("initialNodeCount") or 1),
        "nodeLocations": list(outputs.get("nodeLocations", [])),
        "upgradeSettings": {"maxSurge": 1, "maxUnavailable": 0, "strategy": "SURGE"},
        "version": str(outputs.get("masterVersion", full_version(""))),
    }


def backup_plan(c: Context) -> Properties:
    return {"protectedPodCount": 0, "protectedNamespaceCount": 0, "state": "READY", "stateReason": "", "deactivated": False}


OUTPUTS: dict[str, Outputs] = {
    "gcp:container/cluster:Cluster": cluster,
    "gcp:container/nodePool:NodePool": node_pool,
    "gcp:gkebackup/backupPlan:BackupPlan": backup_plan,
}
