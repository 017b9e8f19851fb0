"""The documented smoke tests."""

from __future__ import annotations

from infra.smoke import Check, HttpCheck, RedirectCheck, TlsCheck
from infra.systems.ai_agents.options import AiAgentsOptions

WEBHOOK = "/webhook/servicedesk"
SIGNATURE = "X-ServiceDesk-Signature"
TENANT = "00000000-0000-0000-0000-000000000001"
HEADERS = {"Content-Type": "application/json", "X-Tenant-ID": "{TENANT_ID}"}
TICKET = '{"ticket_id": "TEST-001", "subject": "Test ticket", "description": "Testing the deployment", "tenant_id": "{TENANT_ID}"}'


def checks(options: AiAgentsOptions) -> tuple[Check, ...]:
    """The signed webhook is a real one: a worker takes the ticket TEST-001 of the tenant, and finds no such ticket."""
    metrics = (HttpCheck(name="Metrics endpoint returns 200 OK", path="/metrics", contains="# TYPE "),) if options.public_metrics else ()
    return (
        HttpCheck(name="Health check returns 200 OK", path="/health"),
        HttpCheck(name="Readiness check returns 200 OK", path=options.readiness_path),
        TlsCheck(name="TLS certificate is valid"),
        HttpCheck(
            name="Invalid signature is rejected with 401 Unauthorized",
            method="POST",
            path=WEBHOOK,
            status=401,
            headers={**HEADERS, SIGNATURE: f"sha256={'0' * 64}"},
            body=TICKET,
            variables={"TENANT_ID": TENANT},
        ),
        HttpCheck(
            name="Valid webhook is accepted with 202 Accepted",
            method="POST",
            path=WEBHOOK,
            status=202,
            headers=HEADERS,
            body=TICKET,
            signature_header=SIGNATURE,
            secret="WEBHOOK_SECRET",
            variables={"TENANT_ID": TENANT},
        ),
        *metrics,
        RedirectCheck(name="HTTP redirects to HTTPS", path="/health"),
    )
