"""A subscription in memory with what most things stand on: a group, a vault with a key, a network, an identity let in on the key."""

from __future__ import annotations

from pathlib import Path
from tempfile import gettempdir
from typing import Any

from sandbox.contract import Record
from sandbox.reflection.schema import Schemas
from tests.sandbox.accounts import Account

SCHEMAS = Schemas(Path(gettempdir()) / "eu-cloud-test-schemas")
SUBSCRIPTION = "0b1f6471-1bf0-4dda-aec3-cb9272f09590"
TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
WHERE = "italynorth"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/playnew"
ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
OPEN_VAULT: dict[str, Any] = {
    "tenantId": TENANT,
    "sku": {"family": "A", "name": "premium"},
    "enableRbacAuthorization": True,
    "enablePurgeProtection": True,
}


def role(id_: str) -> str:
    return f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{id_}"


class Bare(Account):
    """A subscription with one group, called playnew."""

    def __init__(self, location: str = WHERE) -> None:
        super().__init__(location, "azure-native", subscriptionId=SUBSCRIPTION, tenantId=TENANT, location=location)
        self.group = self.make("resources:ResourceGroup", resourceGroupName="playnew")

    def of(self, type_: str) -> str:
        return type_ if type_.startswith("azure-native:") else f"azure-native:{type_}"

    def whole(self, type_: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """With the group, where the type wants one and none is given."""
        schema = SCHEMAS.of(self.of(type_))
        needs = "resourceGroupName" in schema.inputs and not type_.endswith(":ResourceGroup")
        return {"resourceGroupName": "playnew", **inputs} if needs else inputs

    def make(self, type_: str, name: str = "thing", /, **inputs: Any) -> Record:
        return super().make(self.of(type_), name, **self.whole(type_, inputs))

    def refused(self, type_: str, name: str = "other", /, **inputs: Any) -> str:
        return super().refused(self.of(type_), name, **self.whole(type_, inputs))

    def wrong(self, type_: str, /, **inputs: Any) -> dict[str, str]:
        """What the check refuses: reasons by path."""
        return self.failures(self.of(type_), self.whole(type_, inputs))

    def let_in(self, principal: str, definition: str, scope: str, name: str = "assignment") -> Record:
        given = {"principalId": principal, "principalType": "ServicePrincipal", "roleDefinitionId": role(definition), "scope": scope}
        return self.make("authorization:RoleAssignment", name, **given)


class Estate(Bare):
    """With a vault, a key, a network of three subnets, and an identity that may use the key."""

    def __init__(self) -> None:
        super().__init__()
        self.vault = self.make("keyvault:Vault", vaultName="playnew-vault", properties=OPEN_VAULT)
        self.key = self.make("keyvault:Key", keyName="platform", vaultName="playnew-vault", properties={"kty": "RSA", "keySize": 3072})
        self.identity = self.make("managedidentity:UserAssignedIdentity", resourceName="playnew-keys")
        self.assignment = self.let_in(self.identity.outputs["principalId"], ENCRYPTION_USER, self.key.id)
        self.network = self.make("network:VirtualNetwork", virtualNetworkName="network", addressSpace={"addressPrefixes": ["10.20.0.0/16"]})
        self.nodes = self.subnet("nodes", "10.20.16.0/20")
        self.data = self.subnet("data", "10.20.8.0/24", "Microsoft.DBforPostgreSQL/flexibleServers")
        self.endpoints = self.subnet("endpoints", "10.20.9.0/24")

    def subnet(self, name: str, prefix: str, delegated: str = "", **inputs: Any) -> Record:
        delegations = {"delegations": [{"name": "service", "serviceName": delegated}]} if delegated else {}
        return self.make("network:Subnet", name, **self.subnet_inputs(name, prefix, **delegations, **inputs))

    def subnet_inputs(self, name: str, prefix: str, **inputs: Any) -> dict[str, Any]:
        return {"virtualNetworkName": "network", "subnetName": name, "addressPrefix": prefix, **inputs}
