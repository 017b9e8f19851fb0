"""Data sources: answers of the recorded shape, from the tables and the world."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from sandbox.contract import Instance, Properties, Record, Refused, World
from sandbox.gcp.outputs.cluster import DEFAULT_VERSION, VERSIONS, full_version
from sandbox.gcp.paths import canonical, identities, physical
from sandbox.gcp.projects import bare, default_labels, number, project, region_of, zones
from sandbox.gcp.services import agent_email, enabled
from sandbox.outputs import mapping
from sandbox.walk import text


class Call(NamedTuple):
    instance: Instance
    args: Properties
    world: World

    @property
    def project(self) -> str:
        return bare(text(self.args, "projectId") or project(self.instance, self.args))

    @property
    def region(self) -> str:
        return region_of(self.instance, self.args)


def _project(c: Call) -> Properties:
    return {
        "autoCreateNetwork": False,
        "billingAccount": "0A1B2C-3D4E5F-607182",
        "deletionPolicy": "PREVENT",
        "effectiveLabels": {},
        "folderId": "",
        "id": f"projects/{c.project}",
        "labels": {},
        "name": c.project,
        "number": number(c.project),
        "orgId": "123456789012",
        "projectId": c.project,
        "pulumiLabels": {},
        "tags": {},
    }


def _client_config(c: Call) -> Properties:
    return {
        "accessToken": "sandbox-access-token",
        "defaultLabels": default_labels(c.instance),
        "id": f'projects/"{c.project}"/regions/"{c.region}"',
        "project": c.project,
        "region": c.region,
        "zone": c.instance.variables.get("zone", ""),
    }


def _client_user(c: Call) -> Properties:
    return {"id": "deployer@example.eu", "email": "deployer@example.eu"}


def _on(c: Call, api: str) -> None:
    if not enabled(api, c.project, c.world):
        raise Refused("SERVICE_DISABLED", f"{api} has not been used in project {c.project} before or it is disabled")


def _storage_agent(c: Call) -> Properties:
    _on(c, "storage.googleapis.com")
    email = agent_email("storage.googleapis.com", c.project)
    return {"id": email, "emailAddress": email, "member": f"serviceAccount:{email}", "project": c.project, "userProject": ""}


def _transfer_agent(c: Call) -> Properties:
    _on(c, "storagetransfer.googleapis.com")
    email = agent_email("storagetransfer.googleapis.com", c.project)
    return {"id": email, "email": email, "member": f"serviceAccount:{email}", "project": c.project, "subjectId": number(email)[:12]}


def _log_settings(c: Call) -> Properties:
    _on(c, "logging.googleapis.com")
    agent = agent_email("logging.googleapis.com", c.project)
    return {
        "disableDefaultSink": False,
        "id": f"projects/{c.project}/settings",
        "kmsKeyName": "",
        "kmsServiceAccountId": f"cmek-p{number(c.project)}@gcp-sa-logging.iam.gserviceaccount.com",
        "loggingServiceAccountId": agent,
        "name": f"projects/{c.project}/settings",
        "project": c.project,
        "storageLocation": "",
    }


def _cmek_settings(c: Call) -> Properties:
    email = f"cmek-p{number(c.project)}@gcp-sa-logging.iam.gserviceaccount.com"
    name = f"projects/{c.project}/cmekSettings"
    return {"id": name, "name": name, "project": c.project, "kmsKeyName": "", "kmsKeyVersionName": "", "serviceAccountId": email}


def _engine_versions(c: Call) -> Properties:
    _on(c, "container.googleapis.com")
    prefix = text(c.args, "versionPrefix") or ""
    versions = [full for full in reversed(VERSIONS.values()) if full.startswith(prefix)]
    latest = versions[0] if versions else ""
    return {
        **c.args,
        "id": "sandbox",
        "project": c.project,
        "defaultClusterVersion": full_version(DEFAULT_VERSION),
        "latestMasterVersion": latest,
        "latestNodeVersion": latest,
        "releaseChannelDefaultVersion": {name: full_version(DEFAULT_VERSION) for name in ("RAPID", "REGULAR", "STABLE")},
        "releaseChannelLatestVersion": {name: latest for name in ("RAPID", "REGULAR", "STABLE")},
        "validMasterVersions": versions,
        "validNodeVersions": versions,
    }


def _zones(c: Call) -> Properties:
    return {**c.args, "id": f"projects/{c.project}/regions/{c.region}", "project": c.project, "names": list(zones(c.region))}


def _default_account(c: Call) -> Properties:
    _on(c, "compute.googleapis.com")
    email = f"{number(c.project)}-compute@developer.gserviceaccount.com"
    name = f"projects/{c.project}/serviceAccounts/{email}"
    return {
        "id": name,
        "name": name,
        "email": email,
        "displayName": "",
        "member": f"serviceAccount:{email}",
        "project": c.project,
        "uniqueId": number(email),
    }


def _iam_policy(c: Call) -> Properties:
    bindings: list[Any] = [mapping(one) for one in cast("list[Any]", c.args.get("bindings") or [])]
    document = {"bindings": [{**one, "members": sorted(one.get("members", []))} for one in bindings]}
    return {**c.args, "id": str(sum(json.dumps(document).encode())), "policyData": json.dumps(document)}


def _found(c: Call, type_: str, wanted: str) -> Record:
    path = canonical(wanted, c.project)
    for record in c.world.all(type_):
        if record.account == c.project and (path in identities(record) or wanted == physical(record)):
            return record
    raise Refused("notFound", f"{wanted!r} was not found")


def _thing(type_: str, argument: str = "name") -> Callable[[Call], Properties]:
    def answer_(c: Call) -> Properties:
        record = _found(c, type_, str(c.args.get(argument, "")))
        return {**record.outputs, **c.args, "id": record.id}

    return answer_


_ANSWERS: dict[str, Callable[[Call], Properties]] = {
    "gcp:compute/getDefaultServiceAccount:getDefaultServiceAccount": _default_account,
    "gcp:compute/getNetwork:getNetwork": _thing("gcp:compute/network:Network"),
    "gcp:compute/getSubnetwork:getSubnetwork": _thing("gcp:compute/subnetwork:Subnetwork"),
    "gcp:compute/getZones:getZones": _zones,
    "gcp:container/getCluster:getCluster": _thing("gcp:container/cluster:Cluster"),
    "gcp:container/getEngineVersions:getEngineVersions": _engine_versions,
    "gcp:dns/getManagedZone:getManagedZone": _thing("gcp:dns/managedZone:ManagedZone"),
    "gcp:kms/getKMSCryptoKey:getKMSCryptoKey": _thing("gcp:kms/cryptoKey:CryptoKey"),
    "gcp:kms/getKMSKeyRing:getKMSKeyRing": _thing("gcp:kms/keyRing:KeyRing"),
    "gcp:logging/getProjectCmekSettings:getProjectCmekSettings": _cmek_settings,
    "gcp:logging/getProjectSettings:getProjectSettings": _log_settings,
    "gcp:organizations/getClientConfig:getClientConfig": _client_config,
    "gcp:organizations/getClientOpenIdUserInfo:getClientOpenIdUserInfo": _client_user,
    "gcp:organizations/getIAMPolicy:getIAMPolicy": _iam_policy,
    "gcp:organizations/getProject:getProject": _project,
    "gcp:serviceaccount/getAccount:getAccount": _thing("gcp:serviceaccount/account:Account", "accountId"),
    "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": _storage_agent,
    "gcp:storage/getTransferProjectServiceAccount:getTransferProjectServiceAccount": _transfer_agent,
}


def answer(instance: Instance, token: str, args: Properties, world: World) -> Properties:
    """Raises Refused for a data source that has no answer here."""
    if (make := _ANSWERS.get(token)) is None:
        raise Refused("UnknownFunction", f"the sandbox has no answer for the data source {token} (it has {', '.join(sorted(_ANSWERS))})")
    return make(Call(instance, args, world))
