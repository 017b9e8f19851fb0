"""The API servers behind the clusters of a state: one control plane of our own for each, or the one cluster that a person named."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from sandbox.contract import Refused
from sandbox.kubernetes.cluster import access
from sandbox.kubernetes.cluster.api import Api
from sandbox.kubernetes.cluster.control_plane import ControlPlane, ControlPlaneFailed
from sandbox.kubernetes.cluster.faulty import Decide
from sandbox.kubernetes.cluster.objects import Cluster

FOLDER = "kubernetes"
ADDRESS = "cluster.json"


@dataclass
class Planes:
    """`kubeconfig` names a person's own cluster, which then stands behind every address."""

    state: Path
    kubeconfig: Path | None = None
    decide: Decide | None = None
    _clusters: dict[str, Cluster] = field(default_factory=dict[str, Cluster])
    _starting: threading.Lock = field(default_factory=threading.Lock)

    def at(self, address: str) -> Cluster:
        """The cluster behind an address, started if it does not run. Raises Refused with the control plane's own log."""
        with self._starting:
            if address not in self._clusters:
                self._clusters[address] = Cluster(Api(self._access(address), self.decide))
            return self._clusters[address]

    def known(self, address: str) -> bool:
        """Whether a control plane was ever started for it."""
        return self.kubeconfig is not None or (folder(self.state, address) / ADDRESS).exists()

    def wipe(self, address: str) -> None:
        """The cluster is gone, and what it held with it. A person's own cluster is left alone."""
        if self.kubeconfig is None:
            with self._starting:
                if cluster := self._clusters.pop(address, None):
                    cluster.api.close()
                ControlPlane(folder(self.state, address)).wipe()
                (folder(self.state, address) / ADDRESS).unlink(missing_ok=True)

    def _access(self, address: str) -> access.Access:
        if self.kubeconfig is not None:
            return access.read(self.kubeconfig)
        place = folder(self.state, address)
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            found = ControlPlane(place).start()
        except ControlPlaneFailed as error:
            raise Refused("ControlPlaneFailed", str(error)) from None
        (place / ADDRESS).write_text(json.dumps({"address": address}), encoding="utf-8")
        return found


def folder(state: Path, address: str) -> Path:
    return state / FOLDER / hashlib.sha256(address.encode()).hexdigest()[:12]


def planes(state: Path) -> dict[str, ControlPlane]:
    """Those that were started and not wiped, by the address that they stand behind."""
    found = sorted((state / FOLDER).glob(f"*/{ADDRESS}"))
    return {
        str(cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))["address"]): ControlPlane(path.parent) for path in found
    }
