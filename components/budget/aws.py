"""A budget on AWS: one monthly cost budget with e-mail alerts."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import budgets

from components.budget.outputs import BudgetOutputs
from components.budget.spec import BudgetSpec
from components.core import Component
from components.site import Site

MOST_NOTIFICATIONS = 10
MOST_EMAILS = 10


@dataclass(frozen=True)
class Notification:
    kind: str
    percent: int


@dataclass(frozen=True)
class Plan:
    """`limit` is in whole US dollars, the only currency of AWS budgets outside China."""

    limit: str
    notifications: tuple[Notification, ...]


def plan(spec: BudgetSpec) -> Plan:
    """Raises ValueError for more alerts or addresses than a budget takes."""
    actual = tuple(Notification("ACTUAL", percent) for percent in sorted(set(spec.thresholds)))
    if len(actual) >= MOST_NOTIFICATIONS:
        raise ValueError(f"thresholds: {len(actual)} given; allowed: at most {MOST_NOTIFICATIONS - 1}")
    if len(spec.emails) > MOST_EMAILS:
        raise ValueError(f"emails: {len(spec.emails)} given; allowed: at most {MOST_EMAILS}")
    return Plan(str(round(spec.monthly_eur * spec.usd_per_eur)), (*actual, Notification("FORECASTED", 100)))


class AwsBudget(Component[BudgetOutputs]):
    TYPE = "aws:Budget"

    def __init__(self, name: str, spec: BudgetSpec, site: Site, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        decided = plan(spec)
        own = [budgets.BudgetCostFilterArgs(name="TagKeyValue", values=[f"user:stack${site.name}"])]
        budget = budgets.Budget(
            f"{name}-budget",
            name=name,
            account_id=site.account,
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=decided.limit,
            limit_unit="USD",
            cost_filters=own if spec.own_costs_only else None,
            notifications=[
                budgets.BudgetNotificationArgs(
                    comparison_operator="GREATER_THAN",
                    notification_type=notification.kind,
                    threshold=notification.percent,
                    threshold_type="PERCENTAGE",
                    subscriber_email_addresses=list(spec.emails),
                )
                for notification in decided.notifications
            ],
            opts=self.child,
        )
        self.publish(BudgetOutputs(name=budget.name))
