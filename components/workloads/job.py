"""A Job that runs once for each content, or once for all."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pulumi
from pulumi_kubernetes.batch import v1 as batch
from pulumi_kubernetes.core import v1 as core

from components.core import Component
from components.workloads import pods
from components.workloads.retry import retried
from components.workloads.spec import JobSpec
from components.workloads.wiring import Wiring, metadata

FILES = "/files"


@dataclass(frozen=True)
class JobOutputs:
    """`done` exists once the Job has succeeded: for `depends_on`."""

    name: str
    done: pulumi.Resource


class OneOff(Component[JobOutputs]):
    """The object's name ends in a hash of the spec: a Job's template cannot change, so that a change is another Job.

    One that runs at the first installation alone has no hash, and the engine takes no notice of later changes. To run it again, as it is
    described by then: `pulumi up --replace <URN of the Job>`; or delete it in the cluster, refresh, and update.
    """

    TYPE = "workloads:OneOff"

    def __init__(self, name: str, spec: JobSpec, wiring: Wiring, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        unique = spec.name if spec.once else f"{spec.name}-{spec.content}"
        # A checksum in the template would make a change of, say, the log level run the Job again: the name alone decides.
        wiring = replace(wiring, checksums={})
        after = wiring.after
        pod = retried(spec.pod, spec.retry) if spec.retry else spec.pod
        if spec.files:
            files = core.ConfigMap(
                f"{name}-files",
                metadata=metadata(unique, wiring.namespace),
                data=dict(spec.files),
                opts=self.child,
            )
            after = (*after, files)
            pod = pod.model_copy(update={"mounts": {**pod.mounts, FILES: unique}})
        job = batch.Job(
            f"{name}-job",
            metadata=metadata(unique, wiring.namespace, labels=pod.labels),
            spec=batch.JobSpecArgs(
                backoff_limit=spec.retries,
                active_deadline_seconds=spec.deadline_seconds,
                template=pods.template(spec.name, pod, wiring, labels=pod.labels, restart="Never"),
            ),
            # Secrets, policies and earlier Jobs are met in the cluster by name: no output expresses that they must be there first.
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(after),
                ignore_changes=["metadata", "spec"] if spec.once else None,
                delete_before_replace=spec.once or None,  # its name stays
            ),
        )
        self.publish(JobOutputs(name=unique, done=job))
