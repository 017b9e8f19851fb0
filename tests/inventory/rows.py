"""Which tests prove which requirement row: read from the marks in tests/, without importing them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
DOCUMENT = TESTS.parent / "docs" / "requirements.md"
ROWS: dict[str, str] = {
    "PN-01": "Everything in one EU region",
    "PN-02": "Private subnets, NAT, public subnets for load balancers alone",
    "PN-03": "Managed Kubernetes with autoscaled node pools",
    "PN-04": "Namespaces `pn-system` and `pn-agents`",
    "PN-05": "PostgreSQL 16, Multi-AZ, encrypted, TLS only, 30 days of backups",
    "PN-06": "Database roles and migrations before the host",
    "PN-07": "Registry: immutable, scanned, cleaned up, customer key",
    "PN-08": "Master key of the host alone",
    "PN-09": "Certificates by Let's Encrypt",
    "PN-10": "DNS record of the API",
    "PN-11": "Deployment `pn-host`",
    "PN-12": "Service, route, TLS, redirect, body limit",
    "PN-13": "ConfigMap `pn-config` rolls the Deployment",
    "PN-14": "Secrets through External Secrets",
    "PN-15": "Agent runner: rights and Job template",
    "PN-16": "Organisations as data",
    "PN-17": "Network policies",
    "PN-18": "Five dashboards",
    "PN-19": "Seven alert rules",
    "PN-20": "Alert routing by phase",
    "PN-21": "Sentry in the EU",
    "PN-22": "Backup and restore",
    "PN-23": "One value for the phase",
    "PN-24": "Runbook",
    "PN-25": "Budget with alerts",
    "PN-26": "Traces and logs beside metrics",
    "AA-01": "Nodes over three zones",
    "AA-02": "PostgreSQL 17, Multi-AZ, asyncpg's URL",
    "AA-03": "Redis with fail-over, TLS and auth; broker and results apart",
    "AA-04": "Host of the API, `api-tls-cert`, redirect",
    "AA-05": "Three repositories",
    "AA-06": "Namespace `production`, `app-sa`, rights and network policies",
    "AA-07": "Deployment `ai-agents-api` with migrations and telemetry",
    "AA-08": "Deployment `ai-agents-worker`, 3 to 10",
    "AA-09": "Four Secrets with the documented keys",
    "AA-10": "Order as edges of the graph",
    "AA-11": "Monitoring's hosts behind authentication",
    "AA-12": "Dashboard and its four groups of metrics",
    "AA-13": "Six critical alerts",
    "AA-14": "Smoke test",
    "AA-15": "Outputs of the stack",
    "AA-16": "Rollback",
    "SN-01": "Nodes, Pod Security, network policies, route",
    "SN-02": "A namespace for each environment",
    "SN-03": "PostgreSQL, daily and weekly backups, PgBouncer",
    "SN-04": "Redis in three modes",
    "SN-05": "The documented environment; no open door in production",
    "SN-06": "Generated secrets and signing keys, rotated",
    "SN-07": "Deployment `supernova-server`, 3 to 10",
    "SN-08": "Host of the API, public key set",
    "SN-09": "Migration and seed Jobs",
    "SN-10": "Secrets by three ways",
    "SN-11": "Service level objectives",
    "SN-12": "Alerts to PagerDuty and Slack",
    "SN-13": "Backups of the cluster",
    "SN-14": "Three environments, one system",
    "SN-15": "Logs for 30 days; Sentry",
    "SN-16": "Images through the cache",
}


def proofs() -> dict[str, list[str]]:
    """Row to the tests marked with it, as `tests/…/test_x.py::test_y`."""
    found: dict[str, list[str]] = {}
    for file in sorted(TESTS.rglob("test_*.py")):
        for row, test in _marked(ast.parse(file.read_text(encoding="utf-8"))):
            found.setdefault(row, []).append(f"{file.relative_to(TESTS.parent).as_posix()}::{test}")
    return found


def document() -> str:
    """docs/requirements.md: a line for each row with its tests."""
    proven = proofs()
    lines = [
        "# Requirements and their tests",
        "",
        "Written by `make inventory` from the marks on the tests.",
        "",
        "| row | what | tests |",
        "|---|---|---|",
    ]
    for row, title in ROWS.items():
        tests = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in proven.get(row, []))
        lines.append(f"| {row} | {title} | {tests or '**none**'} |")
    return "\n".join(lines) + "\n"


def _marked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    module = [row for node in tree.body if isinstance(node, ast.Assign) and _is_pytestmark(node) for row in _rows(node.value)]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            for row in [*module, *(row for decorator in node.decorator_list for row in _rows(decorator))]:
                yield row, node.name


def _is_pytestmark(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)


def _rows(node: ast.AST) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "requirement":
            yield from (argument.value for argument in call.args if isinstance(argument, ast.Constant) and isinstance(argument.value, str))
