"""Customer-managed keys: in the right place, and open to the service that is to use them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from sandbox.contract import Properties, Refused, Request, World
from sandbox.gcp.paths import thing
from sandbox.gcp.projects import number, project, region_of
from sandbox.gcp.services import agent_email
from sandbox.walk import find, text


class Consumer(NamedTuple):
    """`key` is the wire path of the key's name, `api` the service whose own account uses it; `place` a sibling that says where."""

    key: str
    api: str
    place: str = ""


CONSUMERS: dict[str, tuple[Consumer, ...]] = {
    "gcp:artifactregistry/repository:Repository": (Consumer("kmsKeyName", "artifactregistry"),),
    "gcp:compute/disk:Disk": (Consumer("diskEncryptionKey.kmsKeySelfLink", "compute"),),
    "gcp:compute/instance:Instance": (Consumer("bootDisk.kmsKeySelfLink", "compute"),),
    "gcp:container/cluster:Cluster": (
        Consumer("databaseEncryption.keyName", "container"),
        Consumer("nodeConfig.bootDiskKmsKey", "compute"),
    ),
    "gcp:container/nodePool:NodePool": (Consumer("nodeConfig.bootDiskKmsKey", "compute"),),
    "gcp:filestore/instance:Instance": (Consumer("kmsKeyName", "file"),),
    "gcp:gkebackup/backupPlan:BackupPlan": (Consumer("backupConfig.encryptionKey.gcpKmsEncryptionKey", "gkebackup"),),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": (Consumer("cmekSettings.kmsKeyName", "logging"),),
    "gcp:memorystore/instance:Instance": (Consumer("kmsKey", "memorystore"),),
    "gcp:pubsub/topic:Topic": (Consumer("kmsKeyName", "pubsub"),),
    "gcp:redis/instance:Instance": (Consumer("customerManagedKey", "redis"),),
    "gcp:secretmanager/regionalSecret:RegionalSecret": (Consumer("customerManagedEncryption.kmsKeyName", "secretmanager"),),
    "gcp:secretmanager/secret:Secret": (
        Consumer("replication.auto.customerManagedEncryption.kmsKeyName", "secretmanager", "global"),
        Consumer("replication.userManaged.replicas[].customerManagedEncryption.kmsKeyName", "secretmanager", "replicas"),
    ),
    "gcp:sql/databaseInstance:DatabaseInstance": (Consumer("encryptionKeyName", "sqladmin"),),
    "gcp:storage/bucket:Bucket": (Consumer("encryption.defaultKmsKeyName", "storage"),),
}
_GRANTS = re.compile(r"gcp:(kms/(cryptoKey|keyRing)IAM(Member|Binding)|projects/iAM(Member|Binding)):")
_ROLES = frozenset({"roles/cloudkms.cryptoKeyEncrypterDecrypter", "roles/cloudkms.cryptoOperator"})
_PLACE = re.compile(r"projects/[^/]+/locations/([^/]+)/keyRings/[^/]+")
_ANYWHERE = frozenset({"compute", "pubsub"})
"""Services that take global keys as well as those of their own region."""


def admit(request: Request, inputs: Properties, world: World) -> None:
    """Raises Refused for a key of another place, and for one that the service may not use."""
    owner = project(request.instance, inputs)
    for consumer in CONSUMERS.get(request.type, ()):
        for where, value in find(inputs, consumer.key):
            if not isinstance(value, str) or not value:
                continue
            key = thing(value, owner)
            _in_place(key, consumer, where, _home(request, inputs, consumer, where))
            emails = {agent_email(consumer.api, owner)}
            if consumer.api == "logging":
                emails.add(f"cmek-p{number(owner)}@gcp-sa-logging.iam.gserviceaccount.com")
            if not emails & set(_let_in(key, owner, world)):
                raise Refused(
                    "FAILED_PRECONDITION",
                    f"{where}: service account {sorted(emails)[-1]} does not have permission to use the key {key}: grant it"
                    " roles/cloudkms.cryptoKeyEncrypterDecrypter first",
                )


def _home(request: Request, inputs: Properties, consumer: Consumer, where: str) -> str:
    if consumer.place == "replicas":
        replica = where.rpartition(".customerManagedEncryption")[0]
        return next(
            (str(value) for path, value in find(inputs, "replication.userManaged.replicas[].location") if path.startswith(replica)), ""
        )
    return consumer.place or region_of(request.instance, inputs)


def _in_place(key: str, consumer: Consumer, where: str, home: str) -> None:
    match = _PLACE.match(key)
    if match is None:
        raise Refused("INVALID_ARGUMENT", f"{where}: {key!r} is not of the form projects/P/locations/L/keyRings/R/cryptoKeys/K")
    location = match.group(1)
    if location != home and not (location == "global" and consumer.api in _ANYWHERE):
        raise Refused("INVALID_ARGUMENT", f"{where}: the key {key} is in {location}, the resource in {home}: they must be in one location")


def _let_in(key: str, owner: str, world: World) -> Iterator[str]:
    """E-mail addresses of the service accounts that may encrypt and decrypt with the key."""
    ring = key.rpartition("/cryptoKeys/")[0]
    for record in world.all(package="gcp"):
        if not _GRANTS.match(record.type) or record.inputs.get("role") not in _ROLES or record.inputs.get("condition"):
            continue
        scope = next((text(record.inputs, name) for name in ("cryptoKeyId", "keyRingId", "project") if text(record.inputs, name)), "")
        if thing(str(scope), owner) not in (key, ring, owner):
            continue
        members: Any = record.inputs.get("members") or [record.inputs.get("member")]
        yield from (str(member).removeprefix("serviceAccount:") for member in cast("list[Any]", members))
