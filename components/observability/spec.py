"""Dashboards and alert rules as data."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from components.vocabulary import Spec

Duration = r"^(\d+[smhdw])+$"
Unit = Literal["short", "reqps", "percentunit", "s", "currencyEUR", "cps", "bytes"]


class Query(Spec):
    """One PromQL expression; `legend` takes labels as `{{label}}`."""

    expr: str
    legend: str = ""


class Panel(Spec):
    """`description` says what a reader cannot see in the query, for example that it is an approximation."""

    title: str
    queries: tuple[Query, ...] = Field(min_length=1)
    unit: Unit = "short"
    kind: Literal["timeseries", "stat", "table"] = "timeseries"
    description: str = ""


class Dashboard(Spec):
    """`uid` is the stable part of its address. `variables` maps a variable to the metric whose label of that name gives its values."""

    uid: str = Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")
    title: str
    panels: tuple[Panel, ...] = Field(min_length=1)
    variables: dict[str, str] = Field(default_factory=dict)
    tags: tuple[str, ...] = ()


class AlertRule(Spec):
    """`window` is how long the expression must hold before the alert fires; none fires at once. `runbook` is a path in the docs."""

    name: str = Field(pattern=r"^[A-Z][A-Za-z0-9]+$")
    expr: str
    window: str | None = Field(default=None, pattern=Duration)
    severity: Literal["critical", "warning", "info"]
    summary: str
    action: str
    runbook: str = ""


class RecordingRule(Spec):
    """A series that Prometheus computes at every evaluation: `level:metric:operations`."""

    record: str = Field(pattern=r"^[a-z_][a-z0-9_]*(:[a-z0-9_]+)+$")
    expr: str
    labels: dict[str, str] = Field(default_factory=dict)


class RuleGroup(Spec):
    name: str = Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")
    rules: tuple[AlertRule | RecordingRule, ...] = Field(min_length=1)


class Slo(Spec):
    """A service level objective: at most `1 - objective` of all events may be bad over `days`.

    `bad` and `total` are PromQL ratesums over a window written `{window}`, such as `sum(rate(http_requests_total[{window}]))`.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")
    title: str
    objective: float = Field(gt=0.5, lt=1)
    days: int = Field(default=30, ge=1)
    bad: str = Field(pattern=r"\{window\}")
    total: str = Field(pattern=r"\{window\}")
    runbook: str = ""
