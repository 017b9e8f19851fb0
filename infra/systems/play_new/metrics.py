"""The metrics that Play New's processes export, as documented, and what is made of them."""

from __future__ import annotations

# Name to its documented labels. Those that the document leaves open are the ones that the queries here rely on:
# `http_requests_total` by `status` (the HTTP status code).
DOCUMENTED: dict[str, tuple[str, ...]] = {
    "http_request_duration_seconds": (),
    "http_requests_total": ("status",),
    "agent_runner_spawn_duration_seconds": (),
    "agent_runner_spawn_total": ("org_id", "status"),
    "agent_runner_active": (),
    "llm_request_duration_seconds": ("provider", "model", "task_type"),
    "llm_requests_total": ("provider", "model", "status"),
    "llm_tokens_total": ("provider", "model", "direction"),
    "channel_messages_total": ("org_id", "channel", "direction"),
    "channel_connection_status": ("org_id", "channel"),
    "db_query_duration_seconds": ("operation",),
    "db_connections_active": (),
}
# The kubelet's own, for volumes.
PLATFORM: frozenset[str] = frozenset({"kubelet_volume_stats_used_bytes", "kubelet_volume_stats_capacity_bytes"})

SUCCESS = "success"
"""Value of `status` of a spawn or an LLM call that went well; everything else counts as a failure."""


def quantile(q: float, histogram: str, by: str = "", window: str = "5m") -> str:
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({q}, sum by ({labels}) (rate({histogram}_bucket[{window}])))"


def rate(counter: str, by: str = "", window: str = "5m") -> str:
    grouped = f"sum by ({by})" if by else "sum"
    return f"{grouped} (rate({counter}[{window}]))"


def failing(counter: str, failed: str, window: str = "5m", by: str = "") -> str:
    """Share of failures, 0 to 1. A counter that has never failed has no series for failures: that is 0, not "no data"."""
    everything = rate(counter, by, window)
    return f"({rate(f'{counter}{{{failed}}}', by, window)} or 0 * {everything}) / {everything}"
