"""A cluster fits into its network, its pools into the cluster, and pods are trusted by its issuer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.azure_estate import NETWORK_CONTRIBUTOR, OPEN_VAULT, WHERE
from tests.sandbox.azure_site import SYSTEM, Site


def test_a_cluster_needs_rights_on_its_subnets():
    site = Site()
    (right,) = [r for r in site.world.records if r.inputs.get("scope") == site.api.id]
    site.world.remove(right)
    assert "subnets/join/action" in site.refused("containerservice:ManagedCluster", **site.cluster_inputs())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"apiServerAccessProfile": {"enableVnetIntegration": True, "subnetId": "{nodes}"}}, "SubnetNotDelegated"),
        ({"agentPoolProfiles": [{**SYSTEM, "vnetSubnetID": "{endpoints}"}]}, "ExistingNatGatewayNotAssociated"),
        ({"agentPoolProfiles": [{**SYSTEM, "vnetSubnetID": "{data}"}]}, "SubnetIsDelegated"),
        (
            {"networkProfile": {"networkPlugin": "azure", "networkPluginMode": "overlay", "podCidr": "10.20.128.0/17"}},
            "PodCidrOverlapExistingSubnetsCidr",
        ),
    ],
)
def test_a_cluster_fits_into_its_network(changes: dict[str, Any], code: str):
    site = Site()
    for subnet in (site.endpoints, site.data):
        site.let_in(site.control_plane.outputs["principalId"], NETWORK_CONTRIBUTOR, subnet.id, subnet.urn)

    def named(value: Any) -> Any:
        if isinstance(value, str) and value.startswith("{"):
            return getattr(site, value.strip("{}")).id
        if isinstance(value, list):
            return [named(one) for one in value]  # pyright: ignore[reportUnknownVariableType] # inputs of a test
        return {key: named(one) for key, one in value.items()} if isinstance(value, dict) else value  # pyright: ignore[reportUnknownVariableType] # as above

    assert site.refused("containerservice:ManagedCluster", **site.cluster_inputs(**named(changes))).startswith(code)


def test_pools_are_not_newer_than_their_cluster_and_in_its_network():
    site = Site()
    site.cluster()
    assert "NodePoolMcVersionIncompatible" in site.refused("containerservice:AgentPool", **site.pool(orchestratorVersion="1.35"))
    assert "All or none" in site.refused("containerservice:AgentPool", **site.pool(vnetSubnetID=None))
    assert "part of the cluster" in site.refused("containerservice:AgentPool", **site.pool(agentPoolName="system"))
    site.make("containerservice:AgentPool", **site.pool(orchestratorVersion="1.34"))


def test_what_a_service_does_not_change_is_refused():
    site = Site()
    site.cluster()
    pool = site.make("containerservice:AgentPool", **site.pool(maxPods=30))
    with pytest.raises(Exception, match="Changing property 'maxPods' is not allowed"):
        site.change(pool, maxPods=110)
    with pytest.raises(Exception, match=r"'properties\.softDeleteRetentionInDays' is not allowed"):
        site.change(site.vault, properties={**OPEN_VAULT, "softDeleteRetentionInDays": 7})
    left_out = {name: value for name, value in OPEN_VAULT.items() if name != "enablePurgeProtection"}
    assert site.change(site.vault, properties=left_out).id == site.vault.id


def test_a_cluster_goes_up_one_minor_at_a_time():
    site = Site()
    cluster = site.cluster(kubernetesVersion="1.33")
    with pytest.raises(Exception, match=r"would skip 1\.34"):
        site.change(cluster, kubernetesVersion="1.35")
    assert site.change(cluster, kubernetesVersion="1.34").outputs["currentKubernetesVersion"].startswith("1.34.")


def test_one_issuer_and_subject_are_trusted_once_and_only_of_a_cluster_that_exists():
    site = Site()
    issuer = site.cluster().outputs["oidcIssuerProfile"]["issuerURL"]
    asked = {"resourceName": "playnew-keys", "subject": "system:serviceaccount:a:b", "audiences": ["api://AzureADTokenExchange"]}
    name = "federatedIdentityCredentialResourceName"
    site.make("managedidentity:FederatedIdentityCredential", **asked, issuer=issuer, **{name: "kubernetes"})
    assert "already exists" in site.refused("managedidentity:FederatedIdentityCredential", **asked, issuer=issuer, **{name: "other"})
    gone = f"https://{WHERE}.oic.prod-aks.azure.com/a/b/"
    assert "no cluster issues tokens" in site.refused(
        "managedidentity:FederatedIdentityCredential", **asked, issuer=gone, **{name: "other"}
    )
