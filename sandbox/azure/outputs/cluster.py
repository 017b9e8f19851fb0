"""AKS and the registry."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from sandbox.azure.lookup import CLUSTER, items
from sandbox.azure.outputs.context import Context, Outputs, mapping, now
from sandbox.azure.outputs.generic import steady
from sandbox.contract import Properties, Record
from sandbox.invent import hexadecimal, identifier

PATCHES = {"1.32": "1.32.9", "1.33": "1.33.6", "1.34": "1.34.2", "1.35": "1.35.1", "1.36": "1.36.0"}
DEFAULT_VERSION = "1.34"
_NODE_IMAGE = "AKS{sku}-gen2-202611.03.0"
_IMAGES = {"AzureLinux": "AzureLinux-V3", "AzureLinux3": "AzureLinux-V3", "Ubuntu": "Ubuntu-2204", "Ubuntu2404": "Ubuntu-2404"}


def full_version(version: str) -> str:
    return version if version.count(".") == 2 else PATCHES.get(version, f"{version}.0")


def cluster(c: Context) -> Properties:
    prefix = c.text("dnsPrefix") or c.text("fqdnSubdomain") or c.name
    private = c.at("apiServerAccessProfile.enablePrivateCluster") is True
    public = not private or c.at("apiServerAccessProfile.enablePrivateClusterPublicFQDN") is not False
    unique = c.keep("resourceUID", lambda: hexadecimal(24))
    host = f"{prefix}-{unique[:8]}"
    # With integration into the network the private name has another label than behind a private endpoint.
    label = "private" if c.at("apiServerAccessProfile.enableVnetIntegration") is True else "privatelink"
    zone = c.text("apiServerAccessProfile.privateDNSZone")
    own = zone.rpartition("/")[2] if zone.startswith("/") else f"{steady(unique)}.{label}.{c.location}.azmk8s.io"
    made: Properties = {
        "resourceUID": unique,
        "fqdn": f"{host}.hcp.{c.location}.azmk8s.io" if public else "",
        "azurePortalFQDN": f"{host}.portal.hcp.{c.location}.azmk8s.io" if public else f"{unique}-priv.portal.hcp.{c.location}.azmk8s.io",
        "privateFQDN": f"{c.text('fqdnSubdomain') or host}.{own}" if private else "",
        "nodeResourceGroup": c.text("nodeResourceGroup") or f"MC_{c.text('resourceGroupName')}_{c.name}_{c.location}",
        "kubernetesVersion": c.text("kubernetesVersion") or DEFAULT_VERSION,
        "currentKubernetesVersion": full_version(c.text("kubernetesVersion") or DEFAULT_VERSION),
        "maxAgentPools": 100,
        "powerState": {"code": "Running"},
        "enableRBAC": c.inputs.get("enableRBAC", True),
        "agentPoolProfiles": [profile(c, one) for one in items(c.inputs.get("agentPoolProfiles"))],
        "sku": {"name": "Base", "tier": "Free"},
    }
    made["identityProfile"] = {"kubeletidentity": kubelet(c, made["nodeResourceGroup"])}
    if c.at("oidcIssuerProfile.enabled") is True:
        issuer = f"https://{c.location}.oic.prod-aks.azure.com/{c.tenant}/{steady(unique, 'issuer')}/"
        made["oidcIssuerProfile"] = {"enabled": True, "issuerURL": c.keep("oidcIssuerProfile.issuerURL", lambda: issuer)}
    if addons := mapping(c.inputs.get("addonProfiles")):
        made["addonProfiles"] = {name: addon(c, name, mapping(one), made["nodeResourceGroup"]) for name, one in addons.items()}
    return made


def profile(c: Context, one: Any) -> Properties:
    asked = mapping(one)
    version = str(asked.get("orchestratorVersion") or c.text("kubernetesVersion") or DEFAULT_VERSION)
    return {**pool_facts(asked, version), **asked}


def pool_facts(asked: dict[str, Any], version: str) -> Properties:
    image = _NODE_IMAGE.format(sku=_IMAGES.get(str(asked.get("osSKU") or "Ubuntu"), "Ubuntu-2204"))
    return {
        "currentOrchestratorVersion": full_version(version),
        "eTag": identifier(),
        "nodeImageVersion": image,
        "orchestratorVersion": version,
        "osType": "Linux",
        "provisioningState": "Succeeded",
        "powerState": {"code": "Running"},
        "scaleDownMode": "Delete",
        "type": "VirtualMachineScaleSets",
    }


def _made_identity(c: Context, group: str, name: str, kept: str) -> Properties:
    """One that AKS makes in the nodes' own resource group."""
    kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
    return {
        "resourceId": f"/subscriptions/{c.subscription}/resourcegroups/{group}/providers/{kind}/{name}",
        "clientId": c.keep(f"{kept}.clientId", identifier),
        "objectId": c.keep(f"{kept}.objectId", identifier),
    }


def kubelet(c: Context, group: str) -> Properties:
    given = c.text("identityProfile.kubeletidentity.resourceId")
    if found := c.other(given):
        return {"resourceId": found.id, "clientId": found.outputs["clientId"], "objectId": found.outputs["principalId"]}
    return _made_identity(c, group, f"{c.name}-agentpool", "identityProfile.kubeletidentity")


def addon(c: Context, name: str, asked: dict[str, Any], group: str) -> Properties:
    if asked.get("enabled") is not True:
        return asked
    return {**asked, "identity": _made_identity(c, group, f"{name.lower()}-{c.name}", f"addonProfiles.{name}.identity")}


def owner(c: Context, id_: str) -> Record | None:
    above = c.other("/".join(id_.split("/")[:-2]))
    return above if above and above.type == CLUSTER else None


def agent_pool(c: Context) -> Properties:
    above = owner(c, c.id)
    version = c.text("orchestratorVersion") or str(above.outputs.get("kubernetesVersion") if above else DEFAULT_VERSION)
    facts = pool_facts(c.inputs, version)
    return {
        **facts,
        "count": c.inputs.get("count", c.inputs.get("minCount", 1)),
        "maxPods": c.inputs.get("maxPods", 250),
        "osDiskType": "Managed",
    }


def authority(cluster_: Record) -> str:
    """The shape of a certificate, the same at each question: kubeconfigs carry it, nobody verifies it."""
    seed = str(cluster_.outputs.get("resourceUID", "")).encode()
    noise = b"".join(hashlib.sha256(seed + bytes([index])).digest() for index in range(25))
    body = base64.encodebytes(noise).decode()
    return base64.b64encode(f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n".encode()).decode()


def registry(c: Context) -> Properties:
    host = f"{c.name.lower()}.azurecr.io"
    own = c.inputs.get("dataEndpointEnabled") is True
    made: Properties = {
        "loginServer": host,
        "creationDate": c.keep("creationDate", now),
        "dataEndpointHostNames": [f"{c.name.lower()}.{c.location}.data.azurecr.io"] if own else [],
        "privateEndpointConnections": [],
        "status": {"displayStatus": "Ready", "message": "", "timestamp": now()},
        "sku": {"name": c.text("sku.name"), "tier": c.text("sku.name")},
    }
    if key := c.text("encryption.keyVaultProperties.keyIdentifier"):
        version = key.rstrip("/").rpartition("/")[2]
        pinned = key.rstrip("/").count("/") > 4
        made["encryption"] = {
            "keyVaultProperties": {
                "keyRotationEnabled": not pinned,
                "lastKeyRotationTimestamp": now(),
                "versionedKeyIdentifier": key if pinned else f"{key.rstrip('/')}/{steady(version).replace('-', '')}",
            }
        }
    return made


def rule(c: Context) -> Properties:
    return {"creationDate": c.keep("creationDate", now)}


OUTPUTS: dict[str, Outputs] = {
    "azure-native:containerregistry:CacheRule": rule,
    "azure-native:containerregistry:Registry": registry,
    "azure-native:containerservice:AgentPool": agent_pool,
    "azure-native:containerservice:ManagedCluster": cluster,
}
