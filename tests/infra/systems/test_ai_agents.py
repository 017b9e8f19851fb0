"""AI Agents: what it asks of the platform, and how its pods are made."""

from __future__ import annotations

import re

import pytest
import yaml

from components.vocabulary import Size
from components.workloads.spec import Calls, ExecProbe, HttpProbe, Resources, Uses
from components.workloads.values import CacheAuthority, CachedImage, Filled, OwnImage, TraceEndpoint
from infra.profiles import PROFILES, Environment
from infra.systems.ai_agents.pods import API_RESOURCES, WORKER_RESOURCES
from tests.infra.systems.ai_agents_world import config, deployment, job, options, system

API, WORKER = "ai-agents-api", "ai-agents-worker"
ENVIRONMENTS: tuple[Environment, ...] = ("production", "staging", "development")


@pytest.mark.requirement("AA-01")
def test_the_cluster_never_has_fewer_than_three_nodes():
    (pool,) = system().pools
    assert (pool.min_nodes, pool.desired_nodes, pool.size) == (3, 3, Size.MEDIUM)
    assert pool.max_nodes > 3


@pytest.mark.requirement("AA-01")
@pytest.mark.requirement("AA-08")
def test_the_pools_largest_size_has_room_for_all_workers():
    (pool,) = system().pools
    quota = system().namespaces[0].quota
    # Of a node with 4 vCPU, what the kubelet, the cloud's own pods and the add-ons leave.
    assert millicores(quota.requests_cpu) <= (pool.max_nodes - 2) * 3500


@pytest.mark.requirement("AA-05")
def test_the_registry_holds_the_three_repositories():
    registry = system().registry
    assert registry is not None
    assert set(registry.repositories) == {API, WORKER, "ai-agents-migrations"}


@pytest.mark.requirement("AA-06")
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_everything_is_in_the_namespace_of_the_environment(environment: Environment):
    spec = system(environment)
    assert [item.name for item in spec.namespaces] == [environment]
    assert spec.namespaces[0].pod_security == "restricted"
    parts = (*spec.accounts, *spec.configs, *spec.views, *spec.jobs, *spec.deployments, *spec.routes)
    assert {item.namespace for item in parts} == {environment}


@pytest.mark.requirement("AA-06")
def test_the_pods_run_as_app_sa_which_may_do_nothing_in_the_cluster_or_the_cloud():
    (account,) = system().accounts
    assert (account.name, account.uses, account.permissions) == ("app-sa", (), ())
    assert {item.pod.account for item in system().deployments} == {"app-sa"}


@pytest.mark.requirement("AA-06")
def test_pods_reach_what_they_declare_and_the_workers_alone_the_internet():
    needs = (Uses(resource="database:ai-agents-db"), Uses(resource="cache:queue"))
    api, worker = deployment(API).pod, deployment(WORKER).pod
    assert (api.uses, worker.uses) == (needs, needs)
    assert api.calls == (Calls(target="traces"),)
    assert worker.calls == (Calls(target="traces"), Calls(target="internet", ports=(443,)))
    assert deployment(WORKER, system(servicedesk_port=8443)).pod.calls[1].ports == (443, 8443)
    assert system().connections == ()


@pytest.mark.requirement("AA-07")
def test_the_api_has_two_replicas_and_health_probes():
    api = deployment(API)
    assert (api.replicas, api.port, api.autoscale) == (2, 8000, None)
    assert isinstance(api.liveness, HttpProbe)
    assert isinstance(api.readiness, HttpProbe)
    assert (api.liveness.path, api.readiness.path) == ("/health", "/health")
    ready = deployment(API, system(readiness_path="/health/ready")).readiness
    assert isinstance(ready, HttpProbe)
    assert ready.path == "/health/ready"


@pytest.mark.requirement("AA-07")
def test_migrations_run_before_the_api_starts():
    (runner,) = deployment(API).pod.init
    assert runner.name == "migration-runner"
    assert runner.image == OwnImage(repository="ai-agents-migrations", tag="v1.0.0")
    assert runner.command == ("alembic", "upgrade", "head")


@pytest.mark.requirement("AA-07")
def test_a_pod_of_the_api_has_two_containers_and_a_workers_one():
    (telemetry,) = deployment(API).pod.sidecars
    assert isinstance(telemetry.image, CachedImage)
    assert telemetry.image.repository.endswith("/opentelemetry-collector-k8s")
    assert deployment(WORKER).pod.sidecars == ()


@pytest.mark.requirement("AA-07")
def test_the_api_gives_its_traces_to_the_container_beside_it_which_passes_them_on():
    api = deployment(API).pod
    (telemetry,) = api.sidecars
    assert api.env["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://127.0.0.1:4318"
    assert telemetry.args == ("--config=/etc/otel/config.yaml",)
    written = config(telemetry.mounts["/etc/otel"]).data["config.yaml"]
    assert isinstance(written, Filled)
    assert written.values == {"collector": TraceEndpoint()}
    settings = yaml.safe_load(written.text.replace("@collector@", "http://collector:4318"))
    assert settings["receivers"]["otlp"]["protocols"] == {"http": {"endpoint": "127.0.0.1:4318"}}
    assert settings["exporters"] == {"otlp_http": {"endpoint": "http://collector:4318"}}
    traces = settings["service"]["pipelines"]["traces"]
    assert (traces["receivers"], traces["exporters"]) == (["otlp"], ["otlp_http"])
    # Whatever a pipeline names must be declared, or the collector does not start.
    assert set(traces["processors"]) == set(settings["processors"])
    assert settings["service"]["extensions"] == list(settings["extensions"]) == ["health_check"]
    assert settings["extensions"]["health_check"]["endpoint"] == f"0.0.0.0:{telemetry.port}"
    assert telemetry.liveness is not None
    assert telemetry.liveness == telemetry.readiness
    assert deployment(WORKER).pod.env["OTEL_EXPORTER_OTLP_ENDPOINT"] == TraceEndpoint()
    assert system().observability.traces


@pytest.mark.requirement("AA-08")
def test_three_workers_scale_to_ten():
    worker = deployment(WORKER)
    assert (worker.replicas, worker.port) == (3, None)
    assert worker.autoscale is not None
    assert worker.autoscale.maximum == 10


@pytest.mark.requirement("AA-08")
def test_a_worker_is_asked_over_the_broker_whether_it_lives():
    probe = deployment(WORKER).liveness
    assert isinstance(probe, ExecProbe)
    shell, flag, command = probe.command
    assert (shell, flag) == ("/bin/sh", "-c")
    assert command == 'celery -A src.workers.celery_app inspect ping --timeout 10 -d "celery@$HOSTNAME"'
    # The kubelet must outwait the answer, and the next question come later.
    assert 10 < probe.timeout < probe.period


@pytest.mark.requirement("AA-08")
def test_the_worker_is_celery_with_the_configured_concurrency():
    command = deployment(WORKER, system(workers={"concurrency": 8})).pod.command
    assert command[:4] == ("celery", "-A", "src.workers.celery_app", "worker")
    assert "--concurrency=8" in command
    assert config("ai-agents-config", system(workers={"concurrency": 8})).data["WORKER_CONCURRENCY"] == "8"


@pytest.mark.requirement("AA-12")
def test_prometheus_scrapes_the_api_and_the_workers():
    assert (deployment(API).metrics_path, deployment(WORKER).metrics_path) == ("/metrics", "/metrics")
    assert deployment(WORKER).metrics_port == 9090


@pytest.mark.requirement("AA-10")
def test_no_pod_of_the_application_starts_before_the_databases_roles_are_made():
    assert [item.name for item in system().jobs] == ["ai-agents-db-roles"]
    assert [item.after for item in system().deployments] == [("ai-agents-db-roles",)] * 2


@pytest.mark.requirement("AA-10")
def test_what_a_pod_reads_is_declared_so_that_it_stands_before_the_pod():
    spec = system()
    configs, views = {item.name for item in spec.configs}, {item.name for item in spec.views}
    for item in (*spec.deployments, *spec.jobs):
        containers = (item.pod, *item.pod.init, *item.pod.sidecars)
        assert {name for one in containers for name in (*one.config, *one.mounts.values())} <= configs
        assert {name for one in containers for name in one.secrets} <= views


@pytest.mark.requirement("AA-04")
def test_the_api_is_at_api_dot_domain_with_its_own_certificate():
    (route,) = system().routes
    assert (route.name, route.host, route.tls_secret, route.service) == (
        "ai-agents-ingress",
        "api.ai-agents.example",
        "api-tls-cert",
        API,
    )
    (listener,) = system().listeners
    assert (listener.host, listener.tls_secret) == ("api.ai-agents.example", "api-tls-cert")


@pytest.mark.requirement("AA-16")
def test_one_image_goes_back_alone():
    spec = system(versions={"worker": "v0.9.0"})
    assert deployment(WORKER, spec).pod.image == OwnImage(repository=WORKER, tag="v0.9.0")
    assert deployment(API, spec).pod.image == OwnImage(repository=API, tag="v1.0.0")
    assert deployment(API, spec).pod.init[0].image == OwnImage(repository="ai-agents-migrations", tag="v1.0.0")


@pytest.mark.requirement("AA-16")
def test_a_downgrade_runs_with_the_newer_image_before_the_older_pods_roll():
    spec = system(version="v0.9.0", database={"downgrade": {"revision": "3f2a91bc7d04", "version": "v1.0.0"}})
    back = job("ai-agents-db-downgrade", spec)
    assert back.pod.image == OwnImage(repository="ai-agents-migrations", tag="v1.0.0")
    assert back.pod.command == ("alembic", "downgrade", "3f2a91bc7d04")
    assert (back.retries, back.after) == (0, ("ai-agents-db-roles",))
    assert {item.after for item in spec.deployments} == {("ai-agents-db-roles", "ai-agents-db-downgrade")}
    # It is the owner of the tables that changes them, past a pooler.
    assert back.pod.secrets == ("db-owner-credentials",)
    assert back.pod.uses == (Uses(resource="database:ai-agents-db", direct=True),)


@pytest.mark.requirement("AA-16")
def test_a_downgrade_that_ran_does_not_run_again_for_anything_else():
    back = {"downgrade": {"revision": "-1", "version": "v1.0.0"}}
    before = job("ai-agents-db-downgrade", system(database=back))
    changed = system(version="v0.9.1", database=back, rotations={"database": 3}, log_level="debug")
    assert job("ai-agents-db-downgrade", changed).content == before.content


def test_the_quota_has_room_for_every_pod_of_a_roll_out():
    chosen = options()
    quota = system().namespaces[0].quota
    api, workers = chosen.replicas + 1, chosen.workers.maximum + 1
    sidecar = deployment(API).pod.sidecars[0].resources
    roles = job("ai-agents-db-roles").pod.resources
    assert quota.pods >= api + workers + 1
    for field in ("requests_cpu", "limits_cpu"):
        asked = sum(times * millicores(getattr(of, field)) for times, of in shares(api, workers, sidecar, roles))
        assert asked <= millicores(getattr(quota, field)) <= 1.5 * asked
    for field in ("requests_memory", "limits_memory"):
        asked = sum(times * mebibytes(getattr(of, field)) for times, of in shares(api, workers, sidecar, roles))
        assert asked <= mebibytes(getattr(quota, field)) <= 1.5 * asked


def test_the_queues_authority_is_where_the_addresses_say_it_is():
    spec = system()
    for item in spec.deployments:
        assert item.pod.mounts == {"/etc/ai-agents/queue": "queue-authority"}
    assert config("queue-authority", spec).data == {"ca.pem": CacheAuthority(cache="queue")}


def test_requests_to_openai_stay_in_europe_unless_the_stack_says_otherwise():
    assert config("ai-agents-config").data["OPENAI_BASE_URL"] == "https://eu.api.openai.com/v1"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_environments_differ_by_what_their_profile_says(environment: Environment):
    profile, spec = PROFILES[environment], system(environment)
    database, cache = spec.databases["ai-agents-db"], spec.caches["queue"]
    assert database.highly_available == profile.highly_available
    assert cache.mode == ("replicated" if profile.highly_available else "single")
    assert {database.deletion_protected, cache.deletion_protected, spec.secrets.store.deletion_protected} == {profile.deletion_protected}
    assert spec.secrets.store.prefix == f"aa/{profile.path}"


def shares(api: int, workers: int, sidecar: Resources, roles: Resources) -> list[tuple[int, Resources]]:
    return [(api, API_RESOURCES), (api, sidecar), (workers, WORKER_RESOURCES), (1, roles)]


def millicores(quantity: str) -> int:
    number = re.fullmatch(r"(\d+)(m?)", quantity)
    assert number
    return int(number[1]) * (1 if number[2] else 1000)


def mebibytes(quantity: str) -> int:
    return int(quantity[:-2]) * {"Mi": 1, "Gi": 1024}[quantity[-2:]]
