"""Supernova as data: what one option changes, and how a part of it is found."""

from __future__ import annotations

from typing import Any

from components.vocabulary import Cloud
from components.workloads.spec import ConfigSpec, DeploymentSpec, JobSpec, SecretSpec
from infra.profiles import PROFILES, Environment
from infra.system import Place, SystemSpec
from infra.systems.supernova import SupernovaOptions, supernova

PLACE = Place(cloud=Cloud.AWS, region="eu-south-1", domain="supernova.example", ops_email="ops@supernova.example")
ENVIRONMENTS: tuple[Environment, ...] = ("production", "staging", "development")


def options(**more: Any) -> SupernovaOptions:
    return SupernovaOptions.model_validate({"version": "v1.2.3", "org": "acme", **more})


def system(environment: Environment = "production", **more: Any) -> SystemSpec:
    return supernova(PROFILES[environment], options(**more), PLACE)


def server(spec: SystemSpec) -> DeploymentSpec:
    [found] = spec.deployments
    return found


def job(spec: SystemSpec, name: str) -> JobSpec:
    return next(item for item in spec.jobs if item.name == name)


def view(spec: SystemSpec, name: str) -> SecretSpec:
    return next(item for item in spec.views if item.name == name)


def config(spec: SystemSpec) -> ConfigSpec:
    [found] = [item for item in spec.configs if item.name == "supernova-env"]
    return found
