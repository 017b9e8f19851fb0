"""Things that others or locks hold back, what goes along with them, names that outlive what had them."""

from __future__ import annotations

from tests.sandbox.azure_estate import OPEN_VAULT, Estate
from tests.sandbox.azure_site import Site


def test_a_subnet_waits_for_what_is_in_it():
    site = Site()
    cluster = site.cluster()
    assert site.held(site.nodes).startswith("InUseSubnetCannotBeDeleted")
    assert site.held(site.nat).startswith("InUseNatGatewayCannotBeDeleted")
    assert site.held(site.address).startswith("PublicIPAddressCannotBeDeleted")
    site.world.remove(cluster)
    assert site.held(site.nodes) == ""


def test_a_network_waits_for_its_subnets_and_a_zone_for_its_links():
    site = Site()
    zone = site.zone("privatelink.azurecr.io")
    assert site.held(site.network).split(":")[0] in {"CannotDeleteLinkedVirtualNetwork", "InUseSubnetCannotBeDeleted"}
    assert site.held(zone).startswith("CannotDeleteResource")


def test_a_lock_holds_for_all_below_and_for_the_group_above():
    estate = Estate()
    lock = estate.make("authorization:ManagementLockByScope", scope=estate.vault.id, level="CanNotDelete", lockName="keep")
    assert estate.held(estate.vault).startswith("ScopeLocked")
    assert estate.held(estate.assignment).startswith("ScopeLocked"), "a role assignment on a key of the vault"
    assert estate.held(estate.group).startswith("ScopeLocked")
    assert estate.held(estate.nodes) == ""
    assert estate.held(lock) == ""
    assert estate.held(estate.key) == "", "the provider deletes keys at the vault, which no lock closes"


def test_a_group_takes_everything_along_and_a_vault_its_keys():
    estate = Estate()
    assert estate.held(estate.group) == ""
    assert {record.id for record in estate.stand_in.taken_along(estate.vault, estate.world)} == {estate.key.id, estate.assignment.id}
    assert len(list(estate.stand_in.taken_along(estate.group, estate.world))) == len(estate.world.records) - 1


def test_a_deleted_vault_and_a_deleted_key_keep_their_names():
    estate = Estate()
    assert estate.held(estate.key) == ""
    estate.world.remove(estate.key)
    again = {"keyName": "platform", "vaultName": "playnew-vault", "properties": {"kty": "RSA"}}
    assert estate.refused("keyvault:Key", **again).startswith("ObjectIsDeletedButRecoverable")
    assert estate.held(estate.vault) == ""
    estate.world.remove(estate.vault)
    vault = {"vaultName": "playnew-vault", "properties": OPEN_VAULT}
    assert "already exists in deleted state" in estate.refused("keyvault:Vault", **vault)
    estate.make("keyvault:Vault", "again", vaultName="playnew-vault", properties={**OPEN_VAULT, "createMode": "recover"})
