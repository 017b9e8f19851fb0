"""Where AI Agents' parts are in what a stack registers."""

from __future__ import annotations

from typing import Any

from tests.inventory.cases import Case
from tests.inventory.pods import found, objects, of_kind
from tests.recorder import Recording, Registered

NAMESPACE, ACCOUNT = "production", "app-sa"
API, WORKER, ROLES, DOWNGRADE = "ai-agents-api", "ai-agents-worker", "ai-agents-db-roles", "ai-agents-db-downgrade"
CONFIG, ROUTE, AUTHORITY = "ai-agents-config", "ai-agents-ingress", "queue-authority"
KEYS = {
    "db-credentials": {"DATABASE_URL"},
    "redis-credentials": {"REDIS_URL", "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND"},
    "openai-credentials": {"OPENAI_API_KEY"},
    "servicedesk-credentials": {"WEBHOOK_SECRET", "SERVICEDESK_API_URL", "SERVICEDESK_API_KEY"},
}
"""The documented Secrets with their keys."""
TOOLS = ("grafana", "prometheus", "alertmanager", "jaeger")
DOMAIN = "ai-agents.example"
TODAY, BEFORE = "v1.0.0", "v0.9.0"


def inside(registered: Recording[Any], kind: str, name: str) -> dict[str, Any]:
    """The object of the system's own namespace. The name of a Job ends in a hash."""
    (one,) = [obj for obj in of_kind(registered, kind) if obj["metadata"].get("namespace") == NAMESPACE and _called(obj, name)]
    return one


def _called(obj: dict[str, Any], name: str) -> bool:
    own: str = obj["metadata"]["name"]
    return (own.rpartition("-")[0] if obj["kind"] == "Job" else own) == name


def declared(registered: Recording[Any], kind: str, name: str) -> Registered:
    """What declares that object."""
    (label,) = [label for label, obj in objects(registered) if obj == inside(registered, kind, name)]
    (item,) = [item for item in registered if item.name == label and item.type.endswith(f":{kind}")]
    return item


def pod(registered: Recording[Any], deployment: str) -> dict[str, Any]:
    return inside(registered, "Deployment", deployment)["spec"]["template"]["spec"]


def fetched(case: Case, name: str) -> dict[str, str]:
    """What External Secrets will put into that Secret, by key."""
    registered = case.recorded()
    contents = case.view.contents(registered)
    return {entry["secretKey"]: contents[entry["remoteRef"]["key"]] for entry in inside(registered, "ExternalSecret", name)["spec"]["data"]}


def exported(registered: Recording[Any]) -> dict[str, Any]:
    return registered.exports["systems"]["ai-agents"]


def ports_out(registered: Recording[Any], policy: str) -> set[int]:
    """Ports that pods reach outside of the cluster."""
    rules = inside(registered, "NetworkPolicy", policy)["spec"]["egress"]
    return {int(port["port"]) for rule in rules if any("ipBlock" in peer for peer in rule["to"]) for port in rule["ports"]}


def release(registered: Recording[Any], name: str) -> dict[str, Any]:
    """A chart's values."""
    (values,) = [item.inputs["values"] for item in registered.of("kubernetes:helm.sh/v3:Release") if item.inputs["name"] == name]
    return values


def listener(registered: Recording[Any], host: str) -> dict[str, Any]:
    """The Gateway's, of HTTPS."""
    (one,) = [item for item in found(registered, "Gateway", "shared")["spec"]["listeners"] if item.get("hostname") == host]
    return one
