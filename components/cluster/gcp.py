"""A Kubernetes cluster on GCP: GKE Standard over the zones of one region, with private nodes and Dataplane V2."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pulumi
from pulumi_gcp import container, projects

from components.cluster.gcp_logs import log_route
from components.cluster.gcp_nodes import Nodes, first_pool, node_pool, nodes
from components.cluster.gcp_plan import LOG_COMPONENTS, MONITORING_COMPONENTS, PODS_PER_NODE, Plan, plan
from components.cluster.outputs import ClusterOutputs
from components.cluster.spec import ClusterSpec
from components.core import Component
from components.gcp_project import Project, labels
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from components.site import Site

ADMIN_ROLE = "roles/container.admin"

# Saturdays and Sundays, UTC. GKE refuses windows that leave it less than 48 hours in any 32 days.
WINDOW = ("2026-01-03T00:00:00Z", "2026-01-03T08:00:00Z", "FREQ=WEEKLY;BYDAY=SA,SU")


class GcpCluster(Component[ClusterOutputs]):
    """The key must serve `clusters` (Secrets), `nodes` (disks and volumes) and `logs` (the control plane's log bucket)."""

    TYPE = "gcp:Cluster"

    def __init__(
        self,
        name: str,
        spec: ClusterSpec,
        site: Site,
        project: Project,
        network: NetworkOutputs,
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        decided = plan(spec, name, site.zones, network.cidr, network.pod_cidr)
        shared = nodes(name, site, project, key, self.child)
        logs = log_route(name, decided.name, spec.log_days, site, project, key, self.child)
        access = self._administrators(name, decided, site, project)
        cluster = self._control_plane(name, spec, decided, site, project, network, key, shared, logs)
        pools = [node_pool(name, pool, site, project, cluster, shared, network, self.child) for pool in decided.pools]
        self.publish(
            ClusterOutputs(
                name=cluster.name,
                ref=cluster.name.apply(lambda made: path(project.id, site.region, made)),
                endpoint=cluster.endpoint.apply(lambda address: f"https://{address}"),
                version=spec.version,
                kubeconfig=_kubeconfig(cluster, access),
                client_group=pulumi.Output.from_input(shared.tag),
                pools=tuple(pool.name for pool in decided.pools),
                # DNS and the metadata server that gives pods their identity are GKE's own, and run on the nodes.
                ready=tuple(pools),
                puller=shared.account,
                key=key,
            )
        )

    def _control_plane(
        self,
        name: str,
        spec: ClusterSpec,
        decided: Plan,
        site: Site,
        project: Project,
        network: NetworkOutputs,
        key: KeyOutputs,
        shared: Nodes,
        before: Sequence[pulumi.Resource],
    ) -> container.Cluster:
        return container.Cluster(
            name,
            name=decided.name,
            project=project.on("container.googleapis.com", "compute.googleapis.com"),
            location=site.region,
            node_locations=list(site.zones),
            resource_labels=labels(site),
            min_master_version=spec.version,
            release_channel=container.ClusterReleaseChannelArgs(channel="REGULAR"),
            maintenance_policy=_maintenance(),
            # Network.
            network=network.id,
            subnetwork=network.private_subnet_ids[0],
            networking_mode="VPC_NATIVE",
            ip_allocation_policy=container.ClusterIpAllocationPolicyArgs(
                cluster_secondary_range_name=network.ranges["pods"],
                services_secondary_range_name=network.ranges["services"],
                stack_type="IPV4",
            ),
            default_max_pods_per_node=PODS_PER_NODE,
            datapath_provider="ADVANCED_DATAPATH",
            enable_intranode_visibility=True,
            dns_config=container.ClusterDnsConfigArgs(cluster_dns="KUBE_DNS"),
            # Who reaches the API. The private endpoint is an address of the nodes' subnet.
            private_cluster_config=container.ClusterPrivateClusterConfigArgs(
                enable_private_nodes=True, enable_private_endpoint=not decided.public_endpoint
            ),
            master_authorized_networks_config=container.ClusterMasterAuthorizedNetworksConfigArgs(
                cidr_blocks=[
                    container.ClusterMasterAuthorizedNetworksConfigCidrBlockArgs(cidr_block=cidr, display_name=whose)
                    for whose, cidr in decided.authorized.items()
                ],
                gcp_public_cidrs_access_enabled=False,
                private_endpoint_enforcement_enabled=True,
            ),
            # The endpoint by name answers the whole Internet and leaves all to IAM: networks are the outer gate here.
            control_plane_endpoints_config=container.ClusterControlPlaneEndpointsConfigArgs(
                dns_endpoint_config=container.ClusterControlPlaneEndpointsConfigDnsEndpointConfigArgs(allow_external_traffic=False)
            ),
            # As whom.
            workload_identity_config=container.ClusterWorkloadIdentityConfigArgs(workload_pool=f"{project.id}.svc.id.goog"),
            enable_legacy_abac=False,
            master_auth=container.ClusterMasterAuthArgs(
                client_certificate_config=container.ClusterMasterAuthClientCertificateConfigArgs(issue_client_certificate=False)
            ),
            anonymous_authentication_config=container.ClusterAnonymousAuthenticationConfigArgs(mode="LIMITED"),
            rbac_binding_config=container.ClusterRbacBindingConfigArgs(
                enable_insecure_binding_system_authenticated=False, enable_insecure_binding_system_unauthenticated=False
            ),
            database_encryption=container.ClusterDatabaseEncryptionArgs(state="ENCRYPTED", key_name=key.ref),
            # What it says of itself.
            logging_config=container.ClusterLoggingConfigArgs(enable_components=list(LOG_COMPONENTS)),
            monitoring_config=container.ClusterMonitoringConfigArgs(
                enable_components=list(MONITORING_COMPONENTS),
                # On by default, and a second Prometheus beside the platform's own.
                managed_prometheus=container.ClusterMonitoringConfigManagedPrometheusArgs(enabled=False),
            ),
            addons_config=_addons(),
            # The Gateway API's definitions are Envoy Gateway's.
            gateway_api_config=container.ClusterGatewayApiConfigArgs(channel="CHANNEL_DISABLED"),
            # Nodes. GKE begins with a pool of its own, which no setting names or sizes: it goes as soon as the cluster stands.
            initial_node_count=1,
            remove_default_node_pool=True,
            node_config=first_pool(shared),
            enable_shielded_nodes=True,
            node_pool_defaults=container.ClusterNodePoolDefaultsArgs(
                node_config_defaults=container.ClusterNodePoolDefaultsNodeConfigDefaultsArgs(insecure_kubelet_readonly_port_enabled="FALSE")
            ),
            deletion_protection=spec.deletion_protected,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=spec.deletion_protected,
                depends_on=list(before),
                # GKE tells the settings of whichever pool is first: after the pool of the beginning went, another one's, and a change of
                # these would replace the cluster.
                ignore_changes=["nodeConfig"],
            ),
        )

    def _administrators(self, name: str, decided: Plan, site: Site, project: Project) -> list[projects.IAMMember]:
        """IAM is what GKE asks first, so that no binding in the cluster is needed. The role is the project's; the condition holds it to
        this cluster."""
        condition = projects.IAMMemberConditionArgs(
            title=f"cluster-{decided.name}",
            description="This cluster alone",
            expression=within(path(project.id, site.region, decided.name)),
        )
        return [
            projects.IAMMember(
                f"{name}-admin-{short}", project=project.id, role=ADMIN_ROLE, member=principal, condition=condition, opts=self.child
            )
            for short, principal in decided.administrators.items()
        ]


def path(project: str, region: str, cluster: str) -> str:
    return f"projects/{project}/locations/{region}/clusters/{cluster}"


def within(resource: str) -> str:
    """The cluster, and what GKE names below it."""
    return f'resource.name == "{resource}" || resource.name.startsWith("{resource}/")'


def _maintenance() -> container.ClusterMaintenancePolicyArgs:
    start, end, recurrence = WINDOW
    return container.ClusterMaintenancePolicyArgs(
        recurring_window=container.ClusterMaintenancePolicyRecurringWindowArgs(start_time=start, end_time=end, recurrence=recurrence),
        maintenance_exclusions=[
            # Patches come by themselves. Another minor is asked for, as long as the one that stands is supported.
            container.ClusterMaintenancePolicyMaintenanceExclusionArgs(
                exclusion_name="minor-is-declared",
                start_time=start,
                exclusion_options=container.ClusterMaintenancePolicyMaintenanceExclusionExclusionOptionsArgs(
                    scope="NO_MINOR_UPGRADES", end_time_behavior="UNTIL_END_OF_SUPPORT"
                ),
            )
        ],
    )


def _addons() -> container.ClusterAddonsConfigArgs:
    return container.ClusterAddonsConfigArgs(
        gce_persistent_disk_csi_driver_config=container.ClusterAddonsConfigGcePersistentDiskCsiDriverConfigArgs(enabled=True),
        gke_backup_agent_config=container.ClusterAddonsConfigGkeBackupAgentConfigArgs(enabled=True),
        horizontal_pod_autoscaling=container.ClusterAddonsConfigHorizontalPodAutoscalingArgs(disabled=False),
        # Before 1.36, network load balancers with backend services come by it. Nothing here is an Ingress.
        http_load_balancing=container.ClusterAddonsConfigHttpLoadBalancingArgs(disabled=False),
        # Policies let pods ask kube-dns, and a cache on the node is another address.
        dns_cache_config=container.ClusterAddonsConfigDnsCacheConfigArgs(enabled=False),
        # Dataplane V2 enforces policies itself; the add-on is Calico.
        network_policy_config=container.ClusterAddonsConfigNetworkPolicyConfigArgs(disabled=True),
    )


def _kubeconfig(cluster: container.Cluster, access: Sequence[projects.IAMMember]) -> pulumi.Output[str]:
    """Waits for the administrators' access, so that whoever uses it is let in."""
    return pulumi.Output.all(cluster.name, cluster.endpoint, cluster.master_auth, *(member.id for member in access)).apply(
        lambda known: kubeconfig(known[0], known[1], known[2]["cluster_ca_certificate"])
    )


def kubeconfig(name: str, address: str, authority: str) -> str:
    """No credential: the plugin trades the caller's own for a token of an hour."""
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "gke-gcloud-auth-plugin",
        "installHint": "gcloud components install gke-gcloud-auth-plugin",
        "interactiveMode": "Never",
        "provideClusterInfo": True,
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": {"server": f"https://{address}", "certificate-authority-data": authority}}],
            "users": [{"name": name, "user": {"exec": plugin}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
    )
