"""Memorystore."""

from __future__ import annotations

import ipaddress
from typing import Any

from sandbox.contract import Properties
from sandbox.gcp.outputs.context import Context, Outputs
from sandbox.gcp.outputs.network import reserved_address
from sandbox.gcp.paths import canonical, short
from sandbox.gcp.projects import zones
from sandbox.invent import hexadecimal, identifier
from sandbox.outputs import mapping, now
from sandbox.walk import texts

POLICY, SUBNETWORK = "gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy", "gcp:compute/subnetwork:Subnetwork"
_SIZES = {
    "SHARED_CORE_NANO": 1.4,
    "STANDARD_SMALL": 6.5,
    "HIGHCPU_MEDIUM": 13.0,
    "HIGHMEM_MEDIUM": 13.0,
    "STANDARD_LARGE": 26.0,
    "HIGHMEM_XLARGE": 58.0,
    "HIGHMEM_2XLARGE": 116.0,
}


def _certificate() -> str:
    return f"-----BEGIN CERTIFICATE-----\n{hexadecimal(64)}\n-----END CERTIFICATE-----"


def redis(c: Context) -> Properties:
    encrypted, listed = c.text("transitEncryptionMode") == "SERVER_AUTHENTICATION", zones(c.region)
    reading = c.text("readReplicasMode") == "READ_REPLICAS_ENABLED"
    port = 6378 if encrypted else 6379
    network = c.text("authorizedNetwork") or f"projects/{c.project}/global/networks/default"
    authority = {"cert": _certificate(), "createTime": now(), "expireTime": "2036-01-01T00:00:00Z", "sha1Fingerprint": hexadecimal(40)}
    return {
        "authString": c.keep("authString", identifier) if c.known.get("authEnabled") is True else "",
        "authorizedNetwork": network,
        "connectMode": "DIRECT_PEERING",
        "currentLocationId": c.text("locationId") or (listed[0] if listed else ""),
        "host": c.keep("host", lambda: reserved_address(c, network)),
        "persistenceIamIdentity": f"serviceAccount:service-{c.number}@cloud-redis.iam.gserviceaccount.com",
        "port": port,
        "readEndpoint": c.keep("readEndpoint", lambda: reserved_address(c, network)) if reading else "",
        "readEndpointPort": port if reading else 0,
        "redisVersion": "REDIS_7_2",
        "serverCaCerts": c.keep("serverCaCerts", lambda: [authority]) if encrypted else [],
        "tier": "BASIC",
    }


def _subnet(c: Context, network: str) -> str:
    """The range that the policy of that network has for endpoints."""
    for policy in c.world.all(POLICY):
        here = policy.inputs.get("location") == c.location and policy.inputs.get("serviceClass") == "gcp-memorystore"
        if here and canonical(str(policy.inputs.get("network")), c.project) == canonical(network, c.project):
            found = [c.other(SUBNETWORK, one) for one in texts(policy.inputs, "pscConfig.subnetworks[]")]
            return next((str(one.inputs.get("ipCidrRange")) for one in found if one), "")
    return ""


def _endpoints(c: Context) -> list[Any]:
    made: list[Any] = []
    served = f"projects/{hexadecimal(8)}-tp/regions/{c.location}/serviceAttachments"
    for wanted in c.items("desiredAutoCreatedEndpoints"):
        network = str(mapping(wanted).get("network", ""))
        subnet = ipaddress.IPv4Network(_subnet(c, network) or "10.0.0.0/24")
        taken = 2 * sum(1 for record in c.world.all(c.request.type) if record.id != c.id)
        connections = [
            {
                "pscAutoConnection": {
                    "connectionType": f"CONNECTION_TYPE_{kind}",
                    "forwardingRule": f"projects/{c.project}/regions/{c.location}/forwardingRules/sca-auto-fr-{hexadecimal(12)}",
                    "ipAddress": str(subnet[2 + taken + index]),
                    "network": network,
                    "port": 6379,
                    "projectId": c.project,
                    "pscConnectionId": str(int(hexadecimal(15), 16)),
                    "serviceAttachment": f"{served}/gcp-memorystore-{kind.lower()}",
                }
            }
            # The one that clients begin with is not the first.
            for index, kind in enumerate(("PRIMARY", "DISCOVERY"))
        ]
        made.append({"connections": connections})
    return made


def valkey(c: Context) -> Properties:
    encrypted = c.text("transitEncryptionMode") == "SERVER_AUTHENTICATION"
    node = c.text("nodeType") or "HIGHMEM_MEDIUM"
    return {
        "authorizationMode": "AUTH_DISABLED",
        "endpoints": c.keep("endpoints", lambda: _endpoints(c)),
        "engineVersion": "VALKEY_9_0",
        "managedServerCas": c.keep("managedServerCas", lambda: [{"caCerts": [{"certificates": [_certificate()]}]}]) if encrypted else [],
        "mode": "CLUSTER",
        "name": c.id,
        "nodeConfigs": [{"sizeGb": _SIZES.get(node, 1.0)}],
        "nodeType": node,
        "state": "ACTIVE",
    }


def policy(c: Context) -> Properties:
    return {"infrastructure": "PSC", "etag": hexadecimal(12), "pscConnections": [], "name": short(c.id)}


OUTPUTS: dict[str, Outputs] = {
    "gcp:memorystore/instance:Instance": valkey,
    POLICY: policy,
    "gcp:redis/instance:Instance": redis,
}
