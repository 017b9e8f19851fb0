"""Who is told of which alert: Alertmanager's configuration from receivers as data."""

from __future__ import annotations

from typing import Any

from components.addons.spec import Alerting

SECRET = "alertmanager-receivers"
# The operator mounts every Secret that the Alertmanager object lists here.
MOUNT = f"/etc/alertmanager/secrets/{SECRET}"

NOBODY = "null"


def config(alerting: Alerting) -> dict[str, Any]:
    """Credentials are files of the mounted Secret, never values. Receivers: `critical`, `warning`, and `default` for the rest."""
    critical = _pagerduty(alerting) | _email(alerting) or _slack(alerting)
    warning = _slack(alerting) | _email(alerting)
    default = _email(alerting)
    told = {"critical": critical, "warning": warning, "default": default}
    routes = [
        # Fires always, to prove that alerting works: a dead man's switch may listen, people should not.
        {"matchers": ['alertname =~ "Watchdog|InfoInhibitor"'], "receiver": NOBODY},
        *({"matchers": [f'severity = "{severity}"'], "receiver": severity} for severity in ("critical", "warning") if told[severity]),
    ]
    return {
        "global": {"resolve_timeout": "5m"},
        "route": {
            "receiver": "default" if default else NOBODY,
            "group_by": ["alertname", "namespace"],
            "group_wait": "30s",
            "group_interval": "5m",
            "repeat_interval": "4h",
            "routes": routes,
        },
        "receivers": [{"name": NOBODY}, *({"name": name, **channels} for name, channels in told.items() if channels)],
    }


def _email(alerting: Alerting) -> dict[str, Any]:
    if not (email := alerting.email):
        return {}
    shared = {
        "from": email.sender,
        "smarthost": email.smarthost,
        "require_tls": True,
        "auth_username": email.username,
        "auth_password_file": f"{MOUNT}/smtp-password",
        "send_resolved": True,
    }
    return {"email_configs": [{"to": to, **shared} for to in email.to]}


def _pagerduty(alerting: Alerting) -> dict[str, Any]:
    if not (pagerduty := alerting.pagerduty):
        return {}
    return {
        "pagerduty_configs": [
            {"url": pagerduty.url, "routing_key_file": f"{MOUNT}/pagerduty-routing-key", "severity": "critical", "send_resolved": True}
        ]
    }


def _slack(alerting: Alerting) -> dict[str, Any]:
    if not (slack := alerting.slack):
        return {}
    return {"slack_configs": [{"channel": slack.channel, "api_url_file": f"{MOUNT}/slack-webhook-url", "send_resolved": True}]}
