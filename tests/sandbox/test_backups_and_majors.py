"""What the clouds refuse of PostgreSQL's majors and of schedules of backups."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.accounts import Account
from tests.sandbox.azure_estate import Bare
from tests.sandbox.gcp_project import DATABASE, Project

GROUP = "aws:rds/parameterGroup:ParameterGroup"


@pytest.mark.parametrize(("major", "name"), [("15", "scram_iterations"), ("16", "transaction_timeout"), ("17", "old_snapshot_threshold")])
def test_a_setting_that_the_major_does_not_have_is_refused(major: str, name: str) -> None:
    parameters = [{"name": "log_statement", "value": "ddl"}, {"name": name, "value": "0"}]
    wrong = Account().failures(GROUP, {"family": f"postgres{major}", "parameters": parameters})
    assert wrong == {"parameters": f"Could not find parameter with name: {name} (family postgres{major})"}
    settings = {"tier": "db-custom-2-8192", "edition": "ENTERPRISE", "databaseFlags": parameters}
    assert name in Project().failures(DATABASE, {"databaseVersion": f"POSTGRES_{major}", "settings": settings})["settings.databaseFlags"]
    assert Account().failures(GROUP, {"family": f"postgres{major}", "parameters": parameters[:1]}) == {}


def test_azure_looks_a_parameter_up_in_the_servers_major() -> None:
    bare = Bare()
    login: dict[str, Any] = {"administratorLogin": "platform", "administratorLoginPassword": "Aa1-" * 6}
    sku = {"sku": {"name": "Standard_D2ds_v5", "tier": "GeneralPurpose"}, "storage": {"storageSizeGB": 32}}
    bare.make("dbforpostgresql:Server", serverName="pn-db", version="15", createMode="Default", **login, **sku)
    setting = {"serverName": "pn-db", "value": "4096", "source": "user-override"}
    assert "ServerParameterNotFound" in bare.refused("dbforpostgresql:Configuration", configurationName="scram_iterations", **setting)
    assert bare.make("dbforpostgresql:Configuration", configurationName="log_statement", **{**setting, "value": "ddl"})


def policy(intervals: list[str], *more: dict[str, Any]) -> dict[str, Any]:
    tags = [{"isDefault": True, "taggingPriority": 99, "tagInfo": {"tagName": "Default"}}, *more]
    kept = [
        {
            "objectType": "AzureRetentionRule",
            "name": name,
            "isDefault": name == "Default",
            "lifecycles": [
                {
                    "deleteAfter": {"objectType": "AbsoluteDeleteOption", "duration": "P30D"},
                    "sourceDataStore": {"dataStoreType": "VaultStore", "objectType": "DataStoreInfoBase"},
                }
            ],
        }
        for name in ("Default", "Weekly")
    ]
    rule = {
        "objectType": "AzureBackupRule",
        "name": "BackupDaily",
        "dataStore": {"dataStoreType": "VaultStore", "objectType": "DataStoreInfoBase"},
        "trigger": {
            "objectType": "ScheduleBasedTriggerContext",
            "schedule": {"repeatingTimeIntervals": intervals, "timeZone": "UTC"},
            "taggingCriteria": tags,
        },
    }
    properties = {
        "objectType": "BackupPolicy",
        "datasourceTypes": ["Microsoft.DBforPostgreSQL/flexibleServers"],
        "policyRules": [*kept, rule],
    }
    return {"vaultName": "backup", "backupPolicyName": "postgres", "properties": properties}


SUNDAY, MONDAY = "R/2026-01-04T03:00:00+00:00/P1W", "R/2026-01-05T03:00:00+00:00/P1W"
SCHEDULE = "properties.policyRules[2].trigger.schedule.repeatingTimeIntervals"


def test_servers_are_backed_up_by_the_week_alone() -> None:
    wrong = Bare().wrong("dataprotection:BackupPolicy", **policy(["R/2026-01-01T03:00:00+00:00/P1D"]))
    assert "FrequencyNotMatchingRule" in wrong[SCHEDULE]
    assert Bare().wrong("dataprotection:BackupPolicy", **policy([SUNDAY, MONDAY])) == {}


def test_a_server_is_backed_up_once_a_day() -> None:
    twice = [SUNDAY, SUNDAY.replace("T03", "T15")]
    assert "once a day" in Bare().wrong("dataprotection:BackupPolicy", **policy(twice))[SCHEDULE]


def test_a_tag_that_is_not_the_default_says_what_it_is_for() -> None:
    weekly = {"isDefault": False, "taggingPriority": 20, "tagInfo": {"tagName": "Weekly"}}
    wrong = Bare().wrong("dataprotection:BackupPolicy", **policy([SUNDAY], weekly))
    assert "is no default and needs criteria" in wrong["properties.policyRules[2].trigger.taggingCriteria"]
    first = {"objectType": "ScheduleBasedBackupCriteria", "absoluteCriteria": ["FirstOfWeek"]}
    assert Bare().wrong("dataprotection:BackupPolicy", **policy([SUNDAY], {**weekly, "criteria": [first]})) == {}
