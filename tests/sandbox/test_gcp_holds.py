"""Things that others or protections hold back, and names that outlive what had them."""

from __future__ import annotations

import pytest

from tests.sandbox.gcp_project import BUCKET, CLUSTER, DATABASE, KEY, NETWORK, RANGE, RECORD, REGION, RING, Network, Project

ZONE = "gcp:dns/managedZone:ManagedZone"


def test_a_network_is_held_by_what_is_in_it():
    project = Network()
    assert project.subnet.id in project.held(project.network)
    cluster = project.cluster()
    assert cluster.id in project.held(project.subnet)
    assert project.held(cluster) == ""


def test_the_way_to_managed_services_is_held_by_databases():
    project = Network()
    connection = project.connection()
    database = project.make(DATABASE, **project.database_inputs())
    assert "still using this connection" in project.held(connection)
    project.world.remove(database)
    assert project.held(connection) == ""


def test_a_connection_may_leave_its_databases_behind():
    project = Network()
    connection = project.connection(deletionPolicy="REMOVE_PEERING")
    project.make(DATABASE, **project.database_inputs())
    assert project.held(connection) == ""


def test_an_abandoned_connection_holds_the_network():
    project = Network()
    connection = project.connection(deletionPolicy="ABANDON")
    assert project.held(connection) == ""
    for record in (connection, project.subnet, *project.world.all(RANGE)):
        project.world.remove(record)
    assert "peering" in project.held(project.network)


@pytest.mark.parametrize("type_", [CLUSTER, DATABASE])
def test_the_provider_protects_clusters_and_databases_unless_told_otherwise(type_: str):
    project = Network()
    project.connection()
    inputs = project.cluster_inputs() if type_ == CLUSTER else project.database_inputs()
    protected = project.make(type_, **{**inputs, "deletionProtection": None})
    assert "deletionProtection=false" in project.held(protected)


def test_clouds_and_policies_protect_too():
    project = Network()
    project.connection()
    assert "disable the deletion protection" in project.held(
        project.make(DATABASE, **project.database_inputs(deletionProtectionEnabled=True))
    )
    assert "deletionPolicy" in project.held(project.make(BUCKET, name="playnew", location=REGION, deletionPolicy="PREVENT"))


def test_a_zone_is_held_by_its_records():
    project = Project()
    zone = project.make(ZONE, name="z", dnsName="playnew.ai.")
    record = {"managedZone": "z", "name": "a.playnew.ai.", "type": "A", "ttl": 300, "rrdatas": ["192.0.2.1"]}
    project.make(RECORD, **record)
    assert "can not be deleted" in project.held(zone)
    assert project.held(project.change(zone, forceDestroy=True)) == ""


@pytest.mark.parametrize("type_", [RING, KEY])
def test_names_of_rings_and_keys_stay_taken_after_the_thing_is_gone(type_: str):
    project = Project()
    key = project.key()
    record = key if type_ == KEY else next(iter(project.world.all(RING)))
    assert project.held(record) == ""
    project.world.remove(record)
    assert "already exists" in project.refused(type_, **record.inputs)


def test_a_network_can_be_made_anew():
    project = Project()
    network = project.make(NETWORK, name="net")
    assert project.held(network) == ""
    project.world.remove(network)
    assert project.make(NETWORK, name="net")
