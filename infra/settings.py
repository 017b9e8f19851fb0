"""One typed object per stack: `eu-cloud:stack` of its Pulumi.<stack>.yaml, read once and whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pulumi
import yaml
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core.core_schema import ValidationInfo

from components import geography
from components.cluster.versions import SUPPORTED
from components.vocabulary import Cloud, Spec
from infra import checks
from infra.mistakes import FieldMistakes, SettingsError, explain
from infra.profiles import PROFILES, Environment, Profile
from infra.systems import SYSTEMS, Systems

KEY = "eu-cloud:stack"
DEFAULT_VERSION = "1.35"


class NetworkSettings(Spec):
    """Private address space (RFC 1918). `reserved` are networks that are or may be connected: an office, a VPN, another region."""

    cidr: str = Field(default="10.20.0.0/16", description="The stack's address space, /16 to /18.")
    services_cidr: str = Field(default="172.20.0.0/16", description="Addresses of Kubernetes Services, inside the cluster only.")
    reserved: tuple[str, ...] = ()

    @field_validator("cidr")
    @classmethod
    def _cidr(cls, value: str) -> str:
        return checks.network(value, widest=16, narrowest=18)

    @field_validator("services_cidr")
    @classmethod
    def _services(cls, value: str) -> str:
        return checks.network(value, widest=12, narrowest=24)

    @field_validator("reserved")
    @classmethod
    def _reserved(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(checks.network(item, widest=8, narrowest=32) for item in value)

    @model_validator(mode="after")
    def _apart(self) -> NetworkSettings:
        checks.apart(self.cidr, {"services_cidr": self.services_cidr, **{f"reserved[{i}]": c for i, c in enumerate(self.reserved)}})
        return self


class ClusterSettings(Spec):
    """Who reaches the cluster's API and as whom. Without `admin_cidrs` the API answers inside the network alone."""

    version: str = Field(default=DEFAULT_VERSION, description="Kubernetes minor, such as 1.35.")
    admin_cidrs: tuple[str, ...] = ()
    admin_principals: tuple[str, ...] = Field(
        default=(),
        description="Who administers the cluster: ARNs of IAM roles or users, GCP members (group:…), or object ids of Entra groups.",
    )

    @field_validator("version", mode="before")
    @classmethod
    def _version(cls, value: object) -> object:
        if isinstance(value, float):
            raise ValueError(f"{value!r} is a number, so that 1.40 would be read as 1.4; write it in quotes")
        return value

    @field_validator("admin_cidrs")
    @classmethod
    def _admins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(checks.admin_range(item) for item in value)


class GuardrailSettings(Spec):
    """`deny_target` is an organisational unit or account id (AWS), an organisation, folder or project (GCP), a management group or
    subscription (Azure); setting it needs the rights of whoever manages that."""

    deny_target: str | None = None
    record_configuration: bool = False


class MailSettings(Spec):
    """The mail relay for alerts, inside the EU. Its password is given as the secret `platform.smtp-password`."""

    host: str = Field(
        description="Host and port of the relay, such as email-smtp.eu-south-1.amazonaws.com:587.", pattern=r"^[a-z0-9.-]+:\d+$"
    )
    user: str
    sender: str = Field(pattern=checks.EMAIL)


class Settings(Spec):
    """Everything a stack is made of. A key that is not here is refused, so that a typo never passes as a default."""

    cloud: Cloud
    region: str = Field(description="A region inside the EU, such as eu-south-1.")
    environment: Environment
    account: str = Field(description="AWS account id (12 digits), GCP project or Azure subscription: no other is ever touched.")
    name: str = Field(default="", description="Prefix of resource names, before the environment; the domain's first label by default.")
    domain: str = Field(description="The domain whose DNS zone the stack owns, such as playnew.ai.")
    ops_email: str = Field(pattern=checks.EMAIL, description="Where certificates' and budgets' mail goes.")
    zones: tuple[str, ...] = Field(default=(), description="Zones of the region to use; the region's first three by default.")
    backup_region: str | None = Field(default=None, description="A second EU region for copies of backups.")
    deletion_protection: bool | None = Field(default=None, description="False releases what is protected, for a destroy.")
    network: NetworkSettings = NetworkSettings()
    cluster: ClusterSettings = ClusterSettings()
    guardrail: GuardrailSettings = GuardrailSettings()
    mail: MailSettings
    mirror: bool | None = Field(
        default=None,
        description="Pull every image through the stack's own registry; by default in production. Its credentials are secrets.",
    )
    systems: Systems

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        return checks.name(value) if value else value

    @field_validator("domain")
    @classmethod
    def _domain(cls, value: str, info: ValidationInfo) -> str:
        return checks.domain(value, names=info.data.get("name") == "")

    @field_validator("account")
    @classmethod
    def _account(cls, value: str, info: ValidationInfo) -> str:
        return checks.account(info.data.get("cloud"), value)

    @field_validator("region", "backup_region")
    @classmethod
    def _region(cls, value: str | None, info: ValidationInfo) -> str | None:
        cloud = info.data.get("cloud")
        if value is None or cloud is None:
            return value
        code = geography.eu_region(cloud, value).code
        first = info.data.get("region")
        return code if info.field_name == "region" or first is None else checks.second(cloud, first, code)

    @field_validator("zones")
    @classmethod
    def _zones(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        cloud, region = info.data.get("cloud"), info.data.get("region")
        return value if not value or cloud is None or region is None else checks.zones(geography.region(cloud, region), value)

    @field_validator("systems")
    @classmethod
    def _fitting(cls, value: Systems, info: ValidationInfo) -> Systems:
        environment = info.data.get("environment")
        if environment is not None:
            profile = PROFILES[environment]
            lines = [f"{name}.{line}" for name, options in value.options().items() for line in SYSTEMS[name].mistakes(profile, options)]
            if lines:
                raise FieldMistakes(lines)
        return value

    @field_validator("cluster")
    @classmethod
    def _supported(cls, value: ClusterSettings, info: ValidationInfo) -> ClusterSettings:
        cloud = info.data.get("cloud")
        if cloud is None:
            return value
        lines: list[str] = []
        if value.version not in SUPPORTED[cloud]:
            allowed = ", ".join(SUPPORTED[cloud])
            lines.append(f"version: {value.version!r} has no supported cluster on {cloud}; allowed: {allowed}")
        for number, principal in enumerate(value.admin_principals):
            try:
                checks.principal(cloud, principal)
            except ValueError as error:
                lines.append(f"admin_principals[{number}]: {error}")
        if lines:
            raise FieldMistakes(lines)
        return value

    @field_validator("guardrail")
    @classmethod
    def _attached(cls, value: GuardrailSettings, info: ValidationInfo) -> GuardrailSettings:
        cloud = info.data.get("cloud")
        if cloud is not None and value.deny_target is not None:
            try:
                checks.deny_target(cloud, value.deny_target)
            except ValueError as error:
                raise FieldMistakes([f"deny_target: {error}"]) from None
        return value

    @property
    def profile(self) -> Profile:
        """The environment's values, with this stack's own word on deletion protection."""
        profile = PROFILES[self.environment]
        if self.deletion_protection is None:
            return profile
        return profile.model_copy(update={"deletion_protected": self.deletion_protection})

    @property
    def place(self) -> geography.Region:
        return geography.region(self.cloud, self.region)

    @property
    def mirrored(self) -> bool:
        """Whether every image is pulled through the stack's own registry."""
        return self.profile.mirror if self.mirror is None else self.mirror

    @property
    def prefix(self) -> str:
        """What every resource name starts with: `playnew-production`."""
        return f"{self.name or self.domain.split('.')[0]}-{self.environment}"

    @classmethod
    def parse(cls, value: object) -> Settings:
        """Raises SettingsError with one line per mistake."""
        if not isinstance(value, Mapping):
            raise SettingsError([f"{KEY}: {value!r} given; wanted: one object, see the configuration reference in README.md"])
        try:
            return cls.model_validate(cast("Mapping[str, Any]", value))
        except ValidationError as error:
            raise SettingsError(explain(error, cls, KEY)) from None

    @classmethod
    def load(cls) -> Settings:
        """From the running program's Pulumi configuration."""
        return cls.parse(pulumi.Config("eu-cloud").get_object("stack"))

    @classmethod
    def load_file(cls, path: Path) -> Settings:
        """From a stack file, without an engine."""
        try:
            document = cast("object", yaml.safe_load(path.read_text(encoding="utf-8")))
        except yaml.YAMLError as error:
            raise SettingsError([f"{path.name}: not YAML: {' '.join(str(error).split())}"]) from None
        config = cast("dict[str, Any]", document).get("config") if isinstance(document, dict) else None
        value = cast("dict[str, Any]", config or {}).get(KEY)
        return cls.parse(json.loads(value) if isinstance(value, str) else value)
