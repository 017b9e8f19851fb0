"""A stack that stands before the judges, and ways to ask them past the engine and the stand-ins."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.settings import Settings
from sandbox import judges
from sandbox.aws.moto import daemon
from sandbox.aws.moto.rows import SCHEMA_ONLY
from sandbox.kubernetes.cluster import access
from sandbox.kubernetes.cluster.api import Api, Object
from sandbox.kubernetes.cluster.errors import Rejected
from sandbox.kubernetes.cluster.leftovers import own
from sandbox.kubernetes.objects import object_id
from sandbox.kubernetes.planes import planes
from tests.engine.stage import Resource, Stage, stage
from tests.inventory.cases import Case
from tests.judges import census
from tests.judges.account import Account
from tests.judges.census import Thing
from tests.judges.programs import program

PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager")
RELEASE = "kubernetes:helm.sh/v3:Release"


@dataclass(frozen=True)
class Standing:
    """Its judges run on from one verb to the next, as they do for a person."""

    stage: Stage
    settings: Settings

    @property
    def regions(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.settings.region, self.settings.backup_region)))

    def account(self) -> Account:
        return Account(daemon.ensure(self.stage.state), self.settings.account)

    def census(self) -> list[Thing]:
        return census.census(self.account(), self.settings.region, self.regions)

    def in_aws(self) -> list[Thing]:
        """Without what comes by itself, and keys that wait for their end."""
        return [thing for thing in self.census() if thing.type not in {*census.COMPANIONS, census.PENDING}]

    def recorded(self) -> list[Thing]:
        """What the engine's state has of that."""
        return [thing for thing in census.recorded(self.stage.resources()) if thing.type not in SCHEMA_ONLY]

    @contextmanager
    def cluster(self) -> Generator[Api]:
        """Of the one cluster that it has."""
        (plane,) = planes(self.stage.state).values()
        api = Api(access.read(plane.kubeconfig))
        try:
            yield api
        finally:
            api.close()

    def objects(self) -> list[tuple[Resource, Object]]:
        """What the engine's state has in the cluster: its resources, and the objects by which the cluster knows them."""
        return [(one, reference(one)) for one in self.stage.resources() if one["type"].startswith("kubernetes:") and one["type"] != RELEASE]

    def judged_objects(self) -> list[tuple[Resource, Object]]:
        """Without those of custom kinds that the API server was not given a definition of."""
        with self.cluster() as api:
            return [(one, object_) for one, object_ in self.objects() if is_served(api, object_)]

    def stray_objects(self) -> list[str]:
        """Objects of the recorded ones' kinds that the engine's state does not have, and that are not the control plane's own."""
        with self.cluster() as api:
            known = {title(object_) for _, object_ in self.judged_objects()}
            kinds = {(object_["apiVersion"], object_["kind"]): object_ for _, object_ in self.judged_objects()}
            found = (item for object_ in kinds.values() for item in api.list(api.resource(object_)) if not own(item))
            return sorted({title(item) for item in found} - known)

    def of(self, type_: str) -> list[Resource]:
        return [one for one in self.stage.resources() if one["type"] == type_]


def reference(resource: Resource) -> Object:
    """apiVersion, kind and the metadata that name an object."""
    outputs = resource["outputs"]
    meta = {key: outputs["metadata"][key] for key in ("name", "namespace") if outputs["metadata"].get(key)}
    return {"apiVersion": outputs["apiVersion"], "kind": outputs["kind"], "metadata": meta}


def title(object_: Object) -> str:
    return f"{object_['kind']} {object_id(object_)}"


def is_served(api: Api, object_: Object) -> bool:
    try:
        api.resource(object_)
    except Rejected:
        return False
    return True


def name(resource: Resource) -> str:
    """The logical one."""
    return resource["urn"].rpartition("::")[2]


@contextmanager
def standing(root: Path, case: Case, env: dict[str, str] | None = None) -> Generator[Standing]:
    """In the empty folder `root`, nothing up yet; ends the judges that come up meanwhile. Skips (or fails) where one is not installed."""
    for needed in PROGRAMS:
        program(needed)
    opened = stage(root, case.stack, env, judges=("--aws", "moto", "--kube"))
    opened.edit(case.changes)
    try:
        yield Standing(opened, Settings.load_file(opened.file))
    finally:
        judges.stop(opened.state)
