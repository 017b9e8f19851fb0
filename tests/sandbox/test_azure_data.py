"""Databases, keys and copies of objects, the logs of what holds them and what that may cost."""

from __future__ import annotations

from sandbox.contract import Record
from tests.sandbox.azure_estate import ENCRYPTION_USER, GROUP, OPEN_VAULT, Bare, Estate
from tests.sandbox.azure_site import POSTGRES_ZONE, Site

POSTGRES = "Microsoft.DBforPostgreSQL/flexibleServers"


def test_a_server_needs_its_delegated_subnet_and_a_linked_zone():
    site = Site()
    site.zone(POSTGRES_ZONE, linked=False)
    assert "PrivateDnsZoneNotLinked" in site.refused("dbforpostgresql:Server", **site.server())
    link = {
        "virtualNetwork": {"id": site.network.id},
        "virtualNetworkLinkName": "network",
        "location": "global",
        "registrationEnabled": False,
    }
    site.make("privatedns:VirtualNetworkLink", privateZoneName=POSTGRES_ZONE, **link)
    wrong = {**site.server()["network"], "delegatedSubnetResourceId": site.nodes.id}
    assert "DelegatedSubnetInvalid" in site.refused("dbforpostgresql:Server", **site.server(network=wrong))
    assert (
        site.make("dbforpostgresql:Server", **site.server()).outputs["fullyQualifiedDomainName"] == "playnew-db.postgres.database.azure.com"
    )


def test_keys_in_hardware_need_a_premium_vault():
    bare = Bare()
    bare.make("keyvault:Vault", vaultName="soft-vault", properties={**OPEN_VAULT, "sku": {"family": "A", "name": "standard"}})
    assert "SKU is standard" in bare.refused("keyvault:Key", vaultName="soft-vault", keyName="k", properties={"kty": "RSA-HSM"})


def test_a_copy_of_objects_needs_versions_and_is_made_at_its_destination_first():
    bare = Bare()
    accounts: dict[str, Record] = {}
    for name, feed in (("source", True), ("copy", False)):
        accounts[name] = bare.make(
            "storage:StorageAccount", name, accountName=f"playnew{name}", kind="StorageV2", sku={"name": "Standard_ZRS"}
        )
        bare.make("storage:BlobContainer", name, accountName=f"playnew{name}", containerName="objects")
        services = {"blobServicesName": "default", "changeFeed": {"enabled": feed}}
        accounts[f"{name}-services"] = bare.make("storage:BlobServiceProperties", name, accountName=f"playnew{name}", **services)
    policy = {"sourceAccount": accounts["source"].id, "destinationAccount": accounts["copy"].id}
    rule = {"sourceContainer": "objects", "destinationContainer": "objects"}
    inwards = {**policy, "accountName": "playnewcopy", "objectReplicationPolicyId": "default", "rules": [rule]}
    assert "VersioningDisabled" in bare.refused("storage:ObjectReplicationPolicy", **inwards)
    for name in ("source", "copy"):
        bare.change(accounts[f"{name}-services"], isVersioningEnabled=True)
    outwards = {**policy, "accountName": "playnewsource", "rules": [rule]}
    assert "must be made on the destination" in bare.refused(
        "storage:ObjectReplicationPolicy", **outwards, objectReplicationPolicyId="default"
    )
    made = bare.make("storage:ObjectReplicationPolicy", "in", **inwards).outputs
    assert "ids must be the destination's" in bare.refused(
        "storage:ObjectReplicationPolicy", **outwards, objectReplicationPolicyId=made["policyId"]
    )
    outwards["rules"] = [{**rule, "ruleId": made["rules"][0]["ruleId"]}]
    bare.make("storage:ObjectReplicationPolicy", "out", **outwards, objectReplicationPolicyId=made["policyId"])


def test_logs_are_sent_by_categories_that_the_source_has():
    estate = Estate()
    workspace = estate.make("operationalinsights:Workspace", workspaceName="logs").id
    asked = {"resourceUri": estate.vault.id, "workspaceId": workspace}
    refused = estate.refused("monitor:DiagnosticSetting", **asked, logs=[{"category": "Audit", "enabled": True}])
    assert "supported ones are: AuditEvent" in refused
    estate.make("monitor:DiagnosticSetting", **asked, logs=[{"categoryGroup": "audit", "enabled": True}])
    assert "already used" in estate.refused("monitor:DiagnosticSetting", **asked, logs=[{"category": "AuditEvent", "enabled": True}])


def test_a_budget_begins_this_month_or_later():
    bare = Bare()
    scope = GROUP.partition("/resourceGroups")[0]
    budget = {
        "scope": scope,
        "category": "Cost",
        "timeGrain": "Monthly",
        "amount": 100,
        "timePeriod": {"startDate": "2020-01-01T00:00:00Z"},
    }
    assert "should not be earlier than the current month" in bare.refused("consumption:Budget", **budget)


def test_a_key_of_copies_stands_in_the_paired_region():
    site = Site()
    site.zone(POSTGRES_ZONE)
    uri, user = site.key.outputs["keyUri"], site.identity.id
    site.make("keyvault:Vault", "abroad", vaultName="abroad-vault", location="francecentral", properties=OPEN_VAULT)
    key = site.make("keyvault:Key", "abroad", keyName="copies", vaultName="abroad-vault", properties={"kty": "RSA"})
    site.let_in(site.identity.outputs["principalId"], ENCRYPTION_USER, key.id, "abroad")
    inputs = site.server(
        identity={"type": "UserAssigned", "userAssignedIdentities": {user: {}}},
        dataEncryption={"type": "AzureKeyVault", "primaryKeyURI": key.outputs["keyUri"], "primaryUserAssignedIdentityId": user},
    )
    assert "AzureKeyVaultRegionMismatch" in site.refused("dbforpostgresql:Server", **inputs)
    inputs["dataEncryption"]["primaryKeyURI"] = uri
    site.make("dbforpostgresql:Server", **inputs)
    assert POSTGRES in site.data.inputs["delegations"][0]["serviceName"]
