"""The cluster of production on GCP, which the tests of this folder look at and change."""

from __future__ import annotations

from components.cluster.gcp import GcpCluster
from components.cluster.spec import ClusterSpec, NodePool
from tests.components import gcp_wiring as wiring
from tests.recorder import Recording, record

CLUSTER, POOL = "gcp:container/cluster:Cluster", "gcp:container/nodePool:NodePool"
MEMBER = "gcp:projects/iAMMember:IAMMember"
BUCKET, SINK = "gcp:logging/projectBucketConfig:ProjectBucketConfig", "gcp:logging/projectSink:ProjectSink"
EXCLUSION = "gcp:logging/projectExclusion:ProjectExclusion"
NAME = "playnew-production-cluster"
ADMIN = "group:platform-admins@playnew.ai"
HOST = NodePool(name="host", min_nodes=2, desired_nodes=2, max_nodes=3)
AGENT = NodePool(name="agent", min_nodes=1, desired_nodes=2, max_nodes=4, tainted=True)
SPEC = ClusterSpec(version="1.35", pools=(HOST, AGENT), admin_principals=(ADMIN,), admin_cidrs=("203.0.113.0/24",))


def spec(**changes: object) -> ClusterSpec:
    return SPEC.model_copy(update=changes)


def cluster(wanted: ClusterSpec = SPEC) -> Recording[GcpCluster]:
    return record(
        lambda: GcpCluster(NAME, wanted, wiring.SITE, wiring.project(), wiring.network(), wiring.key()),
        wiring.STATES,
    )
