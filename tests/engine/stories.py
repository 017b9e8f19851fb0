"""What tells the clouds apart in a story that every cloud's production lives through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from components.vocabulary import Cloud

PREFIX = "playnew-production"


@dataclass(frozen=True)
class Story:
    """Patterns of what the outputs say; `copies` is where copies of backups lie (none: the region has no second one).

    `changed` are a resource, a property and the value that somebody gives it by hand; `deleted` is what somebody deletes. `kept` are
    types that a destroy of production leaves.
    """

    cloud: Cloud
    stack: str
    home: str
    copies: str | None
    package: str
    endpoint: str
    database: str
    registry: str
    gateway: str
    name_servers: int
    changed: tuple[tuple[str, str, Any], ...]
    deleted: str
    kept: frozenset[str]

    def __str__(self) -> str:
        return self.cloud


AWS = Story(
    cloud=Cloud.AWS,
    stack="prod",
    home="eu-south-1",
    copies="eu-central-1",
    package="aws",
    endpoint=r"https://[0-9A-F]{32}\.gr7\.eu-south-1\.eks\.amazonaws\.com",
    database=rf"{PREFIX}-pn-agent-db\.[0-9a-z]+\.eu-south-1\.rds\.amazonaws\.com",
    registry=r"123456789012\.dkr\.ecr\.eu-south-1\.amazonaws\.com",
    gateway=r"[0-9a-z.-]+\.elb\.eu-south-1\.amazonaws\.com",
    name_servers=4,
    changed=(
        ("network-endpoints", "ingress[0].cidrBlocks", ["0.0.0.0/0"]),
        ("logs-policy", "policy", '{"Version":"2012-10-17","Statement":[]}'),
    ),
    deleted="backups-private",
    kept=frozenset(
        {"aws:rds/instance:Instance", "aws:s3/bucket:Bucket", "aws:kms/key:Key", "aws:secretsmanager/secret:Secret"},
    ),
)
GCP = Story(
    cloud=Cloud.GCP,
    stack="play-new-gcp",
    home="europe-west8",
    copies="europe-west12",
    package="gcp",
    endpoint=r"https://[0-9.]+",
    database=r"10\.20\.[0-9.]+",
    registry=rf"europe-west8-docker\.pkg\.dev/playnew-prod-4711/{PREFIX}-registry",
    gateway=r"[0-9.]+",
    name_servers=4,
    changed=(
        ("logs-bucket", "publicAccessPrevention", "inherited"),
        ("network-private", "privateIpGoogleAccess", False),
    ),
    deleted="zone-caa",
    kept=frozenset(
        {
            "gcp:sql/databaseInstance:DatabaseInstance",
            "gcp:storage/bucket:Bucket",
            "gcp:kms/cryptoKey:CryptoKey",
            "gcp:secretmanager/secret:Secret",
        }
    ),
)
AZURE = Story(
    cloud=Cloud.AZURE,
    stack="play-new-azure",
    home="italynorth",
    copies=None,
    package="azure-native",
    endpoint=r"https://[0-9a-z.-]+\.hcp\.italynorth\.azmk8s\.io(:443)?",
    database=r"[0-9a-z-]+\.postgres\.database\.azure\.com",
    registry=r"[0-9a-z]+\.azurecr\.io",
    gateway=r"[0-9.]+",
    name_servers=4,
    changed=(
        ("logs-account", "publicNetworkAccess", "Enabled"),
        ("pn-agent-db-log-min-duration-statement", "value", "-1"),
    ),
    deleted="zone-caa",
    kept=frozenset(
        {
            "azure-native:dbforpostgresql:Server",
            "azure-native:storage:StorageAccount",
            "azure-native:keyvault:Key",
            "azure-native:keyvault:Secret",
        }
    ),
)
