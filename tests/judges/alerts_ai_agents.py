"""AI Agents' six critical alerts as its deployment runbook describes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.judges.alerts import AlertCase

RUNBOOK = "docs/runbooks/ai-agents.md"
WEEK = 7 * 86400


def cases(options: Mapping[str, Any]) -> tuple[AlertCase, ...]:
    environment = options["environment"]
    within = f'namespace="{environment}"'
    elsewhere = 'namespace="elsewhere"'
    replicas = "kube_deployment_status_replicas_available"
    return (
        AlertCase(
            alert="AiAgentsApiDown",
            severity="critical",
            window="2m",
            since="2m30s",
            series={  # one healthy pod of two is enough, and the workers do not count
                f'{replicas}{{{within}, deployment="ai-agents-api"}}': ("2x4 0x60", "2x4 1x60"),
                f'{replicas}{{{within}, deployment="ai-agents-worker"}}': ("3x64", "3x64"),
                f'{replicas}{{{elsewhere}, deployment="ai-agents-api"}}': ("2x64", "2x64"),
            },
            annotations={
                "summary": "No pod of the API is healthy",
                "action": "Page on-call",
                "runbook": f"{RUNBOOK}#api-down",
            },
        ),
        AlertCase(
            alert="AiAgentsHighErrorRate",
            severity="critical",
            window="5m",
            series={  # 5.1 % and 4.9 %
                f'http_requests_total{{{within}, status="202", pod="ai-agents-api-0"}}': ("0+949x60", "0+951x60"),
                f'http_requests_total{{{within}, status="503", pod="ai-agents-api-1"}}': ("0+51x60", "0+49x60"),
                f'http_requests_total{{{elsewhere}, status="503", pod="other"}}': ("0+1000x60", "0+1000x60"),
            },
            annotations={
                "summary": "More than 5 % of requests answer 5xx",
                "action": "Page on-call",
                "runbook": f"{RUNBOOK}#roll-back",
            },
        ),
        AlertCase(
            alert="AiAgentsQueueBackup",
            severity="critical",
            window="10m",
            since="2m30s",
            series={  # every pod reports the same queue
                f'queue_depth{{{within}, pod="ai-agents-api-0"}}': ("5x4 1001x60", "5x4 1000x60"),
                f'queue_depth{{{within}, pod="ai-agents-worker-0"}}': ("5x64", "900x64"),
            },
            annotations={
                "summary": "More than 1,000 tasks wait in the queue",
                "action": "Page on-call",
                "runbook": f"{RUNBOOK}#queue-backs-up",
            },
        ),
        AlertCase(
            alert="AiAgentsDatabaseConnectionFailures",
            severity="critical",
            since="7m30s",
            series={  # 11 and 10 errors that all fall into the window between 2m30s and 7m30s: extrapolation adds nothing to a full one
                f'db_connection_errors_total{{{within}, pod="ai-agents-api-0"}}': ("0x5 0+1x9 9x60", "0x5 0+1x9 9x60"),
                f'db_connection_errors_total{{{within}, pod="ai-agents-worker-0"}}': ("0x14 2x60", "0x14 0x60"),
                f'db_connection_errors_total{{{elsewhere}, pod="other"}}': ("0+100x64", "0+100x64"),
            },
            annotations={
                "summary": "More than 10 connections to the database failed within 5 minutes",
                "action": "Page on-call",
                "runbook": f"{RUNBOOK}#database-connections-fail",
            },
        ),
        AlertCase(
            alert="AiAgentsCertificateExpiring",
            severity="critical",
            since="2m30s",
            series={  # at 2m30s it is a second less than seven days away, or still seven days when the test ends; one was never issued
                'certmanager_certificate_expiration_timestamp_seconds{name="api-tls-cert", exported_namespace="gateway"}': (
                    f"{WEEK + 149}x64",
                    f"{WEEK + 3600}x64",
                ),
                'certmanager_certificate_expiration_timestamp_seconds{name="api-tls-cert", exported_namespace="new"}': ("0x64", "0x64"),
                'certmanager_certificate_expiration_timestamp_seconds{name="other-tls", exported_namespace="gateway"}': ("1x64", "1x64"),
            },
            labels={"name": "api-tls-cert"},
            annotations={
                "summary": "Certificate api-tls-cert expires in less than 7 days",
                "action": "Page on-call",
                "runbook": f"{RUNBOOK}#certificate-expires",
            },
        ),
        AlertCase(
            alert="AiAgentsPodRestartLoop",
            severity="critical",
            since="12m30s",
            series={  # six restarts within ten minutes, or five; another pod's do not add to them
                f'kube_pod_container_status_restarts_total{{{within}, pod="ai-agents-worker-0", container="ai-agents-worker"}}': (
                    "1x5 1x9 3x8 7x60",
                    "1x5 1x9 3x8 6x60",
                ),
                f'kube_pod_container_status_restarts_total{{{within}, pod="ai-agents-api-0", container="telemetry"}}': (
                    "0x22 4x60",
                    "0x22 4x60",
                ),
            },
            labels={"pod": "ai-agents-worker-0", "container": "ai-agents-worker"},
            annotations={
                "summary": "Container ai-agents-worker of ai-agents-worker-0 restarted more than 5 times within 10 minutes",
                "action": "Page on-call",
                "runbook": f"{RUNBOOK}#pods-restart",
            },
        ),
    )
