from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest

from components.addons import velero
from components.addons.azure import AzureDialect
from components.addons.catalogue import VELERO
from components.addons.dialect import Dialect, StorageClass
from components.cluster.azure_disks import set_id
from components.site import Site
from tests.components import azure_wiring as wiring
from tests.components.addons.charts import needs_charts, unknown
from tests.crds import needs_crds, validate
from tests.recorder import record

CLUSTER = f"{wiring.SITE.name}-cluster"


def told(ask: Callable[[AzureDialect], Any], site: Site = wiring.SITE) -> Any:
    """The answer with its Outputs resolved."""

    def declare() -> None:
        pulumi.export("answer", ask(AzureDialect(site, wiring.group())))

    return record(declare).exports["answer"]


def test_azure_speaks_the_dialect_and_its_clusters_bring_what_others_install() -> None:
    def declare() -> None:
        dialect: Dialect = AzureDialect(wiring.SITE, wiring.group())
        needed = (dialect.load_balancer_controller, dialect.cluster_autoscaler, dialect.metrics_server, dialect.snapshot_controller)
        assert needed == (False, False, False, False)
        assert dialect.load_balancer_values(wiring.cluster(), wiring.network()) == {}
        assert dialect.autoscaler_values(wiring.cluster()) == {}

    record(declare)


def test_volumes_are_encrypted_by_the_clusters_set_and_have_copies_in_all_zones() -> None:
    kind = told(lambda azure: vars(azure.storage_class(wiring.key())))
    assert kind["provisioner"] == "disk.csi.azure.com"
    assert kind["parameters"]["skuName"] == "Premium_ZRS"
    assert kind["parameters"]["diskEncryptionSetID"] == set_id(wiring.GROUP, CLUSTER)
    assert (kind["parameters"]["networkAccessPolicy"], kind["parameters"]["publicNetworkAccess"]) == ("DenyAll", "Disabled")


def test_a_region_without_zones_has_volumes_of_one_place() -> None:
    site = dataclasses.replace(wiring.SITE, zones=())
    assert told(lambda azure: vars(azure.storage_class(wiring.key())), site)["parameters"]["skuName"] == "Premium_LRS"


@pytest.mark.requirement("PN-22")
def test_snapshots_are_kept_in_the_stacks_group_and_outlive_the_cluster() -> None:
    kind = told(lambda azure: vars(azure.storage_class(wiring.key())))
    assert kind["snapshots"]["resourceGroup"] == "playnew-production"
    made = velero.snapshot_class(StorageClass(kind["provisioner"], kind["parameters"], kind["snapshots"]))
    assert (made["driver"], made["parameters"]["incremental"]) == ("disk.csi.azure.com", "true")


@needs_crds
def test_the_snapshot_class_obeys_its_definition() -> None:
    kind = told(lambda azure: vars(azure.storage_class(wiring.key())))
    made = velero.snapshot_class(StorageClass(kind["provisioner"], kind["parameters"], kind["snapshots"]))
    assert validate(made["apiVersion"], made["kind"], made) == []


@pytest.mark.requirement("PN-12")
def test_the_gateway_stands_behind_a_public_load_balancer_that_leaves_out_nodes_without_a_proxy() -> None:
    annotations = told(lambda azure: azure.gateway_service_annotations(wiring.network()))
    short = {key.removeprefix("service.beta.kubernetes.io/azure-load-balancer-"): value for key, value in annotations.items()}
    assert short["internal"] == "false"
    assert int(short["health-probe-interval"]) * int(short["health-probe-num-of-probe"]) <= 10
    assert "project=play-new" in annotations["service.beta.kubernetes.io/azure-pip-tags"]
    assert {type(value) for value in annotations.values()} == {str}


@pytest.mark.requirement("PN-14")
def test_the_secret_store_reads_the_stacks_vault_with_the_controllers_own_identity() -> None:
    store = told(lambda azure: azure.secret_store("italynorth"))
    assert store == {"azurekv": {"authType": "WorkloadIdentity", "vaultUrl": wiring.URI, "tenantId": wiring.TENANT}}


@needs_crds
def test_the_secret_store_obeys_its_definition() -> None:
    body = {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ClusterSecretStore",
        "metadata": {"name": "cloud-secret-store"},
        "spec": {"provider": told(lambda azure: azure.secret_store("italynorth"))},
    }
    assert validate("external-secrets.io/v1", "ClusterSecretStore", body) == []


@pytest.mark.requirement("PN-10")
def test_external_dns_is_held_to_the_one_zone_and_told_where_it_is() -> None:
    values = told(lambda azure: azure.external_dns(wiring.zone()))
    assert values["provider"] == {"name": "azure"}
    assert values["extraArgs"] == ["--zone-id-filter=/playnew.ai"]
    (name, config), *more = values["podAnnotations"].items()
    assert not more
    assert json.loads(config) == {
        "tenantId": wiring.TENANT,
        "subscriptionId": wiring.SUBSCRIPTION,
        "resourceGroup": "playnew-production",
        "useWorkloadIdentityExtension": True,
    }
    [item] = values["extraVolumes"][0]["downwardAPI"]["items"]
    assert item == {"path": "azure.json", "fieldRef": {"fieldPath": f"metadata.annotations['{name}']"}}
    assert values["extraVolumeMounts"] == [{"name": "azure-config", "mountPath": "/etc/kubernetes", "readOnly": True}]


def test_logs_go_to_the_container_by_a_token_and_not_by_a_key() -> None:
    values = told(lambda azure: azure.object_storage(wiring.bucket()))
    assert values["bucketNames"] == {"chunks": "logs", "ruler": "logs"}
    assert values["azure"] == {"accountName": "playnewprodlogs0a1b2c", "useManagedIdentity": False, "useFederatedToken": True}


@pytest.mark.requirement("PN-22")
def test_backups_go_to_the_container_without_a_key_of_the_account() -> None:
    values = told(lambda azure: azure.velero(wiring.bucket(), wiring.cluster()))
    [location] = values["configuration"]["backupStorageLocation"]
    assert (location["bucket"], location["provider"], location["default"]) == ("logs", "azure", True)
    assert location["config"]["useAAD"] == "true"
    assert location["config"]["storageAccountURI"] == "https://playnewprodlogs0a1b2c.blob.core.windows.net"
    assert {type(value) for value in location["config"].values()} == {str}
    assert (values["credentials"], values["configuration"]["volumeSnapshotLocation"]) == ({"useSecret": False}, [])


def test_the_plugins_minor_goes_with_veleros() -> None:
    [plugin] = told(lambda azure: azure.velero(wiring.bucket(), wiring.cluster()))["initContainers"]
    _, _, minor = VELERO.app_version.rpartition(".")[0].partition(".")
    assert plugin["image"].rpartition(":v1.")[2].partition(".")[0] == str(int(minor) - 4)


def test_a_bucket_without_an_account_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^bucket.account: None"):
        told(lambda azure: azure.object_storage(dataclasses.replace(wiring.bucket(), account=None)))
    with pytest.raises(ValueError, match=r"^bucket.account: None"):
        told(lambda azure: azure.velero(dataclasses.replace(wiring.bucket(), account=None), wiring.cluster()))


VALUES: dict[str, Callable[[AzureDialect], Mapping[str, Any]]] = {
    "velero": lambda azure: azure.velero(wiring.bucket(), wiring.cluster()),
    "external-dns": lambda azure: azure.external_dns(wiring.zone()),
    "loki": lambda azure: {"loki": {"storage": azure.object_storage(wiring.bucket())}},
}


@needs_charts
@pytest.mark.parametrize("chart", VALUES)
def test_the_chart_knows_every_value(chart: str) -> None:
    assert unknown(chart, told(VALUES[chart])) == []
