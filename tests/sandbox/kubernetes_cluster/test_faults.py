"""An API server that is busy, and answers that get lost, end in a converged world or a clear error."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Generator
from contextlib import contextmanager

import httpx
import pytest

from sandbox.kubernetes.cluster.access import Access
from sandbox.kubernetes.cluster.api import Api
from sandbox.kubernetes.cluster.errors import Rejected
from sandbox.kubernetes.cluster.faulty import Busy, Fault, Lost
from sandbox.kubernetes.cluster.objects import Cluster
from tests.sandbox.kubernetes_cluster.samples import MANAGER, config_map, workload

pytestmark = pytest.mark.judge


@contextmanager
def faulty(access: Access, fault: Callable[[httpx.Request], Fault | None]) -> Generator[Cluster]:
    api = Api(access, fault, sleep=lambda _: None)
    try:
        yield Cluster(api)
    finally:
        api.close()


def once_each(*faults: Fault) -> Callable[[httpx.Request], Fault | None]:
    """Every path meets each fault once."""
    met: dict[str, itertools.chain[Fault | None]] = {}
    return lambda request: next(met.setdefault(f"{request.method} {request.url}", itertools.chain(faults, itertools.repeat(None))))


def test_busy_answers_and_lost_ones_leave_one_object(access: Access, space: str) -> None:
    with faulty(access, once_each(Busy(429), Lost(), Busy(503), Lost())) as cluster:
        made = cluster.create(workload(space), MANAGER).object
        assert made["metadata"]["generation"] == 1
        assert cluster.update(workload(space), MANAGER).object["metadata"]["uid"] == made["metadata"]["uid"]
        assert cluster.delete(workload(space))
        assert cluster.get(workload(space)) is None


def test_a_storm_of_faults_passes(access: Access, space: str) -> None:
    dice = random.Random(7)

    def storm(request: httpx.Request) -> Fault | None:
        del request
        roll = dice.random()
        return Busy(429) if roll < 0.1 else Busy(503) if roll < 0.2 else Lost() if roll < 0.3 else None

    with faulty(access, storm) as cluster:
        for number in range(30):
            cluster.create(config_map(space, name=f"settings-{number}"), MANAGER)
        maps = cluster.api.discovery.resource("v1", "ConfigMap")
        names = {item["metadata"]["name"] for item in cluster.api.list(maps, space)} - {"kube-root-ca.crt"}
        assert names == {f"settings-{number}" for number in range(30)}
        for number in range(30):
            cluster.delete(config_map(space, name=f"settings-{number}"))
        assert {item["metadata"]["name"] for item in cluster.api.list(maps, space)} == {"kube-root-ca.crt"}


def test_a_server_that_stays_busy_is_an_error_in_its_words(access: Access, space: str) -> None:
    asked: list[str] = []

    def busy(request: httpx.Request) -> Fault | None:
        asked.append(request.method)
        return Busy(429)

    with faulty(access, busy) as cluster, pytest.raises(Rejected, match="TooManyRequests") as caught:
        cluster.create(config_map(space), MANAGER)
    assert caught.value.status == 429
    assert len(asked) == 10


def test_a_server_that_never_answers_is_an_error_that_names_it(access: Access, space: str) -> None:
    with faulty(access, lambda _: Lost()) as cluster, pytest.raises(Rejected, match=r"Unreachable: https://127.0.0.1:\d+: no answer in 10"):
        cluster.get(config_map(space))
