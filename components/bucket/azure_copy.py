"""Copies of a bucket's objects in an account of a second region: storage makes them by itself, minutes later."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import storage

from components.azure_group import Group

EVERYTHING = "1601-01-01T00:00:00Z"
"""Azure's way to say that objects from before the rule are copied too."""


@dataclass(frozen=True)
class End:
    """One side of the copying: resource id and name of the account, and the container. Known when the account keeps versions."""

    id: pulumi.Output[str]
    account: pulumi.Output[str]
    container: pulumi.Output[str]


def replicate(name: str, group: Group, source: End, copy: End, kept: pulumi.ResourceOptions) -> None:
    """Two policies that say the same: the copy's is made first and gets the ids by which the source's must go.

    Deletions travel: the copy keeps what was deleted as a version. A version that is deleted here stays there.
    """
    here = storage.ObjectReplicationPolicyFilterArgs(min_creation_time=EVERYTHING)
    receiving = storage.ObjectReplicationPolicy(
        f"{name}-copy-in",
        object_replication_policy_id="default",
        account_name=copy.account,
        resource_group_name=group.name,
        source_account=source.id,
        destination_account=copy.id,
        rules=[
            storage.ObjectReplicationPolicyRuleArgs(source_container=source.container, destination_container=copy.container, filters=here)
        ],
        opts=kept,
    )
    storage.ObjectReplicationPolicy(
        f"{name}-copy-out",
        object_replication_policy_id=receiving.policy_id,
        account_name=source.account,
        resource_group_name=group.name,
        source_account=source.id,
        destination_account=copy.id,
        rules=[
            storage.ObjectReplicationPolicyRuleArgs(
                rule_id=receiving.rules.apply(lambda rules: (rules or [])[0].rule_id or ""),
                source_container=source.container,
                destination_container=copy.container,
                filters=here,
            )
        ],
        opts=kept,
    )
