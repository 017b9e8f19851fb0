"""A budget on Azure: one monthly cost budget of the subscription with e-mail alerts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import pulumi
import pulumi_random as random
from pulumi_azure_native import consumption

from components.azure_group import Group
from components.budget.outputs import BudgetOutputs
from components.budget.spec import BudgetSpec
from components.core import Component
from components.naming import fit
from components.site import Site

MOST_NOTIFICATIONS = 5
MOST_EMAILS = 50
HIGHEST_THRESHOLD = 1000
LONGEST_NAME = 63


@dataclass(frozen=True)
class Notification:
    kind: consumption.ThresholdType
    percent: int

    @property
    def key(self) -> str:
        return f"{self.kind.value}-{self.percent}"


@dataclass(frozen=True)
class Plan:
    """`amount` is in the currency in which the subscription is billed: a budget of Azure has none of its own."""

    amount: int
    notifications: tuple[Notification, ...]


def plan(spec: BudgetSpec) -> Plan:
    """Raises ValueError for more alerts or addresses than a budget takes, and for a threshold that it does not take."""
    actual = tuple(Notification(consumption.ThresholdType.ACTUAL, percent) for percent in sorted(set(spec.thresholds)))
    if len(actual) >= MOST_NOTIFICATIONS:
        raise ValueError(f"thresholds: {len(actual)} given; allowed: at most {MOST_NOTIFICATIONS - 1}")
    if wrong := [item.percent for item in actual if not 0 < item.percent <= HIGHEST_THRESHOLD]:
        raise ValueError(f"thresholds: {wrong[0]} given; allowed: 1 to {HIGHEST_THRESHOLD}")
    if len(spec.emails) > MOST_EMAILS:
        raise ValueError(f"emails: {len(spec.emails)} given; allowed: at most {MOST_EMAILS}")
    return Plan(spec.monthly_eur, (*actual, Notification(consumption.ThresholdType.FORECASTED, 100)))


def month_of(identifier: str) -> str:
    """The first of the month in which a UUID of version 7 was made, whose first 48 bits are the time: `2026-05-01T00:00:00Z`."""
    made = datetime.fromtimestamp((uuid.UUID(identifier).int >> 80) / 1000, UTC)
    return f"{made:%Y-%m}-01T00:00:00Z"


class AzureBudget(Component[BudgetOutputs]):
    """Azure takes no start before the current month, and none that differs from the budget's first one. So the month is read off an
    identifier that is made together with the budget and kept: no run asks the clock."""

    TYPE = "azure:Budget"

    def __init__(self, name: str, spec: BudgetSpec, site: Site, group: Group, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        decided = plan(spec)
        called, scope = fit(name, LONGEST_NAME), f"/subscriptions/{group.subscription}"
        since = random.RandomUuid7(f"{name}-since", keepers={"budget": f"{scope}/{called}"}, opts=self.child)
        budget = consumption.Budget(
            f"{name}-budget",
            budget_name=called,
            scope=scope,
            category=consumption.CategoryType.COST,
            time_grain=consumption.TimeGrainType.MONTHLY,
            time_period=consumption.BudgetTimePeriodArgs(start_date=since.result.apply(month_of)),
            amount=decided.amount,
            filter=_own(site) if spec.own_costs_only else None,
            notifications={
                item.key: consumption.NotificationArgs(
                    enabled=True,
                    operator=consumption.OperatorType.GREATER_THAN,
                    threshold=item.percent,
                    threshold_type=item.kind,
                    contact_emails=list(spec.emails),
                )
                for item in decided.notifications
            },
            opts=self.child,
        )
        self.publish(BudgetOutputs(name=budget.name))


def _own(site: Site) -> consumption.BudgetFilterArgs:
    return consumption.BudgetFilterArgs(
        tags=consumption.BudgetComparisonExpressionArgs(name="stack", operator=consumption.BudgetOperatorType.IN_, values=[site.name])
    )
