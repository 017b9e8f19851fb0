"""The cluster of production on Azure, which the tests of this folder look at and change."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import yaml

from components.cluster.azure import AzureCluster
from components.cluster.azure_plan import Plan, plan
from components.cluster.spec import ClusterSpec, NodePool
from tests.answers import State
from tests.components import azure_wiring as wiring
from tests.recorder import Recording, Registered, record

CLUSTER, POOL = "azure-native:containerservice:ManagedCluster", "azure-native:containerservice:AgentPool"
ASSIGNMENT, IDENTITY = "azure-native:authorization:RoleAssignment", "azure-native:managedidentity:UserAssignedIdentity"
DISKS = "azure-native:compute:DiskEncryptionSet"
NAME = "playnew-production-cluster"
ADMINS = "0aa0b3a4-92f0-4b0e-8a7c-1f2e3d4c5b6a"
FQDN = "playnew-abcd1234.hcp.italynorth.azmk8s.io"
HOST = NodePool(name="host", min_nodes=2, desired_nodes=2, max_nodes=3)
AGENT = NodePool(name="agent", min_nodes=1, desired_nodes=2, max_nodes=4, tainted=True)
SPEC = ClusterSpec(version="1.35", pools=(HOST, AGENT), admin_principals=(ADMINS,), admin_cidrs=("203.0.113.0/24",))


def id_of(item: Registered) -> str:
    """As the recorder answers it."""
    return f"{item.name}-id"


def _identified(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Azure takes a list of identities and answers with a mapping."""
    users = {each: {"principalId": wiring.PRINCIPAL, "clientId": wiring.PRINCIPAL} for each in inputs["identity"]["userAssignedIdentities"]}
    return {"identity": inputs["identity"] | {"userAssignedIdentities": users}}


STATES: Mapping[str, State] = {
    **wiring.STATES,
    CLUSTER: lambda inputs: {
        **_identified(inputs),
        "fqdn": FQDN,
        "privateFQDN": "playnew-abcd1234.privatelink.italynorth.azmk8s.io",
        "oidcIssuerProfile": {"enabled": True, "issuerURL": wiring.ISSUER},
    },
    DISKS: _identified,
}
KUBECONFIG = {"clusters": [{"name": NAME, "cluster": {"server": f"https://{FQDN}:443", "certificate-authority-data": "Y2VydGlmaWNhdGU="}}]}
ANSWERS = {
    "azure-native:containerservice:listManagedClusterUserCredentials": {
        "kubeconfigs": [{"name": "clusterUser", "value": base64.b64encode(yaml.safe_dump(KUBECONFIG).encode()).decode()}]
    }
}


def spec(**changes: object) -> ClusterSpec:
    return SPEC.model_copy(update=changes)


def cluster(wanted: ClusterSpec = SPEC) -> Recording[AzureCluster]:
    return record(lambda: AzureCluster(NAME, wanted, wiring.SITE, wiring.group(), wiring.network(), wiring.key()), STATES, ANSWERS)


def decided(**changes: object) -> Plan:
    return plan(spec(**changes), "10.20.0.0/16", "10.244.0.0/16")
