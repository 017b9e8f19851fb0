"""Grafana: metrics, logs and traces in one place, each linked to the others."""

from __future__ import annotations

from typing import Any

from components.addons.gateway import NAME as GATEWAY_NAME
from components.addons.namespaces import GATEWAY
from components.addons.spec import AddonsSpec
from components.addons.values import Images, Values, resources

ADMIN_SECRET = "grafana-admin"
LOKI_URL = "http://loki.monitoring.svc.cluster.local:3100"
JAEGER_URL = "http://jaeger.monitoring.svc.cluster.local:16686"
DASHBOARD_LABEL = ("grafana_dashboard", "1")
# Installed from the vendor's site at start, unless they are disabled.
VENDOR_APPS = (
    "grafana-advisor-app",
    "grafana-exploretraces-app",
    "grafana-lokiexplore-app",
    "grafana-metricsdrilldown-app",
    "grafana-pyroscope-app",
)


def values(spec: AddonsSpec, images: Images) -> Values:
    """One replica: its database is a file that need not outlive the pod, since data sources and dashboards come from the program."""
    label, value = DASHBOARD_LABEL
    return {
        "fullnameOverride": "grafana",
        "replicas": 1,
        "admin": {"existingSecret": ADMIN_SECRET, "userKey": "admin-user", "passwordKey": "admin-password"},
        "image": {"registry": images.registry("docker.io")},
        "resources": resources("100m", "256Mi", "1", "512Mi"),
        # Runs as root to change the owner of a volume that is not there.
        "initChownData": {"enabled": False},
        "testFramework": {"enabled": False},
        "grafana.ini": {
            "server": {"domain": spec.grafana_host, "root_url": f"https://{spec.grafana_host}"},
            # Nothing about the platform is told to the vendor or to Gravatar.
            "analytics": {
                "check_for_updates": False,
                "check_for_plugin_updates": False,
                "reporting_enabled": False,
                "feedback_links_enabled": False,
            },
            "news": {"news_feed_enabled": False},
            # Nor fetched from it: what Grafana would install or renew at each start. Its data sources come with the image.
            "plugins": {"preinstall_auto_update": False, "plugin_admin_enabled": False, "disable_plugins": ",".join(VENDOR_APPS)},
            "security": {"disable_gravatar": True, "cookie_secure": True, "strict_transport_security": True},
            "users": {"allow_sign_up": False},
            "snapshots": {"external_enabled": False},
        },
        "sidecar": {
            "image": {"registry": images.registry("quay.io")},
            "resources": resources("20m", "96Mi", "200m", "256Mi"),
            "dashboards": {"enabled": True, "label": label, "labelValue": value, "searchNamespace": "ALL"},
            "datasources": {
                "enabled": True,
                "exemplarTraceIdDestinations": {"datasourceUid": "jaeger", "traceIdLabelName": "trace_id"} if spec.tracing else {},
            },
        },
        "additionalDataSources": datasources(spec),
        "serviceMonitor": {"enabled": True},
    }


def datasources(spec: AddonsSpec) -> list[dict[str, Any]]:
    """Beside Prometheus and Alertmanager, which the stack adds. A log line's trace id opens the trace, a span opens its pod's log lines."""
    logs = {
        "name": "Loki",
        "uid": "loki",
        "type": "loki",
        "access": "proxy",
        "url": LOKI_URL,
        "jsonData": {
            "derivedFields": [
                {
                    "name": "trace",
                    "datasourceUid": "jaeger",
                    "matcherRegex": r'"?trace_?[iI]d"?\s*[:=]\s*"?([0-9a-f]{32})',
                    # Two dollars: Grafana expands one as a variable of its own environment.
                    "url": "$${__value.raw}",
                    "urlDisplayLabel": "Open the trace",
                }
            ]
            if spec.tracing
            else []
        },
    }
    traces = {
        "name": "Jaeger",
        "uid": "jaeger",
        "type": "jaeger",
        "access": "proxy",
        "url": JAEGER_URL,
        "jsonData": {
            "nodeGraph": {"enabled": True},
            "tracesToLogsV2": {
                "datasourceUid": "loki",
                "spanStartTimeShift": "-5m",
                "spanEndTimeShift": "5m",
                "tags": [{"key": "k8s.namespace.name", "value": "namespace"}, {"key": "k8s.pod.name", "value": "pod"}],
                "filterByTraceID": True,
            }
            if spec.log_collection
            else {},
            "tracesToMetrics": {"datasourceUid": "prometheus", "tags": [{"key": "service.name", "value": "service"}]},
        },
    }
    return [*([logs] if spec.log_collection else []), *([traces] if spec.tracing else [])]


def route_spec(spec: AddonsSpec) -> dict[str, Any]:
    return {
        "parentRefs": [{"name": GATEWAY_NAME, "namespace": GATEWAY.name, "sectionName": "grafana"}],
        "hostnames": [spec.grafana_host],
        "rules": [
            {
                "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                "backendRefs": [{"name": "grafana", "port": 80}],
                # Queries over weeks take longer than Envoy's 15 s.
                "timeouts": {"request": "60s"},
            }
        ],
    }
