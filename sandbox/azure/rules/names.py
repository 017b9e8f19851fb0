"""How things may be called: each service's own rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sandbox.contract import Failure, Properties, Request
from sandbox.reflection.check import show


class Form(NamedTuple):
    pattern: str
    words: str


_GUID = Form(r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "a GUID")
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DEFAULT = Form(r"default", "'default': there is one only")


def _network(longest: int) -> Form:
    pattern = rf"(?=.{{1,{longest}}}$)[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?"
    return Form(pattern, f"1-{longest} letters, digits, '_', '.' and '-', beginning with a letter or digit, ending with one or '_'")


def _plain(shortest: int, longest: int) -> Form:
    pattern = rf"(?=.{{{shortest},{longest}}}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
    return Form(pattern, f"{shortest}-{longest} letters, digits and '-', beginning and ending with a letter or digit")


_LOCK = Form(r"[^/\\%&?#<>]{1,90}", "1-90 characters without / \\ % & ? # < >")
_SECRET = Form(r"[A-Za-z0-9-]{1,127}", "1-127 letters, digits and '-'")

FORMS: dict[str, Form] = {
    "authorization:ManagementLockAtResourceGroupLevel": _LOCK,
    "authorization:ManagementLockAtResourceLevel": _LOCK,
    "authorization:ManagementLockAtSubscriptionLevel": _LOCK,
    "authorization:ManagementLockByScope": _LOCK,
    "authorization:PolicyAssignment": Form(r"[^<>*%&:\\?/+]{1,63}[^<>*%&:\\?/+ .]?|.", "1-64 characters without < > * % & : \\ ? / +"),
    "authorization:PolicyDefinition": Form(r"[^<>*%&:\\?/+]{1,127}[^<>*%&:\\?/+ .]?", "1-128 characters without < > * % & : \\ ? / +"),
    "authorization:RoleAssignment": _GUID,
    "authorization:RoleDefinition": _GUID,
    "compute:DiskEncryptionSet": Form(r"[A-Za-z0-9_-]{1,80}", "1-80 letters, digits, '_' and '-'"),
    "consumption:Budget": Form(r"[A-Za-z0-9_-]{1,63}", "1-63 letters, digits, '_' and '-'"),
    "costmanagement:Budget": Form(r"[A-Za-z0-9_-]{1,63}", "1-63 letters, digits, '_' and '-'"),
    "containerregistry:CacheRule": Form(r"[A-Za-z0-9_-]{5,50}", "5-50 letters, digits, '_' and '-'"),
    "containerregistry:CredentialSet": Form(r"[A-Za-z0-9-]{5,50}", "5-50 letters, digits and '-'"),
    "containerregistry:Registry": Form(r"[A-Za-z0-9]{5,50}", "5-50 letters and digits"),
    "containerregistry:Task": Form(r"[A-Za-z0-9_-]{5,50}", "5-50 letters, digits, '_' and '-'"),
    "containerservice:ManagedCluster": Form(
        r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?", "1-63 letters, digits, '_' and '-', beginning and ending with a letter or digit"
    ),
    "containerservice:MaintenanceConfiguration": Form(
        r"default|aksManagedAutoUpgradeSchedule|aksManagedNodeOSUpgradeSchedule",
        "one of default, aksManagedAutoUpgradeSchedule, aksManagedNodeOSUpgradeSchedule",
    ),
    "containerservice:TrustedAccessRoleBinding": Form(r"[A-Za-z0-9-]{1,24}", "1-24 letters, digits and '-'"),
    "dataprotection:BackupPolicy": Form(r"[A-Za-z0-9][A-Za-z0-9-]{2,149}", "3-150 letters, digits and '-'"),
    "dataprotection:BackupVault": Form(r"[A-Za-z][A-Za-z0-9-]{1,49}", "2-50 letters, digits and '-', beginning with a letter"),
    "dbforpostgresql:Administrator": _GUID,
    "dbforpostgresql:AdministratorsMicrosoftEntra": _GUID,
    "dbforpostgresql:Database": Form(r"[A-Za-z_][A-Za-z0-9_-]{0,62}", "1-63 letters, digits, '_' and '-', beginning with a letter or '_'"),
    "dbforpostgresql:Server": Form(
        r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", "3-63 lower-case letters, digits and '-', beginning and ending with a letter or digit"
    ),
    "dns:Zone": Form(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})+", "a domain of 2-34 lower-case labels without a dot at the end"),
    "keyvault:Key": _SECRET,
    "keyvault:Secret": _SECRET,
    "keyvault:Vault": Form(
        r"(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]",
        "3-24 letters, digits and single '-', beginning with a letter, ending with a letter or digit",
    ),
    "managedidentity:FederatedIdentityCredential": Form(
        r"[A-Za-z0-9][A-Za-z0-9_-]{2,119}", "3-120 letters, digits, '_' and '-', beginning with a letter or digit"
    ),
    "managedidentity:UserAssignedIdentity": Form(
        r"[A-Za-z0-9][A-Za-z0-9_-]{2,127}", "3-128 letters, digits, '_' and '-', beginning with a letter or digit"
    ),
    "monitor:ActionGroup": Form(r"[^:<>+/&%\\?|]{1,259}[^:<>+/&%\\?| .]?", "1-260 characters without : < > + / & % \\ ? |"),
    "monitor:DiagnosticSetting": Form(r"[^:<>+/&%\\?|\s]{1,260}", "1-260 characters without blanks and : < > + / & % \\ ? |"),
    "network:FlowLog": _network(80),
    "network:NatGateway": _network(80),
    "network:NetworkSecurityGroup": _network(80),
    "network:PrivateDnsZoneGroup": _network(80),
    "network:PrivateEndpoint": Form(
        r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}[A-Za-z0-9_]", "2-64 letters, digits, '_', '.' and '-', ending with a letter, digit or '_'"
    ),
    "network:PublicIPAddress": _network(80),
    "network:PublicIPPrefix": _network(80),
    "network:Route": _network(80),
    "network:RouteTable": _network(80),
    "network:SecurityRule": _network(80),
    "network:Subnet": _network(80),
    "network:VirtualNetwork": Form(
        r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}[A-Za-z0-9_]", "2-64 letters, digits, '_', '.' and '-', ending with a letter, digit or '_'"
    ),
    "network:VirtualNetworkPeering": _network(80),
    "operationalinsights:Workspace": _plain(4, 63),
    "privatedns:PrivateZone": Form(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})+", "a domain of 2-34 lower-case labels without a dot at the end"),
    "privatedns:VirtualNetworkLink": _network(80),
    "redisenterprise:Database": _DEFAULT,
    "redisenterprise:RedisEnterprise": Form(
        r"(?=.{1,60}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*", "1-60 letters, digits and single '-', beginning and ending with a letter or digit"
    ),
    "resources:ResourceGroup": Form(r"[\w().-]{0,89}[\w()-]", "1-90 letters, digits, '_', '-', '.' and brackets, not ending with a dot"),
    "storage:BlobContainer": Form(
        r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*|\$root|\$web|\$logs", "3-63 lower-case letters, digits and single '-', no '-' at the ends"
    ),
    "storage:BlobServiceProperties": _DEFAULT,
    "storage:BlobContainerImmutabilityPolicy": _DEFAULT,
    "storage:EncryptionScope": Form(r"[A-Za-z0-9]{3,63}", "3-63 letters and digits"),
    "storage:FileServiceProperties": _DEFAULT,
    "storage:ManagementPolicy": _DEFAULT,
    "storage:StorageAccount": Form(r"[a-z0-9]{3,24}", "3-24 lower-case letters and digits"),
}
_POOL = {"Linux": Form(r"[a-z][a-z0-9]{0,11}", "1-12 lower-case letters and digits, beginning with a letter")}
_POOL["Windows"] = Form(r"[a-z][a-z0-9]{0,5}", "1-6 lower-case letters and digits, beginning with a letter")


def form(request: Request, inputs: Properties) -> Form | None:
    if request.type == "azure-native:containerservice:AgentPool":
        return _POOL.get(str(inputs.get("osType") or "Linux"))
    return FORMS.get(request.type.partition(":")[2])


def named(request: Request, property_: str | None, inputs: Properties) -> Iterator[Failure]:
    """The name of the thing itself."""
    name, rule = inputs.get(property_ or ""), form(request, inputs)
    if property_ and rule and isinstance(name, str) and not re.fullmatch(rule.pattern, name):
        yield Failure(property_, f"{show(name)} is not a name for {request.type.rpartition(':')[2]}: {rule.words}")


def pool_name(name: str, system: str = "Linux") -> str | None:
    """Why a pool inside a cluster cannot be called so."""
    rule = _POOL[system]
    return None if re.fullmatch(rule.pattern, name) else f"is not a name for a pool: {rule.words}"
