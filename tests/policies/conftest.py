"""What the tests of the rules share: a resource judged in Milan unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from components.geography import Profile
from policies.adapter import judged
from policies.model import Properties, Provider, Resource, Violation

PROVIDERS = {
    "aws": Provider("pulumi:providers:aws", {"region": "eu-south-1"}),
    "gcp": Provider("pulumi:providers:gcp", {"region": "europe-west8"}),
    "azure-native": Provider("pulumi:providers:azure-native", {"location": "italynorth"}),
}

Judge = Callable[..., list[Violation]]


@pytest.fixture(scope="session")
def judge() -> Judge:
    def run(type_: str, properties: Properties, provider: Provider | None = None, profile: Profile = Profile.EU) -> list[Violation]:
        return judged(Resource(type_, "thing", properties, provider or PROVIDERS.get(type_.partition(":")[0]), profile))

    return run
