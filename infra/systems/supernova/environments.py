"""What the three environments differ in, as values."""

from __future__ import annotations

from components.cluster.spec import NodePool
from components.vocabulary import Size, Spec
from components.workloads.spec import Delivery
from infra.profiles import Environment
from infra.systems.supernova.options import Redis

POOL = "supernova"


class Values(Spec):
    """`max_replicas` is None where nothing scales by itself. Budget mail goes out at `budget_alerts` per cent of `monthly_eur`.

    In production Redis runs with sentinels: it fails over within seconds, and the server's commands work as on one instance, whereas a
    cluster refuses those whose keys lie on different shards. What is in it (rate limits, caches) is made again by itself, so that a managed
    cluster's snapshots and four nodes would buy little. `redis: cluster` moves to the managed one.
    """

    namespace: str
    pools: tuple[NodePool, ...]
    replicas: int
    max_replicas: int | None
    redis: Redis
    secrets_by: Delivery
    database_size: Size
    weekly_backup_days: int | None
    hourly_backups: bool
    iap_sandbox: bool
    """Receipts of test purchases are accepted: never where purchases are worth something."""
    pagerduty: bool
    slack_channel: str | None
    monthly_eur: int
    budget_alerts: tuple[int, ...] = (50, 80, 100)

    @property
    def node_labels(self) -> dict[str, str]:
        """The system's own nodes, where others run in the cluster too."""
        return {"pool": POOL}


def _pools(least: int, usual: int, most: int) -> tuple[NodePool, ...]:
    """Nodes of 4 vCPU and 16 GiB, over all zones."""
    return (NodePool(name=POOL, size=Size.MEDIUM, min_nodes=least, desired_nodes=usual, max_nodes=most, labels={"pool": POOL}),)


VALUES: dict[Environment, Values] = {
    "production": Values(
        namespace="supernova",
        pools=_pools(3, 3, 8),
        replicas=3,
        max_replicas=10,
        redis="sentinel",
        secrets_by="external",
        database_size=Size.MEDIUM,
        weekly_backup_days=90,
        hourly_backups=True,
        iap_sandbox=False,
        pagerduty=True,
        slack_channel="#supernova-ops",
        monthly_eur=2500,
    ),
    "staging": Values(
        namespace="supernova-staging",
        pools=_pools(2, 3, 4),
        replicas=2,
        max_replicas=4,
        redis="single",
        secrets_by="sealed",
        database_size=Size.SMALL,
        weekly_backup_days=None,
        hourly_backups=False,
        iap_sandbox=True,
        pagerduty=False,
        slack_channel=None,
        monthly_eur=1200,
    ),
    "development": Values(
        namespace="supernova-dev",
        pools=_pools(2, 2, 3),
        replicas=1,
        max_replicas=None,
        redis="single",
        secrets_by="plain",
        database_size=Size.SMALL,
        weekly_backup_days=None,
        hourly_backups=False,
        iap_sandbox=True,
        pagerduty=False,
        slack_channel=None,
        monthly_eur=800,
    ),
}
