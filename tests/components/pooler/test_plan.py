"""Pool sizes fit what the database takes, and PgBouncer is told so."""

from __future__ import annotations

import configparser
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.database import connections
from components.pooler.plan import SURGE, ini, pool, settings
from components.pooler.spec import PoolerSpec
from components.vocabulary import Cloud, Size

SPEC = PoolerSpec(namespace="apps")


def test_a_limit_fits_on_every_cloud():
    for size in Size:
        assert connections.limit(size) == min(connections.DEFAULTS[cloud][size] for cloud in Cloud)
    limits = [connections.limit(size) for size in Size]
    assert limits == sorted(limits)
    assert limits[0] == 400


@given(
    size=st.sampled_from(Size),
    replicas=st.integers(1, 10),
    roles=st.integers(1, 6),
    reserved=st.integers(10, 60),
    direct=st.integers(0, 40),
)
@pytest.mark.requirement("SN-03")
def test_the_pools_of_a_roll_out_and_what_is_reserved_never_exceed_the_limit(
    size: Size, replicas: int, roles: int, reserved: int, direct: int
):
    limit = connections.limit(size)
    found = pool("poolers.main", PoolerSpec(namespace="apps", replicas=replicas, reserved=reserved), limit, roles, direct)
    assert found.share >= 1
    assert found.total == found.share * roles * (replicas + SURGE)
    assert found.total + reserved + direct <= limit
    # No connection is left unused that would have made every pool larger by one.
    assert found.total + roles * (replicas + SURGE) + reserved + direct > limit


def test_a_given_size_is_taken_whole_reserve_included():
    found = pool("poolers.main", SPEC.model_copy(update={"pool_size": 20}), 400, 2, 0)
    assert (found.size, found.reserve, found.each) == (16, 4, 40)


def test_a_size_that_does_not_fit_is_refused_with_the_sum():
    with pytest.raises(
        ValueError, match=re.escape("poolers.main.pool_size: 61 × 3 replicas (one more during a roll-out) × 2 roles")
    ) as raised:
        pool("poolers.main", SPEC.model_copy(update={"pool_size": 61}), 400, 2, 0)
    assert str(raised.value).endswith("+ 40 reserved + 0 direct = 406 connections of 400 that the database takes; allowed: up to 60")
    assert pool("poolers.main", SPEC.model_copy(update={"pool_size": 60}), 400, 2, 0).total == 360


def test_a_database_that_is_too_small_for_one_connection_each_is_refused():
    with pytest.raises(ValueError, match="allowed: fewer replicas, roles or reserved connections, or a larger database"):
        pool("poolers.main", SPEC, 50, 6, 0)


def test_the_configuration_is_read_as_it_was_meant():
    spec = PoolerSpec(namespace="apps", max_clients=500)
    sized = pool("poolers.main", spec, 400, 3, 10)
    read = configparser.ConfigParser()
    read.read_string(ini("app", "db.example", 5433, spec, sized))
    assert dict(read["databases"]) == {"app": "host=db.example port=5433 dbname=app"}
    own = read["pgbouncer"]
    assert (own["pool_mode"], own["auth_type"]) == ("transaction", "scram-sha-256")
    assert (own["client_tls_sslmode"], own["server_tls_sslmode"]) == ("require", "require")
    assert int(own["max_client_conn"]) == 500
    assert int(own["default_pool_size"]) + int(own["reserve_pool_size"]) == sized.share == int(own["max_user_connections"])
    assert int(own["max_db_connections"]) == sized.share * 3


def test_nobody_logs_in_to_the_console_over_the_network():
    """PgBouncer's own user comes in by its socket, which others of the pod's user share; nobody else is let in as administrator."""
    told = settings(SPEC, pool("poolers.main", SPEC, 400, 1, 0))
    assert not {"admin_users", "stats_users"} & set(told)
    assert told["unix_socket_mode"] == "0700"


def test_what_a_client_asks_for_and_would_not_get_is_refused():
    """A search_path that is ignored in silence reads another organisation's tables."""
    assert settings(SPEC, pool("poolers.main", SPEC, 400, 1, 0))["ignore_startup_parameters"] == "extra_float_digits"
