"""Dashboards as Grafana JSON and rule groups as PrometheusRule bodies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from components.observability.spec import AlertRule, Dashboard, Panel, RecordingRule, RuleGroup

DATASOURCE: Mapping[str, str] = {"type": "prometheus", "uid": "prometheus"}
"""The uid that kube-prometheus-stack gives its own data source."""
WIDTH, HEIGHT, COLUMNS = 12, 8, 2
SCHEMA_VERSION = 39


def grafana(dashboard: Dashboard) -> str:
    """JSON with stable order, so that an unchanged dashboard is an unchanged ConfigMap."""
    body = {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "tags": list(dashboard.tags),
        "schemaVersion": SCHEMA_VERSION,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [_variable(name, metric) for name, metric in dashboard.variables.items()]},
        "panels": [_panel(index, panel) for index, panel in enumerate(dashboard.panels)],
    }
    return json.dumps(body, indent=1, sort_keys=True)


def prometheus_rule(groups: Iterable[RuleGroup], labels: Mapping[str, str]) -> dict[str, Any]:
    """`spec` of a PrometheusRule; `labels` go on every alert, beside its severity, and on every recorded series, below its own."""
    return {"groups": [{"name": group.name, "rules": [_rule(rule, labels) for rule in group.rules]} for group in groups]}


def _rule(rule: AlertRule | RecordingRule, labels: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(rule, RecordingRule):
        return {"record": rule.record, "expr": rule.expr, "labels": {**labels, **rule.labels}}
    annotations = {"summary": rule.summary, "action": rule.action, **({"runbook": rule.runbook} if rule.runbook else {})}
    return {
        "alert": rule.name,
        "expr": rule.expr,
        **({"for": rule.window} if rule.window else {}),
        "labels": {**labels, "severity": rule.severity},
        "annotations": annotations,
    }


def _panel(index: int, panel: Panel) -> dict[str, Any]:
    row, column = divmod(index, COLUMNS)
    return {
        "id": index + 1,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": dict(DATASOURCE),
        "gridPos": {"x": column * WIDTH, "y": row * HEIGHT, "w": WIDTH, "h": HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + number), "datasource": dict(DATASOURCE), "expr": query.expr, "legendFormat": query.legend or "__auto"}
            for number, query in enumerate(panel.queries)
        ],
    }


def _variable(name: str, metric: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "query",
        "datasource": dict(DATASOURCE),
        "query": f"label_values({metric}, {name})",
        "refresh": 2,
        "includeAll": True,
        "multi": True,
    }
