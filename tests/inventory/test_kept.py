from __future__ import annotations

import pytest

from components.vocabulary import Cloud
from ops.stack.kept import HOLDS_DATA, passing
from tests.inventory.cases import Case
from tests.inventory.cases import case as case_of
from tests.inventory.clouds.facts import View
from tests.inventory.graph import Graph
from tests.recorder import Recording

pytestmark = pytest.mark.inventory

NEW_IS_AS_GOOD = {
    "aws:cloudtrail/trail:Trail": "its records lie in a bucket",
    "aws:eks/cluster:Cluster": "its objects come from the program, its volumes' backups lie in snapshots and a bucket",
    "azure-native:containerservice:ManagedCluster": "its objects come from the program, its volumes' backups lie in snapshots and a bucket",
    "azure-native:managedidentity:UserAssignedIdentity": "what is encrypted stands on it, and is kept with it",
    "azure-native:monitor:DiagnosticSetting": "its records lie in a workspace",
    "azure-native:monitor:SubscriptionDiagnosticSetting": "its records lie in a storage account",
    "gcp:container/cluster:Cluster": "its objects come from the program, its volumes' backups lie in snapshots and a bucket",
    "gcp:gkebackup/backupPlan:BackupPlan": "its backups are a second copy of the cluster's, and must be deleted before it",
    "gcp:logging/projectSink:ProjectSink": "its records lie in a log bucket",
}
"""Protected against mistakes in production, and yet without data of their own."""
PASSWORDS = {"random:index/randomPassword:RandomPassword"}
"""A database that is kept keeps the password that it was made with."""
ROTATED = {"gcp:secretmanager/secretVersion:SecretVersion"}
"""Holds data, and is not protected: the next rotation replaces it."""

CACHES = {
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "azure-native:redisenterprise:Database",
    "azure-native:redisenterprise:RedisEnterprise",
    "gcp:memorystore/instance:Instance",
    "gcp:redis/instance:Instance",
}
"""Which not every system has: tests/components/cache tells that they are protected."""

IMAGES = {"aws:ecr/repository:Repository"}
WITHOUT_IMAGES = {"supernova"}
"""Whose images are others', pulled through caches: on AWS these have no repositories of the stack's."""


def test_a_destroy_that_keeps_data_keeps_what_production_protects(view: View, production: Recording[None]) -> None:
    known = {type_ for type_ in (HOLDS_DATA.keys() | NEW_IS_AS_GOOD.keys()) - ROTATED - CACHES if type_.startswith(view.prefix)}
    assert {item.type for item in production if item.protect} - PASSWORDS == known


def test_what_azure_keeps_can_still_be_decrypted() -> None:
    """An identity and its right on the key are no data: they stay because what they encrypt stands on them, protected or not."""
    production = case_of(Cloud.AZURE, "production").recorded()
    graph = Graph(production)
    kept = [item for item in production if item.type in HOLDS_DATA]
    upon = frozenset[str]().union(*(graph.below(item.urn) for item in kept))
    roots = {item.urn for item in production if item.protect and item.type in HOLDS_DATA}
    named = [item for item in production if item.type.endswith((":RoleAssignment", ":UserAssignedIdentity"))]
    users = [item for item in named if item.name.endswith("-encryption") and any(item.urn in graph.below(root) for root in roots)]
    assert {item.type.rpartition(":")[2] for item in users} == {"RoleAssignment", "UserAssignedIdentity"}
    assert [item.name for item in users if item.urn not in upon] == []


def test_a_type_holds_data_everywhere_or_nowhere(production: Recording[None], phase1: Recording[None]) -> None:
    for stack in (production, phase1):
        held = [item for item in stack if item.type in HOLDS_DATA.keys() - ROTATED and not passing(item.urn, item.inputs)]
        assert [f"{item.type} {item.name}" for item in held if not item.protect] == []


def test_what_passes_with_its_network_cluster_or_origin_is_not_protected(production: Recording[None]) -> None:
    assert [item.name for item in production if item.type in HOLDS_DATA and item.protect and passing(item.urn, item.inputs)] == []


def test_every_stack_has_data_to_keep(case: Case) -> None:
    others = IMAGES if case.system in WITHOUT_IMAGES else set[str]()
    held = {type_ for type_ in HOLDS_DATA.keys() - CACHES - others if type_.startswith(case.view.prefix)}
    assert held
    assert {item.type for item in case.recorded()} >= held


def test_data_does_not_stand_on_the_cluster(case: Case) -> None:
    """What is kept keeps all that it stands on, and a database that waited for a cluster would double the time of a stack."""
    registered = case.recorded()
    graph = Graph(registered)
    cluster = registered.one(case.view.types.cluster).urn
    assert [f"{item.type} {item.name}" for item in registered if item.type in HOLDS_DATA and cluster in graph.below(item.urn)] == []
