"""Azure's own protection from deletion: a lock on the resource, whoever asks."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import authorization


def lock(name: str, scope: pulumi.Output[str], protected: bool, opts: pulumi.ResourceOptions) -> authorization.ManagementLockByScope | None:
    """Nothing where deletion is free. `opts` should protect the lock as the data: it must not go before it.

    A lock is inherited: while it stands, nothing below the resource (databases, role assignments, diagnostic settings) can be deleted
    either, by an update as little as by a destroy. What is declared there is protected with it, and what lets workloads in gets no lock.
    """
    if not protected:
        return None
    return authorization.ManagementLockByScope(
        f"{name}-lock",
        scope=scope,
        lock_name=f"{name}-lock",
        level=authorization.LockLevel.CAN_NOT_DELETE,
        notes="Holds data. Set deletion_protection: false and update before a destroy.",
        opts=opts,
    )
