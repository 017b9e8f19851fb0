"""Values against the charts' own values.yaml and values.schema.json, where the reference data stands beside the project."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from components.addons.values import merge

CHARTS = Path(__file__).parents[4] / "shared" / "charts"
needs_charts = pytest.mark.skipif(not CHARTS.is_dir(), reason="the charts' reference data is not beside the project")

# A parent's values hold those of its subcharts under their names.
SUBCHARTS = {"kube-prometheus-stack": ("grafana", "kube-state-metrics", "prometheus-node-exporter")}

# Keys that values.yaml shows only in comments, or that its chart passes on as they are.
FREE = {
    "aws-load-balancer-controller": {"controllerConfig.featureGates", "podDisruptionBudget"},
    "cert-manager": {"config", "global.leaderElection"},
    "cluster-autoscaler": {"extraArgs"},
    "external-dns": {"extraArgs"},
    "jaeger": {"userconfig"},
    "kube-prometheus-stack": {
        "alertmanager.config.global",
        "defaultRules.rules",
        "grafana.grafana.ini",
    },
    "loki": {"loki.storage.bucketNames", "loki.limits_config"},
    "opentelemetry-collector": {"alternateConfig"},
    "velero": {"schedules"},
}

# Types of Kubernetes itself: the charts pass them on whole.
KUBERNETES = {"resources", "securityContext", "podSecurityContext", "containerSecurityContext", "affinity"}


def defaults(chart: str) -> dict[str, Any]:
    values = _load(chart)
    for name in SUBCHARTS.get(chart, ()):
        values = merge(values, {name: merge(_load(name), values.get(name, {}))})
    return values


@functools.cache
def _text(chart: str) -> str:
    return (CHARTS / chart / "values.yaml").read_text()


def _load(chart: str) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return cast("dict[str, Any]", yaml.load(_text(chart), Loader=loader))


def unknown(chart: str, values: Mapping[str, Any]) -> list[str]:
    """Paths of keys that the chart's values do not have."""
    return list(_unknown(chart, values, defaults(chart), ""))


def _unknown(chart: str, values: Mapping[str, Any], known: Mapping[str, Any], path: str) -> Iterator[str]:
    for key, value in values.items():
        where = f"{path}.{key}" if path else key
        if where in FREE.get(chart, ()) or (key in KUBERNETES and (key in known or _shown_in_comment(chart, key))):
            continue
        if key not in known:
            if not _shown_in_comment(chart, key):
                yield f"{where}: the chart has no such value"
        elif isinstance(value, Mapping) and known[key]:
            if isinstance(known[key], Mapping):
                yield from _unknown(chart, cast("Mapping[str, Any]", value), known[key], where)
            else:
                yield f"{where}: the chart takes {type(known[key]).__name__}"
        elif isinstance(known[key], Mapping) and not isinstance(value, Mapping):
            yield f"{where}: the chart takes a mapping"


def _shown_in_comment(chart: str, key: str) -> bool:
    return re.search(rf"^\s*#+\s*{re.escape(key)}:", _text(chart), re.MULTILINE) is not None


def schema_mistakes(chart: str, values: Mapping[str, Any]) -> list[str]:
    """As Helm does: the schema judges the defaults with our values over them."""
    path = CHARTS / chart / "values.schema.json"
    if not path.exists():
        return []
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(path.read_text())
    # One chart names no draft but "the schema" itself.
    draft = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    validator = draft(schema)
    whole = json.loads(json.dumps(merge(defaults(chart), values), default=str))
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in validator.iter_errors(whole)]
