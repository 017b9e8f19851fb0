"""A budget on GCP: one monthly budget of the billing account, for this project, with e-mail alerts."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_gcp import billing, monitoring

from components.budget.outputs import BudgetOutputs
from components.budget.spec import BudgetSpec
from components.core import Component
from components.gcp_project import Project, label
from components.naming import fit, mark
from components.site import Site

MOST_EMAILS = 5  # channels that a budget takes
LONGEST_NAME = 60
CURRENCY = "EUR"


@dataclass(frozen=True)
class Rule:
    """`share` is of the whole: 0.5 is half."""

    share: float
    basis: str


@dataclass(frozen=True)
class Plan:
    """`units` are whole euros."""

    units: str
    rules: tuple[Rule, ...]
    emails: tuple[str, ...]


def plan(spec: BudgetSpec) -> Plan:
    """Raises ValueError for more addresses than a budget takes."""
    emails = tuple(dict.fromkeys(spec.emails))
    if len(emails) > MOST_EMAILS:
        raise ValueError(f"emails: {len(emails)} given; allowed: at most {MOST_EMAILS}")
    actual = tuple(Rule(percent / 100, "CURRENT_SPEND") for percent in sorted(set(spec.thresholds)))
    return Plan(str(spec.monthly_eur), (*actual, Rule(1.0, "FORECASTED_SPEND")), emails)


class GcpBudget(Component[BudgetOutputs]):
    """In euros: the API refuses a currency that is not the billing account's own. The deploying identity needs
    roles/billing.costsManager on the billing account."""

    TYPE = "gcp:Budget"

    def __init__(self, name: str, spec: BudgetSpec, site: Site, project: Project, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        decided = plan(spec)
        channels = [
            monitoring.NotificationChannel(
                f"{name}-{mark(email)}",
                type="email",
                display_name=f"{name}: {email}",
                labels={"email_address": email},
                project=project.on("monitoring.googleapis.com"),
                opts=self.child,
            )
            for email in decided.emails
        ]
        budget = billing.Budget(
            f"{name}-budget",
            # Budgets have no project of their own, but must not be asked for before their API is on.
            billing_account=pulumi.Output.all(project.billing_account, project.on("billingbudgets.googleapis.com")).apply(
                lambda known: _account(str(known[0]), site.account)
            ),
            display_name=fit(name, LONGEST_NAME),
            amount=billing.BudgetAmountArgs(
                specified_amount=billing.BudgetAmountSpecifiedAmountArgs(currency_code=CURRENCY, units=decided.units)
            ),
            budget_filter=billing.BudgetBudgetFilterArgs(
                # By number: the API answers numbers, and an id would show as a change for ever.
                projects=[pulumi.Output.concat("projects/", project.number)],
                calendar_period="MONTH",
                credit_types_treatment="INCLUDE_ALL_CREDITS",
                labels={"stack": label(site.name)} if spec.own_costs_only else None,
            ),
            threshold_rules=[
                billing.BudgetThresholdRuleArgs(threshold_percent=rule.share, spend_basis=rule.basis) for rule in decided.rules
            ],
            all_updates_rule=billing.BudgetAllUpdatesRuleArgs(
                monitoring_notification_channels=[channel.name for channel in channels],
                disable_default_iam_recipients=True,
                enable_project_level_recipients=False,
            ),
            opts=self.child,
        )
        self.publish(BudgetOutputs(name=budget.display_name.apply(lambda shown: shown or name)))


def _account(billing_account: str, project: str) -> str:
    if not billing_account:
        raise ValueError(f"account: {project!r} shows no billing account; allowed: a project with one, and the right to see it")
    return billing_account
