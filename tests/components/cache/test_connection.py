"""A client gets the variables of its mode, and no other's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.cache.connection import CREDENTIALS, VARIABLES, Mode, variables
from components.workloads.values import CacheNodes, CachePassword, CacheUrl, Sentinels

MODES = st.sampled_from(sorted(VARIABLES))


@given(mode=MODES, name=st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True), tls=st.booleans())
@pytest.mark.requirement("SN-04")
def test_no_variable_of_another_mode_ever_appears(mode: Mode, name: str, tls: bool):
    found = variables(mode, name, tls=tls).names
    others = {variable for other, names in VARIABLES.items() if other != mode for variable in names}
    assert not found & others
    assert found >= set(VARIABLES[mode])
    assert found - set(VARIABLES[mode]) <= set(CREDENTIALS)


@given(mode=MODES, tls=st.booleans())
def test_no_password_is_a_plain_value_and_no_variable_comes_twice(mode: Mode, tls: bool):
    found = variables(mode, "main", tls=tls)
    assert not set(found.secret) & set(found.plain)
    assert not any(isinstance(value, CachePassword | CacheUrl) for value in found.plain.values())


@pytest.mark.requirement("SN-04")
def test_a_single_address_has_room_for_everything():
    found = variables("single", "main")
    assert (found.secret, found.plain) == ({"REDIS_URL": CacheUrl(cache="main")}, {})


@pytest.mark.requirement("SN-04")
def test_sentinels_are_named_with_their_master_and_the_servers_password_beside():
    found = variables("sentinel", "main", master="sessions", tls=False)
    assert found.plain == {"REDIS_SENTINEL": Sentinels(valkey="main"), "REDIS_MASTER": "sessions"}
    assert found.secret == {"REDIS_PASSWORD": CachePassword(cache="main")}
    assert variables("sentinel", "main").plain["REDIS_TLS"] == "true"


@pytest.mark.requirement("SN-04")
def test_the_nodes_of_a_cluster_have_no_room_for_credentials():
    found = variables("cluster", "main")
    assert found.plain == {"REDIS_CLUSTER_NODES": CacheNodes(cache="main"), "REDIS_TLS": "true"}
    assert found.secret == {"REDIS_PASSWORD": CachePassword(cache="main")}
