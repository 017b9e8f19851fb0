"""Clusters of all three clouds: by which addresses they are reached, and what a fresh one holds."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from sandbox.contract import Properties, Record
from sandbox.kubernetes.clusters import AKS, EKS, GKE, addresses, at, managed
from sandbox.kubernetes.judge import ApiServer
from sandbox.kubernetes.planes import Planes
from tests.sandbox.accounts import Memory, Site
from tests.sandbox.clusters import Cluster
from tests.sandbox.gcp_project import Network

CONFIG, SERVICE = "kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:Service"
STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"
SNAPSHOTS = "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass"
CLOSED = {"enablePrivateNodes": True, "enablePrivateEndpoint": True}


def aks(**outputs: Any) -> Record:
    return Record("azure-native", AKS, "/subscriptions/s/…/managedClusters/c", "urn:aks", "s", "italynorth", {}, outputs)


def eks() -> tuple[Record, Memory]:
    site = Site()
    return site.cluster, site.world


def gke(**inputs: Any) -> tuple[Record, Memory]:
    project = Network()
    return project.cluster(**inputs), project.world


def azure() -> tuple[Record, Memory]:
    record, world = aks(fqdn="c-1a2b.hcp.italynorth.azmk8s.io"), Memory()
    world.put(record)
    return record, world


CLOUDS = {EKS: eks, GKE: gke, AKS: azure}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_objects_stand_in_the_cluster_of_the_world(cloud: str):
    record, world = CLOUDS[cloud]()
    for address in addresses(record):
        assert at(address, world) == record
        Cluster(address, world).make(CONFIG, address, metadata={"name": address.split("//")[1].partition(":")[0].lower()})


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_cluster_that_is_gone_is_unreachable(cloud: str):
    record, world = CLOUDS[cloud]()
    world.remove(record)
    for address in addresses(record):
        assert "unreachable" in Cluster(address, world).refused(CONFIG, metadata={"name": "a"})


def test_a_closed_gke_cluster_has_a_private_address_and_a_name():
    record, _ = gke(privateClusterConfig=CLOSED, masterAuthorizedNetworksConfig={})
    private, named = addresses(record)
    assert private == "https://10.20.0.2"
    assert named.endswith(".europe-west8.gke.goog")


def test_an_aks_cluster_is_reached_by_its_names():
    record = aks(fqdn="c.hcp.italynorth.azmk8s.io", privateFQDN="c.privatelink.italynorth.azmk8s.io")
    assert addresses(record) == ("https://c.hcp.italynorth.azmk8s.io:443", "https://c.privatelink.italynorth.azmk8s.io:443")


def test_a_persons_own_cluster_is_nobodys():
    assert not any(map(managed, ("https://127.0.0.1:6443", "https://localhost:6443", "https://kubernetes.example.eu")))


SHIPPED = {EKS: "gp2", GKE: "standard-rwo", AKS: "managed-csi"}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_storage_classes_of_a_fresh_cluster_are_changed_and_not_made(cloud: str):
    record, world = CLOUDS[cloud]()
    cluster = Cluster(addresses(record)[0], world)
    named: Properties = {"metadata": {"name": SHIPPED[cloud]}}
    assert "already exists" in cluster.refused(STORAGE_CLASS, **named, provisioner="any")
    assert cluster.make(f"{STORAGE_CLASS}Patch", **named)


def test_gke_and_aks_bring_snapshots_along():
    snapshots: Properties = {"apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshotClass", "metadata": {"name": "a"}}
    for cloud in (GKE, AKS):
        record, world = CLOUDS[cloud]()
        assert Cluster(addresses(record)[0], world).make(SNAPSHOTS, **snapshots)
    record, world = eks()
    assert "no matches for kind" in Cluster(addresses(record)[0], world).refused(SNAPSHOTS, **snapshots)


@pytest.mark.parametrize("cloud", [GKE, AKS])
def test_a_load_balancer_has_an_address(cloud: str):
    record, world = CLOUDS[cloud]()
    balancer: Properties = {"type": "LoadBalancer", "ports": [{"port": 80}]}
    service = Cluster(addresses(record)[0], world).make(SERVICE, metadata={"name": "web"}, spec=balancer)
    assert set(service.outputs["status"]["loadBalancer"]["ingress"][0]) == {"ip"}


@dataclass
class Started:
    """Control planes that were started for some addresses."""

    running: set[str]
    kubeconfig: None = None
    wiped: list[str] = field(default_factory=list[str])

    def known(self, address: str) -> bool:
        return address in self.running

    def wipe(self, address: str) -> None:
        self.wiped.append(address)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_control_plane_goes_with_its_cluster(cloud: str, tmp_path: Path):
    record, _ = CLOUDS[cloud]()
    planes = Started({addresses(record)[-1], "https://another"})
    ApiServer(cast(Planes, planes), tmp_path, print).gone(record)
    assert planes.wiped == [addresses(record)[-1]]
