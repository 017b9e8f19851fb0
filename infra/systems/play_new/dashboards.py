"""The five dashboards, over the documented metrics alone."""

from __future__ import annotations

from components.observability.spec import Dashboard, Panel, Query, Unit
from infra.systems.play_new.metrics import SUCCESS, failing, quantile, rate

TAGS = ("play-new",)
ORG = 'org_id=~"$org_id"'
# EUR for a million tokens, by the direction label; list prices of the larger models, to be compared with the invoices.
PRICES = {("anthropic", "input"): 2.8, ("anthropic", "output"): 13.8, ("openai", "input"): 2.3, ("openai", "output"): 9.2}
ACTIVE_USERS = "Agents started within the hour: a user who writes starts one. No documented metric counts users themselves."


def dashboards() -> tuple[Dashboard, ...]:
    return (_overview(), _agents(), _llm(), _channels(), _organisations())


def _panel(title: str, expr: str, legend: str = "", unit: Unit = "short", description: str = "") -> Panel:
    return Panel(title=title, queries=(Query(expr=expr, legend=legend),), unit=unit, description=description)


def _overview() -> Dashboard:
    return Dashboard(
        uid="pn-system-overview",
        title="System Overview",
        tags=TAGS,
        panels=(
            _panel("Request rate", rate("http_requests_total"), "requests", "reqps"),
            _panel("Error rate", failing("http_requests_total", 'status=~"5.."'), "5xx", "percentunit"),
            _panel("P95 latency", quantile(0.95, "http_request_duration_seconds"), "p95", "s"),
            _panel("Active users", "sum (increase(agent_runner_spawn_total[1h]))", "users", description=ACTIVE_USERS),
            _panel("Active agent pods", "sum (agent_runner_active)", "pods"),
        ),
    )


def _agents() -> Dashboard:
    spawns = "agent_runner_spawn_total"
    ratio = Panel(
        title="Success/failure ratio",
        unit="percentunit",
        queries=(
            Query(expr=failing(spawns, f'status="{SUCCESS}"'), legend="success"),
            Query(expr=failing(spawns, f'status!="{SUCCESS}"'), legend="failure"),
        ),
    )
    duration = Panel(
        title="Spawn duration",
        unit="s",
        queries=tuple(
            Query(expr=quantile(q, "agent_runner_spawn_duration_seconds"), legend=f"p{round(q * 100)}") for q in (0.5, 0.95, 0.99)
        ),
    )
    return Dashboard(
        uid="pn-agent-runner",
        title="Agent Runner",
        tags=TAGS,
        panels=(
            _panel("Spawn rate", rate(spawns, "status"), "{{status}}", "cps"),
            duration,
            ratio,
            _panel("Concurrent pods", "sum (agent_runner_active)", "pods"),
        ),
    )


def _llm() -> Dashboard:
    cost = " + ".join(
        f'(sum (increase(llm_tokens_total{{provider="{provider}", direction="{direction}"}}[24h])) / 1e6 * {price} or vector(0))'
        for (provider, direction), price in PRICES.items()
    )
    return Dashboard(
        uid="pn-llm-usage",
        title="LLM Usage",
        tags=TAGS,
        panels=(
            _panel("Calls per provider", rate("llm_requests_total", "provider"), "{{provider}}", "reqps"),
            _panel("Tokens per provider", rate("llm_tokens_total", "provider, direction"), "{{provider}} {{direction}}", "cps"),
            _panel("Latency per model", quantile(0.95, "llm_request_duration_seconds", "model"), "{{model}} p95", "s"),
            _panel("Cost estimation", cost, "last 24 h", "currencyEUR", "Tokens times list prices; the invoice decides."),
        ),
    )


def _channels() -> Dashboard:
    return Dashboard(
        uid="pn-channel-health",
        title="Channel Health",
        tags=TAGS,
        panels=(
            _panel("Messages per channel", rate("channel_messages_total", "channel, direction"), "{{channel}} {{direction}}", "cps"),
            _panel("Connection status", "min by (org_id, channel) (channel_connection_status)", "{{org_id}} {{channel}}"),
            _panel(
                "Error rate per channel",
                "1 - avg by (channel) (avg_over_time(channel_connection_status[5m]))",
                "{{channel}}",
                "percentunit",
                "Share of time without a connection: no documented metric counts failed messages.",
            ),
        ),
    )


def _organisations() -> Dashboard:
    by_task = "All organisations together: the documented metric carries the kind of task, not the organisation."
    return Dashboard(
        uid="pn-per-organization",
        title="Per-Organization",
        tags=TAGS,
        variables={"org_id": "agent_runner_spawn_total"},
        panels=(
            _panel(
                "Active users",
                f"sum by (org_id) (increase(agent_runner_spawn_total{{{ORG}}}[1h]))",
                "{{org_id}}",
                description=ACTIVE_USERS,
            ),
            _panel("Interaction volume", rate(f"channel_messages_total{{{ORG}}}", "org_id, channel"), "{{org_id}} {{channel}}", "cps"),
            _panel(
                "Skill activation",
                rate('llm_request_duration_seconds_count{task_type=~"skill.*"}', "task_type"),
                "{{task_type}}",
                "cps",
                by_task,
            ),
            _panel(
                "Pattern collection rate",
                rate('llm_request_duration_seconds_count{task_type=~"pattern.*"}', "task_type"),
                "{{task_type}}",
                "cps",
                by_task,
            ),
        ),
    )
