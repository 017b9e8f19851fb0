"""Where AWS has what the rows ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.inventory.clouds import aws_caches
from tests.inventory.clouds.facts import Budget, Cache, Database, Pool, Repository, Types
from tests.recorder import Recording, Registered

INSTANCE, PARAMETERS = "aws:rds/instance:Instance", "aws:rds/parameterGroup:ParameterGroup"
NODES, CLUSTER, SUBNET = "aws:eks/nodeGroup:NodeGroup", "aws:eks/cluster:Cluster", "aws:ec2/subnet:Subnet"
BINDING = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
VCPUS = {"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16}
"""General purpose families (m5 to m8) have 4 GiB for each."""


def _size(kind: str) -> tuple[int, int]:
    family, size = kind.removeprefix("db.").split(".")
    assert re.fullmatch(r"m\d\w*", family), f"{kind} is no general purpose family"
    return VCPUS[size], 4 * VCPUS[size]


class AwsView:
    prefix = "aws:"
    home = "eu-south-1"
    types = Types(
        cluster=CLUSTER,
        pool=NODES,
        database=INSTANCE,
        key="aws:kms/key:Key",
        bucket="aws:s3/bucket:Bucket",
        secret="aws:secretsmanager/secret:Secret",
        secret_value="aws:secretsmanager/secretVersion:SecretVersion",
        zone="aws:route53/zone:Zone",
        registry="aws:ecr/repository:Repository",
    )

    def places(self, registered: Recording[Any]) -> Mapping[str, str]:
        regions = {item.name: item.inputs["region"] for item in registered.of("pulumi:providers:aws")}
        return {item.name: item.inputs.get("region") or regions[item.provider] for item in registered if item.type.startswith("aws:")}

    def zones(self, registered: Recording[Any]) -> set[str]:
        return {item.inputs["availabilityZone"][:-1] for item in registered.of(SUBNET)}

    def pools(self, registered: Recording[Any]) -> list[Pool]:
        public = {f"{item.name}-id" for item in registered.of(SUBNET) if item.inputs["mapPublicIpOnLaunch"]}
        return [self._pool(item, public) for item in registered.of(NODES)]

    def _pool(self, item: Registered, public: set[str]) -> Pool:
        (size,) = {_size(kind) for kind in item.inputs["instanceTypes"]}
        scaling, subnets = item.inputs["scalingConfig"], item.inputs["subnetIds"]
        return Pool(
            name=item.name,
            vcpus=size[0],
            memory_gib=size[1],
            least=int(scaling["minSize"]),
            desired=int(scaling["desiredSize"]),
            most=int(scaling["maxSize"]),
            version=item.inputs["version"],
            zones=len(subnets),
            public=bool(public & set(subnets)),
        )

    def kubernetes(self, registered: Recording[Any]) -> str:
        cluster = registered.one(CLUSTER)
        assert cluster.inputs["upgradePolicy"] == {"supportType": "STANDARD"}
        return cluster.inputs["version"]

    def databases(self, registered: Recording[Any]) -> list[Database]:
        return [self._database(registered, item) for item in registered.of(INSTANCE)]

    def _database(self, registered: Recording[Any], item: Registered) -> Database:
        inputs = item.inputs
        source = next((one for one in registered.of(INSTANCE) if one.inputs["identifier"] == inputs.get("replicateSourceDb")), item)
        whole = source.inputs
        day, start, end = _window(whole)
        keys = {key.state["arn"]: key.name for key in registered.of(self.types.key)}
        parameters = [one.inputs["parameters"] for one in registered.of(PARAMETERS)]
        forced = {"name": "rds.force_ssl", "value": "1"}
        return Database(
            name=inputs["identifier"],
            major=whole["engineVersion"].split(".")[0],
            database=whole["dbName"],
            vcpus=_size(inputs["instanceClass"])[0],
            memory_gib=_size(inputs["instanceClass"])[1],
            storage_gib=int(whole["allocatedStorage"]),
            grows=whole["maxAllocatedStorage"] > whole["allocatedStorage"],
            grows_to=int(whole["maxAllocatedStorage"]),
            highly_available=bool(inputs.get("multiAz")),
            key=keys[whole["kmsKeyId"]] if inputs["storageEncrypted"] else "",
            tls_only=all(any(forced.items() <= one.items() for one in group) for group in parameters),
            backup_days=int(whole["backupRetentionPeriod"]),
            point_in_time=int(whole["backupRetentionPeriod"]) > 0,  # kept logs reach every second up to five minutes ago
            maintenance=(day, start, end),
            protected=inputs["deletionProtection"],
            public=inputs["publiclyAccessible"],
            replica=source is not item,
            restored=inputs.get("snapshotIdentifier"),
        )

    def caches(self, registered: Recording[Any]) -> list[Cache]:
        return aws_caches.caches(registered, {key.state["arn"]: key.name for key in registered.of(self.types.key)})

    def repositories(self, registered: Recording[Any]) -> list[Repository]:
        cleaned = {item.inputs["repository"] for item in registered.of("aws:ecr/lifecyclePolicy:LifecyclePolicy")}
        keys = {key.state["arn"]: key.name for key in registered.of(self.types.key)}
        return [
            Repository(
                name=item.inputs["name"],
                immutable=item.inputs["imageTagMutability"] == "IMMUTABLE",
                scanned=item.inputs["imageScanningConfiguration"] == {"scanOnPush": True},
                cleaned=item.inputs["name"] in cleaned,
                key=next(keys[one["kmsKey"]] for one in item.inputs["encryptionConfigurations"] if one["encryptionType"] == "KMS"),
            )
            for item in registered.of(self.types.registry)
        ]

    def ways_out(self, registered: Recording[Any]) -> int:
        used = {item.inputs["natGatewayId"] for item in registered.of("aws:ec2/route:Route") if "natGatewayId" in item.inputs}
        assert len(used) == len(registered.of("aws:ec2/natGateway:NatGateway"))
        return len(used)

    def reachable(self, registered: Recording[Any]) -> list[str]:
        routes = {
            item.inputs["subnetId"]: item.inputs["routeTableId"]
            for item in registered.of("aws:ec2/routeTableAssociation:RouteTableAssociation")
        }
        out = {item.inputs["routeTableId"]: item.inputs for item in registered.of("aws:ec2/route:Route")}
        found = [item.name for item in registered.of(SUBNET) if item.inputs["mapPublicIpOnLaunch"]]
        found += [item.name for item in registered.of(INSTANCE) if item.inputs["publiclyAccessible"]]
        for nodes in registered.of(NODES):
            behind = ["natGatewayId" in out[routes[one]] and "gatewayId" not in out[routes[one]] for one in nodes.inputs["subnetIds"]]
            found += [] if all(behind) else [nodes.name]
        for group in registered.of("aws:rds/subnetGroup:SubnetGroup"):
            found += [group.name] if any(routes[one] in out for one in group.inputs["subnetIds"]) else []
        return found

    def users_of(self, registered: Recording[Any], key: Registered) -> set[tuple[str, str]]:
        roles = {item.inputs["granteePrincipal"] for item in registered.of("aws:kms/grant:Grant") if key.urn in item.through}
        policies = [item for item in registered.of("aws:iam/rolePolicy:RolePolicy") if key.state["arn"] in item.inputs["policy"]]
        arns = {role.state["name"]: role.state["arn"] for role in registered.of("aws:iam/role:Role")}
        roles |= {arns.get(item.inputs["role"], item.inputs["role"]) for item in policies}
        return {
            (item.inputs["namespace"], item.inputs["serviceAccount"]) for item in registered.of(BINDING) if item.inputs["roleArn"] in roles
        }

    def rotated(self, key: Registered) -> bool:
        return key.inputs["enableKeyRotation"]

    def reference(self, key: Registered) -> str:
        return key.state["arn"]

    def budgets(self, registered: Recording[Any]) -> list[Budget]:
        return [self._budget(item) for item in registered.of("aws:budgets/budget:Budget")]

    def _budget(self, item: Registered) -> Budget:
        inputs = item.inputs
        assert (inputs["timeUnit"], inputs["limitUnit"]) == ("MONTHLY", "USD"), "AWS counts in nothing else"
        euros = float(inputs["limitAmount"]) / 1.15
        actual = sorted(one["threshold"] for one in inputs["notifications"] if one["notificationType"] == "ACTUAL")
        people = frozenset(address for one in inputs["notifications"] for address in one["subscriberEmailAddresses"])
        return Budget(round(euros), tuple(round(euros * one / 100) for one in actual), people, inputs["accountId"])

    def zone_filter(self, registered: Recording[Any]) -> str:
        return f"--zone-id-filter={registered.one(self.types.zone).state['zoneId']}"

    def stored(self, registered: Recording[Any]) -> set[str]:
        return {item.inputs["name"] for item in registered.of(self.types.secret)}

    def contents(self, registered: Recording[Any]) -> Mapping[str, str]:
        names = {f"{item.name}-id": item.inputs["name"] for item in registered.of(self.types.secret)}
        return {
            names[item.inputs["secretId"]]: item.inputs["secretString"]
            for item in registered.of(self.types.secret_value)
            if "secretString" in item.secrets
        }


def _window(inputs: Mapping[str, Any]) -> tuple[str, str, str]:
    """`sat:01:00-sat:03:00`."""
    start, end = inputs["maintenanceWindow"].split("-")
    return start[:3], start[4:], end[4:]
