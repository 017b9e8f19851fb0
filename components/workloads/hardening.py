"""What every container of the platform's own is held to: what the Pod Security level `restricted` asks, and a read-only root."""

from __future__ import annotations

from pulumi_kubernetes.core import v1 as core


def container() -> core.SecurityContextArgs:
    return core.SecurityContextArgs(
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=core.CapabilitiesArgs(drop=["ALL"]),
    )


def pod(user: int) -> core.PodSecurityContextArgs:
    """Volumes that hold data change hands when they are new, not file by file at every start."""
    return core.PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=user,
        run_as_group=user,
        fs_group=user,
        fs_group_change_policy="OnRootMismatch",
        seccomp_profile=core.SeccompProfileArgs(type="RuntimeDefault"),
    )
