"""The API and the workers: Deployments, account, configuration, public route."""

from __future__ import annotations

from components.workloads.spec import (
    AccountSpec,
    Autoscale,
    Calls,
    ConfigSpec,
    DeploymentSpec,
    ExecProbe,
    HttpProbe,
    PodSpec,
    Quota,
    Resources,
    RouteSpec,
    SecretItem,
    SecretSpec,
    Uses,
)
from components.workloads.values import OwnImage, PlainValue, TraceEndpoint
from infra.profiles import Profile
from infra.systems.ai_agents import database, queue, telemetry
from infra.systems.ai_agents.options import AiAgentsOptions, Image

API, WORKER = "ai-agents-api", "ai-agents-worker"
ACCOUNT = "app-sa"
CONFIG = "ai-agents-config"
ROUTE, TLS_SECRET = "ai-agents-ingress", "api-tls-cert"
PORT, METRICS_PORT = 8000, 9090
USER = 1000  # of the images' `aiagents`
CELERY = ("celery", "-A", "src.workers.celery_app")
TASK_SECONDS, SOFT_TASK_SECONDS, TASKS_PER_PROCESS = 120, 110, 100
GIVEN = {
    "openai-credentials": ("OPENAI_API_KEY",),
    "servicedesk-credentials": ("WEBHOOK_SECRET", "SERVICEDESK_API_URL", "SERVICEDESK_API_KEY"),
}
GIVEN_PATHS = {
    "OPENAI_API_KEY": "openai-api-key",
    "WEBHOOK_SECRET": "servicedesk-webhook-secret",
    "SERVICEDESK_API_URL": "servicedesk-api-url",
    "SERVICEDESK_API_KEY": "servicedesk-api-key",
}
# The same settings are read by both, so that both need all of them to start.
SECRETS = (database.CREDENTIALS, queue.CREDENTIALS, *GIVEN)
MOUNTS = {queue.AUTHORITY_FOLDER: queue.AUTHORITY}
API_RESOURCES = Resources(requests_cpu="250m", requests_memory="512Mi", limits_cpu="1", limits_memory="1Gi")
WORKER_RESOURCES = Resources(requests_cpu="500m", requests_memory="1Gi", limits_cpu="1500m", limits_memory="2Gi")


def account(namespace: str) -> AccountSpec:
    """No rights, in the cluster or in the cloud: the application asks neither for anything, and secrets come as variables."""
    return AccountSpec(name=ACCOUNT, namespace=namespace)


def views(namespace: str) -> tuple[SecretSpec, ...]:
    return tuple(
        SecretSpec(name=name, namespace=namespace, data={key: SecretItem(path=GIVEN_PATHS[key]) for key in keys})
        for name, keys in GIVEN.items()
    )


def configs(options: AiAgentsOptions, profile: Profile, namespace: str) -> tuple[ConfigSpec, ...]:
    data: dict[str, PlainValue] = {
        "ENVIRONMENT": profile.environment,
        "LOG_LEVEL": options.log_level.upper(),
        "WORKER_CONCURRENCY": str(options.workers.concurrency),
        "CELERY_TASK_TIMEOUT": str(TASK_SECONDS),
        "PROMETHEUS_PORT": str(METRICS_PORT),
        "OPENAI_BASE_URL": options.openai_base_url,
    }
    return (ConfigSpec(name=CONFIG, namespace=namespace, data=data), queue.authority(namespace), telemetry.config(namespace))


def api(options: AiAgentsOptions, profile: Profile, namespace: str) -> DeploymentSpec:
    """Reaches the database, the queue and the collector, and nothing outside: the workers alone speak to OpenAI and ServiceDesk Plus."""
    return DeploymentSpec(
        name=API,
        namespace=namespace,
        replicas=options.replicas,
        port=PORT,
        liveness=HttpProbe(path="/health", delay=30, period=10, timeout=5),
        readiness=HttpProbe(path=options.readiness_path, delay=5, period=5, timeout=3),
        metrics_path="/metrics",
        pod=PodSpec(
            account=ACCOUNT,
            user=USER,
            config=(CONFIG,),
            secrets=SECRETS,
            mounts=MOUNTS,
            uses=uses(options),
            image=OwnImage(repository=API, tag=options.tag("api")),
            labels={"app": API},
            env=env(API, options, profile, telemetry.ENDPOINT),
            resources=API_RESOURCES,
            init=(database.migration(options),),
            sidecars=(telemetry.sidecar(),),
            calls=(Calls(target="traces"),),
        ),
        after=database.prepared(options),
    )


def worker(options: AiAgentsOptions, profile: Profile, namespace: str) -> DeploymentSpec:
    """Its probes ask the worker over the broker: three misses, a minute apart, are more than a fail-over of the queue takes."""
    ping = ExecProbe(
        # A shell, since a probe's command knows no variables; HOSTNAME is the pod's name, and so the worker's.
        command=("/bin/sh", "-c", f'{" ".join(CELERY)} inspect ping --timeout 10 -d "celery@$HOSTNAME"'),
        delay=30,
        period=60,
        timeout=30,
    )
    ports = tuple(sorted({443, options.servicedesk_port}))
    return DeploymentSpec(
        name=WORKER,
        namespace=namespace,
        replicas=options.workers.minimum,
        liveness=ping,
        readiness=ping,
        metrics_path="/metrics",
        metrics_port=METRICS_PORT,
        autoscale=Autoscale(maximum=options.workers.maximum, cpu=70, memory=80),
        pod=PodSpec(
            account=ACCOUNT,
            user=USER,
            config=(CONFIG,),
            secrets=SECRETS,
            mounts=MOUNTS,
            uses=uses(options),
            image=OwnImage(repository=WORKER, tag=options.tag("worker")),
            command=(
                *CELERY,
                "worker",
                f"--loglevel={options.log_level}",
                f"--concurrency={options.workers.concurrency}",
                f"--max-tasks-per-child={TASKS_PER_PROCESS}",
                f"--time-limit={TASK_SECONDS}",
                f"--soft-time-limit={SOFT_TASK_SECONDS}",
            ),
            labels={"app": WORKER},
            env=env(WORKER, options, profile, TraceEndpoint()),
            resources=WORKER_RESOURCES,
            calls=(Calls(target="traces"), Calls(target="internet", ports=ports)),
        ),
        after=database.prepared(options),
    )


def uses(options: AiAgentsOptions) -> tuple[Uses, ...]:
    return (Uses(resource=f"database:{options.database.active}"), Uses(resource=f"cache:{queue.QUEUE}"))


def env(name: str, options: AiAgentsOptions, profile: Profile, traces: PlainValue) -> dict[str, PlainValue]:
    """Beside the ConfigMap and the Secrets. The root file system is read-only, so that Python writes no bytecode."""
    image: Image = "api" if name == API else "worker"
    attributes = f"deployment.environment.name={profile.environment},service.version={options.tag(image)}"
    return {
        "HOME": "/tmp",  # noqa: S108, RUF100  the pod's own empty folder
        "PYTHONDONTWRITEBYTECODE": "1",
        "OTEL_SERVICE_NAME": name,
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_EXPORTER_OTLP_ENDPOINT": traces,
        "OTEL_RESOURCE_ATTRIBUTES": attributes,
    }


def route(options: AiAgentsOptions, namespace: str, domain: str) -> RouteSpec:
    return RouteSpec(
        name=ROUTE,
        namespace=namespace,
        host=f"api.{domain}",
        service=API,
        tls_secret=TLS_SECRET,
        private_paths=() if options.public_metrics else ("/metrics",),
    )


def quota(options: AiAgentsOptions) -> Quota:
    """The pods and one more of each while a roll-out runs, and room for the Jobs."""
    api, workers = options.replicas + 1, options.workers.maximum + 1
    return Quota(
        pods=api + workers + 4,
        requests_cpu=f"{api * 275 + workers * 500 + 400}m",
        requests_memory=f"{api * 576 + workers * 1024 + 1024}Mi",
        limits_cpu=f"{api * 1200 + workers * 1500 + 2000}m",
        limits_memory=f"{api * 1152 + workers * 2048 + 2048}Mi",
    )
