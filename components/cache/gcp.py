"""A cache on GCP: Memorystore, for Redis or, in cluster mode, for Valkey."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_gcp import memorystore, redis

from components.cache.gcp_plan import ClusterPlan, InstancePlan, plan
from components.cache.outputs import CacheOutputs, Endpoint
from components.cache.spec import CacheSpec
from components.cluster.outputs import ClusterOutputs
from components.core import Component
from components.gcp_project import Project
from components.key.outputs import KeyOutputs
from components.network.outputs import NetworkOutputs
from components.site import Site

REDIS, VALKEY = "REDIS_7_2", "VALKEY_8_0"
TLS_PORT, CLUSTER_PORT = 6378, 6379
SHARD_PORTS = (11000, 13047)
"""Where the nodes of a cluster are found, behind its two addresses."""
DISCOVERY = "CONNECTION_TYPE_DISCOVERY"
DAY = 86_400


class GcpCache(Component[CacheOutputs]):
    """The key must let in `caches`. Nodes and pods reach it by the network: `clients` have no group that a cache could name.

    A cluster knows no passwords: who can open a connection is in. Outside of cluster mode there is one, and 16 keyspaces.
    """

    TYPE = "gcp:Cache"

    def __init__(
        self,
        name: str,
        spec: CacheSpec,
        site: Site,
        project: Project,
        network: NetworkOutputs,
        key: KeyOutputs,
        clients: ClusterOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        del clients
        super().__init__(name, opts)
        self._name, self._spec, self._site, self._project = name, spec, site, project
        self._network, self._key = network, key
        decided = plan(name, spec, site)
        self.publish(self._cluster(decided) if isinstance(decided, ClusterPlan) else self._instance(decided))

    def _instance(self, decided: InstancePlan) -> CacheOutputs:
        spec = self._spec
        instance = redis.Instance(
            self._name,
            name=decided.name,
            project=self._project.on("redis.googleapis.com"),
            region=self._site.region,
            location_id=decided.zone,
            alternative_location_id=decided.other_zone,
            tier=decided.tier,
            memory_size_gb=decided.memory_gib,
            replica_count=decided.replicas,
            read_replicas_mode=decided.read_replicas,
            redis_version=REDIS,
            redis_configs={"maxmemory-policy": spec.eviction},
            # The peering that it would make otherwise takes a range of its own choice.
            connect_mode="PRIVATE_SERVICE_ACCESS",
            authorized_network=self._network.id,
            auth_enabled=True,
            transit_encryption_mode="SERVER_AUTHENTICATION",
            customer_managed_key=self._key.ref,
            persistence_config=redis.InstancePersistenceConfigArgs(persistence_mode="RDB", rdb_snapshot_period="TWENTY_FOUR_HOURS")
            if decided.snapshots
            else redis.InstancePersistenceConfigArgs(persistence_mode="DISABLED"),
            maintenance_policy=redis.InstanceMaintenancePolicyArgs(
                weekly_maintenance_windows=[
                    redis.InstanceMaintenancePolicyWeeklyMaintenanceWindowArgs(
                        day=decided.maintenance.day,
                        start_time=redis.InstanceMaintenancePolicyWeeklyMaintenanceWindowStartTimeArgs(
                            hours=decided.maintenance.hour, minutes=decided.maintenance.minute, seconds=0, nanos=0
                        ),
                    )
                ]
            ),
            # The provider's own refusal, and its default: the product has none.
            deletion_protection=spec.deletion_protected,
            # Nothing of the instance names the connection that its address comes from.
            opts=self._held(self._network.data_ready),
        )
        password = pulumi.Output.secret(instance.auth_string)
        return CacheOutputs(
            endpoints=tuple(Endpoint(instance.host, TLS_PORT, number) for number in range(spec.databases)),
            passwords=(password,) * spec.databases,
            authority=instance.server_ca_certs.apply(lambda found: _bundle([str(each.cert) for each in found])),
            cidrs=self._network.data_cidrs,
            ports=((TLS_PORT, TLS_PORT),),
            identifier=decided.name,
        )

    def _cluster(self, decided: ClusterPlan) -> CacheOutputs:
        spec = self._spec
        project = self._project.on(
            "memorystore.googleapis.com", "networkconnectivity.googleapis.com", "serviceconsumermanagement.googleapis.com"
        )
        cluster = memorystore.Instance(
            self._name,
            instance_id=decided.name,
            project=project,
            location=self._site.region,
            mode="CLUSTER",
            shard_count=spec.shards,
            replica_count=spec.replicas,
            node_type=decided.node,
            engine_version=VALKEY,
            engine_configs={"maxmemory-policy": spec.eviction},
            # By identity is the other way, with tokens of an hour that no client of Redis renews.
            authorization_mode="AUTH_DISABLED",
            transit_encryption_mode="SERVER_AUTHENTICATION",
            # One authority for the region stands nowhere in the instance's outputs.
            server_ca_mode="GOOGLE_MANAGED_PER_INSTANCE_CA",
            kms_key=self._key.ref,
            zone_distribution_config=memorystore.InstanceZoneDistributionConfigArgs(mode="MULTI_ZONE"),
            desired_auto_created_endpoints=[
                memorystore.InstanceDesiredAutoCreatedEndpointArgs(network=self._network.id, project_id=self._site.account)
            ],
            persistence_config=memorystore.InstancePersistenceConfigArgs(mode="DISABLED"),
            automated_backup_config=memorystore.InstanceAutomatedBackupConfigArgs(
                fixed_frequency_schedule=memorystore.InstanceAutomatedBackupConfigFixedFrequencyScheduleArgs(
                    start_time=memorystore.InstanceAutomatedBackupConfigFixedFrequencyScheduleStartTimeArgs(hours=decided.backup_hour)
                ),
                retention=f"{decided.backup_days * DAY}s",
            )
            if decided.backup_days
            else None,
            maintenance_policy=memorystore.InstanceMaintenancePolicyArgs(
                weekly_maintenance_windows=[
                    memorystore.InstanceMaintenancePolicyWeeklyMaintenanceWindowArgs(
                        day=decided.maintenance.day,
                        start_time=memorystore.InstanceMaintenancePolicyWeeklyMaintenanceWindowStartTimeArgs(
                            hours=decided.maintenance.hour, minutes=decided.maintenance.minute, seconds=0, nanos=0
                        ),
                    )
                ]
            ),
            deletion_protection_enabled=spec.deletion_protected,
            # Its addresses are made by the network's policy, which no field of it names.
            opts=self._held(self._network.endpoints_ready),
        )
        return CacheOutputs(
            endpoints=(Endpoint(cluster.endpoints.apply(_discovered), CLUSTER_PORT, 0),),
            passwords=(),
            authority=cluster.managed_server_cas.apply(
                lambda found: _bundle([pem for each in found for chain in each.ca_certs or () for pem in chain.certificates or ()])
            ),
            cidrs=(self._network.endpoint_cidr,),
            ports=((CLUSTER_PORT, CLUSTER_PORT), SHARD_PORTS),
            identifier=decided.name,
        )

    def _held(self, needed: Sequence[pulumi.Resource]) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, protect=self._spec.deletion_protected, depends_on=list(needed))


def _discovered(endpoints: Sequence[memorystore.outputs.InstanceEndpoint]) -> str:
    """Of a cluster's addresses the one that clients begin with; the order of the list says nothing."""
    connections = [connection.psc_auto_connection for endpoint in endpoints for connection in endpoint.connections or ()]
    found = [each.ip_address for each in connections if each and each.connection_type == DISCOVERY and each.ip_address]
    if len(found) != 1:
        raise ValueError(
            f"endpoints: {len(found)} addresses for discovery; one is expected, made by the network's service connection policy"
        )
    return found[0]


def _bundle(certificates: Sequence[str]) -> str:
    """Of all authorities: in the years before one ends, the next one stands beside it."""
    return "".join(f"{each.strip()}\n" for each in certificates)
