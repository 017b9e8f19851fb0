"""Physical names: which property holds them, and how one is made from the logical name when none is given."""

from __future__ import annotations

from typing import Any, NamedTuple

from sandbox.contract import Properties, Request
from sandbox.invent import suffix
from sandbox.reflected import DEFAULTS
from sandbox.reflection.model import Scalar, Schema


class Automatic(NamedTuple):
    property: str = "name"
    limit: int = 255
    lower: bool = False


AUTOMATIC: dict[str, Automatic] = {
    "gcp:compute/network:Network": Automatic(limit=63),
    "gcp:compute/subnetwork:Subnetwork": Automatic(limit=63),
    "gcp:compute/router:Router": Automatic(limit=63),
    "gcp:compute/routerNat:RouterNat": Automatic(limit=63),
    "gcp:compute/address:Address": Automatic(limit=63),
    "gcp:compute/globalAddress:GlobalAddress": Automatic(limit=63),
    "gcp:compute/firewall:Firewall": Automatic(limit=63),
    "gcp:container/cluster:Cluster": Automatic(limit=40),
    "gcp:container/nodePool:NodePool": Automatic(limit=40),
    "gcp:kms/keyRing:KeyRing": Automatic(limit=63),
    "gcp:kms/cryptoKey:CryptoKey": Automatic(limit=63),
    "gcp:storage/bucket:Bucket": Automatic(limit=63, lower=True),
}

_GIVEN: dict[str, str] = {
    "gcp:artifactregistry/repository:Repository": "repositoryId",
    "gcp:cloudasset/projectFeed:ProjectFeed": "feedId",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": "bucketId",
    "gcp:memorystore/instance:Instance": "instanceId",
    "gcp:projects/iAMCustomRole:IAMCustomRole": "roleId",
    "gcp:secretmanager/regionalSecret:RegionalSecret": "secretId",
    "gcp:secretmanager/secret:Secret": "secretId",
    "gcp:serviceaccount/account:Account": "accountId",
}
"""Properties that hold the physical name where it is not `name`."""
_MADE = {
    "gcp:projects/iAMCustomRole:IAMCustomRole",
    "gcp:secretmanager/regionalSecret:RegionalSecret",
    "gcp:secretmanager/secret:Secret",
}
"""Types whose other-named property the provider fills in, too, when it is left out."""
_UNNAMED = {"gcp:dns/recordSet:RecordSet", "gcp:orgpolicy/policy:Policy"}
"""Types whose `name` is data or a full path, not a name of one's own choice."""


def name_property(token: str, schema: Schema) -> str | None:
    if token in AUTOMATIC:
        return AUTOMATIC[token].property
    if token in _GIVEN:
        return _GIVEN[token]
    return "name" if "name" in schema.inputs and token not in _UNNAMED else None


def automatic(token: str, schema: Schema) -> Automatic | None:
    """As the bridge does: every optional text property `name` gets an automatic value."""
    if token in AUTOMATIC:
        return AUTOMATIC[token]
    property_ = _GIVEN[token] if token in _MADE else "name"
    name = schema.inputs.get(property_)
    if name is None or name.required or name.type != Scalar("string") or token in _UNNAMED:
        return None
    return Automatic(property_)


def _made(request: Request, rule: Automatic) -> str:
    tail = f"-{suffix(request.seed, request.urn, 7)}"
    base = request.name.lower() if rule.lower else request.name
    return f"{base[: rule.limit - len(tail)]}{tail}"


def named(request: Request, schema: Schema, olds: Properties, news: Properties) -> Properties:
    """`news` with the automatic name: the old one while the resource lives, a fresh one otherwise."""
    rule = automatic(request.type, schema)
    if rule is None or news.get(rule.property) is not None or news.get(f"{rule.property}Prefix") is not None:
        return news
    kept: Any = olds.get(rule.property) if rule.property in (olds.get(DEFAULTS) or ()) else None
    return {**news, rule.property: kept or _made(request, rule), DEFAULTS: [rule.property]}
