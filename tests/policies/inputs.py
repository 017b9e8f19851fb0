"""Inputs that the rules about switches judge: sound ones by type, what is changed of them, and their often told parts."""

from __future__ import annotations

import json

from policies.model import UNKNOWN, Properties, Value

CLUSTER, AKS, GKE = "aws:eks/cluster:Cluster", "azure-native:containerservice:ManagedCluster", "gcp:container/cluster:Cluster"
SERVER, SQL, BUCKET = "azure-native:dbforpostgresql:Server", "gcp:sql/databaseInstance:DatabaseInstance", "gcp:storage/bucket:Bucket"
ACCOUNT = "azure-native:storage:StorageAccount"

CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
MEMORYSTORE, VALKEY, REDIS_CLUSTER = "gcp:redis/instance:Instance", "gcp:memorystore/instance:Instance", "gcp:redis/cluster:Cluster"
MANAGED_REDIS = "azure-native:redisenterprise:RedisEnterprise"

SOUND: dict[str, Properties] = {
    CACHE: {"atRestEncryptionEnabled": True, "kmsKeyId": UNKNOWN, "transitEncryptionEnabled": True, "transitEncryptionMode": "required"},
    MEMORYSTORE: {"customerManagedKey": UNKNOWN, "transitEncryptionMode": "SERVER_AUTHENTICATION", "authEnabled": True},
    VALKEY: {"kmsKey": UNKNOWN, "transitEncryptionMode": "SERVER_AUTHENTICATION"},
    REDIS_CLUSTER: {"kmsKey": UNKNOWN, "transitEncryptionMode": "TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION"},
    MANAGED_REDIS: {
        "publicNetworkAccess": "Disabled",
        "minimumTlsVersion": "1.2",
        "encryption": {"customerManagedKeyEncryption": {"keyEncryptionKeyUrl": UNKNOWN}},
    },
    ACCOUNT: {
        "publicNetworkAccess": "Disabled",
        "allowSharedKeyAccess": False,
        "minimumTlsVersion": "TLS1_2",
        "encryption": {"keySource": "Microsoft.Keyvault"},
    },
    SERVER: {"network": {"delegatedSubnetResourceId": UNKNOWN}, "dataEncryption": {"type": "AzureKeyVault"}},
    CLUSTER: {"encryptionConfig": {"provider": {"keyArn": UNKNOWN}}, "vpcConfig": {"endpointPublicAccess": False}},
    AKS: {
        "disableLocalAccounts": True,
        "diskEncryptionSetID": UNKNOWN,
        "apiServerAccessProfile": {"authorizedIPRanges": ["192.0.2.0/24"]},
        "securityProfile": {"azureKeyVaultKms": {"enabled": True}, "workloadIdentity": {"enabled": True}},
    },
    GKE: {
        "privateClusterConfig": {"enablePrivateNodes": True, "enablePrivateEndpoint": True},
        "databaseEncryption": {"state": "ENCRYPTED", "keyName": UNKNOWN},
        "workloadIdentityConfig": {"workloadPool": "p.svc.id.goog"},
    },
    SQL: {
        "encryptionKeyName": UNKNOWN,
        "settings": {
            "ipConfiguration": {"ipv4Enabled": False, "sslMode": "ENCRYPTED_ONLY"},
            "backupConfiguration": {"location": "europe-west8"},
        },
    },
    BUCKET: {
        "location": "europe-west8",
        "publicAccessPrevention": "enforced",
        "uniformBucketLevelAccess": True,
        "encryption": {"defaultKmsKeyName": UNKNOWN},
    },
}
"""What passes, of the types that several rules judge."""
LEFT_OUT = "left out"


def changed(base: Value, change: Value) -> Value:
    """`change` laid over `base`; LEFT_OUT takes a key away."""
    if not (isinstance(base, dict) and isinstance(change, dict)):
        return change
    merged: Properties = {key: changed(base.get(key), value) for key, value in change.items()}
    return {key: value for key, value in (base | merged).items() if value != LEFT_OUT}


def given(type_: str, change: Properties) -> Properties:
    result = changed(SOUND.get(type_, {}), change)
    assert isinstance(result, dict)
    return result


def let_in(source: str, ports: list[Value], protocol: str = "tcp") -> Properties:
    return {"sourceRanges": [source], "allows": [{"protocol": protocol, "ports": ports}]}


def rule(source: str, ports: str, **more: Value) -> Properties:
    return {"securityRules": [security_rule(source, ports) | more]}


def security_rule(source: str, ports: str) -> Properties:
    said: Properties = {"access": "Allow", "direction": "Inbound", "protocol": "Tcp", "sourceAddressPrefix": source}
    return said | {"destinationPortRange": ports}


def wide(action: str, resource: str = "*", **more: object) -> Properties:
    return {"policy": json.dumps({"Statement": [{"Effect": "Allow", "Action": [action], "Resource": resource, **more}]})}


def ingress(port: float, cidr: str, protocol: str = "tcp") -> Properties:
    return {"ingress": [{"protocol": protocol, "fromPort": port, "toPort": port, "cidrBlocks": [cidr]}]}


def trust(principal: object) -> Properties:
    return {"assumeRolePolicy": json.dumps({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]})}
