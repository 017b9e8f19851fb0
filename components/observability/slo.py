"""Service level objectives as recording rules, alerts on how fast the error budget burns, and a dashboard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from components.observability.spec import AlertRule, Dashboard, Panel, Query, RecordingRule, RuleGroup, Slo

HOURS: Mapping[str, int | float] = {"5m": 5 / 60, "30m": 0.5, "1h": 1, "2h": 2, "6h": 6, "1d": 24, "3d": 72}
STEP = "5m"
"""The shortest window. Those of a day and more are averages of its records: the raw series are read for hours at most."""
LONG = 24


@dataclass(frozen=True)
class Burn:
    """`share` of the budget is gone within `long`, and still burns in `short`, by which the alert ends soon after its cause."""

    share: float
    long: str
    short: str
    severity: Literal["critical", "warning"]


# Google's SRE workbook, chapter 5, table 5-8, and its step of a day in between. For 30 days the factors are 14.4, 6, 3 and 1.
BURNS = (
    Burn(0.02, "1h", "5m", "critical"),
    Burn(0.05, "6h", "30m", "critical"),
    Burn(0.10, "1d", "2h", "warning"),
    Burn(0.10, "3d", "6h", "warning"),
)


def rules(slo: Slo, labels: Mapping[str, str]) -> tuple[RuleGroup, ...]:
    """One group, since rules of a group are evaluated one after another: alerts see the ratios of the same moment.

    `labels` stand on every series and are what alerts select by, so that two systems may have an objective of the same name.
    Raises ValueError for an objective that no burn rate can violate.
    """
    alerts = tuple(_alerts(slo, labels))
    if not alerts:
        raise ValueError(f"slos.{slo.name}.objective: {slo.objective} leaves a budget that no burn rate exhausts; allowed: a higher one")
    return (RuleGroup(name=f"slo-{slo.name}", rules=(*_records(slo, labels), *alerts)),)


def latency(
    name: str, *, title: str, histogram: str, seconds: float, objective: float, selector: str = "", days: int = 30, runbook: str = ""
) -> Slo:
    """`objective` of all requests take no more than `seconds`, which must be a bucket of the histogram: without it all count as slow.

    "p95 below 500 ms" is an objective of 0.95 and 0.5 seconds. `selector` are matchers: `service="api"`.
    """
    total = f"sum(rate({histogram}_count{{{selector}}}[{{window}}]))"
    matchers = ",".join(part for part in (selector, _bucket(seconds)) if part)
    fast = f"sum(rate({histogram}_bucket{{{matchers}}}[{{window}}]))"
    return Slo(
        name=name, title=title, objective=objective, days=days, bad=f"{total} - ({fast} or {total} * 0)", total=total, runbook=runbook
    )


def dashboard(slos: Sequence[Slo], labels: Mapping[str, str]) -> Dashboard:
    """For each objective what is left of its budget, and how fast it burns (1 uses it up exactly at the period's end)."""
    return Dashboard(
        uid="-".join((*labels.values(), "slos")),
        title=" ".join((*labels.values(), "error budgets")),
        panels=tuple(panel for slo in slos for panel in _panels(slo, labels)),
        tags=("slo", *labels.values()),
    )


def factor(slo: Slo, burn: Burn) -> float:
    """How many times as fast as allowed. Never below 1: what burns slower lasts for the whole period."""
    return round(max(1.0, burn.share * slo.days * 24 / HOURS[burn.long]), 3)


def burns(slo: Slo) -> tuple[Burn, ...]:
    """Without windows that are longer than the period, and without ratios of 1 and more, which nothing exceeds."""
    return tuple(burn for burn in BURNS if HOURS[burn.long] <= slo.days * 24 and factor(slo, burn) * _budget(slo) < 1)


def threshold(slo: Slo, burn: Burn) -> float:
    """The ratio of bad events above which the alert fires."""
    return round(factor(slo, burn) * _budget(slo), 9)


def alert_name(slo: Slo, burn: Burn, labels: Mapping[str, str]) -> str:
    words = "-".join((*labels.values(), slo.name)).split("-")
    return "".join(word.capitalize() for word in words) + f"Burn{burn.long}"


def _records(slo: Slo, labels: Mapping[str, str]) -> Iterator[RecordingRule]:
    """Bad and all events first, since long windows weigh them: the mean of ratios would count a quiet night like a busy day.

    A ratio without traffic is none at all, rather than a violation; without any bad event it is 0, though there is no series of them yet.
    """
    own = {**labels, "slo": slo.name}
    total = slo.total.replace("{window}", STEP)
    bad = slo.bad.replace("{window}", STEP)
    yield RecordingRule(record=_name(slo, "events_bad", STEP), expr=f"({bad}) or ({total}) * 0", labels=own)
    yield RecordingRule(record=_name(slo, "events", STEP), expr=total, labels=own)
    period = f"{slo.days}d"
    windows = [window for window, hours in HOURS.items() if hours < slo.days * 24]
    for window in (*windows, period):
        yield RecordingRule(record=_name(slo, "error_ratio", window), expr=_ratio(slo, window, labels), labels=own)


def _ratio(slo: Slo, window: str, labels: Mapping[str, str]) -> str:
    if HOURS.get(window, LONG) >= LONG:
        bad, total = (f"avg_over_time({_series(slo, kind, STEP, labels)}[{window}])" for kind in ("events_bad", "events"))
    else:
        total = slo.total.replace("{window}", window)
        bad = f"(({slo.bad.replace('{window}', window)}) or ({total}) * 0)"
    return f"{bad} / (({total}) > 0)"


def _alerts(slo: Slo, labels: Mapping[str, str]) -> Iterator[AlertRule]:
    for burn in burns(slo):
        limit = _number(threshold(slo, burn))
        long, short = (_series(slo, "error_ratio", window, labels) for window in (burn.long, burn.short))
        yield AlertRule(
            name=alert_name(slo, burn, labels),
            expr=f"{long} > {limit} and {short} > {limit}",
            severity=burn.severity,
            summary=f"{slo.title}: the error budget of {slo.days} days burns {_number(factor(slo, burn))} times too fast for {burn.long}",
            action="Page on-call" if burn.severity == "critical" else "Investigate",
            runbook=slo.runbook,
        )


def _panels(slo: Slo, labels: Mapping[str, str]) -> Iterator[Panel]:
    budget = _number(_budget(slo))
    left = f"1 - {_series(slo, 'error_ratio', f'{slo.days}d', labels)} / {budget}"
    yield Panel(
        title=f"{slo.title}: error budget left",
        queries=(Query(expr=left, legend="left"),),
        unit="percentunit",
        kind="stat",
        description=f"Of {_number(_budget(slo) * 100)} % of all events in {slo.days} days; below zero the objective is missed.",
    )
    yield Panel(
        title=f"{slo.title}: burn rate",
        queries=tuple(
            Query(
                expr=f"{_series(slo, 'error_ratio', burn.long, labels)} / {budget}",
                legend=f"{burn.long}: alert at {_number(factor(slo, burn))}",
            )
            for burn in burns(slo)
        ),
        description="1 uses the budget up exactly at the end of the period.",
    )


def _series(slo: Slo, kind: str, window: str, labels: Mapping[str, str]) -> str:
    matchers = ",".join(f'{key}="{value}"' for key, value in {**labels, "slo": slo.name}.items())
    return f"{_name(slo, kind, window)}{{{matchers}}}"


def _name(slo: Slo, kind: str, window: str) -> str:
    return f"slo_{slo.name.replace('-', '_')}:{kind}:rate{window}"


def _bucket(seconds: float) -> str:
    """Prometheus 3 writes the bound of a whole number as `1.0`, earlier ones as the application did."""
    return f'le=~"{int(seconds)}(\\\\.0)?"' if seconds == int(seconds) else f'le="{_number(seconds)}"'


def _budget(slo: Slo) -> float:
    return round(1 - slo.objective, 9)


def _number(value: float) -> str:
    return f"{value:.9g}"
