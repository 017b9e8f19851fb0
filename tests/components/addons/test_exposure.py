from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from pydantic import ValidationError

from components.addons import exposure, gateway
from components.addons.spec import Oidc
from tests.components.addons.world import DOMAIN, OIDC, World, build, everything, production, spec

PORTS = {"prometheus": 9090, "alertmanager": 9093, "jaeger": 16686}
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


def named(world: World, kind: str) -> dict[str, dict[str, Any]]:
    return {item.inputs["metadata"]["name"]: item.inputs for item in world.customs() if item.inputs["kind"] == kind}


def callers(world: World) -> set[tuple[str, int]]:
    """Namespaces and the ports that each may call in the monitoring namespace."""
    (policy,) = (item.inputs for item in world.recording.of(POLICY) if item.name.endswith("-monitoring-allow"))
    return {
        (peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"], int(port["port"]))
        for rule in policy["spec"]["ingress"]
        for peer in rule["from"]
        if "matchLabels" in peer.get("namespaceSelector", {})
        for port in rule.get("ports", ())
    }


@pytest.mark.requirement("AA-11")
def test_prometheus_alertmanager_and_jaeger_have_hosts_with_certificates():
    world = everything()
    listeners = {item["name"]: item for item in world.custom("Gateway", "shared").inputs["spec"]["listeners"]}
    for part, port in PORTS.items():
        host = f"{part}.{DOMAIN}"
        assert (listeners[part]["hostname"], listeners[part]["protocol"]) == (host, "HTTPS")
        assert world.custom("Certificate", f"{part}-tls").inputs["spec"]["dnsNames"] == [host]
        route = world.custom("HTTPRoute", part).inputs
        assert route["metadata"]["namespace"] == "monitoring"
        assert route["spec"]["hostnames"] == [host]
        assert route["spec"]["parentRefs"][0]["sectionName"] == part
        assert route["spec"]["rules"][0]["backendRefs"] == [{"name": exposure.SERVICES[part], "port": port}]
        assert host in world.recording.one("kubernetes:core/v1:Service").inputs["metadata"]["annotations"][gateway.HOSTNAMES].split(",")
    assert world.recording.result.exposed == {part: f"https://{part}.{DOMAIN}" for part in PORTS}


@pytest.mark.requirement("AA-11")
@pytest.mark.parametrize("oidc", [False, True], ids=["password", "oidc"])
def test_no_host_of_monitoring_is_open(oidc: bool):
    """Grafana has users of its own; each other route of the namespace is the target of a policy, which is there before it."""
    world = everything(oidc=oidc)
    routes = {name: item for name, item in named(world, "HTTPRoute").items() if item["metadata"]["namespace"] == "monitoring"}
    policies = named(world, "SecurityPolicy")
    assert set(routes) - {"grafana"} == set(policies) == set(PORTS)
    for part, policy in policies.items():
        assert policy["metadata"]["namespace"] == "monitoring", "a policy counts in its route's namespace only"
        assert policy["spec"]["targetRefs"] == [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": part}]
        assert ("oidc" in policy["spec"]) is oidc
        assert ("basicAuth" in policy["spec"]) is not oidc
        assert f"playnew-production-addons-securitypolicy-{part}" in world.custom("HTTPRoute", part).depends_on


@pytest.mark.requirement("AA-11")
def test_the_password_comes_from_the_clouds_secret_manager_hashed():
    secret = everything().custom("ExternalSecret", "monitoring-htpasswd").inputs["spec"]
    assert secret["data"] == [{"secretKey": ".htpasswd", "remoteRef": {"key": "platform/production/monitoring-htpasswd"}}]
    for policy in named(everything(), "SecurityPolicy").values():
        assert policy["spec"]["basicAuth"] == {"users": {"name": secret["target"]["name"]}}


def test_the_hash_is_the_one_that_the_proxy_takes():
    password = "correct horse battery staple"
    user, _, hashed = exposure.htpasswd(password).partition(":")
    assert user == exposure.USER
    assert hashed.startswith("{SHA}")
    assert base64.b64decode(hashed.removeprefix("{SHA}")) == hashlib.sha1(password.encode()).digest()
    # As in Apache's own documentation of password formats.
    assert exposure.htpasswd("myPassword", "myName") == "myName:{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE="


@pytest.mark.requirement("AA-11")
def test_with_an_identity_provider_only_named_groups_enter():
    for part, policy in named(everything(oidc=True), "SecurityPolicy").items():
        made = policy["spec"]
        assert made["oidc"]["provider"] == {"issuer": OIDC.issuer}
        assert made["oidc"]["redirectURL"] == f"https://{part}.{DOMAIN}/oauth2/callback"
        (provider,) = made["jwt"]["providers"]
        assert (provider["issuer"], provider["audiences"], provider["remoteJWKS"]["uri"]) == (OIDC.issuer, ["monitoring"], OIDC.jwks_uri)
        assert provider["extractFrom"]["headers"][0]["name"] == made["oidc"]["forwardIDToken"]["header"]
        assert made["authorization"]["defaultAction"] == "Deny"
        (rule,) = made["authorization"]["rules"]
        assert rule["principal"]["jwt"] == {
            "provider": provider["name"],
            "claims": [{"name": "groups", "valueType": "StringArray", "values": ["platform", "on-call"]}],
        }
    secret = everything(oidc=True).custom("ExternalSecret", "monitoring-oidc-client").inputs["spec"]
    assert secret["data"] == [{"secretKey": "client-secret", "remoteRef": {"key": "platform/production/oidc-client-secret"}}]


def test_nobody_can_end_prometheus_from_outside():
    """The operator switches /-/quit and /-/reload on; both are POST."""
    for part in PORTS:
        for match in exposure.route_spec(spec(exposed=True), part)["rules"][0]["matches"]:
            assert match.get("method") == "GET" or match["path"]["value"].startswith("/api/")


@pytest.mark.requirement("AA-11")
def test_the_gateway_reaches_what_is_exposed_and_nothing_else():
    assert callers(everything()) == {
        ("gateway-system", 3000),
        ("node-telemetry", 3100),
        *(("gateway-system", port) for port in PORTS.values()),
    }
    assert callers(production()) == {("gateway-system", 3000), ("node-telemetry", 3100)}


def test_links_in_alerts_lead_to_the_public_hosts():
    values = everything().values("kube-prometheus-stack")
    assert values["prometheus"]["prometheusSpec"]["externalUrl"] == f"https://prometheus.{DOMAIN}"
    assert values["alertmanager"]["alertmanagerSpec"]["externalUrl"] == f"https://alertmanager.{DOMAIN}"
    assert "externalUrl" not in production().values("kube-prometheus-stack")["prometheus"]["prometheusSpec"]


def test_without_being_asked_nothing_is_exposed():
    assert not named(production(), "SecurityPolicy")
    assert set(named(production(), "HTTPRoute")) == {"grafana", "https-redirect"}
    assert production().recording.result.exposed == {}


def test_without_traces_there_is_no_host_of_jaeger():
    world = build(spec(exposed=True, tracing=False))
    assert set(named(world, "SecurityPolicy")) == {"prometheus", "alertmanager"}
    assert ("gateway-system", PORTS["jaeger"]) not in callers(world)


def test_a_password_that_the_store_does_not_hold_is_refused_by_name():
    with pytest.raises(ValueError, match="'monitoring-htpasswd' is not in the store"):
        build(spec(exposed=True), paths=("grafana-admin-password", "smtp-password", "pagerduty-routing-key"))


@pytest.mark.parametrize("changes", [{"issuer": "http://login.example"}, {"allowed": ()}, {"jwks_uri": "login.example/keys"}])
def test_a_log_in_without_tls_or_for_everybody_is_refused(changes: dict[str, Any]):
    with pytest.raises(ValidationError):
        Oidc(**OIDC.model_dump() | changes)
