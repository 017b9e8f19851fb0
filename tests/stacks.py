"""Whole stacks under mocks: what the program registers for a stack file, or for a variation of one.

registered = stack("prod")                                      # recorded once per process
registered = stack("prod", {"systems/play-new/phase": 1})       # a path into eu-cloud:stack, and its value
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast
from uuid import NAMESPACE_OID, NAMESPACE_X500, uuid5

import yaml

from infra.build import build
from infra.given import needed
from infra.settings import Settings
from tests import signing
from tests.answers import State
from tests.components import azure_wiring, gcp_wiring
from tests.recorder import Recording, record


def _points(service: Mapping[str, Any]) -> list[dict[str, str]]:
    """What the cloud gives a load balancer: a name on AWS, an address elsewhere."""
    if service["spec"].get("type") != "LoadBalancer":
        return []
    on_aws = any("aws-load-balancer" in key for key in service["metadata"].get("annotations", {}))
    return [{"hostname": "k8s-gateway-0a1b2c.elb.eu-south-1.amazonaws.com"} if on_aws else {"ip": "203.0.113.10"}]


ROOT = Path(__file__).resolve().parent.parent
STATES: dict[str, State] = {
    **gcp_wiring.STATES,
    **azure_wiring.STATES,
    **signing.STATES,
    "aws:elasticache/replicationGroup:ReplicationGroup": lambda inputs: {
        "primaryEndpointAddress": f"master.{inputs['replicationGroupId']}.abcdef.eus1.cache.amazonaws.com",
        "configurationEndpointAddress": f"clustercfg.{inputs['replicationGroupId']}.abcdef.eus1.cache.amazonaws.com",
    },
    "azure-native:managedidentity:UserAssignedIdentity": lambda inputs: {
        "principalId": str(uuid5(NAMESPACE_OID, inputs["resourceName"])),
        "clientId": str(uuid5(NAMESPACE_X500, inputs["resourceName"])),
        "tenantId": azure_wiring.TENANT,
    },
    "aws:eks/cluster:Cluster": {
        "endpoint": "https://0123456789ABCDEF.gr7.eu-south-1.eks.amazonaws.com",
        "certificateAuthority": {"data": "LS0tLS1CRUdJTg=="},
        "vpcConfig": {"clusterSecurityGroupId": "sg-0a1b2c3d4e5f60718", "subnetIds": []},
    },
    "aws:rds/instance:Instance": lambda inputs: {
        "address": f"{inputs['identifier']}.abcdefghijkl.eu-south-1.rds.amazonaws.com",
        "masterUserSecrets": [{"secretArn": "arn:aws:secretsmanager:eu-south-1:123456789012:secret:rds!db-0a1b-AbCdEf", "kmsKeyId": "k"}],
    },
    "azure-native:containerregistry:Registry": lambda inputs: {"loginServer": f"{inputs['registryName']}.azurecr.io"},
    "gcp:projects/serviceIdentity:ServiceIdentity": lambda inputs: {
        "email": f"service-{gcp_wiring.NUMBER}@gcp-sa-{inputs['service'].partition('.')[0]}.iam.gserviceaccount.com"
    },
    # As long as real ones: names are judged by their length.
    "random:index/randomId:RandomId": lambda inputs: {"hex": "0a1b2c3d4e5f6071"[: 2 * int(inputs["byteLength"])]},
    "kubernetes:core/v1:Service": lambda inputs: {"status": {"loadBalancer": {"ingress": _points(inputs)}}},
    "aws:route53/zone:Zone": {"nameServers": ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"]},
}

ANSWERS = {**gcp_wiring.ANSWERS, **azure_wiring.ANSWERS}


def configuration(name: str, changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """`eu-cloud:stack` of a stack file, with the changes."""
    document = yaml.safe_load((ROOT / f"Pulumi.{name}.yaml").read_text(encoding="utf-8"))
    value = cast("dict[str, Any]", document["config"]["eu-cloud:stack"])
    for path, changed in (changes or {}).items():
        *parents, last = path.split("/")
        inner = value
        for part in parents:
            inner = inner.setdefault(part, {})
        inner[last] = changed
    return value


def planted(settings: Settings) -> dict[str, dict[str, str]]:
    """A recognisable value for every secret that people give."""
    return {owner: {name: f"planted-{owner}-{name}" for name in names} for owner, names in needed(settings).items()}


def stack(name: str, changes: Mapping[str, Any] | None = None) -> Recording[None]:
    return _recorded(name, json.dumps(changes or {}, sort_keys=True))


@cache
def _recorded(name: str, changes: str) -> Recording[None]:
    value = configuration(name, json.loads(changes))
    settings = Settings.parse(value)

    def program() -> None:
        import pulumi

        for key, item in build(Settings.load()).items():
            pulumi.export(key, item)

    return record(
        program,
        STATES,
        ANSWERS,
        config={"eu-cloud:stack": json.dumps(value), "eu-cloud:secrets": json.dumps(planted(settings))},
        secret_keys=("eu-cloud:secrets",),
        stack=name,
    )
