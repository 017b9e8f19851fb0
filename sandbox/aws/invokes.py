"""Data sources: answers of the recorded shape, from the tables and the world."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from sandbox.aws.outputs.cluster import DEFAULT_VERSION, addon_names, addon_version
from sandbox.aws.outputs.context import entries
from sandbox.aws.outputs.data import full_version
from sandbox.aws.references import prefix_lists
from sandbox.aws.regions import account, dns_suffix, elb_zone, partition, region_of, zone_id, zones
from sandbox.aws.rules.cluster import VERSIONS
from sandbox.aws.walk import where
from sandbox.contract import Instance, Properties, Record, Refused, World
from sandbox.walk import text, texts


class Call(NamedTuple):
    instance: Instance
    args: Properties
    world: World

    @property
    def region(self) -> str:
        return region_of(self.instance, self.args)


def _identity(c: Call) -> Properties:
    owner = account(c.instance)
    arn = f"arn:{partition(c.region)}:sts::{owner}:assumed-role/sandbox/session"
    return {"accountId": owner, "arn": arn, "id": owner, "userId": "AROASANDBOXSANDBOXSA:session"}


def _partition(c: Call) -> Properties:
    name, suffix = partition(c.region), dns_suffix(c.region)
    return {"id": name, "partition": name, "dnsSuffix": suffix, "reverseDnsPrefix": ".".join(reversed(suffix.split(".")))}


def _region(c: Call) -> Properties:
    # The deprecated `name` still works.
    name = text(c.args, "name") or c.region
    return {"id": name, "name": name, "region": name, "description": name, "endpoint": f"ec2.{name}.{dns_suffix(name)}"}


def _zones(c: Call) -> Properties:
    excluded = {*texts(c.args, "excludeNames[]"), *texts(c.args, "excludeZoneIds[]")}
    names = [zone for zone in zones(c.region) if zone not in excluded and zone_id(zone) not in excluded]
    given = {
        name: c.args[name] for name in ("state", "filters", "allAvailabilityZones", "excludeNames", "excludeZoneIds") if name in c.args
    }
    return {
        **given,
        "id": c.region,
        "region": c.region,
        "names": names,
        "zoneIds": [zone_id(z) for z in names],
        "groupNames": [f"{c.region}-zg-1"],
    }


def _policy_document(c: Call) -> Properties:
    sources = [json.loads(source) for source in texts(c.args, "sourcePolicyDocuments[]")]
    statements: list[Any] = [statement for source in sources for statement in entries(_listed(source.get("Statement")))]
    statements += [_statement(one) for one in entries(c.args.get("statements"))]
    for source in texts(c.args, "overridePolicyDocuments[]"):
        for statement in entries(_listed(json.loads(source).get("Statement"))):
            statements = [one for one in statements if not statement.get("Sid") or one.get("Sid") != statement["Sid"]] + [statement]
    document = {
        "Version": c.args.get("version", "2012-10-17"),
        **({"Id": c.args["policyId"]} if c.args.get("policyId") else {}),
        "Statement": statements,
    }
    compact = json.dumps(document, separators=(",", ":"))
    return {**c.args, "id": str(sum(compact.encode())), "json": json.dumps(document, indent=2), "minifiedJson": compact}


def _listed(value: Any) -> Any:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _single(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else sorted(values, reverse=True)


def _principals(value: Any) -> Any:
    found: dict[str, list[str]] = {}
    for principal in entries(value):
        found.setdefault(str(principal["type"]), []).extend(principal["identifiers"])
    if found == {"*": ["*"]}:
        return "*"
    return {kind: _single(values) for kind, values in found.items()}


def _statement(one: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"Sid": one["sid"]} if one.get("sid") else {}
    made["Effect"] = one.get("effect") or "Allow"
    for name, key in (("actions", "Action"), ("notActions", "NotAction"), ("resources", "Resource"), ("notResources", "NotResource")):
        if one.get(name):
            made[key] = _single(one[name])
    for name, key in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if one.get(name):
            made[key] = _principals(one[name])
    conditions: dict[str, dict[str, Any]] = {}
    for condition in entries(one.get("conditions")):
        conditions.setdefault(str(condition["test"]), {})[str(condition["variable"])] = _single(condition["values"])
    return {**made, "Condition": conditions} if conditions else made


def _cluster_versions(c: Call) -> Properties:
    only = texts(c.args, "clusterVersionsOnlies[]")
    versions = [version for version in reversed(VERSIONS) if (not only or version in only)]
    if c.args.get("defaultOnly") is True:
        versions = [DEFAULT_VERSION]
    details = [
        {"clusterVersion": v, "clusterType": "eks", "defaultVersion": v == DEFAULT_VERSION, "versionStatus": "STANDARD_SUPPORT"}
        for v in versions
    ]
    return {**c.args, "id": c.region, "region": c.region, "clusterVersions": details}


def _addon_version(c: Call) -> Properties:
    name, kubernetes = str(c.args["addonName"]), str(c.args["kubernetesVersion"])
    version = addon_version(name, kubernetes)
    if version is None:
        raise Refused("InvalidParameterException", f"Addon {name} is not supported (offered: {', '.join(addon_names())})")
    return {**c.args, "id": name, "region": c.region, "version": version}


def _prefix_list(c: Call) -> Properties:
    known = prefix_lists(c.region)
    wanted = next(iter(texts(c.args, "filters[].values[]")), text(c.args, "name") or text(c.args, "id") or text(c.args, "prefixListId"))
    for name, id_ in known.items():
        if wanted in (name, id_):
            arn = f"arn:{partition(c.region)}:ec2:{c.region}:aws:prefix-list/{id_}"
            networks = ["52.219.44.0/22", "3.5.136.0/22"]
            lists: Properties = {
                "entries": [{"cidr": n, "description": ""} for n in networks],
                "cidrBlocks": networks,
                "maxEntries": 10,
                "version": 1,
                "tags": {},
            }
            return {"id": id_, "name": name, "arn": arn, "addressFamily": "IPv4", "ownerId": "AWS", "region": c.region, **lists}
    raise Refused("InvalidPrefixListId.NotFound", f"no prefix list {wanted!r} (AWS keeps {', '.join(known)} in {c.region})")


def _engine_version(c: Call) -> Properties:
    engine = str(c.args["engine"])
    version = text(c.args, "version") or next(iter(texts(c.args, "preferredVersions[]")), "17")
    actual = full_version(engine, version)
    empty: list[Any] = []
    lists = (
        "supportedCharacterSets",
        "supportedFeatureNames",
        "supportedModes",
        "supportedTimezones",
        "validMajorTargets",
        "validMinorTargets",
    )
    return {
        **c.args,
        **dict.fromkeys((*lists, "validUpgradeTargets"), empty),
        "id": actual,
        "region": c.region,
        "version": actual,
        "versionActual": actual,
        "status": "available",
        "parameterGroupFamily": f"{engine}{actual.split('.')[0]}",
        "exportableLogTypes": ["postgresql", "upgrade", "iam-db-auth-error"],
        "engineDescription": engine,
        "versionDescription": f"{engine} {actual}",
        "supportsReadReplica": True,
        "supportsLogExportsToCloudwatch": True,
    }


def _orderable(c: Call) -> Properties:
    class_ = text(c.args, "instanceClass") or next(iter(texts(c.args, "preferredInstanceClasses[]")), "db.m7g.large")
    engine = str(c.args["engine"])
    version = full_version(engine, text(c.args, "engineVersion") or next(iter(texts(c.args, "preferredEngineVersions[]")), "17"))
    yes = (
        "multiAzCapable",
        "supportsStorageEncryption",
        "supportsPerformanceInsights",
        "supportsStorageAutoscaling",
        "vpc",
        "supportsMultiAz",
    )
    known = {
        "id": class_,
        "region": c.region,
        "instanceClass": class_,
        "engineVersion": version,
        "availabilityZones": list(zones(c.region)),
    }
    sizes = {"minStorageSize": 20, "maxStorageSize": 65536, "storageType": text(c.args, "storageType") or "gp3"}
    return {**c.args, **known, **sizes, **dict.fromkeys(yes, True)}


def _found(c: Call, type_: str, property_: str, argument: str, code: str) -> Record:
    wanted = c.args.get(argument)
    for record in c.world.all(type_):
        if wanted in (record.id, record.outputs.get(property_)) and ("region" not in record.outputs or where(record) == c.region):
            return record
    raise Refused(code, f"{wanted!r} does not exist")


def _cluster(c: Call) -> Properties:
    outputs = _found(c, "aws:eks/cluster:Cluster", "name", "name", "ResourceNotFoundException").outputs
    wrapped = {"certificateAuthority": "certificateAuthorities", "accessConfig": "accessConfigs", "upgradePolicy": "upgradePolicies"}
    return {**outputs, **{many: [outputs[one]] for one, many in wrapped.items() if one in outputs}, "id": outputs["name"]}


def _cluster_auth(c: Call) -> Properties:
    name = str(c.args["name"])
    return {"id": name, "name": name, "region": c.region, "token": "k8s-aws-v1.sandbox"}


def _role(c: Call) -> Properties:
    record = _found(c, "aws:iam/role:Role", "name", "name", "NoSuchEntity")
    return {**record.outputs, "id": record.id}


def _vpc(c: Call) -> Properties:
    record = _found(c, "aws:ec2/vpc:Vpc", "id", "id", "InvalidVpcID.NotFound")
    return {**record.outputs, "id": record.id}


def _zone(c: Call) -> Properties:
    argument = "zoneId" if c.args.get("zoneId") else "name"
    record = _found(c, "aws:route53/zone:Zone", "name", argument, "NoSuchHostedZone")
    return {**record.outputs, "id": record.id}


def _key_alias(c: Call) -> Properties:
    record = _found(c, "aws:kms/alias:Alias", "name", "name", "NotFoundException")
    return {**record.outputs, "id": record.outputs["arn"]}


def _elb_zone(c: Call) -> Properties:
    return {"id": elb_zone(c.region), "region": c.region}


def _service_principal(c: Call) -> Properties:
    service = str(c.args["serviceName"])
    suffix = dns_suffix(c.region) if partition(c.region) == "aws-cn" else "amazonaws.com"
    name = f"{service}.{suffix}"
    return {"id": f"{service}.{c.region}.{suffix}", "name": name, "region": c.region, "serviceName": service, "suffix": suffix}


_ANSWERS: dict[str, Callable[[Call], Properties]] = {
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": _prefix_list,
    "aws:ec2/getPrefixList:getPrefixList": _prefix_list,
    "aws:ec2/getVpc:getVpc": _vpc,
    "aws:eks/getAddonVersion:getAddonVersion": _addon_version,
    "aws:eks/getCluster:getCluster": _cluster,
    "aws:eks/getClusterAuth:getClusterAuth": _cluster_auth,
    "aws:eks/getClusterVersions:getClusterVersions": _cluster_versions,
    "aws:elb/getHostedZoneId:getHostedZoneId": _elb_zone,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
    "aws:iam/getRole:getRole": _role,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getServicePrincipal:getServicePrincipal": _service_principal,
    "aws:kms/getAlias:getAlias": _key_alias,
    "aws:rds/getEngineVersion:getEngineVersion": _engine_version,
    "aws:rds/getOrderableDbInstance:getOrderableDbInstance": _orderable,
    "aws:route53/getZone:getZone": _zone,
}


def answer(instance: Instance, token: str, args: Properties, world: World) -> Properties:
    """Raises Refused for a data source that has no answer here."""
    if (make := _ANSWERS.get(token)) is None:
        raise Refused("UnknownFunction", f"the sandbox has no answer for the data source {token} (it has {', '.join(sorted(_ANSWERS))})")
    return make(Call(instance, args, world))
