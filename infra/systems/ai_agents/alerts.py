"""The six critical alerts, with the documented thresholds and windows."""

from __future__ import annotations

from components.observability.spec import AlertRule, RuleGroup
from infra.systems.ai_agents.metrics import SERVER_ERROR, Series
from infra.systems.ai_agents.pods import API, TLS_SECRET

RUNBOOK = "docs/runbooks/ai-agents.md"
DAY = 86400


def rules(namespace: str) -> tuple[RuleGroup, ...]:
    series = Series(namespace)
    errors = series.share("http_requests_total", SERVER_ERROR)
    restarts = series.select("kube_pod_container_status_restarts_total")
    pods = series.select("kube_deployment_status_replicas_available", f'deployment="{API}"')
    # Without the namespace: it is the Gateway's, and cert-manager's own label of that name gives way to the scraped pod's. A certificate
    # that was never issued has no date (0): nothing of it expires.
    expiry = f'certmanager_certificate_expiration_timestamp_seconds{{name="{TLS_SECRET}"}} > 0'
    return (
        RuleGroup(
            name="ai-agents",
            rules=(
                AlertRule(
                    name="AiAgentsApiDown",
                    # A Deployment that is gone has no series, and is down too.
                    expr=f"(sum ({pods}) or vector(0)) == 0",
                    window="2m",
                    severity="critical",
                    summary="No pod of the API is healthy",
                    action="Page on-call",
                    runbook=f"{RUNBOOK}#api-down",
                ),
                AlertRule(
                    name="AiAgentsHighErrorRate",
                    expr=f"{errors} > 0.05",
                    window="5m",
                    severity="critical",
                    summary="More than 5 % of requests answer 5xx",
                    action="Page on-call",
                    runbook=f"{RUNBOOK}#roll-back",
                ),
                AlertRule(
                    name="AiAgentsQueueBackup",
                    expr=f"max ({series.select('queue_depth')}) > 1000",
                    window="10m",
                    severity="critical",
                    summary="More than 1,000 tasks wait in the queue",
                    action="Page on-call",
                    runbook=f"{RUNBOOK}#queue-backs-up",
                ),
                AlertRule(
                    name="AiAgentsDatabaseConnectionFailures",
                    expr=f"sum (increase({series.select('db_connection_errors_total')}[5m])) > 10",
                    severity="critical",
                    summary="More than 10 connections to the database failed within 5 minutes",
                    action="Page on-call",
                    runbook=f"{RUNBOOK}#database-connections-fail",
                ),
                AlertRule(
                    name="AiAgentsCertificateExpiring",
                    expr=f"min by (name) ({expiry}) - time() < {7 * DAY}",
                    severity="critical",
                    summary="Certificate {{ $labels.name }} expires in less than 7 days",
                    action="Page on-call",
                    runbook=f"{RUNBOOK}#certificate-expires",
                ),
                AlertRule(
                    name="AiAgentsPodRestartLoop",
                    expr=f"max by (pod, container) (increase({restarts}[10m])) > 5",
                    severity="critical",
                    summary="Container {{ $labels.container }} of {{ $labels.pod }} restarted more than 5 times within 10 minutes",
                    action="Page on-call",
                    runbook=f"{RUNBOOK}#pods-restart",
                ),
            ),
        ),
    )
