"""DEV_AUTH_OPEN is "false" wherever an object of a cluster sets it, but in development and staging."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from policies.model import UNKNOWN, Properties, Value, Violation

Judge = Callable[..., list[Violation]]
CONFIG, SECRET, DEPLOYMENT = "kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:Secret", "kubernetes:apps/v1:Deployment"
EXTERNAL, SEALED = "kubernetes:external-secrets.io/v1:ExternalSecret", "kubernetes:bitnami.com/v1alpha1:SealedSecret"
RELEASE = "kubernetes:helm.sh/v3:Release"
SWITCH = "DEV_AUTH_OPEN"
pytestmark = pytest.mark.requirement("SN-05")


def found(violations: list[Violation]) -> list[tuple[str, str]]:
    return [(violation.rule, violation.path) for violation in violations]


def within(namespace: Value, **body: Value) -> Properties:
    return {"metadata": {"name": "thing", "namespace": namespace}, **body}


def container(entry: Properties) -> Properties:
    return {"spec": {"template": {"spec": {"containers": [{"name": "server", "env": [{"name": "LOG_LEVEL", "value": "info"}, entry]}]}}}}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("value", ["true", "1", "", "False", "no", None, UNKNOWN])
@pytest.mark.parametrize(("type_", "part"), [(CONFIG, "data"), (SECRET, "stringData")])
def test_anything_but_false_is_refused_in_production(judge: Judge, type_: str, part: str, value: Value) -> None:
    properties = within("supernova", **{part: {"LOG_LEVEL": "info", SWITCH: value}})
    assert found(judge(type_, properties)) == [("IAM-07", f"{part}.{SWITCH}")]


def test_a_closed_door_passes_everywhere(judge: Judge) -> None:
    assert judge(CONFIG, within("supernova", data={SWITCH: "false", "LOG_LEVEL": "info"})) == []
    assert judge(SECRET, within("supernova", data={SWITCH: encoded("false")})) == []
    assert judge(DEPLOYMENT, within("supernova", **container({"name": SWITCH, "value": "false"}))) == []
    assert judge(RELEASE, {"namespace": "supernova", "values": {"env": {SWITCH: False}}}) == []
    assert judge(CONFIG, within("supernova", data={".env": f"LOG_LEVEL=info\n{SWITCH}=false\n"})) == []


def test_development_and_staging_may_be_open(judge: Judge) -> None:
    for namespace in ("supernova-dev", "supernova-staging"):
        assert judge(CONFIG, within(namespace, data={SWITCH: "true"})) == []


@pytest.mark.parametrize("namespace", ["supernova", "supernova-development", "staging", "dev-supernova", UNKNOWN, None])
def test_no_other_namespace_may_nor_one_that_is_not_known(judge: Judge, namespace: Value) -> None:
    assert found(judge(CONFIG, within(namespace, data={SWITCH: "true"}))) == [("IAM-07", f"data.{SWITCH}")]


@pytest.mark.parametrize(
    "entry",
    [
        {"name": SWITCH, "value": "true"},
        {"name": SWITCH, "value": UNKNOWN},
        {"name": SWITCH},
        {"name": SWITCH, "valueFrom": {"configMapKeyRef": {"name": "other", "key": "auth"}}},
    ],
)
def test_a_container_that_opens_it_or_takes_it_from_elsewhere_is_refused(judge: Judge, entry: Properties) -> None:
    path = "spec.template.spec.containers[0].env[1].value"
    assert ("IAM-07", path) in found(judge(DEPLOYMENT, within("supernova", **container(entry))))


def test_what_is_fetched_or_sealed_is_not_seen_and_therefore_refused(judge: Judge) -> None:
    fetched: Properties = {"spec": {"data": [{"secretKey": SWITCH, "remoteRef": {"key": "supernova/production/open"}}]}}
    assert found(judge(EXTERNAL, within("supernova", **fetched))) == [("IAM-07", "spec.data[0].value")]
    sealed: Properties = {"spec": {"encryptedData": {SWITCH: "AgBy3i4OJSWK"}}}
    assert found(judge(SEALED, within("supernova", **sealed))) == [("IAM-07", f"spec.encryptedData.{SWITCH}")]


@pytest.mark.parametrize("value", [encoded("true"), "no base64", 1])
def test_a_secret_is_read_as_it_is_encoded(judge: Judge, value: Value) -> None:
    assert found(judge(SECRET, within("supernova", data={SWITCH: value}))) == [("IAM-07", f"data.{SWITCH}")]


@pytest.mark.parametrize("text", [f"{SWITCH}=true", f'export {SWITCH}="1"', f"env:\n  {SWITCH}: yes\n", f'{{"{SWITCH}": "true"}}'])
def test_a_file_or_a_command_that_opens_it_is_refused(judge: Judge, text: str) -> None:
    assert found(judge(CONFIG, within("supernova", data={"settings": text}))) == [("IAM-07", "data.settings")]
    assert found(judge(SECRET, within("supernova", data={"settings": encoded(text)}))) == [("IAM-07", "data.settings")]
    command: Properties = {"spec": {"containers": [{"command": ["/bin/sh", "-c", f"{text} node server.mjs"]}]}}
    assert found(judge("kubernetes:core/v1:Pod", within("supernova", **command))) == [("IAM-07", "spec.containers[0].command[2]")]


def test_chart_values_are_read_at_any_depth(judge: Judge) -> None:
    values: Properties = {"namespace": "supernova", "values": {"server": {"extraEnv": [{"name": SWITCH, "value": True}]}}}
    assert found(judge(RELEASE, values)) == [("IAM-07", "values.server.extraEnv[0].value")]


def test_a_message_says_what_is_allowed_and_where(judge: Judge) -> None:
    [violation] = judge(CONFIG, within("supernova", data={SWITCH: "true"}))
    assert (violation.value, violation.allowed) == ('"true"', '"false"; anything in namespaces that end in -dev or -staging')


def test_the_cloud_is_not_asked(judge: Judge) -> None:
    assert judge("random:index/randomPassword:RandomPassword", {"keepers": {SWITCH: "true"}}) == []
