"""Azure's rules for names: each type has its own letters and length, and some names are taken by the whole world."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import pytest

from components.vocabulary import Cloud
from tests.inventory.cases import CASES, Case, case, params
from tests.recorder import Recording, Registered

pytestmark = pytest.mark.inventory

WORDS = r"[A-Za-z0-9](?:[\w.-]*\w)?"
HYPHENS = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
RULES: dict[str, tuple[str, int, int, str]] = {
    "authorization:ManagementLockByScope": ("lockName", 1, 90, WORDS),
    "compute:DiskEncryptionSet": ("diskEncryptionSetName", 1, 80, r"[\w-]+"),
    "consumption:Budget": ("budgetName", 1, 63, r"[\w-]+"),
    "containerregistry:CacheRule": ("cacheRuleName", 5, 50, r"[A-Za-z0-9-]+"),
    "containerregistry:CredentialSet": ("credentialSetName", 5, 50, r"[A-Za-z0-9-]+"),
    "containerregistry:Registry": ("registryName", 5, 50, r"[a-z0-9]+"),
    "containerservice:AgentPool": ("agentPoolName", 1, 12, r"[a-z][a-z0-9]*"),
    "containerservice:ManagedCluster": ("resourceName", 1, 63, r"[A-Za-z0-9](?:[\w-]*[A-Za-z0-9])?"),
    "dataprotection:BackupPolicy": ("backupPolicyName", 3, 150, r"[A-Za-z][A-Za-z0-9-]*"),
    "dataprotection:BackupVault": ("vaultName", 2, 50, r"[A-Za-z][A-Za-z0-9-]*"),
    "dbforpostgresql:Server": ("serverName", 3, 63, r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"),
    "keyvault:Key": ("keyName", 1, 127, r"[A-Za-z0-9-]+"),
    "keyvault:Secret": ("secretName", 1, 127, r"[A-Za-z0-9-]+"),
    "keyvault:Vault": ("vaultName", 3, 24, r"[A-Za-z](?:-?[A-Za-z0-9])*"),
    "managedidentity:FederatedIdentityCredential": ("federatedIdentityCredentialResourceName", 3, 120, r"[A-Za-z0-9][\w-]*"),
    "managedidentity:UserAssignedIdentity": ("resourceName", 3, 128, r"[A-Za-z0-9][\w-]*"),
    "monitor:DiagnosticSetting": ("name", 1, 260, r"[^*<>%&:\\?+/]+"),
    "monitor:SubscriptionDiagnosticSetting": ("name", 1, 260, r"[^*<>%&:\\?+/]+"),
    "network:FlowLog": ("flowLogName", 1, 80, WORDS),
    "network:NatGateway": ("natGatewayName", 1, 80, WORDS),
    "network:NetworkSecurityGroup": ("networkSecurityGroupName", 1, 80, WORDS),
    "network:PrivateDnsZoneGroup": ("privateDnsZoneGroupName", 1, 80, WORDS),
    "network:PrivateEndpoint": ("privateEndpointName", 2, 64, WORDS),
    "network:PublicIPAddress": ("publicIpAddressName", 1, 80, WORDS),
    "network:Subnet": ("subnetName", 1, 80, WORDS),
    "network:VirtualNetwork": ("virtualNetworkName", 2, 64, WORDS),
    "operationalinsights:Workspace": ("workspaceName", 4, 63, HYPHENS),
    "privatedns:VirtualNetworkLink": ("virtualNetworkLinkName", 1, 80, WORDS),
    "redisenterprise:RedisEnterprise": ("clusterName", 1, 60, r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"),
    "resources:ResourceGroup": ("resourceGroupName", 1, 90, r"[\w.()-]*[\w()-]"),
    "storage:BlobContainer": ("containerName", 3, 63, r"[a-z0-9](?:-?[a-z0-9])*"),
    "storage:StorageAccount": ("accountName", 3, 24, r"[a-z0-9]+"),
}
"""By type: the input that names the thing, its fewest and most characters, and what they may be (Azure's naming rules)."""

WORLDWIDE = (
    "containerregistry:Registry",
    "dbforpostgresql:Server",
    "keyvault:Vault",
    "redisenterprise:RedisEnterprise",
    "storage:StorageAccount",
)
OF_THE_SUBSCRIPTION = ("consumption:Budget", "monitor:SubscriptionDiagnosticSetting", "resources:ResourceGroup")
FIXED = (
    "azure-native:authorization:RoleAssignment",  # GUIDs, see test_rights_azure.py
    "azure-native:authorization:RoleDefinition",
    "azure-native:containerservice:MaintenanceConfiguration",  # AKS knows three names
    "azure-native:dataprotection:BackupInstance",
    "azure-native:dbforpostgresql:Configuration",  # PostgreSQL's
    "azure-native:dbforpostgresql:Database",  # the system's document's
    "azure-native:dns:DnssecConfig",
    "azure-native:dns:RecordSet",
    "azure-native:dns:Zone",
    "azure-native:privatedns:PrivateZone",
    "azure-native:redisenterprise:Database",  # always default
    "azure-native:storage:BlobServiceProperties",
    "azure-native:storage:ManagementPolicy",
)
"""Named by what they are, or by somebody else."""
PARENTS = (
    "virtualNetworkName",
    "vaultName",
    "accountName",
    "registryName",
    "clusterName",
    "privateZoneName",
    "privateEndpointName",
    "resourceUri",
)


@pytest.fixture(name="stack", params=params(one for one in CASES if one.cloud is Cloud.AZURE))
def on_azure(request: pytest.FixtureRequest) -> Recording[None]:
    return cast("Case", request.param).recorded()


def named(registered: Recording[Any]) -> Iterator[tuple[Registered, str, str]]:
    """The thing, its type without the provider, and its name."""
    for item in registered:
        if (short := item.type.removeprefix("azure-native:")) in RULES:
            yield item, short, item.inputs[RULES[short][0]]


def test_every_type_has_a_rule(stack: Recording[None]) -> None:
    types = {item.type for item in stack if item.type.startswith("azure-native:")}
    assert types - set(FIXED) - {f"azure-native:{short}" for short in RULES} == set()


def test_names_are_as_their_service_wants(stack: Recording[None]) -> None:
    wrong = [
        f"{short} {name} ({len(name)})"
        for _, short, name in named(stack)
        if not RULES[short][1] <= len(name) <= RULES[short][2] or not re.fullmatch(RULES[short][3], name, re.ASCII)
    ]
    assert wrong == []


def test_names_are_unique_in_their_type_and_parent(stack: Recording[None]) -> None:
    """Azure does not tell upper case from lower."""
    found: Counter[tuple[str, ...]] = Counter()
    for item, short, name in named(stack):
        own = RULES[short][0]
        within = [str(item.inputs.get(key, "")) for key in (*PARENTS, "resourceName") if key != own]
        found[short, name.lower(), *within] += 1
    assert [key for key, times in found.items() if times > 1] == []


def test_names_that_others_could_take_tell_their_stack(stack: Recording[None]) -> None:
    prefix = stack.one("eucloud:platform:Region").name
    for _, short, name in named(stack):
        if short in (*WORLDWIDE, *OF_THE_SUBSCRIPTION):
            assert name.replace("-", "").startswith(prefix.replace("-", "")[:9]), f"{short} {name}"


def test_two_stacks_of_a_subscription_take_no_name_from_each_other() -> None:
    wide = [f"azure-native:{short}" for short in (*WORLDWIDE, *OF_THE_SUBSCRIPTION)]
    taken = [
        {(short, name) for item, short, name in named(case(Cloud.AZURE, variant).recorded()) if item.type in wide}
        for variant in ("production", "staging")
    ]
    # Its mark is random, and in a recording the same.
    assert {short for short, _ in taken[0] & taken[1]} == set()
