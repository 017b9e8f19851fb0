"""What a pod's containers mount: ConfigMaps, Secrets, and a folder of their own for temporary files."""

from __future__ import annotations

from collections.abc import Iterable

from pulumi_kubernetes.core import v1 as core

from components.workloads.spec import ContainerSpec, PodSpec, SecretMount

TMP = "tmp"
SECRET_MODE = 0o440
"""For the owner, root, and the pod's group (`fsGroup`), to which Kubernetes gives the files."""


def volumes(spec: PodSpec) -> list[core.VolumeArgs]:
    maps = dict.fromkeys(source for item in spec.containers for source in item.mounts.values())
    return [
        *(core.VolumeArgs(name=temporary(item), empty_dir=core.EmptyDirVolumeSourceArgs(size_limit="256Mi")) for item in spec.containers),
        *(core.VolumeArgs(name=source, config_map=core.ConfigMapVolumeSourceArgs(name=source)) for source in maps),
        *(_secret(name, mount) for name, mount in _secrets(spec)),
    ]


def mounts(spec: PodSpec, container: PodSpec | ContainerSpec) -> list[core.VolumeMountArgs]:
    """Of one of the pod's containers."""
    named = _secrets(spec)
    return [
        core.VolumeMountArgs(name=temporary(container), mount_path="/tmp"),  # noqa: S108, RUF100  the container's own empty folder
        *(core.VolumeMountArgs(name=source, mount_path=path, read_only=True) for path, source in container.mounts.items()),
        *(
            core.VolumeMountArgs(name=next(name for name, known in named if known == mount), mount_path=path, read_only=True)
            for path, mount in container.secret_mounts.items()
        ),
    ]


def temporary(container: PodSpec | ContainerSpec) -> str:
    """Containers of one pod share no files that they did not ask for."""
    return f"{TMP}-{container.name}" if isinstance(container, ContainerSpec) else TMP


def _secrets(spec: PodSpec) -> list[tuple[str, SecretMount]]:
    """Each different view of a Secret is a volume; a ConfigMap may have the Secret's name."""
    found: list[SecretMount] = []
    for mount in (mount for item in spec.containers for mount in item.secret_mounts.values()):
        if mount not in found:
            found.append(mount)
    return [(_name(mount, found[:place]), mount) for place, mount in enumerate(found)]


def _name(mount: SecretMount, earlier: Iterable[SecretMount]) -> str:
    same = sum(other.secret == mount.secret for other in earlier)
    return f"secret-{mount.secret}-{same + 1}" if same else f"secret-{mount.secret}"


def _secret(name: str, mount: SecretMount) -> core.VolumeArgs:
    items = [core.KeyToPathArgs(key=key, path=path) for key, path in mount.items.items()]
    source = core.SecretVolumeSourceArgs(secret_name=mount.secret, items=items or None, default_mode=SECRET_MODE)
    return core.VolumeArgs(name=name, secret=source)
