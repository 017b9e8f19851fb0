"""A Kubernetes cluster on Azure: AKS with Entra as its only door, Cilium, and every disk and secret under the customer key."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import authorization, compute, containerservice

from components.azure_group import Group, tags
from components.cluster.azure_disks import disk_encryption_set, versioned
from components.cluster.azure_kubeconfig import authority, kubeconfig
from components.cluster.azure_logs import send, workspace
from components.cluster.azure_nodes import agent_pools, system_pool
from components.cluster.azure_plan import Plan, plan
from components.cluster.azure_rights import Identities, identities
from components.cluster.azure_upgrades import channels, windows
from components.cluster.outputs import ClusterOutputs
from components.cluster.spec import ClusterSpec
from components.core import Component
from components.identity.azure_roles import Role, assign
from components.key.outputs import KeyOutputs
from components.naming import fit
from components.network.outputs import NetworkOutputs
from components.site import Site

IMAGE_CLEANER_HOURS = 168


class AzureCluster(Component[ClusterOutputs]):
    """The network must have a subnet for the API server (`api_subnet_id`), the key a version (`versioned`)."""

    TYPE = "azure:Cluster"

    def __init__(
        self,
        name: str,
        spec: ClusterSpec,
        site: Site,
        group: Group,
        network: NetworkOutputs,
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        decided = plan(spec, network.cidr, network.pod_cidr)
        if network.api_subnet_id is None:
            raise ValueError(
                "network.api_subnet_id: None leaves the API server without a private address; allowed: a delegated subnet's id"
            )
        nodes, api = network.private_subnet_ids[0], network.api_subnet_id
        labels = tags(site)
        disks = disk_encryption_set(name, site, group, key, self.child)
        who = identities(name, group, {"node": nodes, "api": api}, key, disks, labels, self.child)
        cluster = self._control_plane(name, spec, decided, site, group, network, api, key, disks, who)
        send(name, cluster, workspace(name, group, decided.log_days, labels, self.child), self.child)
        windows(name, group.name, cluster, self.child)
        access = self._administrators(name, decided, cluster, group)
        pools = agent_pools(name, decided.pools, spec.version, site.zones, cluster, group.name, nodes, labels, self.child)
        fqdn = cluster.fqdn if decided.public_endpoint else cluster.private_fqdn
        endpoint = pulumi.Output.concat("https://", fqdn, ":443")
        self.publish(
            ClusterOutputs(
                name=cluster.name,
                ref=cluster.id,
                endpoint=endpoint,
                version=spec.version,
                kubeconfig=_kubeconfig(cluster, endpoint, group, access),
                client_group=nodes,
                pools=tuple(pool.name for pool in decided.pools),
                # DNS and the identity webhook run on the system pool, which is part of the cluster.
                ready=tuple(pools),
                issuer=cluster.oidc_issuer_profile.apply(lambda profile: profile.issuer_url if profile else ""),
                puller=who.kubelet.principal_id,
                key=key,
            )
        )

    def _control_plane(
        self,
        name: str,
        spec: ClusterSpec,
        decided: Plan,
        site: Site,
        group: Group,
        network: NetworkOutputs,
        api_subnet: pulumi.Output[str],
        key: KeyOutputs,
        disks: compute.DiskEncryptionSet,
        who: Identities,
    ) -> containerservice.ManagedCluster:
        labels = tags(site)
        return containerservice.ManagedCluster(
            name,
            resource_name_=name,
            resource_group_name=group.name,
            location=group.location,
            sku=containerservice.ManagedClusterSKUArgs(
                name=containerservice.ManagedClusterSKUName.BASE,
                # Free has no promised uptime.
                tier=containerservice.ManagedClusterSKUTier.STANDARD,
            ),
            support_plan=containerservice.KubernetesSupportPlan.KUBERNETES_OFFICIAL,
            kubernetes_version=spec.version,
            dns_prefix=fit(site.name, 40),
            # The cluster's own resources. Nobody but AKS changes them: what is changed there by hand is undone by its next upgrade.
            node_resource_group=fit(f"{name}-nodes", 80),
            node_resource_group_profile=containerservice.ManagedClusterNodeResourceGroupProfileArgs(
                restriction_level=containerservice.RestrictionLevel.READ_ONLY
            ),
            identity=containerservice.ManagedClusterIdentityArgs(
                type=containerservice.ResourceIdentityType.USER_ASSIGNED, user_assigned_identities=[who.control_plane.id]
            ),
            identity_profile={
                "kubeletidentity": containerservice.UserAssignedIdentityArgs(
                    resource_id=who.kubelet.id, client_id=who.kubelet.client_id, object_id=who.kubelet.principal_id
                )
            },
            enable_rbac=True,
            disable_local_accounts=True,
            aad_profile=containerservice.ManagedClusterAADProfileArgs(managed=True, enable_azure_rbac=True, tenant_id=group.tenant),
            api_server_access_profile=_api_server(spec, decided, api_subnet),
            public_network_access=(
                containerservice.PublicNetworkAccess.ENABLED if decided.public_endpoint else containerservice.PublicNetworkAccess.DISABLED
            ),
            network_profile=_network(spec, decided, network),
            agent_pool_profiles=[system_pool(spec.version, site.zones, network.private_subnet_ids[0], labels)],
            disk_encryption_set_id=disks.id,
            security_profile=_security(group, key),
            oidc_issuer_profile=containerservice.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
            storage_profile=containerservice.ManagedClusterStorageProfileArgs(
                disk_csi_driver=containerservice.ManagedClusterStorageProfileDiskCSIDriverArgs(enabled=True),
                snapshot_controller=containerservice.ManagedClusterStorageProfileSnapshotControllerArgs(enabled=True),
                file_csi_driver=containerservice.ManagedClusterStorageProfileFileCSIDriverArgs(enabled=False),
                blob_csi_driver=containerservice.ManagedClusterStorageProfileBlobCSIDriverArgs(enabled=False),
            ),
            auto_upgrade_profile=channels(),
            auto_scaler_profile=containerservice.ManagedClusterPropertiesAutoScalerProfileArgs(
                balance_similar_node_groups="true",
                expander=containerservice.Expander.LEAST_WASTE,
                skip_nodes_with_local_storage="false",
            ),
            tags=labels,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=spec.deletion_protected,
                # Nothing in the cluster's inputs names these: without them AKS refuses, and cannot clean up when the cluster goes.
                depends_on=[*who.rights, *network.ways_out],
                # The autoscaler owns the number of nodes; the declared one is where it starts.
                ignore_changes=["agentPoolProfiles[0].count"],
            ),
        )

    def _administrators(
        self, name: str, decided: Plan, cluster: containerservice.ManagedCluster, group: Group
    ) -> list[authorization.RoleAssignment]:
        """All of the cluster's objects, and the right to fetch its kubeconfig. Azure finds out by itself whether an id is a person's or a
        group's."""
        return [
            assign(f"{name}-{right}-{principal}", role, cluster.id, principal, group.subscription, self.child, principal_type=None)
            for principal in decided.administrators
            for right, role in (("admin", Role.CLUSTER_RBAC_ADMIN), ("user", Role.CLUSTER_USER))
        ]


def _api_server(spec: ClusterSpec, decided: Plan, subnet: pulumi.Output[str]) -> containerservice.ManagedClusterAPIServerAccessProfileArgs:
    """Nodes reach the API inside the network, in either case. Its private name is in a zone that AKS makes, links and removes itself."""
    public = decided.public_endpoint
    return containerservice.ManagedClusterAPIServerAccessProfileArgs(
        enable_vnet_integration=True,
        subnet_id=subnet,
        authorized_ip_ranges=list(spec.admin_cidrs) if public else None,
        enable_private_cluster=not public,
        enable_private_cluster_public_fqdn=None if public else False,
        private_dns_zone=None if public else "system",
        # Commands that AKS runs in the cluster for whoever may ask its API, past the limits above.
        disable_run_command=True,
    )


def _network(spec: ClusterSpec, decided: Plan, network: NetworkOutputs) -> containerservice.ContainerServiceNetworkProfileArgs:
    return containerservice.ContainerServiceNetworkProfileArgs(
        network_plugin=containerservice.NetworkPlugin.AZURE,
        network_plugin_mode=containerservice.NetworkPluginMode.OVERLAY,
        network_dataplane=containerservice.NetworkDataplane.CILIUM,
        network_policy=containerservice.NetworkPolicy.CILIUM,
        pod_cidr=network.pod_cidr,
        service_cidr=spec.services_cidr,
        dns_service_ip=decided.dns_service_ip,
        ip_families=[containerservice.IpFamily.I_PV4],
        load_balancer_sku=containerservice.LoadBalancerSku.STANDARD,
        outbound_type=containerservice.OutboundType.USER_ASSIGNED_NAT_GATEWAY,
    )


def _security(group: Group, key: KeyOutputs) -> containerservice.ManagedClusterSecurityProfileArgs:
    """Defender is the subscription's to switch on: it sends what it sees to a workspace of its choice."""
    return containerservice.ManagedClusterSecurityProfileArgs(
        azure_key_vault_kms=containerservice.AzureKeyVaultKmsArgs(
            enabled=True,
            key_id=versioned(key),
            key_vault_network_access=containerservice.KeyVaultNetworkAccessTypes.PRIVATE,
            key_vault_resource_id=group.vault.id,
        ),
        workload_identity=containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=True),
        image_cleaner=containerservice.ManagedClusterSecurityProfileImageCleanerArgs(enabled=True, interval_hours=IMAGE_CLEANER_HOURS),
    )


def _kubeconfig(
    cluster: containerservice.ManagedCluster, endpoint: pulumi.Output[str], group: Group, access: list[authorization.RoleAssignment]
) -> pulumi.Output[str]:
    """Waits for the administrators' access, so that whoever uses it is let in. The certificate is no output of the cluster: Azure tells it
    in a kubeconfig, which holds no credential where local accounts are off."""
    told = containerservice.list_managed_cluster_user_credentials_output(
        resource_group_name=group.name,
        resource_name=cluster.name,
        format="exec",
        opts=pulumi.InvokeOutputOptions(parent=cluster),
    )
    certificate = told.kubeconfigs.apply(lambda found: authority(found[0].value))
    return pulumi.Output.all(cluster.name, endpoint, certificate, group.tenant, *(assignment.id for assignment in access)).apply(
        lambda known: kubeconfig(*known[:4])
    )
