"""The database of production on GCP, which the tests of this folder look at and change."""

from __future__ import annotations

from collections.abc import Mapping

from components import geography
from components.database.gcp import GcpDatabase
from components.database.spec import DatabaseSpec
from components.vocabulary import Cloud
from tests.answers import State
from tests.components import gcp_wiring as wiring
from tests.recorder import Recording, record

INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
DATABASE = "gcp:sql/database:Database"
USER = "gcp:sql/user:User"
SECRET = "gcp:secretmanager/secret:Secret"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
NAME = "playnew-production-pn-agent-db"
SPEC = DatabaseSpec(database="pn_agent")
MILAN = geography.region(Cloud.GCP, "europe-west8")
STATES: Mapping[str, State] = {
    INSTANCE: lambda inputs: {"privateIpAddress": "10.20.32.7", "selfLink": f"https://sqladmin/{inputs['name']}"},
    "random:index/randomId:RandomId": {"hex": "0a1b"},
}


def spec(**changes: object) -> DatabaseSpec:
    return SPEC.model_copy(update=changes)


def database(wanted: DatabaseSpec = SPEC) -> Recording[GcpDatabase]:
    return record(lambda: GcpDatabase(NAME, wanted, wiring.SITE, wiring.project(), wiring.network(), wiring.key()), STATES)
