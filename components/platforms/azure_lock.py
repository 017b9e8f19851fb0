"""Azure's own protection from deletion: a lock on the resource, whoever asks."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import authorization


def lock(name: str, scope: pulumi.Output[str], protected: bool, parent: pulumi.Resource, below: Sequence[pulumi.Resource]) -> None:
    """Nothing where deletion is free. `below` is all that the stack declares below the resource.

    A lock is inherited: while it stands, nothing below the resource (databases, role assignments, diagnostic settings) can be deleted
    either. So it comes last and goes first, and workloads are let in on no resource that has one. The engine does not protect it: a
    protected lock could not be withdrawn by the update that releases the resource.
    """
    if protected:
        authorization.ManagementLockByScope(
            f"{name}-lock",
            scope=scope,
            lock_name=f"{name}-lock",
            level=authorization.LockLevel.CAN_NOT_DELETE,
            notes="Holds data. Set deletion_protection: false and update before a destroy.",
            opts=pulumi.ResourceOptions(parent=parent, depends_on=list(below)),
        )
