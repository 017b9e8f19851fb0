from __future__ import annotations

from dataclasses import replace

import pytest

from components.budget.gcp import GcpBudget, Rule, plan
from components.budget.spec import BudgetSpec
from tests.components.gcp_wiring import NUMBER, SITE, project
from tests.recorder import Recording, output, record

NAME = "playnew-production-budget"
SPEC = BudgetSpec(monthly_eur=5000, emails=("ops@playnew.ai", "finance@playnew.ai"))
BUDGET, CHANNEL = "gcp:billing/budget:Budget", "gcp:monitoring/notificationChannel:NotificationChannel"


def made(spec: BudgetSpec = SPEC) -> Recording[GcpBudget]:
    return record(lambda: GcpBudget(NAME, spec, SITE, project()))


@pytest.mark.requirement("PN-25")
def test_the_budget_is_monthly_in_euros_and_for_this_project_alone() -> None:
    budget = made().one(BUDGET).inputs
    assert budget["amount"] == {"specifiedAmount": {"currencyCode": "EUR", "units": "5000"}}
    assert (budget["budgetFilter"]["calendarPeriod"], budget["budgetFilter"]["projects"]) == ("MONTH", [f"projects/{NUMBER}"])
    assert (budget["billingAccount"], budget["displayName"]) == ("012345-6789AB-CDEF01", NAME)


@pytest.mark.requirement("PN-25")
def test_people_hear_of_each_threshold_and_of_a_forecast_beyond_the_whole() -> None:
    registered = made()
    budget = registered.one(BUDGET).inputs
    assert [(rule["spendBasis"], rule["thresholdPercent"]) for rule in budget["thresholdRules"]] == [
        ("CURRENT_SPEND", 0.5),
        ("CURRENT_SPEND", 0.8),
        ("CURRENT_SPEND", 1.0),
        ("FORECASTED_SPEND", 1.0),
    ]
    channels = registered.of(CHANNEL)
    assert {(item.inputs["type"], item.inputs["labels"]["email_address"]) for item in channels} == {("email", to) for to in SPEC.emails}
    told = budget["allUpdatesRule"]
    assert set(told["monitoringNotificationChannels"]) == {item.state["name"] for item in channels}


def test_nobody_else_hears_of_it() -> None:
    told = made().one(BUDGET).inputs["allUpdatesRule"]
    assert (told["disableDefaultIamRecipients"], told["enableProjectLevelRecipients"]) == (True, False)


def test_the_whole_project_counts_unless_the_stacks_own_costs_are_asked_for() -> None:
    assert "labels" not in made().one(BUDGET).inputs["budgetFilter"]
    own = made(SPEC.model_copy(update={"own_costs_only": True})).one(BUDGET).inputs["budgetFilter"]
    assert own["labels"] == {"stack": "playnew-production"}


def test_thresholds_and_addresses_are_said_once() -> None:
    decided = plan(BudgetSpec(monthly_eur=100, thresholds=(100, 50, 50), emails=("a@b.eu", "a@b.eu")))
    assert decided.rules == (Rule(0.5, "CURRENT_SPEND"), Rule(1.0, "CURRENT_SPEND"), Rule(1.0, "FORECASTED_SPEND"))
    assert decided.emails == ("a@b.eu",)


def test_more_addresses_than_a_budget_takes_are_refused() -> None:
    with pytest.raises(ValueError, match="emails: 6 given; allowed: at most 5"):
        plan(BudgetSpec(monthly_eur=1, emails=tuple(f"{n}@b.eu" for n in range(6))))


def test_a_project_whose_billing_account_cannot_be_seen_is_refused() -> None:
    with pytest.raises(ValueError, match="account: 'playnew-prod-1234' shows no billing account"):
        record(lambda: GcpBudget(NAME, SPEC, SITE, replace(project(), billing_account=output(""))))
