from __future__ import annotations

from typing import Any

import pytest
from pulumi_azure_native.consumption import ThresholdType

from components.budget.azure import AzureBudget, Notification, month_of, plan
from components.budget.spec import BudgetSpec
from tests.components import azure_wiring as wiring
from tests.recorder import Recording, record

NAME = "playnew-production-budget"
SPEC = BudgetSpec(monthly_eur=5000, emails=("ops@playnew.ai", "finance@playnew.ai"))
BUDGET, SINCE = "azure-native:consumption:Budget", "random:index/randomUuid7:RandomUuid7"


def made(spec: BudgetSpec = SPEC) -> Recording[AzureBudget]:
    return record(lambda: AzureBudget(NAME, spec, wiring.SITE, wiring.group()), wiring.STATES)


def budget(spec: BudgetSpec = SPEC) -> dict[str, Any]:
    return made(spec).one(BUDGET).inputs


@pytest.mark.requirement("PN-25")
def test_the_budget_is_monthly_and_the_subscriptions() -> None:
    inputs = budget()
    assert (inputs["category"], inputs["timeGrain"], inputs["amount"]) == ("Cost", "Monthly", 5000)
    assert (inputs["scope"], inputs["budgetName"]) == (f"/subscriptions/{wiring.SUBSCRIPTION}", NAME)


@pytest.mark.requirement("PN-25")
def test_people_hear_of_each_threshold_and_of_a_forecast_beyond_the_whole() -> None:
    alerts = budget()["notifications"]
    assert {key: (alert["thresholdType"], alert["threshold"]) for key, alert in alerts.items()} == {
        "Actual-50": ("Actual", 50),
        "Actual-80": ("Actual", 80),
        "Actual-100": ("Actual", 100),
        "Forecasted-100": ("Forecasted", 100),
    }
    assert {(alert["operator"], alert["enabled"], tuple(alert["contactEmails"])) for alert in alerts.values()} == {
        ("GreaterThan", True, SPEC.emails)
    }


def test_the_first_month_is_the_one_in_which_the_budget_was_made_and_stays_it() -> None:
    registered = made()
    since = registered.one(SINCE)
    assert since.inputs["keepers"] == {"budget": f"/subscriptions/{wiring.SUBSCRIPTION}/{NAME}"}
    assert registered.one(BUDGET).inputs["timePeriod"] == {"startDate": "2026-04-01T00:00:00Z"}
    assert since.urn in registered.one(BUDGET).through


@pytest.mark.parametrize(
    ("identifier", "month"),
    [
        ("019de083-6240-7abc-8def-0123456789ab", "2026-04-01T00:00:00Z"),  # 30 April 2026, 22:30
        ("01937f84-57ff-7fff-bfff-ffffffffffff", "2024-11-01T00:00:00Z"),  # 30 November 2024, 23:59:59.999
        ("01937f84-5800-7000-8000-000000000000", "2024-12-01T00:00:00Z"),
    ],
)
def test_the_month_is_read_off_the_identifier(identifier: str, month: str) -> None:
    assert month_of(identifier) == month


def test_the_whole_subscription_counts_unless_the_stacks_own_costs_are_asked_for() -> None:
    assert "filter" not in budget()
    own = budget(SPEC.model_copy(update={"own_costs_only": True}))
    assert own["filter"] == {"tags": {"name": "stack", "operator": "In", "values": ["playnew-production"]}}


def test_thresholds_are_sorted_and_said_once_and_the_amount_is_not_converted() -> None:
    decided = plan(BudgetSpec(monthly_eur=100, thresholds=(100, 50, 50), emails=("a@b.eu",), usd_per_eur=1.2))
    assert decided.amount == 100
    actual, forecast = ThresholdType.ACTUAL, ThresholdType.FORECASTED
    assert decided.notifications == (Notification(actual, 50), Notification(actual, 100), Notification(forecast, 100))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (BudgetSpec(monthly_eur=1, thresholds=(10, 20, 30, 40, 50), emails=("a@b.eu",)), "thresholds: 5 given; allowed: at most 4"),
        (BudgetSpec(monthly_eur=1, thresholds=(0, 50), emails=("a@b.eu",)), "thresholds: 0 given; allowed: 1 to 1000"),
        (BudgetSpec(monthly_eur=1, thresholds=(1001,), emails=("a@b.eu",)), "thresholds: 1001 given; allowed: 1 to 1000"),
        (BudgetSpec(monthly_eur=1, emails=tuple(f"{n}@b.eu" for n in range(51))), "emails: 51 given; allowed: at most 50"),
    ],
)
def test_more_than_azure_takes_is_refused(spec: BudgetSpec, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plan(spec)
