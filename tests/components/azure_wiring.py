"""Wiring of Azure components under test. Functions, since Outputs are made inside a recording."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from components.azure_group import Group, Vault
from components.backup.outputs import BackupOutputs
from components.bucket.outputs import BucketOutputs
from components.cluster.outputs import ClusterOutputs
from components.dns.outputs import DnsOutputs
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from components.site import Site
from components.vocabulary import Cloud
from tests.answers import State
from tests.recorder import output

REGION = "italynorth"
SUBSCRIPTION = "0b1f6471-1bf0-4dda-aec3-cb9272f09590"
TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
PRINCIPAL = "c1a2f0b6-3c5d-4e7f-8a9b-0c1d2e3f4a5b"
SITE = Site(
    cloud=Cloud.AZURE,
    region=REGION,
    name="playnew-production",
    account=SUBSCRIPTION,
    environment="production",
    zones=("1", "2", "3"),
    tags={"project": "play-new", "domain": "playnew.ai"},
)
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/playnew-production"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/playnew-productio-0a1b2c"
VERSION = "5f0c2e1d4b3a49788695a4b3c2d1e0f9"
URI = "https://playnew-productio-0a1b2c.vault.azure.net/"
WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/playnew-production"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/playnew-production-network"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/playnew-production-cluster"
ISSUER = f"https://{REGION}.oic.prod-aks.azure.com/{TENANT}/00000000-1111-2222-3333-444444444444/"


def _identified(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Azure takes a list of identities, and answers with a mapping and the principal of the resource's own."""
    identity = inputs["identity"]
    users = identity.get("userAssignedIdentities", [])
    return {
        "identity": identity
        | {
            "principalId": PRINCIPAL,
            "tenantId": TENANT,
            "userAssignedIdentities": {each: {"principalId": PRINCIPAL, "clientId": PRINCIPAL} for each in users},
        }
    }


def _cluster(inputs: Mapping[str, Any]) -> dict[str, Any]:
    host = f"{inputs['dnsPrefix']}-abcd1234"
    private = inputs["apiServerAccessProfile"]["enablePrivateCluster"]
    return {
        **_identified(inputs),
        "fqdn": f"{host}.hcp.{REGION}.azmk8s.io",
        "privateFQDN": f"{host}.privatelink.{REGION}.azmk8s.io" if private else None,
        "oidcIssuerProfile": {"enabled": True, "issuerURL": ISSUER},
    }


def _addressed(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"properties": inputs["properties"] | {"vaultUri": f"https://{inputs['vaultName']}.vault.azure.net/"}}


def _key_address(inputs: Mapping[str, Any]) -> dict[str, Any]:
    address = f"https://{inputs['vaultName']}.vault.azure.net/keys/{inputs['keyName']}"
    return {"name": inputs["keyName"], "keyUri": address, "keyUriWithVersion": f"{address}/{VERSION}"}


def _numbered(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Storage numbers the rules of a replication at the account that receives, and the policy with them."""
    return {"policyId": "p-1", "rules": [{"ruleId": "r-1"} | rule for rule in inputs["rules"]]}


STATES: Mapping[str, State] = {
    "azure-native:managedidentity:UserAssignedIdentity": {
        "principalId": PRINCIPAL,
        "clientId": PRINCIPAL.replace("c1", "d2"),
        "tenantId": TENANT,
    },
    "azure-native:network:PublicIPAddress": lambda inputs: {"ipAddress": f"4.232.0.{inputs['publicIpAddressName'][-1]}"},
    "azure-native:dns:Zone": lambda inputs: {"name": inputs["zoneName"], "nameServers": ["ns1-01.azure-dns.com.", "ns2-01.azure-dns.net."]},
    "random:index/randomId:RandomId": lambda inputs: {"hex": "0a1b2c3d"[: 2 * int(inputs["byteLength"])]},
    "random:index/randomUuid7:RandomUuid7": {"result": "019de083-6240-7abc-8def-0123456789ab"},
    "azure-native:storage:StorageAccount": _identified,
    "azure-native:dataprotection:BackupVault": _identified,
    "azure-native:network:FlowLog": _identified,
    "azure-native:compute:DiskEncryptionSet": _identified,
    "azure-native:containerservice:ManagedCluster": _cluster,
    "azure-native:keyvault:Vault": _addressed,
    "azure-native:keyvault:Key": _key_address,
    "azure-native:storage:ObjectReplicationPolicy": _numbered,
    "azure-native:redisenterprise:RedisEnterprise": lambda inputs: {
        **_identified(inputs),
        "name": inputs["clusterName"],
        "hostName": f"{inputs['clusterName']}.{REGION}.redis.azure.net",
    },
    "azure-native:redisenterprise:Database": lambda inputs: {"name": inputs["databaseName"]},
}
"""What Azure would compute, and when: the identifier of version 7 was made on 30 April 2026."""
_KUBECONFIG = {"clusters": [{"name": "playnew-production-cluster", "cluster": {"certificate-authority-data": "Y2VydGlmaWNhdGU="}}]}
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "azure-native:authorization:getClientConfig": {
        "clientId": PRINCIPAL,
        "objectId": PRINCIPAL,
        "subscriptionId": SUBSCRIPTION,
        "tenantId": TENANT,
    },
    "azure-native:redisenterprise:listDatabaseKeys": {"primaryKey": "planted-primary-key", "secondaryKey": "planted-secondary-key"},
    # JSON is YAML: what Azure answers with.
    "azure-native:containerservice:listManagedClusterUserCredentials": {
        "kubeconfigs": [{"name": "clusterUser", "value": base64.b64encode(json.dumps(_KUBECONFIG).encode()).decode()}]
    },
}


def group() -> Group:
    return Group(
        name=output("playnew-production"),
        id=output(GROUP),
        location=REGION,
        subscription=SUBSCRIPTION,
        tenant=output(TENANT),
        vault=Vault(id=output(VAULT), name=output("playnew-productio-0a1b2c"), uri=output(URI)),
        workspace_id=output(WORKSPACE),
    )


def key(*, exclusive: bool = False) -> KeyOutputs:
    return KeyOutputs(
        id=output(f"{VAULT}/keys/platform"),
        ref=output(f"{URI}keys/platform"),
        alias=output("platform"),
        exclusive=exclusive,
        versioned=output(f"{URI}keys/platform/{VERSION}"),
    )


def network() -> NetworkOutputs:
    def subnet(name: str) -> str:
        return f"{NETWORK}/subnets/{name}"

    def private(zone: str) -> str:
        return f"{GROUP}/providers/Microsoft.Network/privateDnsZones/{zone}"

    return NetworkOutputs(
        id=output(NETWORK),
        cidr="10.20.0.0/16",
        public_subnet_ids=(),
        private_subnet_ids=(output(subnet("nodes")),),
        data_subnet_ids=(output(subnet("data")),),
        private_cidrs=("10.20.16.0/20", "10.20.0.0/28"),
        data_cidrs=("10.20.8.0/24",),
        egress_ips=(),
        pod_cidr="10.244.0.0/16",
        api_subnet_id=output(subnet("api")),
        endpoint_subnet_id=output(subnet("endpoints")),
        endpoint_cidr="10.20.1.0/24",
        private_zones={
            "vault": output(private("privatelink.vaultcore.azure.net")),
            "blob": output(private("privatelink.blob.core.windows.net")),
            "registry": output(private("privatelink.azurecr.io")),
            "redis": output(private("privatelink.redis.azure.net")),
            "postgres": output(private("playnew-production.private.postgres.database.azure.com")),
        },
    )


def cluster() -> ClusterOutputs:
    return ClusterOutputs(
        name=output("playnew-production-cluster"),
        ref=output(CLUSTER),
        endpoint=output("https://playnew-abcd1234.hcp.italynorth.azmk8s.io"),
        version="1.35",
        kubeconfig=output("{}"),
        client_group=output(f"{NETWORK}/subnets/nodes"),
        pools=("host", "agent"),
        issuer=output(ISSUER),
        puller=output(PRINCIPAL),
        key=key(),
    )


def bucket() -> BucketOutputs:
    account = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/playnewprodlogs0a1b2c"
    return BucketOutputs(
        name=output("logs"),
        ref=output(f"{account}/blobServices/default/containers/logs"),
        region=REGION,
        key=key(),
        account=output("playnewprodlogs0a1b2c"),
    )


def zone() -> DnsOutputs:
    return DnsOutputs(
        domain="playnew.ai",
        zone_id=output("playnew.ai"),
        ref=output(f"{GROUP}/providers/Microsoft.Network/dnszones/playnew.ai"),
        name_servers=output(["ns1-01.azure-dns.com."]),
    )


def backup() -> BackupOutputs:
    vault = f"{GROUP}/providers/Microsoft.DataProtection/backupVaults/playnew-production-backup"
    policy = f"{vault}/backupPolicies/postgres"
    weekly = {90: output(f"{policy}-weekly-90d")}
    return BackupOutputs(vault=output(vault), plan=output(policy), principal=output(PRINCIPAL), weekly=weekly)
