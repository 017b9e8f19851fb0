"""What the two phases differ in, as values."""

from __future__ import annotations

from typing import Literal

from components.cluster.spec import NodePool
from components.vocabulary import Size, Spec

HOST_POOL, AGENT_POOL = "host", "agents"


class PhaseValues(Spec):
    """`agents_at_once` agent pods fit into `pools` by their requests. Budget mail goes out at `budget_alerts` per cent of `monthly_eur`."""

    pools: tuple[NodePool, ...]
    agents_at_once: int
    database_size: Size
    database_replicas: int
    hourly_backups: bool
    pagerduty: bool
    traces: bool
    logs: bool
    monthly_eur: int
    budget_alerts: tuple[int, ...]


def _pools(host: tuple[int, int, int], agents: tuple[int, int, int]) -> tuple[NodePool, ...]:
    """Nodes of 4 vCPU and 16 GB. Agents run what users ask for: their pool takes nothing else.

    A job that waits for a node counts against its own deadline of two minutes, so that the agents' pool never goes to none.
    """
    return tuple(
        NodePool(
            name=name,
            size=Size.MEDIUM,
            min_nodes=least,
            desired_nodes=usual,
            max_nodes=most,
            labels={"pool": name},
            tainted=name == AGENT_POOL,
        )
        for name, (least, usual, most) in ((HOST_POOL, host), (AGENT_POOL, agents))
    )


PHASES: dict[Literal[0, 1], PhaseValues] = {
    0: PhaseValues(
        pools=_pools((1, 2, 3), (1, 2, 3)),
        agents_at_once=20,
        database_size=Size.SMALL,
        database_replicas=0,
        hourly_backups=False,
        pagerduty=False,
        traces=False,
        logs=False,
        monthly_eur=5000,
        budget_alerts=(40, 80, 100),
    ),
    1: PhaseValues(
        pools=_pools((3, 3, 5), (5, 5, 11)),
        agents_at_once=60,
        database_size=Size.MEDIUM,
        database_replicas=1,
        hourly_backups=True,
        pagerduty=True,
        traces=True,
        logs=True,
        monthly_eur=15000,
        budget_alerts=(50, 80, 100),
    ),
}
