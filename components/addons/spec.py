"""What the add-ons of a cluster must do."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from components.vocabulary import Spec

# PagerDuty's service region Europe; the bare events.pagerduty.com is the United States.
PAGERDUTY_EU = "https://events.eu.pagerduty.com/v2/enqueue"

_SECRET = r"^[a-z][a-z0-9/-]*[a-z0-9]$"
_HTTPS = r"^https://[^\s?#]+$"
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
    """Warnings to one channel: of the alerts labelled with `system`, or of all that no other channel takes.

    The webhook's URL is itself the credential, and so a secret. Slack binds a webhook to one channel.
    """

    channel: str = Field(pattern=r"^#[a-z0-9_-]+$")
    system: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9-]{1,20}$")
    webhook_secret: str = Field(default="slack-webhook-url", pattern=_SECRET)

    @property
    def key(self) -> str:
        """Of the webhook in the cluster's Secret."""
        return self.webhook_secret.replace("/", "-")


class Alerting(Spec):
    """Who hears what: PagerDuty the critical alerts, Slack the warnings, e-mail everything. Nobody, where nothing is set."""

    email: Email | None = None
    pagerduty: PagerDuty | None = None
    slack: tuple[Slack, ...] = ()

    def secrets(self) -> dict[str, str]:
        """Key in the cluster's Secret -> path in the cloud's secret manager."""
        found: dict[str, str] = {}
        if self.email:
            found["smtp-password"] = self.email.password_secret
        if self.pagerduty:
            found["pagerduty-routing-key"] = self.pagerduty.routing_key_secret
        found |= {slack.key: slack.webhook_secret for slack in self.slack}
        return found

    @model_validator(mode="after")
    def _one_channel_each(self) -> Alerting:
        systems = [slack.system or "all others" for slack in self.slack]
        if twice := sorted({system for system in systems if systems.count(system) > 1}):
            raise ValueError(f"alerting.slack: {', '.join(twice)} has two channels; allowed: one for each system, and one for all others")
        return self


class Oidc(Spec):
    """Log-in by an identity provider instead of the shared password. Whoever carries one of `allowed` in `claim` may enter.

    Its keys are named apart: the proxy does not discover them. The provider learns who opens the pages, and when: choose one in the EU.
    The client must allow `https://<host>/oauth2/callback` of each host.
    """

    issuer: str = Field(pattern=_HTTPS)
    jwks_uri: str = Field(pattern=_HTTPS, description="`jwks_uri` of the issuer's /.well-known/openid-configuration.")
    client_id: str = Field(min_length=1)
    client_secret: str = Field(default="oidc-client-secret", pattern=_SECRET)
    claim: str = Field(default="groups", pattern=r"^[A-Za-z][A-Za-z0-9_.:-]*$", description="Dots lead into nested claims.")
    claim_is_list: bool = True
    allowed: tuple[str, ...] = Field(min_length=1)
    scopes: tuple[str, ...] = ("openid", "email", "profile")


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
    weekly_backup_days: int | None = Field(default=None, ge=8, description="Days that a weekly backup is kept, beside the daily ones.")
    hourly_backups: bool = Field(default=False, description="One an hour beside them, kept for two days.")
    exposed: bool = Field(default=False, description="Public hosts for Prometheus, Alertmanager and Jaeger, behind a log-in.")
    htpasswd_secret: str = Field(default="monitoring-htpasswd", pattern=_SECRET, description="What `exposure.htpasswd` makes.")
    oidc: Oidc | None = None
    sealed: bool = Field(default=False, description="The Sealed Secrets controller, with a key pair of the program's own.")

    @property
    def replicas(self) -> int:
        return 2 if self.highly_available else 1

    @property
    def grafana_host(self) -> str:
        return f"grafana.{self.domain}"

    @property
    def exposed_hosts(self) -> dict[str, str]:
        """Host by the part that it leads to, Grafana apart, which has a log-in of its own."""
        parts = ("prometheus", "alertmanager", *(("jaeger",) if self.tracing else ())) if self.exposed else ()
        return {part: f"{part}.{self.domain}" for part in parts}

    @property
    def secrets(self) -> tuple[str, ...]:
        """Paths that the platform's store must hold."""
        entry = (self.oidc.client_secret if self.oidc else self.htpasswd_secret,) if self.exposed else ()
        return (self.grafana_admin_secret, *self.alerting.secrets().values(), *entry)

    @model_validator(mode="after")
    def _distinct_listeners(self) -> AddonsSpec:
        for field in ("name", "host", "tls_secret"):
            given = [str(getattr(listener, field)) for listener in self.listeners]
            if twice := sorted({value for value in given if given.count(value) > 1}):
                raise ValueError(f"listeners: {field} {', '.join(twice)} is given twice")
        return self
