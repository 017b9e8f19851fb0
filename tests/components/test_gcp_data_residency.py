"""The policy pack over everything that may hold data on GCP, with every option that moves data switched on."""

from __future__ import annotations

from typing import Any

import pytest

from components.backup.gcp import GcpBackup
from components.backup.spec import BackupSpec
from components.bucket.gcp import GcpBucket
from components.bucket.spec import BucketSpec
from components.database.gcp import GcpDatabase
from components.database.spec import DatabaseSpec
from components.geography import eu_regions
from components.guardrail.gcp import GcpGuardrail
from components.guardrail.spec import GuardrailSpec
from components.vocabulary import Cloud
from policies.adapter import judged
from policies.model import Provider, Resource
from tests.components import gcp_wiring as wiring
from tests.recorder import Recording, record

SECOND = "europe-west3"
HOME = Provider("pulumi:providers:gcp", {"project": wiring.PROJECT, "region": wiring.REGION, "zone": wiring.SITE.zones[0]})


def everything() -> None:
    site, project, key = wiring.SITE, wiring.project(), wiring.key()
    GcpBackup(f"{site.name}-backup", BackupSpec(hourly=True, copy_region=SECOND, locked=True), site, project, wiring.cluster(), key)
    GcpBucket(f"{site.name}-backups", BucketSpec(purpose="backups", copy_region=SECOND, cold_after_days=30), site, project, key)
    GcpDatabase(
        f"{site.name}-db", DatabaseSpec(database="pn_agent", replicas=1, backup_region=SECOND), site, project, wiring.network(), key
    )
    regions = tuple(region.code for region in eu_regions(Cloud.GCP))
    spec = GuardrailSpec(allowed_regions=regions, deny_target="folders/1", record_configuration=True)
    GcpGuardrail(f"{site.name}-guardrail", spec, site, project, key)


@pytest.mark.requirement("PN-01")
def test_copies_backups_logs_and_notices_stay_in_the_eu_and_each_region_has_its_own_provider() -> None:
    registered: Recording[Any] = record(everything)
    providers = {item.name: Provider(item.type, item.inputs) for item in registered if item.type == HOME.type}
    assert [provider.properties["region"] for provider in providers.values()] == [SECOND] * 2
    resources = [Resource(item.type, item.name, item.inputs, providers.get(item.provider, HOME)) for item in registered if item.custom]
    assert [violation.text(resource) for resource in resources for violation in judged(resource)] == []
