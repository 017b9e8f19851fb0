"""The authority of what speaks TLS inside the cluster alone."""

from __future__ import annotations

from components.workloads import authority
from components.workloads.authority import InternalAuthority, certificate, service_names
from components.workloads.wiring import WAIT_UNTIL_READY
from tests.fakes import Thing
from tests.recorder import Recording, record

CERTIFICATE, ISSUER = "kubernetes:cert-manager.io/v1:Certificate", "kubernetes:cert-manager.io/v1:Issuer"


def signed() -> Recording[None]:
    def declare() -> None:
        made = InternalAuthority("apps", "apps", [Thing("ready", "cert-manager")])
        certificate("web-tls", "web-tls", service_names("web", "apps"), made.outputs, made)

    return record(declare)


def test_each_step_waits_for_the_one_before():
    made = signed()
    assert made.one(ISSUER, "apps-root").depends_on == ("cert-manager",)
    assert made.one(CERTIFICATE, "apps-authority").depends_on == ("apps-root",)
    assert made.one(ISSUER, "apps-issuer").depends_on == ("apps-authority",)
    assert made.one(CERTIFICATE, "web-tls").depends_on == ("apps-issuer",)
    for item in (*made.of(CERTIFICATE), *made.of(ISSUER)):
        assert item.inputs["metadata"]["annotations"] == WAIT_UNTIL_READY
        assert item.inputs["metadata"]["namespace"] == "apps"


def test_the_issuer_signs_with_what_the_root_certified():
    made = signed()
    root, own = made.one(CERTIFICATE, "apps-authority").inputs["spec"], made.one(ISSUER, "apps-issuer").inputs["spec"]
    assert root["isCA"] is True
    assert own == {"ca": {"secretName": root["secretName"]}}
    assert (
        made.one(CERTIFICATE, "web-tls").inputs["spec"]["issuerRef"]["name"] == made.one(ISSUER, "apps-issuer").inputs["metadata"]["name"]
    )


def test_the_authority_outlives_what_it_signs_and_keeps_its_key():
    """A certificate that was signed before a renewal is still trusted after it."""
    assert authority.AUTHORITY_BEFORE > authority.CERTIFICATE_HOURS > authority.CERTIFICATE_BEFORE
    made = signed()
    assert made.one(CERTIFICATE, "apps-authority").inputs["spec"]["privateKey"]["rotationPolicy"] == "Never"
    assert made.one(CERTIFICATE, "web-tls").inputs["spec"]["privateKey"]["rotationPolicy"] == "Always"
    assert "isCA" not in made.one(CERTIFICATE, "web-tls").inputs["spec"]
