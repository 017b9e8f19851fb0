"""Play New: the agent runner and the organisations."""

from __future__ import annotations

from string import Template
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.infra.systems.world import KINDS, World, bring_up, options


def host_pod(world: World) -> dict[str, Any]:
    return world.named("Deployment", "pn-host").inputs["spec"]["template"]["spec"]


@pytest.mark.requirement("PN-15")
def test_the_host_may_run_agent_jobs_and_nothing_else(phase0: World):
    assert len(phase0.all("Role")) == len(phase0.all("RoleBinding")) == 1
    role, binding = phase0.named("Role", "pn-host", "pn-agents"), phase0.named("RoleBinding", "pn-host", "pn-agents")
    assert role.inputs["rules"] == [
        {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["create", "get", "list", "watch", "delete"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
    ]
    assert binding.inputs["subjects"] == [{"kind": "ServiceAccount", "name": "pn-host", "namespace": "pn-system"}]
    assert binding.inputs["roleRef"]["name"] == "pn-host"
    assert set(phase0.names("ServiceAccount")) == {"pn-host", "pn-agent-runner"}


def job_template(world: World, org: str = "alpha") -> dict[str, Any]:
    """As the host fills it in."""
    text = world.named("ConfigMap", "pn-agent-runner-template").inputs["data"]["job.yaml"]
    values = {"USER_INSTANCE_ID": "0042", "INVOCATION_ID": "7", "ORG_ID": org, "BASE64_ENCODED_MESSAGE": "aGVsbG8="}
    return yaml.safe_load(Template(text).substitute(values))


@pytest.mark.requirement("PN-15")
def test_the_job_template_is_a_valid_job_once_filled_in(phase0: World):
    job = job_template(phase0, "123")
    kubernetes_validate.validate(job, "1.34", strict=True)
    assert (job["metadata"]["name"], job["metadata"]["namespace"]) == ("pn-agent-0042-7", "pn-agents")
    assert job["metadata"]["labels"]["org-id"] == "123"
    spec = job["spec"]
    assert (spec["ttlSecondsAfterFinished"], spec["activeDeadlineSeconds"], spec["backoffLimit"]) == (60, 120, 0)


@pytest.mark.requirement("PN-15")
def test_the_job_template_runs_an_agent_as_documented(phase0: World):
    spec = job_template(phase0)["spec"]["template"]["spec"]
    main = spec["containers"][0]
    assert (spec["serviceAccountName"], spec["restartPolicy"]) == ("pn-agent-runner", "Never")
    assert main["image"] == "registry.fake/pn-agent-runner:0.1.0"
    assert main["resources"] == {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "500m", "memory": "512Mi"}}
    assert main["envFrom"] == [{"configMapRef": {"name": "pn-agent-config-alpha"}}, {"secretRef": {"name": "pn-agent-secrets-alpha"}}]
    assert {item["name"]: item["value"] for item in main["env"]} == {
        "USER_INSTANCE_ID": "0042",
        "ORG_ID": "alpha",
        "INVOCATION_ID": "7",
        "MESSAGE_PAYLOAD": "aGVsbG8=",
    }
    mounts = {item["mountPath"]: item["name"] for item in main["volumeMounts"] if item.get("readOnly")}
    assert mounts == {"/data/org-context": "org-context", "/data/skills": "user-skills"}
    maps = {item["name"]: item["configMap"]["name"] for item in spec["volumes"] if "configMap" in item}
    assert maps == {"org-context": "pn-org-context-alpha", "user-skills": "pn-skills"}


@pytest.mark.requirement("PN-15")
def test_agents_run_on_their_own_nodes_and_pass_the_restricted_standard(phase0: World):
    spec = job_template(phase0)["spec"]["template"]["spec"]
    assert spec["nodeSelector"] == {"pool": "agents"}
    assert spec["tolerations"] == [{"key": "pool", "operator": "Equal", "value": "agents", "effect": "NoSchedule"}]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"]
    assert spec["containers"][0]["securityContext"]["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.requirement("PN-15")
def test_the_host_reads_the_job_template_from_a_file(phase0: World):
    env = {item["name"]: item["value"] for item in host_pod(phase0)["containers"][0]["env"]}
    folder, _, file = env["AGENT_JOB_TEMPLATE"].rpartition("/")
    mount = next(item for item in host_pod(phase0)["containers"][0]["volumeMounts"] if item["mountPath"] == folder)
    volume = next(item for item in host_pod(phase0)["volumes"] if item["name"] == mount["name"])
    assert file in phase0.named("ConfigMap", volume["configMap"]["name"]).inputs["data"]


def identities(world: World) -> set[tuple[str, str]]:
    return {(item.type, item.name) for item in world.registered}


@pytest.mark.requirement("PN-16")
def test_an_organisation_more_is_three_objects_more_and_nothing_else_changes(phase0: World):
    orgs = [org.model_dump() for org in options().orgs]
    more = bring_up(orgs=[{"id": "delta"}, *orgs])
    assert identities(more) - identities(phase0) == {
        (KINDS["ConfigMap"], "playnew-production-play-new-pn-agent-config-delta"),
        (KINDS["ConfigMap"], "playnew-production-play-new-pn-org-context-delta"),
        (KINDS["ExternalSecret"], "playnew-production-play-new-pn-agent-secrets-delta"),
    }
    assert identities(phase0) <= identities(more)
    before = {(item.type, item.name): item.inputs for item in phase0.registered}
    assert all(before.get((item.type, item.name), item.inputs) == item.inputs for item in more.registered if item.custom)


@pytest.mark.requirement("PN-16")
def test_an_organisation_less_takes_its_three_objects_along(phase0: World):
    fewer = bring_up(orgs=[{"id": "alpha"}, {"id": "charlie"}])
    gone = identities(phase0) - identities(fewer)
    assert len(gone) == 3
    assert all(name.endswith("-bravo") for _, name in gone)


@pytest.mark.requirement("PN-16")
def test_an_organisation_has_its_id_its_key_and_its_context(phase0: World):
    assert phase0.named("ConfigMap", "pn-agent-config-alpha").inputs["data"] == {"ORG_ID": "alpha"}
    data = phase0.named("ExternalSecret", "pn-agent-secrets-alpha").inputs["spec"]["data"]
    assert data == [{"secretKey": "ANTHROPIC_API_KEY", "remoteRef": {"key": "pn/production/anthropic-api-key"}}]
    own = bring_up(orgs=[{"id": "alpha", "context": {"strategy.md": "Grow"}}])
    assert own.named("ConfigMap", "pn-org-context-alpha").inputs["data"] == {"strategy.md": "Grow"}
    assert phase0.names("ConfigMap").count("pn-skills") == 1
