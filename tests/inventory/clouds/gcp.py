"""Where GCP has what the rows ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from tests.components.gcp_wiring import NUMBER
from tests.inventory.clouds import gcp_caches
from tests.inventory.clouds.facts import Budget, Cache, Database, Pool, Repository, Types
from tests.inventory.pods import pod_specs
from tests.recorder import Recording, Registered

INSTANCE, NODES, CLUSTER = "gcp:sql/databaseInstance:DatabaseInstance", "gcp:container/nodePool:NodePool", "gcp:container/cluster:Cluster"
PROVIDER, NETWORK, SUBNET = "pulumi:providers:gcp", "gcp:compute/network:Network", "gcp:compute/subnetwork:Subnetwork"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USE_KEY = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
POD = re.compile(r"serviceAccount:[^\[]+\.svc\.id\.goog\[(?P<namespace>[^/]+)/(?P<account>[^\]]+)\]")
EVERY_RANGE = {"PRIMARY_IP_RANGE", "LIST_OF_SECONDARY_IP_RANGES"}


class GcpView:
    prefix = "gcp:"
    home = "europe-west8"
    types = Types(
        cluster=CLUSTER,
        pool=NODES,
        database=INSTANCE,
        key="gcp:kms/cryptoKey:CryptoKey",
        bucket="gcp:storage/bucket:Bucket",
        secret="gcp:secretmanager/secret:Secret",
        secret_value="gcp:secretmanager/secretVersion:SecretVersion",
        zone="gcp:dns/managedZone:ManagedZone",
        registry="gcp:artifactregistry/repository:Repository",
    )

    def places(self, registered: Recording[Any]) -> Mapping[str, str]:
        """Also of what lies elsewhere than the thing that has it: replicas of secrets, a database's backups, a topic's messages."""
        regions = {item.name: item.inputs["region"] for item in registered.of(PROVIDER)}
        found: dict[str, str] = {}
        for item in registered:
            if item.type.startswith("gcp:"):
                place = item.inputs.get("region") or item.inputs.get("location") or regions[item.provider]
                # Types share names: what is elsewhere is not to hide behind what is at home.
                if found.get(item.name, self.home) == self.home:
                    found[item.name] = place.lower()
                found |= {f"{item.name} {number}": inner.lower() for number, inner in enumerate(_inner_places(item))}
        return found

    def zones(self, registered: Recording[Any]) -> set[str]:
        listed = [zone for type_ in (CLUSTER, NODES) for item in registered.of(type_) for zone in item.inputs["nodeLocations"]]
        return {zone.rpartition("-")[0] for zone in (*listed, *(item.inputs["zone"] for item in registered.of(PROVIDER)))}

    def pools(self, registered: Recording[Any]) -> list[Pool]:
        cluster = registered.one(CLUSTER)
        return [self._pool(item, cluster) for item in registered.of(NODES)]

    def _pool(self, item: Registered, cluster: Registered) -> Pool:
        machine, scaling, zones = item.inputs["nodeConfig"]["machineType"], item.inputs["autoscaling"], item.inputs["nodeLocations"]
        family = re.fullmatch(r"(n2|n2d|n4|c3|c4)-standard-(\d+)", machine)
        assert family, f"{machine} has other than 4 GiB for each vCPU, or shares them"
        follows = item.inputs["version"] == cluster.state["masterVersion"]
        return Pool(
            name=item.name,
            vcpus=int(family[2]),
            memory_gib=4 * int(family[2]),
            least=int(scaling["totalMinNodeCount"]),
            desired=int(item.inputs["initialNodeCount"]) * len(zones),
            most=int(scaling["totalMaxNodeCount"]),
            version=cluster.inputs["minMasterVersion"] if follows else item.inputs["version"],
            zones=len(set(zones)),
            public=not _private(item.inputs["networkConfig"]),
        )

    def kubernetes(self, registered: Recording[Any]) -> str:
        inputs = registered.one(CLUSTER).inputs
        assert inputs["releaseChannel"] == {"channel": "REGULAR"}, "EXTENDED costs several times as much after 14 months"
        return inputs["minMasterVersion"]

    def databases(self, registered: Recording[Any]) -> list[Database]:
        return [self._database(registered, item) for item in registered.of(INSTANCE)]

    def _database(self, registered: Recording[Any], item: Registered) -> Database:
        by_name = {one.inputs["name"]: one for one in registered.of(INSTANCE)}
        source = by_name.get(item.inputs.get("masterInstanceName", ""), item)
        # A replica is backed up and looked after with its source, whose key it has in its source's region.
        whole, own, inputs = source.inputs["settings"], item.inputs["settings"], source.inputs
        assert item.inputs["region"] == inputs["region"]
        tier = re.fullmatch(r"db-custom-(\d+)-(\d+)", own["tier"])
        assert tier
        backups, window = whole["backupConfiguration"], whole["maintenanceWindow"]
        kept = backups["backupRetentionSettings"]
        return Database(
            name=item.inputs["name"],
            major=item.inputs["databaseVersion"].removeprefix("POSTGRES_"),
            database=next((one.inputs["name"] for one in registered.of("gcp:sql/database:Database") if source.urn in one.through), ""),
            vcpus=int(tier[1]),
            memory_gib=int(tier[2]) // 1024,
            storage_gib=int(own["diskSize"]),
            grows=own["diskAutoresize"],
            grows_to=int(own["diskAutoresizeLimit"]) or None,
            highly_available=own["availabilityType"] == "REGIONAL",
            key=self._keys(registered)[inputs["encryptionKeyName"]],
            tls_only=own["ipConfiguration"]["sslMode"] in ("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"),
            backup_days=int(kept["retainedBackups"]) if backups["enabled"] and kept["retentionUnit"] == "COUNT" else 0,  # one a day
            point_in_time=backups["pointInTimeRecoveryEnabled"] and int(backups["transactionLogRetentionDays"]) > 0,
            maintenance=(DAYS[int(window["day"]) - 1], f"{int(window['hour']):02}:00", f"{int(window['hour']) + 1:02}:00"),
            protected=own["deletionProtectionEnabled"],
            public=_faces_outside(own["ipConfiguration"]),
            replica=source is not item,
            restored=_restored(item.inputs),
        )

    def _keys(self, registered: Recording[Any]) -> dict[str, str]:
        return {self.reference(key): key.name for key in registered.of(self.types.key)}

    def caches(self, registered: Recording[Any]) -> list[Cache]:
        return gcp_caches.caches(registered, self._keys(registered))

    def repositories(self, registered: Recording[Any]) -> list[Repository]:
        """A repository of images is a path here: those that pods pull from, below each of the stack's own."""
        scanning = [item.inputs["service"] for item in registered.of("gcp:projects/service:Service")]
        images = {
            container["image"]
            for _, spec in pod_specs(registered)
            for container in (*spec["containers"], *(spec.get("initContainers") or ()))
        }
        return [
            Repository(
                name=image,
                immutable=item.inputs["dockerConfig"] == {"immutableTags": True},
                scanned=item.inputs["vulnerabilityScanningConfig"] == {"enablementConfig": "INHERITED"}
                and "containerscanning.googleapis.com" in scanning,
                cleaned=item.inputs["cleanupPolicyDryRun"] is False
                and any(policy["action"] == "DELETE" for policy in item.inputs["cleanupPolicies"]),
                key=self._keys(registered)[item.inputs["kmsKeyName"]],
            )
            for item in registered.of(self.types.registry)
            if item.inputs["mode"] == "STANDARD_REPOSITORY"
            for image in sorted(_below(_host(item.inputs), images))
        ]

    def ways_out(self, registered: Recording[Any]) -> int:
        """Cloud NAT and routes are of the region, and have no zone to fail with: all zones of nodes whose addresses are let out."""
        (route,) = [item for item in registered.of("gcp:compute/route:Route") if item.inputs["destRange"] == "0.0.0.0/0"]
        (subnet,) = [item for item in registered.of(SUBNET) if "secondaryIpRanges" in item.inputs]
        (nat,) = registered.of("gcp:compute/routerNat:RouterNat")
        assert route.inputs["nextHopGateway"] == "default-internet-gateway"
        assert route.inputs["network"] == subnet.inputs["network"] == registered.one("gcp:compute/router:Router").inputs["network"]
        (served,) = nat.inputs["subnetworks"]
        assert (served["name"], nat.inputs["region"]) == (f"{subnet.name}-id", subnet.inputs["region"])
        let_out = set(served["sourceIpRangesToNats"]) >= EVERY_RANGE and "pods" in served["secondaryIpRangeNames"]
        return len({zone for item in registered.of(NODES) for zone in item.inputs["nodeLocations"]}) if let_out else 0

    def reachable(self, registered: Recording[Any]) -> list[str]:
        (cluster,) = registered.of(CLUSTER)
        found = [item.name for item in registered.of(NODES) if not _private(item.inputs["networkConfig"])]
        found += [cluster.name] if not _private(cluster.inputs["privateClusterConfig"]) or _answers_anybody(cluster.inputs) else []
        found += [item.name for item in registered.of(INSTANCE) if _faces_outside(item.inputs["settings"]["ipConfiguration"])]
        found += [item.name for item in registered.of("gcp:compute/firewall:Firewall") if _lets_strangers_in(item.inputs)]
        found += [item.name for item in registered.of(NETWORK) if item.inputs["autoCreateSubnetworks"] is not False]
        # An address of its own comes by `accessConfigs`; another way in would be a forwarding rule.
        machines = (
            "gcp:compute/instance:",
            "gcp:compute/instanceTemplate:",
            "gcp:compute/forwardingRule:",
            "gcp:compute/globalForwardingRule:",
        )
        return found + [item.name for item in registered if item.type.startswith(machines)]

    def users_of(self, registered: Recording[Any], key: Registered) -> set[tuple[str, str]]:
        """Whoever is no pod is told as ("", principal)."""
        accounts = {
            f"serviceAccount:{item.state['email']}": item.state["name"] for item in registered.of("gcp:serviceaccount/account:Account")
        }
        pods: dict[str, set[tuple[str, str]]] = {}
        for item in registered.of("gcp:serviceaccount/iAMMember:IAMMember"):
            if item.inputs["role"] == "roles/iam.workloadIdentityUser" and (pod := POD.fullmatch(item.inputs["member"])):
                pods.setdefault(item.inputs["serviceAccountId"], set()).add((pod["namespace"], pod["account"]))
        members = {
            item.inputs["member"]
            for item in registered.of("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember")
            if item.inputs["cryptoKeyId"] == self.reference(key)
        } | {item.inputs["member"] for item in registered.of("gcp:projects/iAMMember:IAMMember") if "cloudkms" in item.inputs["role"]}
        return {user for member in members for user in pods.get(accounts.get(member, ""), {("", member)})}

    def rotated(self, key: Registered) -> bool:
        return 0 < int(key.inputs["rotationPeriod"].removesuffix("s")) <= 365 * 86_400

    def reference(self, key: Registered) -> str:
        return f"{key.name}-id"

    def budgets(self, registered: Recording[Any]) -> list[Budget]:
        channels = {
            item.state["name"]: item.inputs["labels"]["email_address"]
            for item in registered.of("gcp:monitoring/notificationChannel:NotificationChannel")
        }
        return [self._budget(item, channels, registered) for item in registered.of("gcp:billing/budget:Budget")]

    def _budget(self, item: Registered, channels: Mapping[str, str], registered: Recording[Any]) -> Budget:
        amount, watched = item.inputs["amount"]["specifiedAmount"], item.inputs["budgetFilter"]
        assert (amount["currencyCode"], watched["calendarPeriod"]) == ("EUR", "MONTH")
        euros = float(amount["units"])
        actual = sorted(one["thresholdPercent"] for one in item.inputs["thresholdRules"] if one["spendBasis"] == "CURRENT_SPEND")
        people = frozenset(channels[one] for one in item.inputs["allUpdatesRule"]["monitoringNotificationChannels"])
        numbers = {f"projects/{NUMBER}": one.inputs["project"] for one in registered.of(PROVIDER)}
        (account,) = (numbers[one] for one in watched["projects"])
        return Budget(euros, tuple(round(euros * one) for one in actual), people, account)

    def zone_filter(self, registered: Recording[Any]) -> str:
        (zone,) = [item for item in registered.of(self.types.zone) if item.inputs["visibility"] == "public"]
        return f"--zone-id-filter={zone.inputs['name']}"

    def stored(self, registered: Recording[Any]) -> set[str]:
        return {item.inputs["secretId"] for item in registered.of(self.types.secret)}

    def contents(self, registered: Recording[Any]) -> Mapping[str, str]:
        names = {f"{item.name}-id": item.inputs["secretId"] for item in registered.of(self.types.secret)}
        return {
            names[item.inputs["secret"]]: item.inputs["secretData"]
            for item in registered.of(self.types.secret_value)
            if "secretData" in item.secrets
        }


def _inner_places(item: Registered) -> Iterator[str]:
    inputs = item.inputs
    yield from (one["location"] for one in inputs.get("replication", {}).get("userManaged", {}).get("replicas", []))
    yield from inputs.get("messageStoragePolicy", {}).get("allowedPersistenceRegions", [])
    if item.type == INSTANCE and "backupConfiguration" in inputs["settings"]:
        yield inputs["settings"]["backupConfiguration"]["location"]


def _private(network: Mapping[str, Any]) -> bool:
    return network["enablePrivateNodes"] is True


def _answers_anybody(cluster: Mapping[str, Any]) -> bool:
    """Its API, to whoever may ask it from anywhere."""
    allowed = cluster["masterAuthorizedNetworksConfig"]
    by_name = cluster["controlPlaneEndpointsConfig"]["dnsEndpointConfig"]["allowExternalTraffic"]
    wide = any(ip_network(block["cidrBlock"]).prefixlen < 8 for block in allowed["cidrBlocks"])
    return by_name or wide or allowed["gcpPublicCidrsAccessEnabled"] or not allowed["privateEndpointEnforcementEnabled"]


def _faces_outside(addresses: Mapping[str, Any]) -> bool:
    return addresses["ipv4Enabled"] is not False or bool(addresses.get("authorizedNetworks")) or not addresses.get("privateNetwork")


def _lets_strangers_in(rule: Mapping[str, Any]) -> bool:
    sources = rule.get("sourceRanges") or ["0.0.0.0/0"]
    return rule["direction"] == "INGRESS" and bool(rule.get("allows")) and not all(ip_network(one).is_private for one in sources)


def _restored(inputs: Mapping[str, Any]) -> str | None:
    if backup := inputs.get("restoreBackupContext"):
        return f"{backup['instanceId']}/{int(backup['backupRunId'])}"
    clone = inputs.get("clone")
    return f"{clone['sourceInstanceName']}@{clone['pointInTime']}" if clone else None


def _host(repository: Mapping[str, Any]) -> str:
    return f"{repository['location']}-docker.pkg.dev/{repository['project']}/{repository['repositoryId']}/"


def _below(host: str, images: set[str]) -> set[str]:
    return {re.split(r"[:@/]", image.removeprefix(host))[0] for image in images if image.startswith(host)}
