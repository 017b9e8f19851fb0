"""When AKS upgrades by itself: patches of the minor and images of the nodes, each in its weekly hours."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import containerservice

# AKS knows these names, and what each is for.
CLUSTER_WINDOW, NODE_WINDOW = "aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"
WINDOW_HOURS = 4  # the shortest that AKS takes


def channels() -> containerservice.ManagedClusterAutoUpgradeProfileArgs:
    """`patch` stays within the minor: a new minor is a decision, and the version of the spec."""
    return containerservice.ManagedClusterAutoUpgradeProfileArgs(
        upgrade_channel=containerservice.UpgradeChannel.PATCH,
        node_os_upgrade_channel=containerservice.NodeOSUpgradeChannel.NODE_IMAGE,
    )


def windows(
    name: str, group: pulumi.Output[str], cluster: containerservice.ManagedCluster, child: pulumi.ResourceOptions
) -> list[containerservice.MaintenanceConfiguration]:
    """Apart, so that a bad patch and a bad image are not one night's work."""
    days = {CLUSTER_WINDOW: containerservice.WeekDay.SUNDAY, NODE_WINDOW: containerservice.WeekDay.SATURDAY}
    return [
        containerservice.MaintenanceConfiguration(
            f"{name}-{short}",
            config_name=config,
            resource_name_=cluster.name,
            resource_group_name=group,
            maintenance_window=containerservice.MaintenanceWindowArgs(
                duration_hours=WINDOW_HOURS,
                start_time="03:00",
                utc_offset="+00:00",
                schedule=containerservice.ScheduleArgs(
                    weekly=containerservice.WeeklyScheduleArgs(day_of_week=days[config], interval_weeks=1)
                ),
            ),
            opts=child,
        )
        for short, config in (("upgrade-window", CLUSTER_WINDOW), ("node-window", NODE_WINDOW))
    ]
