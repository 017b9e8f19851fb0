"""Cloud DNS rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sandbox.contract import Failure, Properties, Request
from sandbox.gcp.rules.base import IAM, rfc1035
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, each, ip_network, one_of
from sandbox.walk import find, text

_LABEL = re.compile(r"(\*|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)", re.IGNORECASE)


def _dns_name(value: Any) -> str | None:
    text_ = str(value)
    if not text_.endswith("."):
        return "must end with a dot"
    labels = text_.removesuffix(".").split(".")
    return None if len(text_) <= 254 and all(_LABEL.fullmatch(label) for label in labels) else "is not a DNS name"


def _record(request: Request, inputs: Properties) -> Iterator[Failure]:
    if (inputs.get("rrdatas") is None) == (inputs.get("routingPolicy") is None):
        yield Failure("rrdatas", "exactly one of rrdatas and routingPolicy must be given")
    kind = text(inputs, "type")
    for where, value in find(inputs, "rrdatas[]"):
        if (reason := _value(kind, str(value))) is not None:
            yield Failure(where, f"Invalid value for 'entity.change.additions.rrdata': {show(value)} {reason}")


def _value(kind: str | None, value: str) -> str | None:
    network = ip_network(value)
    if kind in {"A", "AAAA"}:
        version = 4 if kind == "A" else 6
        return None if network is not None and network.version == version and "/" not in value else f"is no address for type {kind}"
    if kind in {"CNAME", "NS", "PTR"}:
        return _dns_name(value)
    if kind == "CAA" and not re.fullmatch(r"\d+ (issue|issuewild|iodef) \"?[^\"\s]+\"?", value):
        return "is not of the form '0 issue \"authority\"'"
    if kind == "MX" and (not re.fullmatch(r"\d+ \S+", value) or _dns_name(value.split()[1])):
        return "is not of the form 'priority host.'"
    return None


def _zone(request: Request, inputs: Properties) -> Iterator[Failure]:
    if text(inputs, "visibility") == "private" and inputs.get("dnssecConfig") is not None:
        yield Failure("dnssecConfig", "a private zone takes no DNSSEC")
    if text(inputs, "visibility") != "private" and inputs.get("privateVisibilityConfig") is not None:
        yield Failure("privateVisibilityConfig", "only for private zones")


RULES: dict[str, tuple[Rule, ...]] = {
    "gcp:dns/managedZone:ManagedZone": (
        rfc1035(),
        each("dnsName", _dns_name),
        one_of("visibility", "public", "private"),
        one_of("dnssecConfig.state", "off", "on", "transfer"),
        one_of("dnssecConfig.nonExistence", "nsec", "nsec3"),
        one_of("dnssecConfig.defaultKeySpecs[].keyType", "keySigning", "zoneSigning"),
        one_of(
            "dnssecConfig.defaultKeySpecs[].algorithm",
            *("ecdsap256sha256", "ecdsap384sha384", "rsasha1", "rsasha256", "rsasha512"),
        ),
        _zone,
    ),
    "gcp:dns/recordSet:RecordSet": (
        each("name", _dns_name),
        between("ttl", 0, 2147483647),
        one_of(
            "type",
            *("A", "AAAA", "ALIAS", "CAA", "CNAME", "DNSKEY", "DS", "HTTPS", "IPSECKEY", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF"),
            *("SRV", "SSHFP", "SVCB", "TLSA", "TXT"),
        ),
        _record,
    ),
    "gcp:dns/policy:Policy": (rfc1035(),),
    "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember": IAM,
}
