"""Ranges, clusters and databases fit into their network."""

from __future__ import annotations

from tests.sandbox.gcp_project import CLUSTER, CONNECTION, DATABASE, POOL, RANGE, REGION, SUBNETWORK, Network


def test_ranges_of_a_network_do_not_overlap():
    project = Network()
    common = {"name": "s", "network": project.network.id, "region": REGION}
    assert "conflicts with 10.20.0.0/20" in project.refused(SUBNETWORK, **common, ipCidrRange="10.20.8.0/24")
    assert "conflicts with 10.20.128.0/17" in project.refused(SUBNETWORK, **common, ipCidrRange="10.20.200.0/24")
    reserved = {"name": "data", "purpose": "VPC_PEERING", "addressType": "INTERNAL", "network": project.network.id}
    assert "conflicts" in project.refused(RANGE, **reserved, address="10.20.0.0", prefixLength=24)
    assert project.make(SUBNETWORK, "free", **common, ipCidrRange="10.20.64.0/24")


def test_a_clusters_ranges_are_those_of_its_subnetwork():
    project = Network()
    wrong = {"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "service"}
    assert "'service' does not exist" in project.refused(CLUSTER, **project.cluster_inputs(ipAllocationPolicy=wrong))


def test_a_cluster_lies_in_its_subnetworks_region_and_in_zones_of_it():
    project = Network()
    assert "not in the cluster's region" in project.refused(CLUSTER, **project.cluster_inputs(location="europe-west1"))
    assert "no zone of" in project.refused(CLUSTER, **project.cluster_inputs(nodeLocations=["europe-west1-b"]))


def test_a_clusters_pool_of_identities_is_its_projects():
    project = Network()
    foreign = {"workloadPool": "another-project.svc.id.goog"}
    assert "is not of this project" in project.refused(CLUSTER, **project.cluster_inputs(workloadIdentityConfig=foreign))


def test_nodes_are_not_newer_than_the_control_plane():
    project = Network()
    project.cluster()
    assert "newer than the master's" in project.refused(POOL, cluster="platform", location=REGION, version="1.36")


def test_a_private_database_needs_the_way_to_managed_services():
    project = Network()
    assert "at least 1 private services connection" in project.refused(DATABASE, **project.database_inputs())
    project.connection()
    assert project.make(DATABASE, **project.database_inputs())


def test_the_range_of_a_connection_is_reserved_for_it():
    project = Network()
    project.make(
        RANGE, name="data", addressType="INTERNAL", purpose="PRIVATE_SERVICE_CONNECT", address="10.9.0.1", network=project.network.id
    )
    wanted = {"network": project.network.id, "service": "servicenetworking.googleapis.com", "reservedPeeringRanges": ["data"]}
    assert "VPC_PEERING" in project.refused(CONNECTION, **wanted)
