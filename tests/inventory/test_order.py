"""The order of a stack comes from its values; `depends_on` says only what no value can."""

from __future__ import annotations

import pulumi
import pytest
from pulumi_aws import kms

from tests.inventory.cases import Case
from tests.inventory.clouds.facts import View
from tests.inventory.graph import Graph
from tests.recorder import Recording, Registered, record

pytestmark = pytest.mark.inventory


def test_no_dependency_is_written_that_the_values_imply(registered: Recording[None]) -> None:
    assert sorted((item.name, other.name) for item, other in Graph(registered).repeated()) == []


def test_a_needless_dependency_is_found() -> None:
    def program() -> None:
        key = kms.Key("key")
        alias = kms.Alias("alias", target_key_id=key.id)
        kms.Key("last", description=alias.name, opts=pulumi.ResourceOptions(depends_on=[key]))

    assert [(item.name, other.name) for item, other in Graph(record(program)).repeated()] == [("last", "key")]


def test_nothing_waits_for_the_databases_of_others(view: View, production: Recording[None]) -> None:
    """A database takes ten minutes and more: what does not need it must not stand behind it."""
    graph = Graph(production)
    database = production.one(view.types.database).urn
    behind = {item.type.removeprefix("kubernetes:") for item in production if database in graph.below(item.urn)}
    assert {"apps/v1:Deployment", "batch/v1:Job"} <= behind
    assert not behind & {"helm.sh/v3:Release", "core/v1:Namespace", "gateway.networking.k8s.io/v1:Gateway"}
    assert not behind & {view.types.cluster, view.types.pool}


def test_a_secret_of_the_cluster_waits_for_the_values_that_it_reads_and_no_others(case: Case) -> None:
    registered, types = case.recorded(), case.view.types
    stored = {physical(item): item for item in registered.of(types.secret)}
    # Where a secret and its value are one thing, it is itself what is waited for.
    versions = {urn: item.urn for item in registered.of(types.secret_value) for urn in (item.through | {item.urn})}
    for item in registered.of("kubernetes:external-secrets.io/v1:ExternalSecret"):
        read = {entry["remoteRef"]["key"] for entry in item.inputs["spec"]["data"]}
        wanted = {versions[stored[name].urn] for name in read if name in stored}
        assert {urn for urn in item.after if urn in versions.values()} == wanted - item.through, item.name


def physical(secret: Registered) -> str:
    return str(secret.inputs.get("secretId") or secret.inputs.get("secretName") or secret.inputs["name"])
