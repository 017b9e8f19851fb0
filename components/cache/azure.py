"""A cache on Azure: Managed Redis inside the network, under a customer key."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import monitor, redisenterprise

from components.azure_group import Group, tags
from components.cache.azure_plan import Plan, labels_of, plan
from components.cache.outputs import CacheOutputs, Endpoint
from components.cache.spec import CacheSpec
from components.cluster.azure_disks import versioned
from components.cluster.outputs import ClusterOutputs
from components.core import Component
from components.key.azure_user import key_user
from components.key.outputs import KeyOutputs
from components.network.azure_endpoint import reach
from components.network.outputs import NetworkOutputs
from components.platforms.azure_lock import lock
from components.site import Site

PORT = 10000
SHARD_PORTS = (8500, 8599)
"""Where clients of cluster mode find the shards; which of these it is changes."""
DATABASE = "default"
"""The only name that Azure takes."""


class AzureCache(Component[CacheOutputs]):
    """The key must have a version (`versioned`) and serve `caches`, so that its versions do not expire.

    Nodes and pods reach it by the network, whose rules let them in: `clients` have no group that a cache could name. Where the spec asks
    for several keyspaces, each is an instance of its own.
    """

    TYPE = "azure:Cache"

    def __init__(
        self,
        name: str,
        spec: CacheSpec,
        site: Site,
        group: Group,
        network: NetworkOutputs,
        key: KeyOutputs,
        clients: ClusterOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        del clients
        super().__init__(name, opts)
        self._spec, self._site, self._group, self._network, self._key = spec, site, group, network, key
        self._plan: Plan = plan(name, spec, site)
        made = [self._instance(label, called) for label, called in zip(labels_of(name, spec), self._plan.names, strict=True)]
        shards = (SHARD_PORTS,) if spec.mode == "cluster" else ()
        self.publish(
            CacheOutputs(
                endpoints=tuple(endpoint for endpoint, _ in made),
                passwords=tuple(password for _, password in made),
                authority=None,  # public authorities sign
                cidrs=(network.endpoint_cidr,),
                ports=((PORT, PORT), *shards),
                identifier=self._plan.names[0],
            )
        )

    def _instance(self, name: str, called: str) -> tuple[Endpoint, pulumi.Output[str]]:
        kept = self.protected(self._spec.deletion_protected)
        cluster = self._cluster(name, called, kept)
        database = self._database(name, cluster)
        logs = monitor.DiagnosticSetting(
            f"{name}-logs",
            name="audit",
            resource_uri=database.id,
            workspace_id=self._group.workspace_id,
            log_analytics_destination_type="Dedicated",
            logs=[monitor.DiagnosticsLogSettingsArgs(category="ConnectionEvents", enabled=True)],
            opts=kept,  # below the lock
        )
        # Through the database: an instance does one thing at a time, and on destroy the endpoint has to go before the database does.
        service = pulumi.Output.all(cluster.id, database.id).apply(lambda known: str(known[0]))
        found = reach(name, "redis", service, self._network, self._site, self._group, self.child)
        lock(name, cluster.id, self._spec.deletion_protected, self, [database, logs])
        keys = redisenterprise.list_database_keys_output(
            cluster_name=cluster.name,
            database_name=database.name,
            resource_group_name=self._group.name,
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        host = pulumi.Output.all(cluster.host_name, found).apply(lambda known: str(known[0]))
        return Endpoint(host, PORT, 0), pulumi.Output.secret(keys.apply(lambda both: both.primary_key))

    def _cluster(self, name: str, called: str, kept: pulumi.ResourceOptions) -> redisenterprise.RedisEnterprise:
        """Its nodes stand in the region's zones by themselves: this product refuses `zones`."""
        user = key_user(name, self._site, self._group, self._key, kept)
        available = redisenterprise.HighAvailability
        return redisenterprise.RedisEnterprise(
            name,
            cluster_name=called,
            resource_group_name=self._group.name,
            location=self._site.region,
            sku=redisenterprise.SkuArgs(name=self._plan.sku),
            high_availability=available.ENABLED if self._plan.highly_available else available.DISABLED,
            minimum_tls_version=redisenterprise.TlsVersion.TLS_VERSION_1_2,
            public_network_access=redisenterprise.PublicNetworkAccess.DISABLED,
            identity=redisenterprise.ManagedServiceIdentityArgs(
                type=redisenterprise.ManagedServiceIdentityType.USER_ASSIGNED, user_assigned_identities=[user.id]
            ),
            encryption=redisenterprise.ClusterPropertiesEncryptionArgs(
                customer_managed_key_encryption=redisenterprise.ClusterPropertiesCustomerManagedKeyEncryptionArgs(
                    key_encryption_key_identity=redisenterprise.ClusterPropertiesKeyEncryptionKeyIdentityArgs(
                        identity_type=redisenterprise.CmkIdentityType.USER_ASSIGNED_IDENTITY, user_assigned_identity_resource_id=user.id
                    ),
                    # One without a version is refused; the next update after a rotation brings the new one.
                    key_encryption_key_url=versioned(self._key),
                )
            ),
            tags=tags(self._site),
            opts=kept,
        )

    def _database(self, name: str, cluster: redisenterprise.RedisEnterprise) -> redisenterprise.Database:
        spec, decided = self._spec, self._plan
        return redisenterprise.Database(
            f"{name}-database",
            database_name=DATABASE,
            cluster_name=cluster.name,
            resource_group_name=self._group.name,
            port=PORT,
            client_protocol=redisenterprise.Protocol.ENCRYPTED,
            clustering_policy=decided.clustering,
            eviction_policy=decided.eviction,
            # Clients with a URL have a password in it; tokens of Entra end within a day.
            access_keys_authentication=redisenterprise.AccessKeysAuthentication.ENABLED,
            defer_upgrade=redisenterprise.DeferUpgradeSetting.NOT_DEFERRED,
            persistence=redisenterprise.PersistenceArgs(
                aof_enabled=False, rdb_enabled=True, rdb_frequency=redisenterprise.RdbFrequency.RDB_FREQUENCY_12H
            )
            if decided.snapshots
            else redisenterprise.PersistenceArgs(aof_enabled=False, rdb_enabled=False),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=spec.deletion_protected,
                # Azure changes it once and never back; an instance has one database, so that the old one goes first.
                replace_on_changes=["clusteringPolicy"],
                delete_before_replace=True,
            ),
        )
