"""Where Azure has what the rows ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from components.cluster.azure_plan import SYSTEM_POOL
from components.identity.azure_roles import Role
from tests.inventory.clouds import azure_caches
from tests.inventory.clouds.azure_reach import reachable
from tests.inventory.clouds.facts import Budget, Cache, Database, Pool, Repository, Types
from tests.recorder import Recording, Registered

CLUSTER, POOL = "azure-native:containerservice:ManagedCluster", "azure-native:containerservice:AgentPool"
SERVER, PARAMETER = "azure-native:dbforpostgresql:Server", "azure-native:dbforpostgresql:Configuration"
ASSIGNMENT, IDENTITY = "azure-native:authorization:RoleAssignment", "azure-native:managedidentity:UserAssignedIdentity"
BINDING = "azure-native:managedidentity:FederatedIdentityCredential"
EVERYWHERE = ("azure-native:dns:Zone", "azure-native:privatedns:PrivateZone", "azure-native:privatedns:VirtualNetworkLink")
"""What Azure takes in `global` alone: names, and no data."""
ON_KEYS = (Role.VAULT_CRYPTO_USER, Role.VAULT_CRYPTO_SERVICE_USER)
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def id_of(item: Registered) -> str:
    """As the recorder answers it."""
    return f"{item.name}-id"


def _size(kind: str) -> tuple[int, int]:
    """General purpose families have 4 GiB for each vCPU, in machines as in databases."""
    found = re.fullmatch(r"Standard_D(\d+)(?:s|ds|as|ads)_v\d", kind)
    assert found, f"{kind} is no general purpose size"
    return int(found[1]), 4 * int(found[1])


class AzureView:
    prefix = "azure-native:"
    home = "italynorth"
    types = Types(
        cluster=CLUSTER,
        pool=POOL,
        database=SERVER,
        key="azure-native:keyvault:Key",
        bucket="azure-native:storage:BlobContainer",
        secret="azure-native:keyvault:Secret",
        secret_value="azure-native:keyvault:Secret",
        zone="azure-native:dns:Zone",
        registry="azure-native:containerregistry:Registry",
    )

    def places(self, registered: Recording[Any]) -> Mapping[str, str]:
        own = {item.name: item.inputs["location"] for item in registered.of("pulumi:providers:azure-native")}
        return {
            item.name: item.inputs.get("location") or own[item.provider]
            for item in registered
            if item.type.startswith(self.prefix) and item.type not in EVERYWHERE
        }

    def zones(self, registered: Recording[Any]) -> set[str]:
        """Zones are numbers of their resource's region."""
        places, named = self.places(registered), {"zones", "availabilityZones", "availabilityZone"}
        return {places[item.name] for item in registered if item.name in places and named & item.inputs.keys()}

    def pools(self, registered: Recording[Any]) -> list[Pool]:
        """Without the one for AKS' own pods, which is part of the cluster."""
        return [self._pool(item) for item in registered.of(POOL)]

    def _pool(self, item: Registered) -> Pool:
        inputs = item.inputs
        assert inputs["enableAutoScaling"]
        assert inputs["mode"] == "User"
        vcpus, memory = _size(inputs["vmSize"])
        least, desired, most = (int(inputs[key]) for key in ("minCount", "count", "maxCount"))
        zones = len(inputs["availabilityZones"])
        public = inputs["enableNodePublicIP"] is not False
        return Pool(item.name, vcpus, memory, least, desired, most, inputs["orchestratorVersion"], zones, public)

    def kubernetes(self, registered: Recording[Any]) -> str:
        inputs = registered.one(CLUSTER).inputs
        assert (inputs["supportPlan"], inputs["sku"]["tier"]) == ("KubernetesOfficial", "Standard")
        (system,) = inputs["agentPoolProfiles"]
        assert (system["name"], system["orchestratorVersion"]) == (SYSTEM_POOL, inputs["kubernetesVersion"])
        return inputs["kubernetesVersion"]

    def databases(self, registered: Recording[Any]) -> list[Database]:
        return [self._database(registered, item) for item in registered.of(SERVER)]

    def _database(self, registered: Recording[Any], item: Registered) -> Database:
        inputs = item.inputs
        whole = self._source(registered, item).inputs
        replica = inputs["createMode"] == "Replica"
        own = whole if replica else inputs
        backups, window = own["backup"], inputs["maintenanceWindow"]
        standby: Mapping[str, Any] = inputs.get("highAvailability", {})
        encryption = inputs["dataEncryption"]
        assert (inputs["sku"]["tier"], encryption["type"], window["customWindow"]) == ("GeneralPurpose", "AzureKeyVault", "Enabled")
        settings = self._settings(registered, self._source(registered, item) if replica else item)
        moment = inputs.get("pointInTimeUTC")
        return Database(
            name=inputs["serverName"],
            major=whole["version"],
            database=next(one.inputs["databaseName"] for one in registered.of("azure-native:dbforpostgresql:Database")),
            vcpus=_size(inputs["sku"]["name"])[0],
            memory_gib=_size(inputs["sku"]["name"])[1],
            storage_gib=int(whole["storage"]["storageSizeGB"]),
            grows=whole["storage"]["autoGrow"] == "Enabled",
            grows_to=None,
            highly_available=standby.get("mode") == "ZoneRedundant" and standby["standbyAvailabilityZone"] != inputs["availabilityZone"],
            key=self._key(registered, encryption["primaryKeyURI"]),
            tls_only=settings["require_secure_transport"] == "on" and settings["ssl_min_protocol_version"] in {"TLSv1.2", "TLSv1.3"},
            backup_days=int(backups["backupRetentionDays"]),
            point_in_time=int(backups["backupRetentionDays"]) > 0,  # the service archives the log of every server that it backs up
            maintenance=(DAYS[int(window["dayOfWeek"])], *_hour(window)),
            protected=id_of(item) in {lock.inputs["scope"] for lock in registered.of("azure-native:authorization:ManagementLockByScope")},
            public=inputs["network"]["publicNetworkAccess"] != "Disabled" or not inputs["network"]["delegatedSubnetResourceId"],
            replica=replica,
            restored=f"{whole['serverName']}@{moment}" if moment else None,
        )

    def _source(self, registered: Recording[Any], item: Registered) -> Registered:
        """The server that it copies, or itself."""
        source = str(item.inputs.get("sourceServerResourceId", ""))
        servers = registered.of(SERVER)
        return next((one for one in servers if source == id_of(one) or source.endswith(f"/{one.inputs['serverName']}")), item)

    def _settings(self, registered: Recording[Any], server: Registered) -> dict[str, str]:
        own = [one.inputs for one in registered.of(PARAMETER) if one.inputs["serverName"] == server.state["name"]]
        return {one["configurationName"]: one["value"] for one in own}

    def _key(self, registered: Recording[Any], address: str) -> str:
        """By its address without a version, by which rotation is followed."""
        return next(key.name for key in registered.of(self.types.key) if key.state["keyUri"] == address)

    def caches(self, registered: Recording[Any]) -> list[Cache]:
        return azure_caches.caches(registered, {key.state["keyUri"]: key.name for key in registered.of(self.types.key)})

    def repositories(self, registered: Recording[Any]) -> list[Repository]:
        """Names in one registry, which are there with the first push. Nothing of the stack looks into images: Defender for Containers does,
        which is the subscription's and comes in as a trusted service."""
        item = registered.one(self.types.registry)
        inputs, policies = item.inputs, item.inputs["policies"]
        assert inputs["encryption"]["status"] == "enabled"
        key = self._key(registered, inputs["encryption"]["keyVaultProperties"]["keyIdentifier"])
        scanned = inputs["networkRuleBypassOptions"] == "AzureServices"
        names = registered.one("eucloud:azure:Registry").outputs["repositories"]
        return [Repository(name, False, scanned, policies["retentionPolicy"]["status"] == "enabled", key) for name in names]

    def ways_out(self, registered: Recording[Any]) -> int:
        """A gateway of SKU Standard is in one zone; one of StandardV2 is in all."""
        attached = {item.inputs["natGateway"]["id"] for item in registered.of("azure-native:network:Subnet") if "natGateway" in item.inputs}
        gateways = registered.of("azure-native:network:NatGateway")
        assert {id_of(item) for item in gateways} == attached
        if any(item.inputs["sku"]["name"] == "StandardV2" for item in gateways):
            return 3
        return len({zone for item in gateways for zone in item.inputs["zones"]})

    def reachable(self, registered: Recording[Any]) -> list[str]:
        return reachable(registered)

    def users_of(self, registered: Recording[Any], key: Registered) -> set[tuple[str, str]]:
        """What may use it and is no pod has an empty namespace."""
        roles = {f"/{role.value}" for role in ON_KEYS}
        principals = {
            item.inputs["principalId"]
            for item in registered.of(ASSIGNMENT)
            if item.inputs["scope"] == id_of(key) or (_wider(item) and item.inputs["roleDefinitionId"].endswith(tuple(roles)))
        }
        bound = {item.inputs["resourceName"]: item.inputs["subject"].split(":")[2:] for item in registered.of(BINDING)}
        users = {item.state["principalId"]: item.state["name"] for item in registered.of(IDENTITY)}
        return {(found[0], found[1]) for one in principals if (found := bound.get(users.get(one, ""), ["", users.get(one, one)]))}

    def rotated(self, key: Registered) -> bool:
        actions = key.inputs["properties"]["rotationPolicy"]["lifetimeActions"]
        return any(one["action"]["type"] == "rotate" for one in actions)

    def reference(self, key: Registered) -> str:
        return key.state["keyUri"]

    def budgets(self, registered: Recording[Any]) -> list[Budget]:
        return [self._budget(item) for item in registered.of("azure-native:consumption:Budget")]

    def _budget(self, item: Registered) -> Budget:
        """In the currency of the subscription's invoices."""
        inputs = item.inputs
        assert (inputs["category"], inputs["timeGrain"]) == ("Cost", "Monthly")
        told = list(inputs["notifications"].values())
        assert all(one["enabled"] and one["operator"] in {"GreaterThan", "GreaterThanOrEqualTo"} for one in told)
        actual = sorted(one["threshold"] for one in told if one["thresholdType"] == "Actual")
        people = frozenset(address for one in told for address in one["contactEmails"])
        return Budget(inputs["amount"], tuple(round(inputs["amount"] * one / 100) for one in actual), people, inputs["scope"])

    def zone_filter(self, registered: Recording[Any]) -> str:
        return f"--zone-id-filter=/{registered.one(self.types.zone).inputs['zoneName']}"

    def stored(self, registered: Recording[Any]) -> set[str]:
        return {item.inputs["secretName"] for item in registered.of(self.types.secret)}

    def contents(self, registered: Recording[Any]) -> Mapping[str, str]:
        return {
            item.inputs["secretName"]: item.inputs["properties"]["value"]
            for item in registered.of(self.types.secret)
            if any(path.startswith("properties") for path in item.secrets)
        }


def _wider(assignment: Registered) -> bool:
    """On the vault, the group or the subscription."""
    return "-key" not in assignment.inputs["scope"]


def _hour(window: Mapping[str, Any]) -> tuple[str, str]:
    """Azure takes an hour from when it starts."""
    start, minute = int(window["startHour"]), int(window["startMinute"])
    return f"{start:02}:{minute:02}", f"{(start + 1) % 24:02}:{minute:02}"
