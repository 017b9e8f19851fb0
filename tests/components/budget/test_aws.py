from __future__ import annotations

import pytest

from components.budget.aws import AwsBudget, Notification, plan
from components.budget.spec import BudgetSpec
from tests.answers import ACCOUNT
from tests.components.aws_wiring import SITE
from tests.recorder import record

NAME = "playnew-production-budget"
SPEC = BudgetSpec(monthly_eur=5000, emails=("ops@playnew.ai", "finance@playnew.ai"))


@pytest.mark.requirement("PN-25")
def test_the_budget_is_monthly_and_in_dollars() -> None:
    budget = record(lambda: AwsBudget(NAME, SPEC, SITE)).one("aws:budgets/budget:Budget").inputs
    assert (budget["budgetType"], budget["timeUnit"]) == ("COST", "MONTHLY")
    assert (budget["limitAmount"], budget["limitUnit"], budget["accountId"]) == ("5750", "USD", ACCOUNT)


@pytest.mark.requirement("PN-25")
def test_people_hear_of_each_threshold_and_of_a_forecast_beyond_the_whole() -> None:
    budget = record(lambda: AwsBudget(NAME, SPEC, SITE)).one("aws:budgets/budget:Budget").inputs
    assert [(alert["notificationType"], alert["threshold"]) for alert in budget["notifications"]] == [
        ("ACTUAL", 50),
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ]
    assert {
        (alert["comparisonOperator"], alert["thresholdType"], tuple(alert["subscriberEmailAddresses"])) for alert in budget["notifications"]
    } == {("GREATER_THAN", "PERCENTAGE", SPEC.emails)}


def test_the_whole_account_counts_unless_the_stacks_own_costs_are_asked_for() -> None:
    assert "costFilters" not in record(lambda: AwsBudget(NAME, SPEC, SITE)).one("aws:budgets/budget:Budget").inputs
    own = SPEC.model_copy(update={"own_costs_only": True})
    [cost_filter] = record(lambda: AwsBudget(NAME, own, SITE)).one("aws:budgets/budget:Budget").inputs["costFilters"]
    assert cost_filter == {"name": "TagKeyValue", "values": ["user:stack$playnew-production"]}


def test_thresholds_are_sorted_and_said_once() -> None:
    decided = plan(BudgetSpec(monthly_eur=100, thresholds=(100, 50, 50), emails=("a@b.eu",), usd_per_eur=1.2))
    assert decided.limit == "120"
    assert decided.notifications == (Notification("ACTUAL", 50), Notification("ACTUAL", 100), Notification("FORECASTED", 100))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (BudgetSpec(monthly_eur=1, thresholds=tuple(range(1, 11)), emails=("a@b.eu",)), "thresholds: 10 given; allowed: at most 9"),
        (BudgetSpec(monthly_eur=1, emails=tuple(f"{n}@b.eu" for n in range(11))), "emails: 11 given; allowed: at most 10"),
    ],
)
def test_more_than_aws_takes_is_refused(spec: BudgetSpec, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plan(spec)
