"""Moto's world as one file: it keeps its things in memory, and a sandbox outlives its processes."""

from __future__ import annotations

import io
import json
import os
import pickle
import threading
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

FILE = "moto.pickle"
"""Holds what a cloud would hold, secret values among it: readable by its owner only, and only ever read back from this folder."""


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj: Any) -> Any:
        """AWS's own policies come with moto: four megabytes for each partition, and only their use is anybody's."""
        if type(obj).__name__ == "AWSManagedPolicy":
            return obj.account_id, obj.partition, obj.name, obj.attachment_count
        return None

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            form = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            return _private_key, (obj.private_bytes(*form),)
        if isinstance(obj, type(threading.Lock())):
            return threading.Lock, ()
        if isinstance(obj, type(threading.RLock())):
            return threading.RLock, ()
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self._policies: dict[tuple[str, str, str], Any] = {}

    def persistent_load(self, pid: Any) -> Any:
        account, partition, name, uses = cast("tuple[str, str, str, int]", pid)
        key = (account, partition, name)
        if key not in self._policies:
            self._policies[key] = _managed(*key)
            self._policies[key].attachment_count = uses
        return self._policies[key]


@cache
def _data() -> dict[str, Any]:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    return cast("dict[str, Any]", json.loads(aws_managed_policies_data))


def _managed(account: str, partition: str, name: str) -> Any:
    from moto.iam.models import AWSManagedPolicy

    return AWSManagedPolicy.from_data(name, account, partition, _data()[name])


def _private_key(data: bytes) -> Any:
    return serialization.load_der_private_key(data, None)


def save(folder: Path, answers: Mapping[str, Any]) -> None:
    """Durably and in one step: a process that is killed meanwhile leaves the file of before."""
    from moto.core.base_backend import BackendDict

    used = cast("list[Any]", getattr(BackendDict, "_instances"))  # noqa: B009 # moto's only list of what is in use, and not typed
    backends = {service.service_name: {account: dict(regions) for account, regions in service.items()} for service in used}
    buffer = io.BytesIO()
    _Pickler(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump((backends, dict(answers)))
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f"{FILE}.{os.getpid()}"
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(buffer.getvalue())
    temporary.replace(folder / FILE)


def load(folder: Path) -> dict[str, Any]:
    """Fills moto's backends with what was saved, if anything was; the answers kept for repeated calls."""
    if not (folder / FILE).exists():
        return {}
    from moto.backends import get_backend

    restore: Callable[..., Any] = get_backend
    backends, answers = cast("tuple[dict[str, Any], dict[str, Any]]", _Unpickler(io.BytesIO((folder / FILE).read_bytes())).load())
    for name, accounts in backends.items():
        for account, regions in accounts.items():
            mine = restore(name)[account]
            for region, backend in regions.items():
                mine[region] = backend
    return answers
