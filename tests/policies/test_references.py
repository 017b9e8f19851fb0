"""ARNs, hosts and regions inside documents, chart values and cluster objects."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest

from policies.model import UNKNOWN, Properties, Violation

Judge = Callable[..., list[Violation]]
VAULT = "backup-vault:copies"


def pairs(violations: list[Violation]) -> list[tuple[str, str]]:
    return [(violation.rule, violation.path) for violation in violations]


def document(effect: str, resource: str, action: str = "sqs:SendMessage") -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": resource}]})


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:backup:us-east-1:123456789012:{VAULT}",
        f"arn:aws:backup:eu-west-2:123456789012:{VAULT}",
        f"arn:aws:backup:*:123456789012:{VAULT}",
        f"arn:aws:backup:eu-*:123456789012:{VAULT}",  # London and Zurich match, too
        f"arn:aws-us-gov:backup:us-gov-west-1:123456789012:{VAULT}",
        f"arn:aws:backup:eusc-de-east-1:123456789012:{VAULT}",  # another partition's region
    ],
)
def test_a_backup_copy_to_a_foreign_vault_is_refused(judge: Judge, arn: str) -> None:
    plan: Properties = {"rules": [{"ruleName": "daily", "copyActions": [{"destinationVaultArn": arn}]}]}
    assert pairs(judge("aws:backup/plan:Plan", plan)) == [("RES-14", "rules[0].copyActions[0].destinationVaultArn")]


@pytest.mark.parametrize(
    "value",
    [
        f"arn:aws:backup:eu-west-1:123456789012:{VAULT}",
        f"arn:aws-eusc:backup:eusc-de-east-1:123456789012:{VAULT}",
        "arn:aws:iam::123456789012:role/backup",
        "arn:aws:s3:::logs/*",
        UNKNOWN,  # of a vault that this update makes
    ],
)
def test_references_in_the_eu_pass_and_unknown_ones_are_judged_when_they_are_known(judge: Judge, value: object) -> None:
    assert judge("aws:backup/plan:Plan", {"rules": [{"copyActions": [{"destinationVaultArn": value}]}]}) == []


def test_a_foreign_arn_inside_a_policy_document_is_found(judge: Judge) -> None:
    policy: Properties = {"policy": document("Allow", "arn:aws:sqs:us-east-1:123456789012:jobs")}
    [violation] = judge("aws:iam/policy:Policy", policy)
    assert (violation.rule, violation.path, violation.value) == ("RES-14", "policy", '"arn:aws:sqs:us-east-1:…"')


def test_what_denies_foreign_regions_may_name_them(judge: Judge) -> None:
    assert judge("aws:iam/policy:Policy", {"policy": document("Deny", "arn:aws:sqs:*:*:*")}) == []


def test_a_wildcard_region_is_refused_where_the_service_has_regions_and_passes_where_it_has_none(judge: Judge) -> None:
    assert pairs(judge("aws:iam/policy:Policy", {"policy": document("Allow", "arn:aws:sqs:*:123456789012:jobs")})) == [("RES-14", "policy")]
    assert judge("aws:iam/policy:Policy", {"policy": document("Allow", "arn:aws:iam::*:role/x")}) == []


def test_a_condition_may_hold_a_wildcard_region_but_no_foreign_one(judge: Judge) -> None:
    """A condition narrows: a trail's encryption context comes from any region, the key stays where it is."""

    def narrowed(arn: str) -> Properties:
        condition = {"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": arn}}
        statement = {"Effect": "Allow", "Principal": {"Service": "x"}, "Action": "kms:Decrypt", "Resource": "*", "Condition": condition}
        return {"enableKeyRotation": True, "policy": json.dumps({"Statement": [statement]})}

    assert judge("aws:kms/key:Key", narrowed("arn:aws:cloudtrail:*:123456789012:trail/*")) == []
    assert pairs(judge("aws:kms/key:Key", narrowed("arn:aws:cloudtrail:us-east-1:123456789012:trail/*"))) == [("RES-14", "policy")]


def test_an_arn_in_chart_values_is_found(judge: Judge) -> None:
    values: Properties = {"values": {"controller": {"env": [{"name": "QUEUE", "value": "arn:aws:sqs:eu-west-2:1:jobs"}]}}}
    assert ("RES-14", "values.controller.env[0].value") in pairs(judge("kubernetes:helm.sh/v3:Release", values))


FOREIGN_HOSTS = [
    "https://key@o123.ingest.sentry.io/42",
    "https://key@o123.ingest.us.sentry.io/42",
    "https://events.pagerduty.com/v2/enqueue",
    "https://http-intake.logs.datadoghq.com/api/v2/logs",
    "https://metric-api.newrelic.com",
    "https://api.honeycomb.io",
    "https://api.mailgun.net/v3",
    "https://logs-prod-eu-west-2.grafana.net/loki/api/v1/push",  # London
    "https://prometheus.aws-us-east-1-2.grafana.net/api/prom",
    "https://sqs.eu-west-2.amazonaws.com/1/jobs",
    "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1",
    "europe-west2-docker.pkg.dev/p/r/app:1",
]
EU_HOSTS = [
    "https://key@o123.ingest.de.sentry.io/42",
    "https://events.eu.pagerduty.com/v2/enqueue",
    "https://http-intake.logs.datadoghq.eu/api/v2/logs",
    "https://otlp.eu01.nr-data.net",
    "https://logs-prod-eu-west-0.grafana.net/loki/api/v1/push",
    "https://loki.aws-eu-central-1-1.grafana.net",
    "https://sqs.eu-south-1.amazonaws.com/1/jobs",
    "europe-west8-docker.pkg.dev/p/r/app:1",
    "https://s3.amazonaws.com",
    "http://pn-host.pn-system.svc.cluster.local:3000",
    "https://acme-v02.api.letsencrypt.org/directory",
]
HOLDERS: list[tuple[str, Callable[[str], Properties]]] = [
    ("kubernetes:core/v1:ConfigMap", lambda url: {"data": {"config.yaml": f"url: {url}\n"}}),
    ("kubernetes:core/v1:Secret", lambda url: {"data": {"dsn": base64.b64encode(url.encode()).decode()}}),
    ("kubernetes:core/v1:Secret", lambda url: {"stringData": {"dsn": url}}),
    ("kubernetes:helm.sh/v3:Release", lambda url: {"values": {"alertmanager": {"config": {"receivers": [{"url": url}]}}}}),
    (
        "kubernetes:apps/v1:Deployment",
        lambda url: {"spec": {"template": {"spec": {"containers": [{"env": [{"name": "DSN", "value": url}]}]}}}},
    ),
    (
        "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
        lambda url: {"httpEndpointConfiguration": {"url": url}},
    ),
]


@pytest.mark.parametrize("url", FOREIGN_HOSTS)
@pytest.mark.parametrize(("type_", "holder"), HOLDERS)
def test_a_host_outside_the_eu_is_refused_wherever_it_stands(
    judge: Judge, type_: str, holder: Callable[[str], Properties], url: str
) -> None:
    found = judge(type_, holder(url))
    assert {violation.rule for violation in found} == {"RES-21"}


@pytest.mark.parametrize("url", EU_HOSTS)
@pytest.mark.parametrize(("type_", "holder"), HOLDERS)
def test_a_host_in_the_eu_passes(judge: Judge, type_: str, holder: Callable[[str], Properties], url: str) -> None:
    assert judge(type_, holder(url)) == []


def test_an_endpoint_service_of_another_region_is_refused(judge: Judge) -> None:
    endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint"
    assert pairs(judge(endpoint, {"serviceName": "com.amazonaws.eu-west-2.s3"})) == [("RES-21", "serviceName")]
    assert judge(endpoint, {"serviceName": "com.amazonaws.eu-south-1.s3"}) == []


def test_of_a_secret_only_the_host_is_printed(judge: Judge) -> None:
    found = judge("kubernetes:core/v1:Secret", {"stringData": {"dsn": "https://s3cr3t-t0k3n@o1.ingest.sentry.io/1"}})
    assert found
    assert "s3cr3t" not in "".join(str(violation) for violation in found)


@pytest.mark.parametrize(
    ("type_", "properties", "path"),
    [
        (
            "kubernetes:external-secrets.io/v1:ClusterSecretStore",
            {"spec": {"provider": {"aws": {"service": "SecretsManager", "region": "eu-west-2"}}}},
            "spec.provider.aws.region",
        ),
        (
            "kubernetes:external-secrets.io/v1:ClusterSecretStore",
            {"spec": {"provider": {"aws": {"service": "SecretsManager", "region": "nowhere"}}}},
            "spec.provider.aws.region",
        ),
        ("kubernetes:velero.io/v1:BackupStorageLocation", {"spec": {"config": {"region": "us-east-1"}}}, "spec.config.region"),
        (
            "kubernetes:helm.sh/v3:Release",
            {"values": {"configuration": {"backupStorageLocation": [{"config": {"region": "eu-central-2"}}]}}},
            "values.configuration.backupStorageLocation[0].config.region",
        ),
        (
            "kubernetes:helm.sh/v3:Release",
            {"values": {"loki": {"storage": {"s3": {"region": "eu-west-2"}}}}},
            "values.loki.storage.s3.region",
        ),
        ("kubernetes:helm.sh/v3:Release", {"values": {"env": [{"name": "AWS_REGION", "value": "us-east-1"}]}}, "values.env[0].AWS_REGION"),
        ("kubernetes:core/v1:ConfigMap", {"data": {"AWS_DEFAULT_REGION": "uksouth"}}, "data.AWS_DEFAULT_REGION"),
        (
            "aws:cloudwatch/dashboard:Dashboard",
            {"dashboardBody": '{"widgets": [{"properties": {"region": "us-east-1"}}]}'},
            "dashboardBody.widgets[0].properties.region",
        ),
    ],
)
def test_a_foreign_region_inside_the_cluster_is_refused(judge: Judge, type_: str, properties: Properties, path: str) -> None:
    assert pairs(judge(type_, properties)) == [("RES-22", path)]


def test_nodes_are_chosen_in_the_eu(judge: Judge) -> None:
    selector: Properties = {"spec": {"template": {"spec": {"nodeSelector": {"topology.kubernetes.io/zone": "eu-west-2a"}}}}}
    assert [violation.rule for violation in judge("kubernetes:apps/v1:Deployment", selector)] == ["RES-23"]


@pytest.mark.parametrize(
    "values",
    [
        {"region": "eu-south-1"},
        {"region": ""},
        {"region": "${AWS_REGION}"},
        {"region": UNKNOWN},
        {"env": [{"name": "AWS_REGION", "value": "eu-south-1"}, {"name": "OTHER", "valueFrom": None}]},
        {"panel": {"name": "region", "label": "Region"}},
    ],
)
def test_chart_values_that_name_no_foreign_region_pass(judge: Judge, values: Properties) -> None:
    assert judge("kubernetes:helm.sh/v3:Release", {"values": values}) == []
