"""Redis in the mode that is chosen: what stands behind it, and the variables of that mode and no other."""

from __future__ import annotations

from components.cache.connection import Variables, variables
from components.cache.spec import CacheSpec
from components.valkey.spec import ValkeySpec
from components.workloads.spec import ConfigSpec, Uses
from components.workloads.values import CacheAuthority, PlainValue
from infra.profiles import Profile
from infra.systems.supernova.environments import Values

NAME = "supernova-redis"
AUTHORITY, AUTHORITY_FOLDER = f"{NAME}-authority", "/etc/supernova/redis"
# Counters and cached answers carry an expiry: when memory is full the oldest of those go, rather than that writes fail.
EVICTION = "volatile-lru"


def caches(values: Values, profile: Profile) -> dict[str, CacheSpec]:
    match values.redis:
        case "single":
            return {NAME: CacheSpec(mode="single", replicas=0, eviction=EVICTION, deletion_protected=profile.deletion_protected)}
        case "cluster":
            return {
                NAME: CacheSpec(
                    mode="cluster",
                    shards=2,
                    replicas=1,
                    eviction=EVICTION,
                    snapshot_days=7,
                    deletion_protected=profile.deletion_protected,
                )
            }
        case "sentinel":
            return {}


def valkeys(values: Values) -> dict[str, ValkeySpec]:
    return {NAME: ValkeySpec(namespace=values.namespace, eviction=EVICTION)} if values.redis == "sentinel" else {}


def uses(values: Values) -> Uses:
    return Uses(resource=f"{'valkey' if values.redis == 'sentinel' else 'cache'}:{NAME}")


def connection(values: Values) -> Variables:
    """What the server finds in its environment."""
    server = valkeys(values).get(NAME)
    return variables(values.redis, NAME, master=server.master, tls=server.tls) if server else variables(values.redis, NAME)


def authorities(values: Values) -> tuple[ConfigSpec, ...]:
    """Who signs the managed cache's certificate, where that is none of the public authorities (GCP); empty elsewhere."""
    if values.redis == "sentinel":
        return ()
    return (ConfigSpec(name=AUTHORITY, namespace=values.namespace, data={"ca.pem": CacheAuthority(cache=NAME)}),)


def trusted(values: Values) -> dict[str, PlainValue]:
    """Adds those authorities to the ones that Node.js knows. An empty file is none."""
    return {"NODE_EXTRA_CA_CERTS": f"{AUTHORITY_FOLDER}/ca.pem"} if authorities(values) else {}


def mounts(values: Values) -> dict[str, str]:
    return {AUTHORITY_FOLDER: AUTHORITY} if authorities(values) else {}
