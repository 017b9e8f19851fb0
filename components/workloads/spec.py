"""What runs in a cluster, as data: namespaces, accounts, configuration, Deployments, Jobs and routes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from components.vocabulary import Spec, unset
from components.workloads.pod_spec import GRANTED
from components.workloads.pod_spec import Calls as Calls
from components.workloads.pod_spec import ContainerSpec as ContainerSpec
from components.workloads.pod_spec import ExecProbe as ExecProbe
from components.workloads.pod_spec import HttpProbe as HttpProbe
from components.workloads.pod_spec import Name as Name
from components.workloads.pod_spec import PodSpec as PodSpec
from components.workloads.pod_spec import Probe as Probe
from components.workloads.pod_spec import Resources as Resources
from components.workloads.pod_spec import SecretMount as SecretMount
from components.workloads.pod_spec import TcpProbe as TcpProbe
from components.workloads.pod_spec import Uses as Uses
from components.workloads.values import PlainValue


class Quota(Spec):
    """Upper bounds of a whole namespace, as Kubernetes quantities."""

    pods: int
    requests_cpu: str
    requests_memory: str
    limits_cpu: str
    limits_memory: str
    jobs: int | None = Field(default=None, description="Job objects, finished ones that are not yet cleaned up included.")


class NamespaceSpec(Spec):
    """`defaults` are the requests and limits of a container that names none. Traffic is denied both ways until a connection allows it."""

    name: str = Field(pattern=Name)
    labels: dict[str, str] = Field(default_factory=dict)
    pod_security: Literal["restricted", "baseline"] = "restricted"
    quota: Quota
    defaults: Resources = Resources(requests_cpu="50m", requests_memory="64Mi", limits_cpu="500m", limits_memory="512Mi")


class Permission(Spec):
    """What an account may do through the Kubernetes API, in one namespace."""

    namespace: str
    api_group: str = ""
    resources: tuple[str, ...] = Field(min_length=1)
    verbs: tuple[str, ...] = Field(min_length=1)


class AccountSpec(Spec):
    """A service account. Its token reaches pods only where `permissions` are given."""

    name: str = Field(pattern=Name)
    namespace: str
    uses: tuple[Uses, ...] = ()
    permissions: tuple[Permission, ...] = ()

    @model_validator(mode="after")
    def _grantable(self) -> Self:
        if wrong := [item.resource for item in self.uses if item.kind not in GRANTED]:
            raise ValueError(f"{self.name}.uses {', '.join(wrong)} given; allowed: {', '.join(GRANTED)}. What pods connect to is the pod's")
        return self


class ConfigSpec(Spec):
    """A ConfigMap."""

    name: str = Field(pattern=Name)
    namespace: str
    data: dict[str, PlainValue]


class SecretItem(Spec):
    """One field: `path` in the system's own secret store, or the administrator's password of a database."""

    path: str | None = None
    admin_of: str | None = None


Delivery = Literal["external", "sealed", "plain"]
"""How a Secret reaches the cluster: External Secrets fetches it, the Sealed Secrets controller opens it, or the engine writes it."""


class SecretSpec(Spec):
    """A Kubernetes Secret whose values stand in the cloud's secret manager too. `data` maps a key to where its value is."""

    name: str = Field(pattern=Name)
    namespace: str
    refresh: str = "1h"
    data: dict[str, SecretItem]
    delivery: Delivery = Field(default="external", description="`refresh` is External Secrets' alone.")

    @model_validator(mode="after")
    def _fetched(self) -> Self:
        if self.delivery != "external" and any(item.admin_of for item in self.data.values()):
            raise ValueError(f"{self.name}: an administrator's password never passes through the engine; allowed: delivery external")
        return self


class Autoscale(Spec):
    maximum: int = Field(ge=2)
    cpu: int = Field(default=70, ge=1, le=100, description="Per cent of the requested CPU.")
    memory: int | None = Field(default=None, ge=1, le=100)


class DeploymentSpec(Spec):
    """A Deployment with its Service, disruption budget and scrape configuration."""

    name: str = Field(pattern=Name)
    namespace: str
    replicas: int = Field(ge=1)
    pod: PodSpec
    port: int | None = Field(default=None, description="What it serves HTTP on; none for a worker, which then has no Service.")
    service_port: int = 80
    liveness: Probe | None = None
    readiness: Probe | None = None
    metrics_path: str | None = None
    metrics_port: int | None = Field(default=None, description="Where metrics are scraped, if not on `port`.")
    autoscale: Autoscale | None = None
    after: tuple[str, ...] = Field(default=(), description="Jobs that must have succeeded before this rolls.")

    @property
    def scraped(self) -> int | None:
        """The port that Prometheus asks for metrics."""
        return (self.metrics_port or self.port) if self.metrics_path else None

    @model_validator(mode="after")
    def _ports(self) -> Self:
        if self.metrics_path and self.scraped is None:
            raise ValueError(f"{self.name}.metrics_path {self.metrics_path!r} is given without a port; allowed: `port` or `metrics_port`")
        for container in (self, *self.pod.sidecars):
            for kind, probe in (("liveness", container.liveness), ("readiness", container.readiness)):
                if isinstance(probe, HttpProbe) and (probe.port or container.port) is None:
                    raise ValueError(f"{container.name}.{kind} asks {probe.path!r} of no port; allowed: a `port`, or another probe")
        if self.autoscale and self.autoscale.maximum <= self.replicas:
            raise ValueError(f"{self.name}.autoscale.maximum is {self.autoscale.maximum}; allowed: more than replicas, {self.replicas}")
        return self


class Retry(Spec):
    """Tries within the container: the wait doubles from `initial_seconds` to `max_seconds`. The image needs /bin/sh and sleep."""

    initial_seconds: int = Field(default=2, ge=1)
    max_seconds: int = Field(default=60, ge=1)
    attempts: int = Field(default=6, ge=1, le=20)

    @property
    def waits(self) -> tuple[int, ...]:
        """Seconds between the tries."""
        return tuple(min(self.initial_seconds * 2**number, self.max_seconds) for number in range(self.attempts - 1))


class JobSpec(Spec):
    """A Job that runs once for each content: its name carries a hash of everything in here and of what it names in `watches`, apart
    from what it connects to.

    Finished Jobs stay (no ttl): the engine would make a vanished one again, and run it again.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,50}$")
    namespace: str
    pod: PodSpec
    files: dict[str, str] = Field(default_factory=dict, description="Mounted at /files.")
    deadline_seconds: int = 600
    retries: int = Field(default=0, ge=0)
    watches: dict[str, str] = Field(default_factory=dict, description="Whatever must run the Job again when it changes.")
    after: tuple[str, ...] = Field(default=(), description="Jobs that must have succeeded before.")
    rolled: tuple[str, ...] = Field(
        default=(), exclude_if=unset, description="Deployments that must have rolled out before: the Job runs after them."
    )
    retry: Retry | None = Field(default=None, exclude_if=unset)
    once: bool = Field(
        default=False,
        exclude_if=unset,
        description="At the first installation alone: later changes of it run nothing. To run it again, see `workloads.job`.",
    )

    @property
    def content(self) -> str:
        """Changes with what the Job does."""
        return digest(self, left_out={"pod": {"uses", "calls"}})

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        if self.retry and not self.pod.command:
            raise ValueError(f"{self.name}.retry has no command to repeat; allowed: `pod.command`, as the image's own is not known here")
        if self.retry and sum(self.retry.waits) >= self.deadline_seconds:
            raise ValueError(
                f"{self.name}.retry waits {sum(self.retry.waits)} s; allowed: less than deadline_seconds, {self.deadline_seconds}"
            )
        return self


class RouteSpec(Spec):
    """One public host with its certificate and the limit of the request body. `private_paths` answer 404.

    `timeout_seconds`: the whole response must have come by then; without one, Envoy gives up after 15.
    """

    name: str = Field(pattern=Name)
    namespace: str
    host: str
    service: str
    service_port: int = 80
    tls_secret: str
    body_limit: str = "10Mi"
    timeout_seconds: int = Field(default=60, ge=1)
    private_paths: tuple[str, ...] = ()


def digest(spec: Spec | dict[str, str], length: int = 8, left_out: Mapping[str, set[str]] | None = None) -> str:
    """Changes when the content changes, and only then. `left_out` are fields of fields that do not count."""
    content = spec if isinstance(spec, dict) else spec.model_dump(mode="json", exclude=dict(left_out or {}))
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:length]
