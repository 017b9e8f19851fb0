from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs
from pulumi_kubernetes.networking.v1 import NetworkPolicy, NetworkPolicySpecArgs

from components.addons.dialect import Dialect, StorageClass
from components.addons.gcp import GcpDialect
from components.addons.namespaces import CERT_MANAGER, EXTERNAL_SECRETS, MONITORING, Place, egress, ingress
from components.addons.values import Images
from components.addons.velero import snapshot_class
from components.addons.velero import values as velero_values
from components.identity.gcp_plan import email
from components.identity.outputs import IdentityOutputs
from components.vocabulary import Cloud
from tests import fakes
from tests.components import gcp_wiring as wiring
from tests.components.addons.charts import needs_charts, schema_mistakes, unknown
from tests.components.addons.world import build, spec
from tests.crds import needs_crds, validate
from tests.fake_dialect import FakeDialect
from tests.recorder import output, record

NETWORK = "10.20.0.0/16"


def told(ask: Callable[[GcpDialect], Any]) -> Any:
    """The answer with its Outputs resolved."""

    def declare() -> None:
        pulumi.export("answer", ask(GcpDialect(wiring.SITE, wiring.project())))

    return record(declare).exports["answer"]


def test_gcp_speaks_the_dialect_and_brings_what_others_install() -> None:
    def declare() -> tuple[bool, ...]:
        dialect: Dialect = GcpDialect(wiring.SITE, wiring.project())
        return (dialect.load_balancer_controller, dialect.cluster_autoscaler, dialect.metrics_server, dialect.snapshot_controller)

    assert record(declare).result == (False, False, False, False)


def test_volumes_are_encrypted_with_the_customer_key_and_carry_the_sites_labels() -> None:
    kind = told(lambda gcp: vars(gcp.storage_class(wiring.key())))
    assert kind["provisioner"] == "pd.csi.storage.gke.io"
    assert kind["parameters"]["disk-encryption-kms-key"] == wiring.KEY
    assert (kind["parameters"]["type"], kind["parameters"]["csi.storage.k8s.io/fstype"]) == ("pd-balanced", "ext4")
    assert "project=play-new" in kind["parameters"]["labels"].split(",")


@needs_crds
@pytest.mark.requirement("PN-22")
def test_snapshots_stay_in_the_region_whose_key_encrypts_them() -> None:
    made = told(lambda gcp: snapshot_class(gcp.storage_class(wiring.key())))
    assert made["parameters"] == {"storage-locations": "europe-west8"}
    assert made["driver"] == "pd.csi.storage.gke.io"
    assert validate(made["apiVersion"], made["kind"], made) == []
    assert "parameters" not in snapshot_class(StorageClass("ebs.csi.aws.com", {}))


@pytest.mark.requirement("PN-12")
def test_the_gateway_stands_behind_a_regional_load_balancer_that_keeps_the_clients_address() -> None:
    annotations = told(lambda gcp: gcp.gateway_service_annotations(wiring.network()))
    assert annotations["cloud.google.com/l4-rbs"] == "enabled"
    assert annotations["networking.gke.io/weighted-load-balancing"] == "pods-per-node"
    assert {type(value) for value in annotations.values()} == {str}


@pytest.mark.requirement("PN-14")
def test_the_secret_store_reads_with_the_controllers_own_identity() -> None:
    assert told(lambda gcp: gcp.secret_store("europe-west8")) == {"gcpsm": {"projectID": wiring.PROJECT}}


@needs_crds
def test_the_secret_store_obeys_its_definition() -> None:
    provider = told(lambda gcp: gcp.secret_store("europe-west8"))
    store: dict[str, Any] = {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ClusterSecretStore",
        "metadata": {"name": "cloud-secret-store"},
        "spec": {"provider": provider},
    }
    assert validate(store["apiVersion"], store["kind"], store) == []


@pytest.mark.requirement("PN-10")
def test_external_dns_is_held_to_the_one_zone() -> None:
    values = told(lambda gcp: gcp.external_dns(wiring.zone()))
    assert values["provider"] == {"name": "google"}
    assert values["extraArgs"] == [
        f"--google-project={wiring.PROJECT}",
        "--google-zone-visibility=public",
        "--zone-id-filter=playnew-production-zone",
    ]


def test_logs_go_to_the_bucket() -> None:
    values = told(lambda gcp: gcp.object_storage(wiring.bucket()))
    bucket = "playnew-production-logs-0a1b2c"
    assert (values["type"], values["bucketNames"]) == ("gcs", {"chunks": bucket, "ruler": bucket})


@pytest.mark.requirement("PN-22")
def test_backups_go_to_the_bucket_under_its_key_and_without_a_stored_credential() -> None:
    values = told(lambda gcp: gcp.velero(wiring.bucket(), wiring.cluster()))
    location = values["configuration"]["backupStorageLocation"][0]
    assert (location["bucket"], location["default"], location["provider"]) == ("playnew-production-logs-0a1b2c", True, "gcp")
    account = f"playnew-production-velero@{wiring.PROJECT}.iam.gserviceaccount.com"
    assert location["config"] == {"kmsKeyName": wiring.KEY, "serviceAccount": account}
    assert account == email("playnew-production-velero", wiring.PROJECT), "the name under which the add-on asks for its identity"
    assert values["configuration"]["volumeSnapshotLocation"] == []
    assert values["credentials"] == {"useSecret": False}


VALUES: dict[str, Callable[[GcpDialect], Mapping[str, Any]]] = {
    "velero": lambda gcp: gcp.velero(wiring.bucket(), wiring.cluster()),
    "external-dns": lambda gcp: gcp.external_dns(wiring.zone()),
    "loki": lambda gcp: {"loki": {"storage": gcp.object_storage(wiring.bucket())}},
}


def test_what_nobody_may_measure_is_not_waited_for() -> None:
    world = build(spec(), dialect=FakeDialect(core_dns=GcpDialect.core_dns))
    assert world.values("kube-prometheus-stack")["coreDns"] == {"enabled": False}


@needs_charts
@pytest.mark.parametrize("chart", VALUES)
def test_the_chart_knows_every_value(chart: str) -> None:
    assert unknown(chart, told(VALUES[chart])) == []


@needs_charts
def test_the_velero_chart_takes_all_of_it() -> None:
    def made(gcp: GcpDialect) -> Mapping[str, Any]:
        identity = IdentityOutputs(output("velero"), {}, {}, fakes.Thing("bindings", "velero"))
        return velero_values(spec(), Images({}), identity, gcp.storage_class(wiring.key()), gcp.velero(wiring.bucket(), wiring.cluster()))

    assert schema_mistakes("velero", told(made)) == []


def rules(place: Place, cloud: Cloud) -> tuple[list[Any], list[Any]]:
    def declare() -> None:
        into, out = list(ingress(place, NETWORK, cloud)), list(egress(place, NETWORK, cloud))
        NetworkPolicy("allow", spec=NetworkPolicySpecArgs(pod_selector=LabelSelectorArgs(), ingress=into, egress=out))

    policy = record(declare).one("kubernetes:networking.k8s.io/v1:NetworkPolicy").inputs["spec"]
    return policy["ingress"], policy["egress"]


def ports(rule: Mapping[str, Any]) -> set[int]:
    return {port["port"] for port in rule.get("ports", ())}


@pytest.mark.parametrize(("cloud", "address"), [(Cloud.AWS, "169.254.170.23/32"), (Cloud.GCP, "169.254.169.254/32"), (Cloud.AZURE, None)])
def test_add_ons_reach_the_clouds_own_endpoint_of_identities(cloud: Cloud, address: str | None) -> None:
    _, out = rules(EXTERNAL_SECRETS, cloud)
    addresses = [peer["ipBlock"]["cidr"] for rule in out for peer in rule.get("to", ()) if "ipBlock" in peer]
    assert [cidr for cidr in addresses if cidr.startswith("169.254.")] == ([address] if address else [])


@pytest.mark.parametrize(("cloud", "label"), [(Cloud.GCP, "k8s-app"), (Cloud.AZURE, "app")])
def test_webhooks_are_called_by_the_agents_of_the_api_server(cloud: Cloud, label: str) -> None:
    into, _ = rules(CERT_MANAGER, cloud)
    [webhook] = [rule for rule in into if 10250 in ports(rule)]
    assert webhook["from"][-1]["podSelector"]["matchLabels"] == {label: "konnectivity-agent"}
    assert webhook["from"][-1]["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "kube-system"}


def test_webhooks_are_called_from_the_network_where_the_api_server_is_in_it() -> None:
    into, _ = rules(CERT_MANAGER, Cloud.AWS)
    [webhook] = [rule for rule in into if 10250 in ports(rule)]
    assert [set(peer) for peer in webhook["from"]] == [{"ipBlock"}]


@pytest.mark.parametrize(("cloud", "opened"), [(Cloud.AWS, []), (Cloud.GCP, [{9100, 10250}]), (Cloud.AZURE, [{9100, 10250}])])
def test_nodes_are_measured_where_no_range_of_addresses_means_them(cloud: Cloud, opened: list[set[int]]) -> None:
    _, out = rules(MONITORING, cloud)
    assert [ports(rule) for rule in out if "to" not in rule] == opened
