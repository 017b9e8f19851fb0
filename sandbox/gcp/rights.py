"""Rights that a service's own account must have before another service takes it on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, cast

from sandbox.contract import Properties, Refused, Request, World
from sandbox.gcp.paths import short
from sandbox.gcp.projects import project
from sandbox.gcp.services import agent_email
from sandbox.walk import text

_SEES_BUCKETS = frozenset(
    f"roles/storage.{name}" for name in ("admin", "bucketViewer", "legacyBucketOwner", "legacyBucketReader", "legacyBucketWriter")
)
_PUBLISHES = frozenset({"roles/pubsub.publisher", "roles/pubsub.editor", "roles/pubsub.admin"})
_SUBSCRIBES = frozenset({"roles/pubsub.subscriber", "roles/pubsub.editor", "roles/pubsub.admin"})


class Right(NamedTuple):
    """`agent` is the API whose account needs one of `roles` on the thing at `path`; `on` the property by which bindings name the thing."""

    path: str
    on: str
    agent: str
    roles: frozenset[str]
    message: str


_TRANSFER = "storagetransfer.googleapis.com"
_LACKS = "Failed to obtain the location of the GCS bucket {thing}. Additional details: {agent} does not have storage.buckets.get access"
_UPSTREAM = "remoteRepositoryConfig.upstreamCredentials.usernamePasswordCredentials.passwordSecretVersion"
RIGHTS: dict[str, tuple[Right, ...]] = {
    "gcp:artifactregistry/repository:Repository": (
        Right(
            _UPSTREAM,
            "secretId",
            "artifactregistry.googleapis.com",
            frozenset({"roles/secretmanager.secretAccessor", "roles/secretmanager.admin"}),
            "{agent} does not have permission to access the secret {thing}: grant it roles/secretmanager.secretAccessor on it",
        ),
    ),
    "gcp:storage/notification:Notification": (
        Right(
            "topic",
            "topic",
            "storage.googleapis.com",
            _PUBLISHES,
            "The service account '{agent}' does not have permission to publish messages to the Cloud Pub/Sub topic '{thing}'",
        ),
    ),
    "gcp:cloudasset/projectFeed:ProjectFeed": (
        Right(
            "feedOutputConfig.pubsubDestination.topic",
            "topic",
            "cloudasset.googleapis.com",
            _PUBLISHES,
            "Failed to publish to the Pub/Sub topic {thing}: grant {agent} roles/pubsub.publisher on it",
        ),
    ),
    "gcp:storage/transferJob:TransferJob": (
        Right("transferSpec.gcsDataSource.bucketName", "bucket", _TRANSFER, _SEES_BUCKETS, _LACKS),
        Right("transferSpec.gcsDataSink.bucketName", "bucket", _TRANSFER, _SEES_BUCKETS, _LACKS),
        Right(
            "eventStream.name",
            "subscription",
            _TRANSFER,
            _SUBSCRIBES,
            "{agent} does not have permission to consume the subscription {thing}",
        ),
    ),
}
_BINDING = re.compile(r"gcp:(storage/bucket|pubsub/(topic|subscription)|secretmanager/secret|projects/)(IAM|iAM|Iam)(Member|Binding):")


def admit(request: Request, inputs: Properties, world: World) -> None:
    """Raises Refused for the first right that is missing."""
    for right in RIGHTS.get(request.type, ()):
        # Of a version, the thing is what it is a version of.
        thing = (text(inputs, right.path) or "").partition("/versions/")[0]
        agent = agent_email(right.agent, project(request.instance, inputs))
        if thing and f"serviceAccount:{agent}" not in set(_members(short(thing), right, world)):
            raise Refused("PERMISSION_DENIED", right.message.format(thing=short(thing), agent=agent))


def _members(thing: str, right: Right, world: World) -> Iterator[str]:
    for record in world.all(package="gcp"):
        if not _BINDING.match(record.type) or record.inputs.get("role") not in right.roles:
            continue
        bound = record.inputs.get(right.on)
        if short(str(bound)) == thing or record.type.startswith("gcp:projects/"):
            yield from _texts(record.inputs.get("members") or [record.inputs.get("member")])


def _texts(value: Any) -> Iterable[str]:
    return (str(one) for one in cast("list[Any]", value))
