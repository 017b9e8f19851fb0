"""What must answer once Play New runs."""

from __future__ import annotations

from infra.smoke import Check, HttpCheck, RedirectCheck, TlsCheck

CHECKS: tuple[Check, ...] = (
    HttpCheck(name="Health check returns 200 OK", path="/api/v1/health"),
    HttpCheck(name="Readiness check returns 200 OK", path="/api/v1/health/ready"),
    TlsCheck(name="TLS certificate is valid"),
    HttpCheck(name="Metrics are not found from outside", path="/metrics", status=404),
    RedirectCheck(name="HTTP redirects to HTTPS", path="/api/v1/health"),
)
