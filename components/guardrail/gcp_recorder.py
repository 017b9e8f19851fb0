"""Cloud Asset Inventory's feed: a record of every resource's configuration, kept in a bucket of the region."""

from __future__ import annotations

import pulumi
from pulumi_gcp import cloudasset, projects, pubsub, storage

from components.bucket.gcp import GcpBucket
from components.bucket.spec import BucketSpec
from components.gcp_project import Project
from components.guardrail.spec import GuardrailSpec
from components.key.outputs import KeyOutputs
from components.site import Site

COLD_DAYS = 90
FILE_SECONDS = 600
"""How long changes are gathered before a file is written; the longest that Pub/Sub takes, and the deadline may not be shorter."""


def record_configuration(
    name: str, spec: GuardrailSpec, site: Site, project: Project, key: KeyOutputs, child: pulumi.ResourceOptions
) -> None:
    """The inventory itself remembers 35 days; here changes are kept as long as audit logs. The key must let in `buckets`."""
    bucket = GcpBucket(
        f"{name}-recorder",
        BucketSpec(
            purpose="configuration",
            cold_after_days=COLD_DAYS if spec.audit_days > COLD_DAYS else None,
            expire_after_days=spec.audit_days,
            deletion_protected=spec.deletion_protected,
        ),
        site,
        project,
        key,
        child,
    ).outputs
    where = project.on("pubsub.googleapis.com")
    topic = pubsub.Topic(
        f"{name}-recorder",
        name=f"{name}-recorder",
        project=where,
        message_storage_policy=pubsub.TopicMessageStoragePolicyArgs(allowed_persistence_regions=[site.region]),
        opts=child,
    )
    file = _files(name, bucket.name, where, topic, child)
    publisher = pubsub.TopicIAMMember(
        f"{name}-recorder-publisher",
        topic=topic.name,
        project=topic.project,
        role="roles/pubsub.publisher",
        member=_agent(f"{name}-recorder-inventory", "cloudasset.googleapis.com", project, child),
        opts=child,
    )
    cloudasset.ProjectFeed(
        f"{name}-recorder",
        feed_id=f"{name}-recorder",
        project=project.on("cloudasset.googleapis.com"),
        content_type="RESOURCE",
        asset_types=[".*"],
        feed_output_config=cloudasset.ProjectFeedFeedOutputConfigArgs(
            pubsub_destination=cloudasset.ProjectFeedFeedOutputConfigPubsubDestinationArgs(
                # Through the right and the files: the feed tries its topic out, and what nobody subscribes to is lost.
                topic=pulumi.Output.all(topic.id, publisher.id, file.id).apply(lambda known: str(known[0]))
            )
        ),
        opts=child,
    )


def _files(
    name: str, bucket: pulumi.Output[str], project: pulumi.Output[str], topic: pubsub.Topic, child: pulumi.ResourceOptions
) -> pubsub.Subscription:
    """Pub/Sub writes files by itself, in the name of its own agent."""
    agent = pulumi.Output.concat(
        "serviceAccount:",
        projects.ServiceIdentity(f"{name}-recorder-writer", project=project, service="pubsub.googleapis.com", opts=child).email,
    )
    rights = [
        storage.BucketIAMMember(f"{name}-recorder-{role}", bucket=bucket, role=f"roles/storage.{role}", member=agent, opts=child).id
        for role in ("objectCreator", "legacyBucketReader")
    ]
    return pubsub.Subscription(
        f"{name}-recorder",
        name=f"{name}-recorder",
        project=topic.project,
        topic=topic.id,
        ack_deadline_seconds=FILE_SECONDS,
        expiration_policy=pubsub.SubscriptionExpirationPolicyArgs(ttl=""),
        cloud_storage_config=pubsub.SubscriptionCloudStorageConfigArgs(
            # Pub/Sub tries the bucket out when the subscription is made.
            bucket=pulumi.Output.all(bucket, *rights).apply(lambda known: str(known[0])),
            filename_prefix="configuration/",
            filename_suffix=".json",
            max_duration=f"{FILE_SECONDS}s",
        ),
        opts=child,
    )


def _agent(name: str, api: str, project: Project, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
    made = projects.ServiceIdentity(name, project=project.on(api), service=api, opts=child)
    return pulumi.Output.concat("serviceAccount:", made.email)
