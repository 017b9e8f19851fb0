"""Toy: one server with a database behind a pooler, and a cache. A whole system in one file, for test_sixth_system.py."""

from __future__ import annotations

from pydantic import Field

from components.backup.spec import BackupSpec
from components.cache.spec import CacheSpec
from components.cluster.spec import NodePool
from components.database.spec import DatabaseSpec
from components.observability.spec import AlertRule, RuleGroup, Slo
from components.pooler.spec import PoolerSpec
from components.registry.spec import RegistrySpec
from components.secrets.spec import SecretsSpec
from components.vocabulary import Size, Spec
from components.workloads.spec import DeploymentSpec, HttpProbe, NamespaceSpec, PodSpec, Quota, RouteSpec, SecretItem, SecretSpec, Uses
from components.workloads.values import CacheUrl, DatabaseUrl, OwnImage
from infra.profiles import Profile
from infra.smoke import HttpCheck
from infra.system import Observability, Place, Receivers, RoleSpec, StoreSpec, SystemSpec
from infra.systems import common
from infra.systems.entry import Entry

TOY, DATABASE, CACHE, ROLES = "toy", "toy-db", "toy-cache", "toy-roles"


class ToyOptions(Spec):
    version: str = Field(description="Tag of the image, such as v1.")


def toy(profile: Profile, options: ToyOptions, place: Place) -> SystemSpec:
    protect = profile.deletion_protected
    roles = {TOY: RoleSpec(rights="owner")}
    quota = Quota(pods=20, requests_cpu="4", requests_memory="8Gi", limits_cpu="16", limits_memory="16Gi")
    return SystemSpec(
        id=TOY,
        pools=(NodePool(name=TOY, size=Size.MEDIUM, min_nodes=2, desired_nodes=2, max_nodes=4),),
        backup=BackupSpec(backup_days=profile.backup_days, deletion_protected=protect),
        receivers=Receivers(emails=(place.ops_email,)),
        observability=Observability(rules=rules(), slos=(availability(),)),
        databases={
            DATABASE: DatabaseSpec(major="17", database=TOY, admin="platform_admin", size=Size.SMALL, deletion_protected=protect),
        },
        poolers={DATABASE: PoolerSpec(namespace=TOY)},
        roles=roles,
        caches={CACHE: CacheSpec(deletion_protected=protect)},
        registry=RegistrySpec(repositories=(TOY,), deletion_protected=protect),
        secrets=StoreSpec(
            store=SecretsSpec(prefix=f"{TOY}/{profile.path}", deletion_protected=protect),
            values={
                "database-url": DatabaseUrl(database=DATABASE, role=TOY),
                "cache-url": CacheUrl(cache=CACHE),
                **common.verifiers(roles),
            },
        ),
        namespaces=(NamespaceSpec(name=TOY, quota=quota),),
        views=(
            SecretSpec(
                name=TOY,
                namespace=TOY,
                data={"DATABASE_URL": SecretItem(path="database-url"), "CACHE_URL": SecretItem(path="cache-url")},
            ),
            common.roles_view(ROLES, TOY, DATABASE, roles),
        ),
        jobs=(
            common.roles_job(
                ROLES,
                TOY,
                common.Server(instance=DATABASE, major="17", database=TOY, admin="platform_admin"),
                roles,
                labels={"app": ROLES},
                watches={},
            ),
        ),
        deployments=(server(options),),
        routes=(RouteSpec(name=TOY, namespace=TOY, host=f"toy.{place.domain}", service=TOY, tls_secret="toy-tls"),),
        checks=(HttpCheck(name="health", path="/healthz"),),
    )


def server(options: ToyOptions) -> DeploymentSpec:
    probe = HttpProbe(path="/healthz")
    return DeploymentSpec(
        name=TOY,
        namespace=TOY,
        replicas=2,
        port=8080,
        liveness=probe,
        readiness=probe,
        metrics_path="/metrics",
        pod=PodSpec(
            image=OwnImage(repository=TOY, tag=options.version),
            labels={"app": TOY},
            secrets=(TOY,),
            resources=common.SMALL,
            uses=(Uses(resource=f"database:{DATABASE}"), Uses(resource=f"cache:{CACHE}")),
        ),
        after=(ROLES,),
    )


def rules() -> tuple[RuleGroup, ...]:
    down = AlertRule(
        name="ToyDown",
        expr='sum (kube_deployment_status_replicas_available{namespace="toy", deployment="toy"}) == 0',
        window="2m",
        severity="critical",
        summary="No pod is healthy",
        action="Page on-call",
    )
    return (RuleGroup(name=TOY, rules=(down,)),)


def availability() -> Slo:
    requests = 'http_requests_total{namespace="toy"'
    return Slo(
        name="availability",
        title="Availability",
        objective=0.999,
        bad=f'sum(rate({requests}, status=~"5.."}}[{{window}}]))',
        total=f"sum(rate({requests}}}[{{window}}]))",
    )


ENTRY = Entry(ToyOptions, toy)
