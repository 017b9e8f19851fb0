"""Play New's seven alerts as its operations guide describes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.judges.alerts import AlertCase

RUNBOOK = "docs/runbooks/play-new.md"
POOL = 10
"""Connections of a pod's pool, unless the stack file says otherwise."""


def cases(options: Mapping[str, Any]) -> tuple[AlertCase, ...]:
    pool = int(options.get("database_pool", POOL))
    return (
        AlertCase(
            alert="PlayNewHighErrorRate",
            severity="critical",
            window="5m",
            series={  # 5.1 % and 4.9 %
                'http_requests_total{status="200", pod="pn-host-0"}': ("0+949x60", "0+951x60"),
                'http_requests_total{status="503", pod="pn-host-0"}': ("0+51x60", "0+49x60"),
            },
            annotations={
                "summary": "More than 5 % of requests answer 5xx",
                "action": "Page on-call",
                "runbook": f"{RUNBOOK}#roll-back",
            },
        ),
        AlertCase(
            alert="PlayNewSlowResponses",
            severity="warning",
            window="10m",
            series={  # of 100 requests, 94 or 96 take no more than 25 s
                'http_request_duration_seconds_bucket{le="20", pod="pn-host-0"}': ("0+90x60", "0+90x60"),
                'http_request_duration_seconds_bucket{le="25", pod="pn-host-0"}': ("0+94x60", "0+96x60"),
                'http_request_duration_seconds_bucket{le="30", pod="pn-host-0"}': ("0+100x60", "0+100x60"),
                'http_request_duration_seconds_bucket{le="+Inf", pod="pn-host-0"}': ("0+100x60", "0+100x60"),
            },
            annotations={
                "summary": "The 95th percentile of response times is above 25 s",
                "action": "Investigate",
                "runbook": f"{RUNBOOK}#scale",
            },
        ),
        AlertCase(
            alert="PlayNewChannelDisconnected",
            severity="critical",
            window="5m",
            since="2m30s",
            series={  # one pod's connection is enough to be missed
                'channel_connection_status{org_id="alpha", channel="slack", pod="pn-host-0"}': ("1x60", "1x60"),
                'channel_connection_status{org_id="alpha", channel="slack", pod="pn-host-1"}': ("1x4 0x60", "1x60"),
                'channel_connection_status{org_id="bravo", channel="teams", pod="pn-host-0"}': ("1x60", "1x60"),
            },
            labels={"org_id": "alpha", "channel": "slack"},
            annotations={"summary": "Channel slack of alpha is disconnected", "action": "Page on-call"},
        ),
        AlertCase(
            alert="PlayNewDatabaseConnectionFailure",
            severity="critical",
            since="2m30s",
            series={
                'db_connections_active{pod="pn-host-0"}': (f"1x4 {pool}x60", f"1x4 {pool - 1}x60"),
                'db_connections_active{pod="pn-host-1"}': ("1x60", "1x60"),
            },
            labels={"pod": "pn-host-0"},
            annotations={"summary": "The connection pool of pn-host-0 is exhausted", "action": "Page on-call"},
        ),
        AlertCase(
            alert="PlayNewLlmProviderErrors",
            severity="warning",
            window="5m",
            series={  # 10.1 % and 9.9 % of one provider's, none of the other's
                'llm_requests_total{provider="anthropic", model="a", status="success"}': ("0+899x60", "0+901x60"),
                'llm_requests_total{provider="anthropic", model="a", status="timeout"}': ("0+101x60", "0+99x60"),
                'llm_requests_total{provider="openai", model="b", status="success"}': ("0+1000x60", "0+1000x60"),
            },
            labels={"provider": "anthropic"},
            annotations={
                "summary": "More than 10 % of calls to anthropic fail",
                "action": "Check provider status",
                "runbook": f"{RUNBOOK}#llm-fail-over",
            },
        ),
        AlertCase(
            alert="PlayNewAgentRunnerFailures",
            severity="warning",
            window="5m",
            series={  # 5.1 % and 4.9 %
                'agent_runner_spawn_total{org_id="alpha", status="success"}': ("0+949x60", "0+951x60"),
                'agent_runner_spawn_total{org_id="alpha", status="error"}': ("0+51x60", "0+49x60"),
            },
            annotations={
                "summary": "More than 5 % of agent spawns fail",
                "action": "Check Kubernetes node health",
                "runbook": f"{RUNBOOK}#scale",
            },
        ),
        AlertCase(
            alert="PlayNewDiskUsage",
            severity="warning",
            since="2m30s",
            series={
                'kubelet_volume_stats_used_bytes{namespace="monitoring", persistentvolumeclaim="prometheus"}': ("10x4 81x60", "10x4 79x60"),
                'kubelet_volume_stats_capacity_bytes{namespace="monitoring", persistentvolumeclaim="prometheus"}': ("100x64", "100x64"),
            },
            labels={"namespace": "monitoring", "persistentvolumeclaim": "prometheus"},
            annotations={"summary": "Volume monitoring/prometheus is more than 80 % full", "action": "Expand storage"},
        ),
    )
