"""The queue between the API and the workers, and where results wait: one cache with two keyspaces."""

from __future__ import annotations

from components.cache.spec import CacheSpec
from components.workloads.spec import ConfigSpec, SecretItem, SecretSpec
from components.workloads.values import CacheAuthority, CacheUrl, SecretValue
from infra.profiles import Profile

QUEUE = "queue"
CREDENTIALS = "redis-credentials"
AUTHORITY, AUTHORITY_FOLDER = "queue-authority", "/etc/ai-agents/queue"
PATHS = {"REDIS_URL": "redis-url", "CELERY_BROKER_URL": "celery-broker-url", "CELERY_RESULT_BACKEND": "celery-result-backend"}


def cache(profile: Profile) -> CacheSpec:
    """Refuses writes when full rather than lose tasks. No snapshots: yesterday's queue would do yesterday's work again."""
    return CacheSpec(
        mode="replicated" if profile.highly_available else "single",
        replicas=1 if profile.highly_available else 0,
        memory_gib=1,
        databases=2,
        eviction="noeviction",
        deletion_protected=profile.deletion_protected,
    )


def secrets() -> dict[str, SecretValue]:
    """Celery refuses a `rediss` URL that does not say what to do with the certificate; `required` is the word that redis-py knows too."""

    def url(database: int) -> CacheUrl:
        return CacheUrl(
            cache=QUEUE,
            database=database,
            query={"ssl_cert_reqs": "required"},
            private_query={"ssl_ca_certs": f"{AUTHORITY_FOLDER}/ca.pem"},
        )

    return {PATHS["REDIS_URL"]: url(0), PATHS["CELERY_BROKER_URL"]: url(0), PATHS["CELERY_RESULT_BACKEND"]: url(1)}


def view(namespace: str) -> SecretSpec:
    return SecretSpec(name=CREDENTIALS, namespace=namespace, data={key: SecretItem(path=path) for key, path in PATHS.items()})


def authority(namespace: str) -> ConfigSpec:
    """Empty, and not named in the URLs, where the public authorities sign the cache's certificate."""
    return ConfigSpec(name=AUTHORITY, namespace=namespace, data={"ca.pem": CacheAuthority(cache=QUEUE)})
