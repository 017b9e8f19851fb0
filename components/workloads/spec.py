"""What runs in a cluster, as data: namespaces, accounts, configuration, Deployments, Jobs and routes."""

from __future__ import annotations

import hashlib
import json
from typing import Literal

from pydantic import Field

from components.vocabulary import Access, Spec
from components.workloads.values import PlainValue

Name = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"


class Quota(Spec):
    """Upper bounds of a whole namespace, as Kubernetes quantities."""

    pods: int
    requests_cpu: str
    requests_memory: str
    limits_cpu: str
    limits_memory: str
    jobs: int | None = Field(default=None, description="Job objects, finished ones that are not yet cleaned up included.")


class Resources(Spec):
    requests_cpu: str
    requests_memory: str
    limits_cpu: str
    limits_memory: str


class NamespaceSpec(Spec):
    """`defaults` are the requests and limits of a container that names none. Traffic is denied both ways until a connection allows it."""

    name: str = Field(pattern=Name)
    labels: dict[str, str] = Field(default_factory=dict)
    pod_security: Literal["restricted", "baseline"] = "restricted"
    quota: Quota
    defaults: Resources = Resources(requests_cpu="50m", requests_memory="64Mi", limits_cpu="500m", limits_memory="512Mi")


class Uses(Spec):
    """What an account may do with a resource of the cloud: `key:master`. Each cloud turns it into the least rights that allow it."""

    resource: str = Field(pattern=r"^(key|secrets):[a-z][a-z0-9-]*$")
    access: Access = Access.USE


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


class ConfigSpec(Spec):
    """A ConfigMap."""

    name: str = Field(pattern=Name)
    namespace: str
    data: dict[str, PlainValue]


class SecretItem(Spec):
    """One field: `path` in the system's own secret store, or the administrator's password of a database."""

    path: str | None = None
    admin_of: str | None = None


class SecretSpec(Spec):
    """A Kubernetes Secret that External Secrets keeps like the cloud's secret manager. `data` maps a key to where its value is."""

    name: str = Field(pattern=Name)
    namespace: str
    refresh: str = "1h"
    data: dict[str, SecretItem]


class HttpProbe(Spec):
    path: str
    delay: int = Field(default=0, ge=0, description="Seconds.")
    period: int = Field(default=10, ge=1, description="Seconds.")
    timeout: int = Field(default=1, ge=1, description="Seconds.")


class PodSpec(Spec):
    """One container, hardened: non-root, read-only root file system with an own /tmp, no capabilities, seccomp RuntimeDefault."""

    image: PlainValue
    command: tuple[str, ...] = ()
    account: str | None = None
    user: int = Field(default=1001, ge=1, description="Numeric user and group, since `runAsNonRoot` cannot judge a name.")
    labels: dict[str, str] = Field(default_factory=dict)
    env: dict[str, PlainValue] = Field(default_factory=dict)
    config: tuple[str, ...] = Field(default=(), description="ConfigMaps whose keys become variables.")
    secrets: tuple[str, ...] = Field(default=(), description="Secrets whose keys become variables.")
    mounts: dict[str, str] = Field(default_factory=dict, description="Folder to the ConfigMap that is mounted there, read-only.")
    resources: Resources
    node_labels: dict[str, str] = Field(default_factory=dict)


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
    port: int
    service_port: int = 80
    liveness: HttpProbe
    readiness: HttpProbe
    metrics_path: str | None = None
    autoscale: Autoscale | None = None
    after: tuple[str, ...] = Field(default=(), description="Jobs that must have succeeded before this rolls.")


class JobSpec(Spec):
    """A Job that runs once for each content: its name carries a hash of everything in here and of what it names in `watches`.

    Finished Jobs stay (no ttl): the engine would make a vanished one again, and run it again.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,50}$")
    namespace: str
    pod: PodSpec
    files: dict[str, str] = Field(default_factory=dict, description="Mounted at /files.")
    deadline_seconds: int = 600
    retries: int = Field(default=0, ge=0)
    watches: dict[str, str] = Field(default_factory=dict, description="Whatever must run the Job again when it changes.")
    after: tuple[str, ...] = ()


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


def digest(spec: Spec | dict[str, str], length: int = 8) -> str:
    """Changes when the content changes, and only then."""
    content = spec if isinstance(spec, dict) else spec.model_dump(mode="json")
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:length]
