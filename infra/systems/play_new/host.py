"""The host process: Deployment, Service, public route, configuration, rights."""

from __future__ import annotations

from components.workloads.spec import (
    AccountSpec,
    Calls,
    ConfigSpec,
    DeploymentSpec,
    HttpProbe,
    Permission,
    PodSpec,
    Quota,
    Resources,
    RouteSpec,
    SecretItem,
    SecretSpec,
    Uses,
)
from components.workloads.values import Filled, KeyReference, OwnImage, PlainValue, TraceEndpoint
from infra.profiles import Profile
from infra.systems.play_new import agents
from infra.systems.play_new.database import MIGRATE_JOB
from infra.systems.play_new.options import PlayNewOptions
from infra.systems.play_new.phases import HOST_POOL, PhaseValues

NAMESPACE = "pn-system"
NAME = "pn-host"
CONFIG, SECRETS, TEMPLATES = "pn-config", "pn-secrets", "pn-agent-runner-template"
TEMPLATE_FOLDER = "/etc/playnew/agent-runner"
PORT = 3000
LABELS = {"app": "playnew", "component": "host"}
MASTER_KEY = "master"


def account() -> AccountSpec:
    """Starts, watches and removes agent Jobs and reads what they did; nothing else in the cluster. Alone uses the master key."""
    return AccountSpec(
        name=NAME,
        namespace=NAMESPACE,
        uses=(Uses(resource=f"key:{MASTER_KEY}"),),
        permissions=(
            Permission(
                namespace=agents.NAMESPACE, api_group="batch", resources=("jobs",), verbs=("create", "get", "list", "watch", "delete")
            ),
            Permission(namespace=agents.NAMESPACE, resources=("pods",), verbs=("get", "list", "watch")),
            Permission(namespace=agents.NAMESPACE, resources=("pods/log",), verbs=("get",)),
        ),
    )


def configs(options: PlayNewOptions, profile: Profile) -> tuple[ConfigSpec, ...]:
    return (
        ConfigSpec(
            name=CONFIG,
            namespace=NAMESPACE,
            data={
                "NODE_ENV": profile.environment,
                "DATABASE_TYPE": "postgresql",
                "LOG_LEVEL": options.log_level,
                "LOG_FORMAT": "json",
                "PORT": str(PORT),
                "CONTAINER_IMAGE": OwnImage(repository=agents.IMAGE, tag=options.version),
                "CONTAINER_MEMORY_LIMIT": "512m",
                "CONTAINER_CPU_LIMIT": "0.5",
            },
        ),
        ConfigSpec(name=TEMPLATES, namespace=NAMESPACE, data={"job.yaml": agents.template(options.version)}),
    )


def view() -> SecretSpec:
    paths = {name: name.lower().replace("_", "-") for name in ("DATABASE_URL", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "JWT_SECRET")}
    return SecretSpec(name=SECRETS, namespace=NAMESPACE, data={name: SecretItem(path=path) for name, path in paths.items()})


def quota(replicas: int) -> Quota:
    """The host's pods and one more while a roll-out runs, the two Jobs, and a little room."""
    pods = replicas + 1
    return Quota(
        pods=pods + 4,
        requests_cpu=f"{pods * 500 + 1000}m",
        requests_memory=f"{pods + 2}Gi",
        limits_cpu=f"{pods * 2 + 3}",
        limits_memory=f"{pods * 4 + 3}Gi",
    )


def deployment(options: PlayNewOptions, values: PhaseValues, profile: Profile) -> DeploymentSpec:
    return DeploymentSpec(
        name=NAME,
        namespace=NAMESPACE,
        replicas=options.replicas,
        port=PORT,
        service_port=80,
        liveness=HttpProbe(path="/api/v1/health", delay=15, period=30, timeout=5),
        readiness=HttpProbe(path="/api/v1/health/ready", delay=10, period=10, timeout=3),
        metrics_path="/metrics",
        pod=PodSpec(
            image=OwnImage(repository=NAME, tag=options.version),
            account=NAME,
            labels=LABELS,
            env=env(options, values, profile),
            config=(CONFIG,),
            secrets=(SECRETS,),
            mounts={TEMPLATE_FOLDER: TEMPLATES},
            resources=Resources(requests_cpu="500m", requests_memory="1Gi", limits_cpu="2", limits_memory="4Gi"),
            node_labels={"pool": HOST_POOL},
            uses=(Uses(resource=f"database:{options.database.active}"),),
            calls=calls(values),
        ),
        after=(MIGRATE_JOB,),
    )


def calls(values: PhaseValues) -> tuple[Calls, ...]:
    """The internet means public addresses on 443: LLM providers, Slack, Teams, Sentry."""
    traces = (Calls(target="traces"),) if values.traces else ()
    return (Calls(target="kubernetes-api"), Calls(target="internet"), *traces)


def env(options: PlayNewOptions, values: PhaseValues, profile: Profile) -> dict[str, PlainValue]:
    """Variables beside pn-config and pn-secrets, whose keys are documented. The key's reference is no secret: only the host may use it."""
    found: dict[str, PlainValue] = {
        "APP_VERSION": options.version,
        "ENCRYPTION_KEY_REF": Filled(text="kms://@key@", values={"key": KeyReference(key=MASTER_KEY)}),
        "AGENT_JOB_TEMPLATE": f"{TEMPLATE_FOLDER}/job.yaml",
    }
    if options.interactive_fallback:
        found["INTERACTIVE_FALLBACK"] = options.interactive_fallback
    if options.sentry_dsn:
        found |= {
            "SENTRY_DSN": options.sentry_dsn,
            "SENTRY_ENVIRONMENT": profile.environment,
            "SENTRY_RELEASE": options.version,
            "SENTRY_TRACES_SAMPLE_RATE": "0.1",
        }
    if values.traces:
        found |= {
            "OTEL_EXPORTER_OTLP_ENDPOINT": TraceEndpoint(),
            "OTEL_SERVICE_NAME": NAME,
            "OTEL_TRACES_EXPORTER": "otlp",
            "OTEL_RESOURCE_ATTRIBUTES": f"deployment.environment.name={profile.environment},service.version={options.version}",
        }
    return found


def route(domain: str) -> RouteSpec:
    """Metrics are scraped inside the cluster; from outside their path is not found."""
    return RouteSpec(
        name="pn-ingress",
        namespace=NAMESPACE,
        host=f"api.{domain}",
        service=NAME,
        tls_secret="pn-tls",
        body_limit="10Mi",
        # A response may wait for an agent, which has two minutes.
        timeout_seconds=150,
        private_paths=("/metrics",),
    )
