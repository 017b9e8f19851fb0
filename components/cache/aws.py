"""A cache on AWS: ElastiCache with Valkey."""

from __future__ import annotations

import pulumi
import pulumi_random as random
from pulumi_aws import cloudwatch, elasticache

from components import naming
from components.aws_names import policy
from components.cache.aws_plan import ENGINE, FAMILY, LOG_DAYS, LOG_TYPES, VERSION, Plan, plan
from components.cache.outputs import CacheOutputs, Endpoint
from components.cache.spec import CacheSpec
from components.cluster.outputs import ClusterOutputs
from components.core import Component
from components.identity.documents import Where, where
from components.key.outputs import KeyOutputs
from components.network.aws_clients import only_the_cluster
from components.network.outputs import NetworkOutputs
from components.site import Site

PORT = 6379
PASSWORD_LENGTH = 64  # 16 to 128; letters and digits alone need no escaping in a URL
LONGEST_ID = 40


class AwsCache(Component[CacheOutputs]):
    """The key encrypts disks, snapshots and logs: it must serve `logs`.

    ElastiCache protects nothing from deletion by itself. With `deletion_protected` the engine refuses to delete the cache, and whoever
    makes it do so leaves a last snapshot.
    """

    TYPE = "aws:Cache"

    def __init__(
        self,
        name: str,
        spec: CacheSpec,
        site: Site,
        network: NetworkOutputs,
        key: KeyOutputs,
        clients: ClusterOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._name, self._spec, self._key = name, spec, key
        self._id = naming.fit(name, LONGEST_ID)
        self._plan: Plan = plan(spec)
        made = random.RandomPassword(
            f"{name}-password", length=PASSWORD_LENGTH, special=False, min_lower=1, min_upper=1, min_numeric=1, opts=self.child
        )
        password = pulumi.Output.secret(made.result)
        group = self._group(network, clients, password, where(site))
        host = group.configuration_endpoint_address if self._plan.clustered else group.primary_endpoint_address
        self.publish(
            CacheOutputs(
                endpoints=tuple(Endpoint(host, PORT, number) for number in range(spec.databases)),
                passwords=(password,) * spec.databases,
                authority=None,  # Amazon's public authorities sign
                cidrs=network.data_cidrs,
                ports=((PORT, PORT),),
                identifier=self._id,
            )
        )

    def _group(
        self, network: NetworkOutputs, clients: ClusterOutputs, password: pulumi.Output[str], place: Where
    ) -> elasticache.ReplicationGroup:
        name, spec, decided = self._name, self._spec, self._plan
        subnets = elasticache.SubnetGroup(
            f"{name}-subnets", description=f"Valkey {name}", subnet_ids=network.data_subnet_ids, opts=self.child
        )
        logs, may_write = self._logs(place)
        return elasticache.ReplicationGroup(
            name,
            replication_group_id=self._id,
            description=f"Valkey {name}",
            engine=ENGINE,
            engine_version=VERSION,
            # A minor that came by itself would look like a downgrade to be made, for which the provider replaces the cache.
            auto_minor_version_upgrade=False,
            apply_immediately=False,
            node_type=decided.node_type,
            cluster_mode="enabled" if decided.clustered else "disabled",
            num_node_groups=spec.shards if decided.clustered else None,
            replicas_per_node_group=spec.replicas if decided.clustered else None,
            num_cache_clusters=None if decided.clustered else 1 + spec.replicas,
            automatic_failover_enabled=decided.fails_over,
            multi_az_enabled=decided.zones,
            data_tiering_enabled=False,
            port=PORT,
            network_type="ipv4",
            ip_discovery="ipv4",
            subnet_group_name=subnets.name,
            security_group_ids=[only_the_cluster(self._name, "Valkey", PORT, network, clients, self.child).id],
            parameter_group_name=self._parameter_group().name,
            at_rest_encryption_enabled=True,
            kms_key_id=self._key.ref,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            auth_token=password,
            # Another password is added to the one before, so that clients may go over; the next change drops the older of the two.
            auth_token_update_strategy="ROTATE",
            maintenance_window=decided.maintenance_window,
            snapshot_retention_limit=spec.snapshot_days,
            snapshot_window=decided.snapshot_window,
            final_snapshot_identifier=f"{self._id}-final" if spec.deletion_protected else None,
            log_delivery_configurations=[
                elasticache.ReplicationGroupLogDeliveryConfigurationArgs(
                    destination=group.name, destination_type="cloudwatch-logs", log_format="json", log_type=kind
                )
                for kind, group in logs.items()
            ],
            tags={"Name": name},
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=spec.deletion_protected,
                # Where the right to write the logs is missing, AWS adds it to a policy of its own, which nobody removes.
                depends_on=[may_write],
                # In place, ElastiCache goes to cluster mode in two steps, and never back. The id is taken until the old one is gone.
                replace_on_changes=["clusterMode"],
                delete_before_replace=True,
            ),
        )

    def _logs(self, place: Where) -> tuple[dict[str, cloudwatch.LogGroup], cloudwatch.LogResourcePolicy]:
        """The statement is the very one that AWS looks for, and would add."""
        groups = {
            kind: cloudwatch.LogGroup(
                f"{self._name}-{kind}",
                name=f"/aws/elasticache/{self._name}/{kind}",
                kms_key_id=self._key.ref,
                retention_in_days=LOG_DAYS,
                opts=self.child,
            )
            for kind in LOG_TYPES
        }
        may_write = cloudwatch.LogResourcePolicy(
            f"{self._name}-logs",
            policy_name=f"{self._name}-logs",
            policy_document=policy(
                [
                    {
                        "Sid": "AWSLogDeliveryWrite20150319",
                        "Effect": "Allow",
                        "Principal": {"Service": ["delivery.logs.amazonaws.com"]},
                        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                        "Resource": [pulumi.Output.concat(group.arn, ":log-stream:*") for group in groups.values()],
                        "Condition": {
                            "StringEquals": {"aws:SourceAccount": [place.account]},
                            "ArnLike": {"aws:SourceArn": [place.arn("logs", "*")]},
                        },
                    }
                ]
            ),
            opts=self.child,
        )
        return groups, may_write

    def _parameter_group(self) -> elasticache.ParameterGroup:
        """Of its own name in cluster mode: a group's `cluster-enabled` never changes."""
        suffix = "cluster-parameters" if self._plan.clustered else "parameters"
        return elasticache.ParameterGroup(
            f"{self._name}-{suffix}",
            family=FAMILY,
            description=f"Valkey {self._name}",
            parameters=[elasticache.ParameterGroupParameterArgs(name=name, value=value) for name, value in self._plan.parameters],
            opts=self.child,
        )
