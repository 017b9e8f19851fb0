from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest

from components.addons.aws import AwsDialect
from components.addons.dialect import Dialect
from components.site import Site
from tests.components import aws_wiring as wiring
from tests.components.addons.charts import needs_charts, unknown
from tests.recorder import record


def told(ask: Callable[[AwsDialect], Any], site: Site = wiring.SITE) -> Any:
    """The answer with its Outputs resolved."""

    def declare() -> None:
        pulumi.export("answer", ask(AwsDialect(site)))

    return record(declare).exports["answer"]


def test_aws_speaks_the_dialect() -> None:
    dialect: Dialect = AwsDialect(wiring.SITE)
    needed = (dialect.load_balancer_controller, dialect.cluster_autoscaler, dialect.metrics_server, dialect.snapshot_controller)
    assert needed == (True, True, True, False)


def test_volumes_are_encrypted_with_the_customer_key() -> None:
    kind = told(lambda aws: vars(aws.storage_class(wiring.key())))
    assert kind["provisioner"] == "ebs.csi.aws.com"
    assert kind["parameters"] == {"type": "gp3", "encrypted": "true", "kmsKeyId": wiring.KEY_ARN, "csi.storage.k8s.io/fstype": "ext4"}


@pytest.mark.requirement("PN-12")
def test_the_gateway_stands_behind_a_public_network_load_balancer_that_keeps_the_clients_address() -> None:
    annotations = told(lambda aws: aws.gateway_service_annotations(wiring.network()))
    short = {key.removeprefix("service.beta.kubernetes.io/aws-load-balancer-"): value for key, value in annotations.items()}
    assert (short["type"], short["nlb-target-type"], short["scheme"]) == ("external", "ip", "internet-facing")
    assert short["subnets"] == "public-a,public-b,public-c"
    assert "preserve_client_ip.enabled=true" in short["target-group-attributes"]
    assert short["attributes"] == "load_balancing.cross_zone.enabled=true"
    assert short["additional-resource-tags"] == "project=play-new"


def test_annotations_are_text() -> None:
    annotations = told(lambda aws: aws.gateway_service_annotations(wiring.network()))
    assert {type(value) for value in annotations.values()} == {str}


@pytest.mark.requirement("PN-14")
def test_the_secret_store_reads_in_the_region_with_the_controllers_own_identity() -> None:
    assert told(lambda aws: aws.secret_store("eu-south-1")) == {"aws": {"service": "SecretsManager", "region": "eu-south-1"}}


@pytest.mark.requirement("PN-10")
def test_external_dns_is_held_to_the_one_zone() -> None:
    values = told(lambda aws: aws.external_dns(wiring.zone()))
    assert values["provider"] == {"name": "aws"}
    assert values["extraArgs"] == ["--aws-zone-type=public", "--zone-id-filter=Z0123456789"]
    assert {item["name"]: item["value"] for item in values["env"]} == {"AWS_REGION": "eu-south-1", "AWS_DEFAULT_REGION": "eu-south-1"}


def test_logs_go_to_the_bucket_in_the_region() -> None:
    values = told(lambda aws: aws.object_storage(wiring.bucket()))
    assert values["bucketNames"] == {"chunks": "playnew-production-logs", "ruler": "playnew-production-logs"}
    assert (values["type"], values["s3"]["region"]) == ("s3", "eu-south-1")
    assert values["s3"]["endpoint"] == "s3.eu-south-1.amazonaws.com"
    assert told(lambda aws: aws.object_storage(wiring.bucket()), wiring.SOVEREIGN)["s3"]["endpoint"].endswith(".amazonaws.eu")


@pytest.mark.requirement("PN-22")
def test_backups_go_to_the_bucket_under_its_key_and_without_a_stored_credential() -> None:
    values = told(lambda aws: aws.velero(wiring.bucket(), wiring.cluster()))
    location = values["configuration"]["backupStorageLocation"][0]
    assert (location["bucket"], location["default"]) == ("playnew-production-logs", True)
    assert location["config"] == {"region": "eu-south-1", "kmsKeyId": wiring.KEY_ARN}
    assert values["configuration"]["volumeSnapshotLocation"][0]["config"] == {"region": "eu-south-1"}
    assert values["credentials"] == {"useSecret": False}


def test_the_load_balancer_controller_is_told_where_it_is() -> None:
    values = told(lambda aws: aws.load_balancer_values(wiring.cluster(), wiring.network()))
    assert (values["clusterName"], values["region"], values["vpcId"]) == ("playnew-production-cluster", "eu-south-1", "vpc-1")
    assert (values["enableShield"], values["enableWaf"], values["enableWafv2"]) == (False, False, False)


@pytest.mark.requirement("PN-03")
def test_the_autoscaler_finds_the_pools_of_its_cluster() -> None:
    values = told(lambda aws: aws.autoscaler_values(wiring.cluster()))
    assert values["autoDiscovery"] == {"clusterName": "playnew-production-cluster"}
    assert values["awsRegion"] == "eu-south-1"


VALUES: dict[str, Callable[[AwsDialect], Mapping[str, Any]]] = {
    "velero": lambda aws: aws.velero(wiring.bucket(), wiring.cluster()),
    "external-dns": lambda aws: aws.external_dns(wiring.zone()),
    "aws-load-balancer-controller": lambda aws: aws.load_balancer_values(wiring.cluster(), wiring.network()),
    "cluster-autoscaler": lambda aws: aws.autoscaler_values(wiring.cluster()),
    "loki": lambda aws: {"loki": {"storage": aws.object_storage(wiring.bucket())}},
}


@needs_charts
@pytest.mark.parametrize("chart", VALUES)
def test_the_chart_knows_every_value(chart: str) -> None:
    assert unknown(chart, told(VALUES[chart])) == []
