"""All stand-ins, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from sandbox.contract import StandIn
from sandbox.reflection.schema import Schemas


def _aws(schemas: Schemas) -> StandIn:
    from sandbox.aws.standin import Aws

    return Aws(schemas)


def _azure(schemas: Schemas) -> StandIn:
    from sandbox.azure.standin import Azure

    return Azure(schemas)


def _gcp(schemas: Schemas) -> StandIn:
    from sandbox.gcp.standin import Gcp

    return Gcp(schemas)


def _kubernetes(schemas: Schemas) -> StandIn:
    from sandbox.kubernetes.standin import Kubernetes

    return Kubernetes(schemas)


def _random(schemas: Schemas) -> StandIn:
    from sandbox.random import Random

    return Random(schemas)


def _tls(schemas: Schemas) -> StandIn:
    from sandbox.tls import Tls

    return Tls(schemas)


_MAKERS: dict[str, Callable[[Schemas], StandIn]] = {
    "aws": _aws,
    "gcp": _gcp,
    "azure-native": _azure,
    "kubernetes": _kubernetes,
    "random": _random,
    "tls": _tls,
}


class _Lazy(Mapping[str, StandIn]):
    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._made: dict[str, StandIn] = {}

    def __getitem__(self, package: str) -> StandIn:
        if package not in self._made:
            self._made[package] = _MAKERS[package](self._schemas)
        return self._made[package]

    def __iter__(self) -> Iterator[str]:
        return iter(_MAKERS)

    def __len__(self) -> int:
        return len(_MAKERS)


def stand_ins(cache: Path | None = None) -> Mapping[str, StandIn]:
    """By package. `cache` is a folder to keep the types that were read from the SDKs; without it each process reads them again."""
    return _Lazy(Schemas(cache))
