"""What runs in a pod, as data: containers, what they read and mount, how they are probed, and what they connect to."""

from __future__ import annotations

from typing import Self, TypeAlias

from pydantic import Field, model_validator

from components.vocabulary import Access, Spec, unset
from components.workloads.values import PlainValue

Name = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"


class Resources(Spec):
    requests_cpu: str
    requests_memory: str
    limits_cpu: str
    limits_memory: str


GRANTED, CONNECTED = ("key", "secrets"), ("database", "cache", "valkey")
"""Kinds of resources that an account has rights to, and those that a pod connects to."""


class Uses(Spec):
    """What an account may do with a resource of the cloud, `key:master`, which each cloud turns into the least rights that allow it;
    or what a pod opens connections to, `database:main`, which network policies follow from."""

    resource: str = Field(pattern=r"^(key|secrets|database|cache|valkey):[a-z][a-z0-9-]*$")
    access: Access = Access.USE
    direct: bool = Field(default=False, description="A database past its pooler, for what needs a session: migrations.")

    @property
    def kind(self) -> str:
        return self.resource.partition(":")[0]

    @model_validator(mode="after")
    def _of_databases(self) -> Self:
        if self.direct and self.kind != "database":
            raise ValueError(f"{self.resource!r} is given as direct; allowed: database:…, which alone has poolers")
        return self


class HttpProbe(Spec):
    path: str
    port: int | None = Field(default=None, description="Where the container answers, if not on the port that it serves.")
    delay: int = Field(default=0, ge=0, description="Seconds.")
    period: int = Field(default=10, ge=1, description="Seconds.")
    timeout: int = Field(default=1, ge=1, description="Seconds.")


class ExecProbe(Spec):
    """For processes that serve nothing: healthy while the command ends with 0."""

    command: tuple[str, ...] = Field(min_length=1)
    delay: int = Field(default=0, ge=0, description="Seconds.")
    period: int = Field(default=30, ge=1, description="Seconds.")
    timeout: int = Field(default=10, ge=1, description="Seconds.")


class TcpProbe(Spec):
    """Healthy while the port takes connections; for what speaks neither HTTP nor has a command to ask with."""

    port: int
    delay: int = Field(default=0, ge=0, description="Seconds.")
    period: int = Field(default=10, ge=1, description="Seconds.")
    timeout: int = Field(default=1, ge=1, description="Seconds.")


Probe: TypeAlias = HttpProbe | ExecProbe | TcpProbe


class SecretMount(Spec):
    """A Secret as files. `items` maps a key to its path below the folder; without them each key is a file of its name."""

    secret: str
    items: dict[str, str] = Field(default_factory=dict)


class Calls(Spec):
    """What a pod opens connections to, beside what it uses: another workload of the system by its name, or a place of the platform.

    `internet` is every public address (443 unless `ports` says otherwise), `traces` the collector (OTLP: 4317 and 4318).
    """

    target: str = Field(pattern=Name, description="A Deployment's name, or internet, kubernetes-api, traces.")
    ports: tuple[int, ...] = ()


class ContainerSpec(Spec):
    """A container beside the pod's own, hardened alike: before it (`init`) or next to it (`sidecars`)."""

    name: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$")
    image: PlainValue
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: dict[str, PlainValue] = Field(default_factory=dict)
    config: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    mounts: dict[str, str] = Field(default_factory=dict)
    secret_mounts: dict[str, SecretMount] = Field(default_factory=dict)
    port: int | None = None
    liveness: Probe | None = None
    readiness: Probe | None = None
    resources: Resources


class PodSpec(Spec):
    """The pod's own container and those beside it, hardened: non-root, read-only root file system with an own /tmp, no capabilities,
    seccomp RuntimeDefault."""

    image: PlainValue
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = Field(default=(), exclude_if=unset)
    account: str | None = None
    user: int = Field(default=1001, ge=1, description="Numeric user and group, since `runAsNonRoot` cannot judge a name.")
    labels: dict[str, str] = Field(default_factory=dict)
    env: dict[str, PlainValue] = Field(default_factory=dict)
    config: tuple[str, ...] = Field(default=(), description="ConfigMaps whose keys become variables.")
    secrets: tuple[str, ...] = Field(default=(), description="Secrets whose keys become variables.")
    mounts: dict[str, str] = Field(default_factory=dict, description="Folder to the ConfigMap that is mounted there, read-only.")
    secret_mounts: dict[str, SecretMount] = Field(
        default_factory=dict, exclude_if=unset, description="Folder to the Secret that is mounted there, read-only."
    )
    resources: Resources
    node_labels: dict[str, str] = Field(default_factory=dict)
    init: tuple[ContainerSpec, ...] = Field(
        default=(), exclude_if=unset, description="Run to their end, one after another, before the pod's own starts."
    )
    sidecars: tuple[ContainerSpec, ...] = Field(
        default=(), exclude_if=unset, description="Beside the pod's own; a Job's are stopped when its own has ended."
    )
    uses: tuple[Uses, ...] = Field(
        default=(), description="Resources that the pod reaches over the network: database:main (through its pooler, if any), cache:queue."
    )
    calls: tuple[Calls, ...] = ()

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if wrong := [item.resource for item in self.uses if item.kind not in CONNECTED]:
            raise ValueError(f"uses {', '.join(wrong)} given; allowed: {', '.join(CONNECTED)}. Rights belong to the pod's account")
        return self

    @property
    def containers(self) -> tuple[PodSpec | ContainerSpec, ...]:
        """The pod's own container is the pod itself."""
        return (self, *self.init, *self.sidecars)

    @property
    def read_configs(self) -> tuple[str, ...]:
        """ConfigMaps that any container reads or mounts: they stand before the pod, and a change of them rolls it."""
        return tuple(dict.fromkeys(name for item in self.containers for name in (*item.config, *item.mounts.values())))

    @property
    def read_secrets(self) -> tuple[str, ...]:
        """Secrets that any container reads or mounts."""
        mounted = (mount.secret for item in self.containers for mount in item.secret_mounts.values())
        return tuple(dict.fromkeys((*(name for item in self.containers for name in item.secrets), *mounted)))
