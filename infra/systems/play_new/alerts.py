"""The seven alerts, with the documented thresholds, windows and severities."""

from __future__ import annotations

from components.observability.spec import AlertRule, RuleGroup
from infra.systems.play_new.metrics import SUCCESS, failing, quantile

RUNBOOK = "docs/runbooks/play-new.md"
SERVER_ERROR = 'status=~"5.."'
FAILED = f'status!="{SUCCESS}"'


def rules(database_pool: int) -> tuple[RuleGroup, ...]:
    """`database_pool` is the number of connections that each host pod may open."""
    return (
        RuleGroup(
            name="play-new",
            rules=(
                AlertRule(
                    name="PlayNewHighErrorRate",
                    expr=f"{failing('http_requests_total', SERVER_ERROR)} > 0.05",
                    window="5m",
                    severity="critical",
                    summary="More than 5 % of requests answer 5xx",
                    action="Page on-call",
                    runbook=f"{RUNBOOK}#roll-back",
                ),
                AlertRule(
                    name="PlayNewSlowResponses",
                    expr=f"{quantile(0.95, 'http_request_duration_seconds')} > 25",
                    window="10m",
                    severity="warning",
                    summary="The 95th percentile of response times is above 25 s",
                    action="Investigate",
                    runbook=f"{RUNBOOK}#scale",
                ),
                AlertRule(
                    name="PlayNewChannelDisconnected",
                    expr="min by (org_id, channel) (channel_connection_status) == 0",
                    window="5m",
                    severity="critical",
                    summary="Channel {{ $labels.channel }} of {{ $labels.org_id }} is disconnected",
                    action="Page on-call",
                ),
                AlertRule(
                    name="PlayNewDatabaseConnectionFailure",
                    expr=f"max by (pod) (db_connections_active) >= {database_pool}",
                    severity="critical",
                    summary="The connection pool of {{ $labels.pod }} is exhausted",
                    action="Page on-call",
                ),
                AlertRule(
                    name="PlayNewLlmProviderErrors",
                    expr=f"{failing('llm_requests_total', FAILED, by='provider')} > 0.10",
                    window="5m",
                    severity="warning",
                    summary="More than 10 % of calls to {{ $labels.provider }} fail",
                    action="Check provider status",
                    runbook=f"{RUNBOOK}#llm-fail-over",
                ),
                AlertRule(
                    name="PlayNewAgentRunnerFailures",
                    expr=f"{failing('agent_runner_spawn_total', FAILED)} > 0.05",
                    window="5m",
                    severity="warning",
                    summary="More than 5 % of agent spawns fail",
                    action="Check Kubernetes node health",
                    runbook=f"{RUNBOOK}#scale",
                ),
                AlertRule(
                    name="PlayNewDiskUsage",
                    expr="kubelet_volume_stats_used_bytes / kubelet_volume_stats_capacity_bytes > 0.80",
                    severity="warning",
                    summary="Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is more than 80 % full",
                    action="Expand storage",
                ),
            ),
        ),
    )
