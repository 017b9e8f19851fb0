"""Copies of a bucket's objects in a bucket of a second region: Storage Transfer Service, told of each object by Pub/Sub."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_gcp import pubsub, storage

from components.gcp_project import Project

ACKNOWLEDGE_SECONDS = 300  # what Storage Transfer Service asks of its subscriptions
KEPT_SECONDS = 7 * 24 * 3600
"""How long a message waits while copying stands still; the longest that needs no payment for storage on the topic."""
NEVER = ""


@dataclass(frozen=True)
class End:
    """One side of the copying."""

    name: pulumi.Output[str]
    region: str


def copy_objects(name: str, project: Project, source: End, copy: End, child: pulumi.ResourceOptions) -> None:
    """Objects that are written from now on, minutes later. Deletions do not travel.

    The job brings its own topic and subscription: those that Storage Transfer Service makes by itself keep messages anywhere, and ask for
    the right to change all of the project's topics.
    """
    transfer = pulumi.Output.concat("serviceAccount:", project.agents["storagetransfer.googleapis.com"])
    notices = _notices(name, project, source, copy, child)
    rights: list[pulumi.Output[str]] = [
        pubsub.SubscriptionIAMMember(
            f"{name}-copy-subscriber",
            subscription=notices.name,
            project=notices.project,
            role="roles/pubsub.subscriber",
            member=transfer,
            opts=child,
        ).id
    ]
    # `legacyBucketReader` and `legacyBucketWriter` add `storage.buckets.get`; the former of each pair reads objects.
    for side, end, roles in (
        ("source", source, ("objectViewer", "legacyBucketReader")),
        ("target", copy, ("objectViewer", "legacyBucketWriter")),
    ):
        rights += [
            storage.BucketIAMMember(
                f"{name}-copy-{side}-{role}", bucket=end.name, role=f"roles/storage.{role}", member=transfer, opts=child
            ).id
            for role in roles
        ]
    storage.TransferJob(
        f"{name}-copies",
        description=f"Copies of {name}",
        project=project.on("storagetransfer.googleapis.com"),
        status="ENABLED",
        # Through the rights: the job is refused while its agent may not yet see both buckets and hear of objects.
        event_stream=storage.TransferJobEventStreamArgs(name=_after(notices.id, rights)),
        transfer_spec=storage.TransferJobTransferSpecArgs(
            gcs_data_source=storage.TransferJobTransferSpecGcsDataSourceArgs(bucket_name=source.name),
            gcs_data_sink=storage.TransferJobTransferSpecGcsDataSinkArgs(bucket_name=copy.name),
            transfer_options=storage.TransferJobTransferSpecTransferOptionsArgs(
                overwrite_when="DIFFERENT",
                delete_objects_unique_in_sink=False,
                delete_objects_from_source_after_transfer=False,
                metadata_options=storage.TransferJobTransferSpecTransferOptionsMetadataOptionsArgs(
                    # The copy's own key: that of the source does not serve its region.
                    kms_key="KMS_KEY_DESTINATION_BUCKET_DEFAULT",
                    storage_class="STORAGE_CLASS_DESTINATION_BUCKET_DEFAULT",
                    time_created="TIME_CREATED_SKIP",
                ),
            ),
        ),
        logging_config=storage.TransferJobLoggingConfigArgs(log_actions=["COPY"], log_action_states=["FAILED"]),
        opts=child,
    )


def _notices(name: str, project: Project, source: End, copy: End, child: pulumi.ResourceOptions) -> pubsub.Subscription:
    """A message names an object and holds its metadata. The subscription gives one only once Cloud Storage may publish."""
    topic = pubsub.Topic(
        f"{name}-copy-notices",
        name=f"{name}-copy-notices",
        project=project.on("pubsub.googleapis.com"),
        message_storage_policy=pubsub.TopicMessageStoragePolicyArgs(allowed_persistence_regions=[source.region, copy.region]),
        opts=child,
    )
    publisher = pubsub.TopicIAMMember(
        f"{name}-copy-publisher",
        topic=topic.name,
        project=topic.project,
        role="roles/pubsub.publisher",
        member=pulumi.Output.concat("serviceAccount:", project.agents["storage.googleapis.com"]),
        opts=child,
    )
    subscription = pubsub.Subscription(
        f"{name}-copy-notices",
        name=f"{name}-copy-notices",
        project=topic.project,
        topic=topic.id,
        ack_deadline_seconds=ACKNOWLEDGE_SECONDS,
        message_retention_duration=f"{KEPT_SECONDS}s",
        # Absent, a subscription that is not used for 31 days goes by itself, and with it the copying.
        expiration_policy=pubsub.SubscriptionExpirationPolicyArgs(ttl=NEVER),
        opts=child,
    )
    storage.Notification(
        f"{name}-copy-notices",
        bucket=source.name,
        topic=_after(topic.id, [publisher.id, subscription.id]),
        payload_format="JSON_API_V1",
        event_types=["OBJECT_FINALIZE"],
        opts=child,
    )
    return subscription


def _after(value: pulumi.Output[str], needs: Sequence[pulumi.Output[str]]) -> pulumi.Output[str]:
    """The value, known once what it needs is there."""
    return pulumi.Output.all(value, *needs).apply(lambda known: str(known[0]))
