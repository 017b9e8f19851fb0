"""What a budget must be."""

from __future__ import annotations

from pydantic import Field

from components.vocabulary import Spec


class BudgetSpec(Spec):
    """Alerts by e-mail at each threshold (per cent of the monthly amount), and when the forecast passes the whole."""

    monthly_eur: int = Field(gt=0)
    thresholds: tuple[int, ...] = (50, 80, 100)
    emails: tuple[str, ...] = Field(min_length=1)
    own_costs_only: bool = Field(
        default=False,
        description="Count what carries this stack's tag and not the whole account. The payer's account must have activated the tag "
        "`stack` for cost allocation, or the budget stays at zero.",
    )
    usd_per_eur: float = Field(default=1.15, gt=0, description="Where the cloud's budgets are kept in US dollars.")
