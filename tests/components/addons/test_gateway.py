from __future__ import annotations

import pytest
from pydantic import ValidationError

from components.addons import gateway, issuers
from components.addons.catalogue import CATALOGUE
from components.addons.spec import Listener
from tests.components.addons.world import API, build, production, spec

ACME = "https://acme-v02.api.letsencrypt.org/directory"
ACME_STAGING = "https://acme-staging-v02.api.letsencrypt.org/directory"


@pytest.mark.requirement("PN-12")
def test_a_host_is_a_tls_listener_that_one_namespace_may_use():
    listeners = {listener["name"]: listener for listener in production().custom("Gateway", "shared").inputs["spec"]["listeners"]}
    assert set(listeners) == {"http", "pn-ingress", "grafana"}
    assert listeners["pn-ingress"] == {
        "name": "pn-ingress",
        "hostname": "api.playnew.example",
        "protocol": "HTTPS",
        "port": 443,
        "tls": {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": "pn-tls"}]},
        "allowedRoutes": {"namespaces": {"from": "Selector", "selector": {"matchLabels": {"kubernetes.io/metadata.name": "pn-system"}}}},
    }


@pytest.mark.requirement("PN-12")
def test_plain_http_redirects_to_https():
    world = production()
    route = world.custom("HTTPRoute", "https-redirect").inputs["spec"]
    assert route["parentRefs"][0]["sectionName"] == "http"
    assert route["rules"][0]["filters"] == [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}]
    # A challenge's route names its host: beside a redirect without any, it alone would answer for the host.
    assert route["hostnames"] == ["api.playnew.example", "grafana.playnew.example"]


def test_plain_http_is_for_the_gateways_and_the_hosts_namespaces_alone():
    http = gateway.gateway_spec(spec())["listeners"][0]
    (expression,) = http["allowedRoutes"]["namespaces"]["selector"]["matchExpressions"]
    assert expression["values"] == ["gateway-system", "monitoring", "pn-system"]


@pytest.mark.requirement("PN-09")
@pytest.mark.parametrize(("name", "server"), [("letsencrypt-prod", ACME), ("letsencrypt-staging", ACME_STAGING)])
def test_the_issuers_prove_hosts_by_http_through_the_gateway(name: str, server: str):
    acme = production().custom("ClusterIssuer", name).inputs["spec"]["acme"]
    assert acme["server"] == server
    assert acme["email"] == "ops@playnew.example"
    (solver,) = acme["solvers"]
    (parent,) = solver["http01"]["gatewayHTTPRoute"]["parentRefs"]
    assert (parent["kind"], parent["name"], parent["namespace"], parent["sectionName"]) == ("Gateway", "shared", "gateway-system", "http")


@pytest.mark.requirement("PN-09")
def test_certificates_outside_production_are_the_staging_issuers():
    world = build(spec(acme_production=False))
    assert world.recording.result.issuer == "letsencrypt-staging"
    assert world.custom("Certificate", "pn-tls").inputs["spec"]["issuerRef"]["name"] == "letsencrypt-staging"
    assert issuers.chosen(spec()) == "letsencrypt-prod"


def test_every_listener_has_its_certificate_beside_the_gateway():
    for listener in gateway.listeners(spec()):
        certificate = production().custom("Certificate", listener.tls_secret).inputs
        assert certificate["metadata"]["namespace"] == "gateway-system"
        assert certificate["spec"]["secretName"] == listener.tls_secret
        assert certificate["spec"]["dnsNames"] == [listener.host]


def test_cert_manager_reads_the_gateway_api():
    values = production().values("cert-manager")
    assert values["config"]["gatewayAPI"] == {"enabled": True}
    assert values["crds"] == {"enabled": True, "keep": True}


def test_one_source_defines_the_gateway_api():
    assert production().values("envoy-gateway")["crds"] == {"enabled": True}
    assert not {"gateway-crds-helm", "traefik", "istio-base"} & set(CATALOGUE)


def test_the_proxies_may_write_what_they_must_and_nothing_else():
    """Envoy Gateway gives the container's context to its shutdown manager too, which tells in a file that the proxy is drained."""
    deployment = production().custom("EnvoyProxy", "shared").inputs["spec"]["provider"]["kubernetes"]["envoyDeployment"]
    assert deployment["container"]["securityContext"]["readOnlyRootFilesystem"] is True
    pod = deployment["patch"]["value"]["spec"]["template"]["spec"]
    mounted = {item["name"]: item["volumeMounts"] for item in pod["containers"]}
    assert mounted == {name: [{"name": "tmp", "mountPath": "/tmp"}] for name in ("envoy", "shutdown-manager")}
    assert [volume["name"] for volume in pod["volumes"]] == ["tmp"]


def test_a_proxy_stays_until_the_load_balancer_sends_it_nothing():
    shutdown = production().custom("EnvoyProxy", "shared").inputs["spec"]["shutdown"]
    assert (shutdown["minDrainDuration"], shutdown["drainTimeout"]) == ("60s", "120s")


@pytest.mark.requirement("PN-10")
def test_the_hosts_records_follow_the_load_balancer():
    service = production().recording.one("kubernetes:core/v1:Service").inputs
    assert service["spec"]["type"] == "LoadBalancer"
    assert service["metadata"]["annotations"]["external-dns.alpha.kubernetes.io/hostname"] == "api.playnew.example,grafana.playnew.example"
    values = production().values("external-dns")
    assert values["sources"] == ["service"]
    assert values["domainFilters"] == ["playnew.example"]
    assert (values["policy"], values["registry"], values["txtOwnerId"]) == ("sync", "txt", "playnew-production")
    assert values["extraArgs"] == ["--service-type-filter=LoadBalancer", "--zone-id-filter=zone-1"]


def test_the_public_service_sends_to_the_ports_that_the_proxies_listen_on():
    service = production().recording.one("kubernetes:core/v1:Service").inputs["spec"]
    assert [(port["port"], port["targetPort"]) for port in service["ports"]] == [(80, 10080), (443, 10443)]
    assert service["selector"]["gateway.envoyproxy.io/owning-gateway-name"] == "shared"


def test_the_load_balancer_is_as_the_cloud_wants_it():
    annotations = production(aws=True).recording.one("kubernetes:core/v1:Service").inputs["metadata"]["annotations"]
    assert annotations["service.beta.kubernetes.io/aws-load-balancer-type"] == "external"


def test_no_webhook_stands_between_a_new_service_and_the_cluster():
    assert production().values("aws-load-balancer-controller")["enableServiceMutatorWebhook"] is False


def test_the_address_is_what_the_cloud_answered():
    def check(address: str) -> None:
        assert address == "lb.fake"

    production().recording.result.gateway_address.apply(check)


@pytest.mark.parametrize("field", ["name", "host", "tls_secret"])
def test_two_listeners_never_share_a_name_a_host_or_a_certificate(field: str):
    other = {"name": "other", "host": "other.playnew.example", "tls_secret": "other-tls", "namespace": "pn-system"}
    with pytest.raises(ValidationError, match=f"listeners: {field} .* is given twice"):
        spec(listeners=(API, Listener(**other | {field: getattr(API, field)})))
