"""A stack file is refused with one line per mistake: path, value given, values allowed."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.mistakes import SettingsError
from infra.settings import Settings
from tests.inventory.cases import CASES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def production() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text())["config"]["eu-cloud:stack"]


def planted(base: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    copy = deepcopy(base)
    *parents, last = path.split("/")
    inner = copy
    for part in parents:
        inner = inner.setdefault(part, {})
    inner[last] = value
    return copy


def refusals(value: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        Settings.parse(value)
    return raised.value.lines


def test_each_stack_file_has_an_account_of_its_own() -> None:
    """Guardrails hold for a whole account, or a project or subscription: a second stack there finds them made."""
    accounts = {stack: Settings.load_file(ROOT / f"Pulumi.{stack}.yaml").account for stack in {case.stack for case in CASES}}
    shared = {account for account, times in Counter(accounts.values()).items() if times > 1}
    assert sorted(stack for stack, account in accounts.items() if account in shared) == []


def test_a_name_of_its_own_makes_any_domain_do(production: dict[str, Any]) -> None:
    assert Settings.parse({**production, "domain": "a-very-long-company.eu", "name": "acme"}).prefix == "acme-production"


@pytest.mark.parametrize("stack", ["prod", "staging", "play-new-gcp", "play-new-azure"])
def test_every_stack_file_is_valid(stack: str) -> None:
    settings = Settings.load_file(ROOT / f"Pulumi.{stack}.yaml")
    assert settings.place.country == "IT"


@pytest.mark.parametrize(
    ("path", "value", "given", "allowed"),
    [
        ("region", "eu-west-2", "'eu-west-2' is in London, GB", "eu-south-1"),
        ("region", "eu-central-2", "'eu-central-2' is in Zurich, CH", "eu-south-1"),
        ("region", "us-east-1", "'us-east-1'", "eu-south-1"),
        ("region", "eu-nowhere-1", "'eu-nowhere-1'", "eu-south-1"),
        ("backup_region", "eu-west-2", "'eu-west-2' is in London, GB", "eu-central-1"),
        ("backup_region", "eu-south-1", "'eu-south-1' is no second region beside eu-south-1", "eu-central-1"),
        ("backup_region", "eusc-de-east-1", "'eusc-de-east-1' is no second region beside eu-south-1", "eu-central-1"),
        ("zones", ["eu-central-1a", "eu-south-1b"], "'eu-central-1a' is no zone of eu-south-1", "eu-south-1a, eu-south-1b, eu-south-1c"),
        ("zones", ["eu-south-1a"], "['eu-south-1a'] given", "two or three different zones"),
        ("account", "1234", "'1234' is no aws account", "12 digits"),
        ("domain", "not a domain", "'not a domain' is no domain name", "playnew.ai"),
        ("domain", "playnew", "'playnew' is no domain name", "playnew.ai"),
        ("domain", "a-very-long-company.eu", "'a-very-long-company' cannot begin resource names", "set `name`"),
        ("domain", "3m.eu", "'3m' cannot begin resource names", "a letter first"),
        ("name", "abcdefghijklm", "'abcdefghijklm' cannot begin resource names", "2 to 12"),
        ("name", "play--new", "'play--new' cannot begin resource names", "single hyphens"),
        ("name", "playnew-", "'playnew-' cannot begin resource names", "single hyphens"),
        ("ops_email", "ops", "'ops' given", "pattern"),
        ("environment", "prod", "'prod' given", "'production', 'staging' or 'development'"),
        ("network/cidr", "10.20.0.0/24", "'10.20.0.0/24' is too small (/24)", "/16 to /18"),
        ("network/cidr", "10.0.0.0/8", "'10.0.0.0/8' is too large (/8)", "/16 to /18"),
        ("network/cidr", "8.8.0.0/16", "'8.8.0.0/16' is not private", "10.0.0.0/8"),
        ("network/cidr", "10.20.0.1/16", "'10.20.0.1/16' is no IPv4 network", "10.20.0.0/16"),
        ("network/reserved", ["10.20.128.0/20"], "overlaps reserved[0] '10.20.128.0/20'", "apart"),
        ("cluster/version", "1.28", "'1.28' has no supported cluster on aws", "1.35"),
        ("cluster/version", 1.4, "1.4 is a number", "quotes"),
        ("cluster/admin_cidrs", ["0.0.0.0/0"], "'0.0.0.0/0' opens the cluster's API to 4,294,967,296 addresses", "/16 or narrower"),
        ("cluster/admin_cidrs", ["::/0"], "'::/0' opens", "/32 or narrower"),
        ("guardrail/deny_target", "everyone", "'everyone' is nothing that aws attaches", "an organisational unit"),
        ("systems/play-new/phase", 2, "2 given", "0 or 1"),
        ("systems/play-new/orgs", [{"id": "alpha"}, {"id": "alpha"}], "'alpha'", "once"),
    ],
)
def test_a_mistake_is_one_line_with_path_value_and_what_is_allowed(
    production: dict[str, Any], path: str, value: Any, given: str, allowed: str
) -> None:
    (line,) = refusals(planted(production, path, value))
    assert line.startswith("eu-cloud:stack." + path.replace("/", ".").split("[")[0].rsplit(".", 1)[0].rstrip("."))
    assert path.rsplit("/", 1)[-1] in line
    assert given in line
    assert allowed in line


@pytest.mark.parametrize(
    ("path", "suggestion"),
    [("regoin", "region"), ("network/cdir", "cidr"), ("systems/play-new/phaze", "phase")],
)
def test_an_unknown_key_is_refused_with_the_nearest_one(production: dict[str, Any], path: str, suggestion: str) -> None:
    (line,) = refusals(planted(production, path, "x"))
    assert line.startswith(f"eu-cloud:stack.{path.replace('/', '.')}: unknown key (did you mean {suggestion!r}?)")


def test_a_missing_key_says_what_is_wanted(production: dict[str, Any]) -> None:
    del production["domain"]
    assert refusals(production) == (
        "eu-cloud:stack.domain: missing; wanted: The domain whose DNS zone the stack owns, such as playnew.ai.",
    )


def test_all_mistakes_are_told_at_once(production: dict[str, Any]) -> None:
    wrong = planted(planted(production, "region", "us-east-1"), "domain", "nope")
    assert len(refusals(wrong)) == 2


@pytest.mark.parametrize("value", [None, "prod", ["a"]])
def test_a_stack_without_its_object_is_one_line(value: Any) -> None:
    (line,) = refusals(value)
    assert line.startswith("eu-cloud:stack:")


def test_a_file_that_is_no_yaml_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.bad.yaml"
    file.write_text("config: [")
    with pytest.raises(SettingsError, match=r"^Pulumi\.bad\.yaml: not YAML"):
        Settings.load_file(file)


def test_deletion_protection_follows_the_environment_unless_the_stack_says_otherwise(production: dict[str, Any]) -> None:
    assert Settings.parse(production).profile.deletion_protected
    assert not Settings.parse(planted(production, "deletion_protection", False)).profile.deletion_protected


@pytest.mark.parametrize(
    ("stack", "path", "value", "given", "allowed"),
    [
        ("play-new-gcp", "region", "europe-west2", "'europe-west2' is in London, GB", "europe-west8"),
        ("play-new-gcp", "region", "europe-west6", "'europe-west6' is in Zurich, CH", "europe-west8"),
        ("play-new-gcp", "region", "EU", "'EU' is no gcp region", "europe-west8"),
        ("play-new-gcp", "backup_region", "europe-west2", "'europe-west2' is in London, GB", "europe-west12"),
        ("play-new-gcp", "account", "123456789012", "'123456789012' is no gcp account", "a project id"),
        ("play-new-gcp", "cluster/admin_principals", ["arn:aws:iam::1:role/a"], "admin_principals[0]", "group:"),
        ("play-new-gcp", "guardrail/deny_target", "ou-ab12-cdefghij", "'ou-ab12-cdefghij' is nothing that gcp", "organizations/"),
        ("play-new-azure", "region", "uksouth", "'uksouth' is in London, GB", "italynorth"),
        ("play-new-azure", "region", "Norway East", "'Norway East' is in Oslo, NO", "italynorth"),
        ("play-new-azure", "region", "switzerlandnorth", "'switzerlandnorth' is in Zurich, CH", "italynorth"),
        ("play-new-azure", "backup_region", "westeurope", "'westeurope' is no second region beside italynorth", "allowed: none"),
        ("play-new-azure", "account", "playnew-prod", "'playnew-prod' is no azure account", "a subscription id"),
        ("play-new-azure", "zones", ["italynorth-1", "2"], "'italynorth-1' is no zone of italynorth", "1, 2, 3"),
        ("play-new-azure", "cluster/admin_principals", ["group:a@b.eu"], "admin_principals[0]", "object id"),
        ("play-new-azure", "guardrail/deny_target", "everyone", "'everyone' is nothing that azure", "managementGroups"),
    ],
)
def test_each_cloud_has_its_own_words_for_places_and_people(stack: str, path: str, value: Any, given: str, allowed: str) -> None:
    base = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]["eu-cloud:stack"]
    (line,) = refusals(planted(base, path, value))
    assert given in line
    assert allowed in line


def test_a_paired_region_of_azure_copies_to_its_pair() -> None:
    base = yaml.safe_load((ROOT / "Pulumi.play-new-azure.yaml").read_text())["config"]["eu-cloud:stack"]
    assert Settings.parse({**base, "region": "northeurope", "backup_region": "westeurope"}).backup_region == "westeurope"
    (line,) = refusals({**base, "region": "northeurope", "backup_region": "germanywestcentral"})
    assert "allowed: westeurope" in line


def test_what_one_check_finds_is_a_line_each_with_its_own_path() -> None:
    base = yaml.safe_load((ROOT / "Pulumi.supernova-prod.yaml").read_text())["config"]["eu-cloud:stack"]
    opened = planted(planted(base, "systems/supernova/dev_auth_open", True), "systems/supernova/redis", "single")
    strangers = planted(opened, "cluster/admin_principals", ["root", "arn:aws:iam::111122223333:role/platform", "admins"])
    supernova, people = "eu-cloud:stack.systems.supernova", "eu-cloud:stack.cluster.admin_principals"
    assert [line.partition(": ")[0] for line in refusals(planted(strangers, "cluster/version", "1.12"))] == [
        "eu-cloud:stack.cluster.version",
        f"{people}[0]",
        f"{people}[2]",
        f"{supernova}.dev_auth_open",
        f"{supernova}.redis",
    ]


def test_a_switch_to_a_restored_database_names_each_mistake_by_its_path() -> None:
    base = yaml.safe_load((ROOT / "Pulumi.supernova-prod.yaml").read_text())["config"]["eu-cloud:stack"]
    switched = {"active": "none", "restored": {"name": "supernova-db", "snapshot": "manual"}}
    database = "eu-cloud:stack.systems.supernova.database"
    assert refusals(planted(base, "systems/supernova/database", switched)) == (
        f"{database}.restored.name: 'supernova-db' is the first instance's name; allowed: another one",
        f"{database}.active: 'none' is no database of this stack; allowed: supernova-db",
    )
