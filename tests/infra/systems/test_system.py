"""A system's data is complete in itself: a wrong name is found before anything is registered."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from components.workloads.spec import ConfigSpec, SecretItem, SecretSpec
from components.workloads.values import DatabaseUrl
from infra.system import SystemSpec
from tests.infra.systems.world import system


def changed(**update: Any) -> str:
    spec = system()
    fields = {name: getattr(spec, name) for name in SystemSpec.model_fields}
    with pytest.raises(ValidationError) as caught:
        SystemSpec(**{**fields, **update})
    return str(caught.value)


def test_a_namespace_that_is_not_declared_is_refused():
    stray = ConfigSpec(name="stray", namespace="nowhere", data={})
    assert "stray is in namespace 'nowhere'; declared: pn-agents, pn-system" in changed(configs=(*system().configs, stray))


def test_a_secret_that_is_not_stored_is_refused():
    stray = SecretSpec(name="stray", namespace="pn-system", data={"KEY": SecretItem(path="nothing")})
    assert "stray.KEY reads 'nothing'" in changed(views=(*system().views, stray))


def test_a_url_of_a_database_or_role_that_is_not_declared_is_refused():
    spec = system()
    values = {**spec.secrets.values, "stray": DatabaseUrl(database="none", role="nobody")}
    message = changed(secrets=spec.secrets.model_copy(update={"values": values}))
    assert "database 'none'" in message
    assert "role 'nobody'" in message


def test_a_job_comes_after_jobs_that_stand_before_it():
    assert "comes after 'pn-db-roles', which stands no earlier" in changed(jobs=tuple(reversed(system().jobs)))


def test_the_same_object_twice_is_refused():
    configs = system().configs
    assert "pn-system/pn-config is declared 2 times" in changed(configs=(*configs, configs[0]))


def test_people_are_asked_for_what_they_give_and_for_nothing_else():
    assert system().given == ("anthropic-api-key", "openai-api-key")
    assert system(orgs=[{"id": "alpha", "own_anthropic_key": True}]).given == (
        "anthropic-api-key",
        "openai-api-key",
        "anthropic-api-key-alpha",
    )


def test_a_system_is_plain_values():
    """Data that survives a round trip holds no Output and no resource."""
    spec = system(1)
    assert SystemSpec.model_validate_json(spec.model_dump_json()) == spec
