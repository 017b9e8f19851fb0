"""Whether Helm can store what it installs: a release is one Secret, and a Secret holds 1 MiB."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

from components.addons.catalogue import CATALOGUE
from tests.crds import CRDS, needs_crds

SECRET = 1_048_576
GATEWAY = ("envoy-gateway.yaml", "gateway-api.yaml")


def stored(templates: tuple[str, ...], manifests: tuple[str, ...]) -> int:
    """Bytes of a release as Helm writes it: its chart's own templates (those of subcharts and plain definition files are left out) and its
    manifest, compressed, in base64."""
    chart = {"templates": [{"name": name, "data": base64.b64encode((CRDS / name).read_bytes()).decode()} for name in templates]}
    release = {"chart": chart, "manifest": "\n".join((CRDS / name).read_text() for name in manifests)}
    return len(base64.b64encode(gzip.compress(json.dumps(release).encode(), 9)))


@needs_crds
@pytest.mark.parametrize(
    ("chart", "templates", "manifests"),
    [
        ("cert-manager", ("cert-manager.yaml",), ("cert-manager.yaml",)),
        ("external-secrets", ("external-secrets.yaml",), ("external-secrets.yaml",)),
        ("prometheus-operator-crds", (), ("prometheus-operator.yaml",)),
        ("gateway-helm", (), ()),
    ],
)
def test_the_definitions_of_an_installed_chart_fit_into_its_release(chart: str, templates: tuple[str, ...], manifests: tuple[str, ...]):
    assert chart in CATALOGUE
    assert stored(templates, manifests) < SECRET


@needs_crds
def test_the_chart_of_the_gateways_definitions_alone_cannot_be_a_release():
    assert "gateway-crds-helm" not in CATALOGUE
    assert stored((*GATEWAY, "gateway-api-experimental.yaml"), GATEWAY) > SECRET
