"""RES-21: hosts of monitoring and messaging services, and of the clouds, are their EU ones."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from components.geography import Cloud, Verdict, judge
from policies import facts
from policies.model import Resource, Violation, strings

HOST = re.compile(r"(?<![\w.-])(?:[a-z0-9_-]+\.)+[a-z][a-z0-9]+(?![\w-])", re.IGNORECASE)
CLOUD_OF_DOMAIN = {"amazonaws.com": Cloud.AWS, "amazonaws.eu": Cloud.AWS, "on.aws": Cloud.AWS, "aws.dev": Cloud.AWS}
GOOGLE_DOMAINS = frozenset({"pkg.dev", "run.app", "googleapis.com", "cloudfunctions.net"})


def hosts(resource: Resource) -> Iterator[Violation]:
    for path, text in strings(resource.properties):
        for host in _hosts(_decoded(resource, path, text)):
            yield from _judge(resource, path, host)


def _hosts(text: str) -> set[str]:
    return {match.group(0).lower() for match in HOST.finditer(text)} if "." in text else set()


def _decoded(resource: Resource, path: str, text: str) -> str:
    """Kubernetes holds Secret `data` in base64."""
    if not (resource.type.startswith("kubernetes:core/v1:Secret") and path.startswith("data.")):
        return text
    try:
        return base64.b64decode(text, validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return text


def _judge(resource: Resource, path: str, host: str) -> Iterator[Violation]:
    if host.startswith("com.amazonaws."):  # the name of an endpoint service, written from the top: com.amazonaws.eu-west-2.s3
        host = ".".join(reversed(host.split(".")))
    domain = ".".join(host.split(".")[-2:])
    vendor = facts.vendors().get(domain)
    if vendor and not re.fullmatch(vendor.eu, host):
        yield Violation("RES-21", path, f'"{host}"', f"this host of {vendor.name} is not one that keeps data in the EU", vendor.allowed)
    elif domain in facts.cloud_domains():
        cloud = CLOUD_OF_DOMAIN.get(domain) or (Cloud.GCP if domain in GOOGLE_DOMAINS else Cloud.AZURE)
        for place in _places(cloud, host, resource):
            yield Violation("RES-21", path, f'"{host}"', f"this host is in {place}, outside the EU", resource.allowed(cloud))


def _places(cloud: Cloud, host: str, resource: Resource) -> Iterator[str]:
    """Foreign places that a label names: `eu-west-2` of sqs.eu-west-2.amazonaws.com, `europe-west2` of europe-west2-docker.pkg.dev."""
    for label in host.split(".")[:-2]:
        for candidate in {label, label.removesuffix("-docker"), label.removeprefix("s3-")}:
            verdict = judge(cloud, candidate, profile=resource.profile)
            if verdict.verdict is Verdict.OUTSIDE and verdict.region:
                yield verdict.place
