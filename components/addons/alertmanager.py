"""Who is told of which alert: Alertmanager's configuration from receivers as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from components.addons.spec import Alerting, Slack

SECRET = "alertmanager-receivers"
# The operator mounts every Secret that the Alertmanager object lists here.
MOUNT = f"/etc/alertmanager/secrets/{SECRET}"

NOBODY = "null"


def config(alerting: Alerting) -> dict[str, Any]:
    """Credentials are files of the mounted Secret, never values. Receivers: `critical`, `warning`, `default` for the rest, and
    `warning-<system>` for systems with a channel of their own (`critical-<system>` too, where nobody else hears critical alerts)."""
    told = list(_told(alerting))
    default = _email(alerting)
    routes = [
        # Fires always, to prove that alerting works: a dead man's switch may listen, people should not.
        {"matchers": ['alertname =~ "Watchdog|InfoInhibitor"'], "receiver": NOBODY},
        *({"matchers": [f'{label} = "{value}"' for label, value in labels.items()], "receiver": name} for name, labels, _ in told),
    ]
    receivers = {name: channels for name, _, channels in told} | ({"default": default} if default else {})
    return {
        "global": {"resolve_timeout": "5m"},
        "route": {
            "receiver": "default" if default else NOBODY,
            "group_by": ["alertname", "system", "namespace"],
            "group_wait": "30s",
            "group_interval": "5m",
            "repeat_interval": "4h",
            "routes": routes,
        },
        "receivers": [{"name": NOBODY}, *({"name": name, **channels} for name, channels in receivers.items())],
    }


def _told(alerting: Alerting) -> Iterator[tuple[str, dict[str, str], dict[str, Any]]]:
    """Receivers with the labels of their alerts and their channels; the first that matches hears it, so that systems come first."""
    paged = _pagerduty(alerting) | _email(alerting)
    for slack in (slack for slack in alerting.slack if slack.system):
        system = {"system": str(slack.system)}
        if not paged:
            yield f"critical-{slack.system}", {"severity": "critical", **system}, _slack(slack)
        yield f"warning-{slack.system}", {"severity": "warning", **system}, _slack(slack) | _email(alerting)
    others: dict[str, Any] = {}
    for slack in (slack for slack in alerting.slack if slack.system is None):
        others = _slack(slack)
    for severity, channels in (("critical", paged or others), ("warning", others | _email(alerting))):
        if channels:
            yield severity, {"severity": severity}, channels


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


def _slack(slack: Slack) -> dict[str, Any]:
    return {"slack_configs": [{"channel": slack.channel, "api_url_file": f"{MOUNT}/{slack.key}", "send_resolved": True}]}
