from __future__ import annotations

from typing import Any

import pytest

from tests.crds import needs_crds, schema, validate

pytestmark = needs_crds

ROUTE: dict[str, Any] = {"parentRefs": [{"name": "shared"}], "rules": [{"backendRefs": [{"name": "web", "port": 80}]}]}


def route(**changes: Any) -> list[str]:
    return validate("gateway.networking.k8s.io/v1", "HTTPRoute", {"spec": ROUTE | changes})


def test_a_valid_object_has_no_mistake():
    assert route() == []


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        ({"parentRef": []}, ".spec.parentRef: unknown field"),
        ({"parentRefs": [{"namespace": "x"}]}, ".spec.parentRefs[0].name: missing"),
        ({"hostnames": "api.example.org"}, "is not of type array"),
        ({"hostnames": ["API_example"]}, "does not match"),
        ({"rules": [{"filters": [{"type": "Redirect"}]}]}, "is not one of"),
        ({"rules": [{"backendRefs": [{"name": "web", "port": 70000}]}]}, "is out of range"),
        ({"rules": [{"backendRefs": [{"name": "web", "port": "80"}]}]}, "is not of type integer"),
        ({"rules": None}, "null is not allowed"),
    ],
)
def test_a_mistake_is_told_with_its_path(changes: dict[str, Any], mistake: str):
    (line,) = route(**changes)
    assert mistake in line


def test_a_version_that_is_not_served_is_unknown():
    with pytest.raises(LookupError, match=r"no CRD serves external-secrets\.io/v1beta1 ExternalSecret"):
        schema("external-secrets.io/v1beta1", "ExternalSecret")


def test_the_standard_channel_of_the_gateway_api_counts():
    with pytest.raises(LookupError):
        schema("gateway.networking.k8s.io/v1alpha2", "TCPRoute")
