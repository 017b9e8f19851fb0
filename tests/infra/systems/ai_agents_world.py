"""AI Agents as data: what one option changes, and how a part of it is found."""

from __future__ import annotations

from typing import Any

from components.vocabulary import Cloud
from components.workloads.spec import ConfigSpec, DeploymentSpec, JobSpec, SecretSpec
from infra.profiles import PROFILES, Environment
from infra.system import Place, SystemSpec
from infra.systems.ai_agents import AiAgentsOptions, ai_agents

PLACE = Place(cloud=Cloud.AWS, region="eu-south-1", domain="ai-agents.example", ops_email="ops@ai-agents.example")


def options(**more: Any) -> AiAgentsOptions:
    return AiAgentsOptions.model_validate({"version": "v1.0.0", **more})


def system(environment: Environment = "production", **more: Any) -> SystemSpec:
    return ai_agents(PROFILES[environment], options(**more), PLACE)


def deployment(name: str, spec: SystemSpec | None = None) -> DeploymentSpec:
    return next(item for item in (spec or system()).deployments if item.name == name)


def job(name: str, spec: SystemSpec | None = None) -> JobSpec:
    return next(item for item in (spec or system()).jobs if item.name == name)


def view(name: str, spec: SystemSpec | None = None) -> SecretSpec:
    return next(item for item in (spec or system()).views if item.name == name)


def config(name: str, spec: SystemSpec | None = None) -> ConfigSpec:
    return next(item for item in (spec or system()).configs if item.name == name)
