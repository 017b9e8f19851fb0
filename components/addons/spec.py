"""What the add-ons of a cluster must do."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from components.vocabulary import Spec

# PagerDuty's service region Europe; the bare events.pagerduty.com is the United States.
PAGERDUTY_EU = "https://events.eu.pagerduty.com/v2/enqueue"

_SECRET = r"^[a-z][a-z0-9/-]*[a-z0-9]$"
_HOST = r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$"


class Listener(Spec):
    """One public host name of the shared Gateway: a TLS listener whose certificate is kept by cert-manager.

    `namespace` is the only one whose routes may attach; `tls_secret` is made in the Gateway's own namespace.
    """

    name: str = Field(pattern=r"^[a-z]([a-z0-9-]{0,40}[a-z0-9])?$")
    host: str = Field(pattern=_HOST)
    tls_secret: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,60}[a-z0-9])?$")
    namespace: str


class Email(Spec):
    """Alerts by SMTP with STARTTLS. `password_secret` is a path in the cloud's secret manager, below the store's prefix."""

    to: tuple[str, ...] = Field(min_length=1)
    sender: str
    smarthost: str = Field(pattern=r"^[a-z0-9.-]+:\d+$", description="Host and port: `email-smtp.eu-south-1.amazonaws.com:587`.")
    username: str
    password_secret: str = Field(default="smtp-password", pattern=_SECRET)


class PagerDuty(Spec):
    """Incidents for critical alerts. The routing key of an Events API v2 integration is a secret of the cloud's secret manager."""

    routing_key_secret: str = Field(default="pagerduty-routing-key", pattern=_SECRET)
    url: Literal["https://events.eu.pagerduty.com/v2/enqueue"] = PAGERDUTY_EU


class Slack(Spec):
    """Warnings to one channel. The webhook's URL is itself the credential, and so a secret."""

    channel: str = Field(pattern=r"^#[a-z0-9_-]+$")
    webhook_secret: str = Field(default="slack-webhook-url", pattern=_SECRET)


class Alerting(Spec):
    """Who hears what: PagerDuty the critical alerts, Slack the warnings, e-mail everything. Nobody, where nothing is set."""

    email: Email | None = None
    pagerduty: PagerDuty | None = None
    slack: Slack | None = None

    def secrets(self) -> dict[str, str]:
        """Key in the cluster's Secret -> path in the cloud's secret manager."""
        found: dict[str, str] = {}
        if self.email:
            found["smtp-password"] = self.email.password_secret
        if self.pagerduty:
            found["pagerduty-routing-key"] = self.pagerduty.routing_key_secret
        if self.slack:
            found["slack-webhook-url"] = self.slack.webhook_secret
        return found


class AddonsSpec(Spec):
    """One cluster's add-ons. Paths of secrets are below the prefix of the store that the context carries."""

    domain: str = Field(pattern=_HOST)
    ops_email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$", description="Contact of the certificate authority's account.")
    acme_production: bool = True
    listeners: tuple[Listener, ...] = ()
    alerting: Alerting = Alerting()
    grafana_admin_secret: str = Field(default="grafana-admin-password", pattern=_SECRET)
    highly_available: bool = True
    tracing: bool = True
    log_collection: bool = True
    logs_days: int = Field(default=90, ge=1)
    traces_days: int = Field(default=7, ge=1)
    metrics_days: int = Field(default=15, ge=1)
    metrics_gib: int = Field(default=50, ge=10)
    backup_days: int = Field(default=30, ge=1, description="Days that Velero keeps the daily backup of the cluster's objects and volumes.")

    @property
    def replicas(self) -> int:
        return 2 if self.highly_available else 1

    @property
    def grafana_host(self) -> str:
        return f"grafana.{self.domain}"

    @model_validator(mode="after")
    def _distinct_listeners(self) -> AddonsSpec:
        for field in ("name", "host", "tls_secret"):
            given = [str(getattr(listener, field)) for listener in self.listeners]
            if twice := sorted({value for value in given if given.count(value) > 1}):
                raise ValueError(f"listeners: {field} {', '.join(twice)} is given twice")
        return self
