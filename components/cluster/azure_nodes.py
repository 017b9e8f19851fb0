"""Agent pools: the small one that AKS' own pods run on, and one per pool of the spec, over all zones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_azure_native import containerservice

from components.cluster.azure_plan import (
    MAX_PODS,
    SIZES,
    SYSTEM_DISK_GIB,
    SYSTEM_MAXIMUM,
    SYSTEM_MINIMUM,
    SYSTEM_POOL,
    SYSTEM_TAINT,
    Pool,
)
from components.vocabulary import Size

OS_SKU = containerservice.OSSKU.AZURE_LINUX
"""Azure Linux, built by Microsoft for AKS: fewer packages than Ubuntu, and as `AzureLinux` the release that goes with the minor."""


def system_pool(
    version: str, zones: Sequence[str], subnet: pulumi.Input[str], tags: Mapping[str, str]
) -> containerservice.ManagedClusterAgentPoolProfileArgs:
    """Part of the cluster itself, which is not made without one. AKS' own pods alone run here: DNS, the drivers' controllers, metrics."""
    return containerservice.ManagedClusterAgentPoolProfileArgs(
        name=SYSTEM_POOL,
        mode=containerservice.AgentPoolMode.SYSTEM,
        type=containerservice.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
        vm_size=SIZES[Size.SMALL],
        availability_zones=list(zones),
        enable_auto_scaling=True,
        count=SYSTEM_MINIMUM,
        min_count=SYSTEM_MINIMUM,
        max_count=SYSTEM_MAXIMUM,
        max_pods=MAX_PODS,
        orchestrator_version=version,
        os_type=containerservice.OSType.LINUX,
        os_sku=OS_SKU,
        os_disk_type=containerservice.OSDiskType.MANAGED,
        os_disk_size_gb=SYSTEM_DISK_GIB,
        vnet_subnet_id=subnet,
        enable_node_public_ip=False,
        enable_encryption_at_host=True,
        security_profile=_security(),
        node_taints=[SYSTEM_TAINT],
        upgrade_settings=_upgrades(),
        tags=tags,
    )


def agent_pools(
    name: str,
    pools: Sequence[Pool],
    version: str,
    zones: Sequence[str],
    cluster: containerservice.ManagedCluster,
    group: pulumi.Output[str],
    subnet: pulumi.Input[str],
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> list[containerservice.AgentPool]:
    return [_pool(f"{name}-{pool.name}", pool, version, zones, cluster, group, subnet, tags, opts) for pool in pools]


def _pool(
    name: str,
    pool: Pool,
    version: str,
    zones: Sequence[str],
    cluster: containerservice.ManagedCluster,
    group: pulumi.Output[str],
    subnet: pulumi.Input[str],
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> containerservice.AgentPool:
    spot = pool.spot
    return containerservice.AgentPool(
        # The engine sends the ignored number with every change of the limits, and AKS refuses one below the minimum. So another minimum
        # is another pool: it stands before the old one is drained.
        f"{name}-from-{pool.minimum}",
        agent_pool_name=pool.node_pool,
        resource_name_=cluster.name,
        resource_group_name=group,
        mode=containerservice.AgentPoolMode.USER,
        type=containerservice.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
        vm_size=pool.vm_size,
        availability_zones=list(zones),
        enable_auto_scaling=True,
        count=pool.desired,
        min_count=pool.minimum,
        max_count=pool.maximum,
        max_pods=MAX_PODS,
        orchestrator_version=version,
        os_type=containerservice.OSType.LINUX,
        os_sku=OS_SKU,
        os_disk_type=containerservice.OSDiskType.MANAGED,
        os_disk_size_gb=pool.disk_gib,
        vnet_subnet_id=subnet,
        enable_node_public_ip=False,
        enable_encryption_at_host=True,
        security_profile=_security(),
        scale_down_mode=containerservice.ScaleDownMode.DELETE,
        scale_set_priority=containerservice.ScaleSetPriority.SPOT if spot else containerservice.ScaleSetPriority.REGULAR,
        scale_set_eviction_policy=containerservice.ScaleSetEvictionPolicy.DELETE if spot else None,
        # Up to the price on demand: a node goes when Azure needs the capacity, not when its price moves.
        spot_max_price=-1.0 if spot else None,
        node_labels=pool.labels,
        node_taints=list(pool.taints) or None,
        # A spot pool takes no surge: a node that is added may be evicted at once.
        upgrade_settings=None if spot else _upgrades(),
        tags=tags,
        # The autoscaler owns the number of nodes; the declared one is where it starts.
        opts=pulumi.ResourceOptions(parent=opts.parent, depends_on=opts.depends_on, ignore_changes=["count"]),
    )


def _security() -> containerservice.AgentPoolSecurityProfileArgs:
    """Measured boot of signed systems, and nobody logs in to a node."""
    return containerservice.AgentPoolSecurityProfileArgs(
        enable_secure_boot=True, enable_vtpm=True, ssh_access=containerservice.AgentPoolSSHAccess.DISABLED
    )


def _upgrades() -> containerservice.AgentPoolUpgradeSettingsArgs:
    """One new node at a time, before the old one is drained."""
    return containerservice.AgentPoolUpgradeSettingsArgs(max_surge="1", drain_timeout_in_minutes=30)
