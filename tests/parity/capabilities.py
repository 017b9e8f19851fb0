"""Every capability with a base to start from and, for each field, the values that it is changed to."""

from __future__ import annotations

from components.budget.outputs import BudgetOutputs
from components.budget.spec import BudgetSpec
from components.cluster.outputs import ClusterOutputs
from components.cluster.spec import ClusterSpec
from components.dns.outputs import DnsOutputs
from components.dns.spec import DnsSpec
from components.guardrail.outputs import GuardrailOutputs
from components.guardrail.spec import GuardrailSpec
from components.identity.spec import (
    AutoscalingGrant,
    BucketGrant,
    DnsGrant,
    KeyGrant,
    LoadBalancingGrant,
    SecretsGrant,
    SnapshotGrant,
)
from components.key.outputs import KeyOutputs
from components.key.spec import KeySpec
from components.network.outputs import NetworkOutputs
from components.network.spec import NetworkSpec
from components.vocabulary import Access, Cloud
from tests.components import aws_wiring, azure_wiring
from tests.parity.stores import BACKUP, BUCKET, CACHE, DATABASE, REGISTRY, SECRETS
from tests.parity.trials import UNPROTECTED, Capability, Described, Granted, Value, by_cloud, everywhere

_AUTHORITY, _OTHER_ADMIN = azure_wiring.PRINCIPAL, azure_wiring.PRINCIPAL.replace("c1", "e3")
_ADMINS = by_cloud((aws_wiring.ADMIN,), ("group:platform@playnew.ai",), (_AUTHORITY,))
_OTHER_ADMINS = by_cloud((f"{aws_wiring.ADMIN}-2",), ("group:operators@playnew.ai",), (_OTHER_ADMIN,))
_POOLS = (
    {"name": "agent", "min_nodes": 1, "desired_nodes": 2, "max_nodes": 6},
    {"name": "host", "min_nodes": 2, "desired_nodes": 2, "max_nodes": 4},
)

BUDGET = Described(
    "budget",
    BudgetSpec,
    BudgetOutputs,
    lambda platform, spec, _: platform.budget("budget", spec),
    everywhere({"monthly_eur": 5000, "emails": ("ops@playnew.ai",)}),
    {
        "monthly_eur": (everywhere(6000),),
        "thresholds": (everywhere((60, 90)),),
        "emails": (everywhere(("finance@playnew.ai",)),),
        "own_costs_only": (everywhere(True),),
        "usd_per_eur": (everywhere(1.3),),
    },
)

CLUSTER = Described(
    "cluster",
    ClusterSpec,
    ClusterOutputs,
    lambda platform, spec, wiring: platform.cluster("cluster", spec, wiring.network(), wiring.key()),
    Value({cloud: {"version": "1.35", "pools": _POOLS, "admin_principals": _ADMINS.on[cloud]} for cloud in Cloud}),
    {
        "version": (everywhere("1.36"),),
        "pools[].name": (everywhere("runner"),),
        "pools[].size": (everywhere("large"),),
        "pools[].min_nodes": (everywhere(2),),
        "pools[].desired_nodes": (everywhere(5),),
        "pools[].max_nodes": (everywhere(8),),
        "pools[].disk_gib": (everywhere(120),),
        "pools[].capacity": (everywhere("spot"),),
        "pools[].labels": (everywhere({"tier": "batch"}),),
        "pools[].tainted": (everywhere(True),),
        "admin_cidrs": (everywhere(("203.0.113.0/24",)),),
        "admin_principals": (_OTHER_ADMINS,),
        "services_cidr": (everywhere("172.21.0.0/16"),),
        "log_days": (everywhere(365),),
        "deletion_protected": UNPROTECTED,
    },
)

DNS = Described(
    "dns",
    DnsSpec,
    DnsOutputs,
    lambda platform, spec, _: platform.dns("zone", spec),
    everywhere({"domain": "playnew.ai", "ops_email": "ops@playnew.ai"}),
    {
        "domain": (everywhere("playnew.eu"),),
        "caa": (everywhere(("sectigo.com",)),),
        "ops_email": (everywhere("platform@playnew.ai"),),
        "deletion_protected": UNPROTECTED,
    },
)

GUARDRAIL = Described(
    "guardrail",
    GuardrailSpec,
    GuardrailOutputs,
    lambda platform, spec, wiring: platform.guardrail("guardrail", spec, wiring.key()),
    by_cloud(
        {"allowed_regions": ("eu-south-1",), "deny_target": "ou-ab12-cdefghij"},
        {"allowed_regions": ("europe-west8",), "deny_target": "folders/123456789"},
        {"allowed_regions": ("italynorth",), "deny_target": "platform"},
    ),
    {
        "allowed_regions": (
            by_cloud(("eu-south-1", "eu-central-1"), ("europe-west8", "europe-west3"), ("italynorth", "germanywestcentral")),
        ),
        "deny_target": (by_cloud("ou-ab12-klmnopqr", "folders/987654321", "systems"),),
        "exempt": (
            by_cloud(
                ("cloudfront:*",), ("compute.requireOsLogin",), (f"/subscriptions/{azure_wiring.SUBSCRIPTION}/resourceGroups/shared",)
            ),
            Value({Cloud.GCP: ("cloudfront:*",), Cloud.AZURE: ("cloudfront:*",)}),
        ),
        "replicators": (everywhere((aws_wiring.ADMIN,)),),
        "audit_days": (everywhere(400),),
        "record_configuration": (everywhere(True),),
        "deletion_protected": UNPROTECTED,
    },
)

IDENTITY = Granted(
    {"namespace": "pn-system", "service_account": "pn-host"},
    {"namespace": (everywhere("pn-agents"),), "service_account": (everywhere("pn-runner"),)},
    {
        "KeyGrant": (lambda _: (), lambda wiring: (KeyGrant(wiring.key()),)),
        "BucketGrant": (lambda _: (), lambda wiring: (BucketGrant(wiring.bucket(), Access.READ),)),
        "BucketGrant.access": (
            lambda wiring: (BucketGrant(wiring.bucket(), Access.READ),),
            lambda wiring: (BucketGrant(wiring.bucket(), Access.READ_WRITE),),
        ),
        "SecretsGrant": (lambda _: (), lambda wiring: (SecretsGrant(("pn/production",), (wiring.key(),)),)),
        "SecretsGrant.prefixes": (
            lambda wiring: (SecretsGrant(("pn/production",), (wiring.key(),)),),
            lambda wiring: (SecretsGrant(("pn/production", "platform/production"), (wiring.key(),)),),
        ),
        "SecretsGrant.keys": (
            lambda _: (SecretsGrant(("pn/production",), ()),),
            lambda wiring: (SecretsGrant(("pn/production",), (wiring.key(),)),),
        ),
        "SecretsGrant.database_admins": (
            lambda wiring: (SecretsGrant(("pn/production",), (wiring.key(),)),),
            lambda wiring: (SecretsGrant(("pn/production",), (wiring.key(),), database_admins=True),),
        ),
        "DnsGrant": (lambda _: (), lambda wiring: (DnsGrant(wiring.zone()),)),
        "AutoscalingGrant": (lambda _: (), lambda wiring: (AutoscalingGrant(wiring.cluster()),)),
        "LoadBalancingGrant": (lambda _: (), lambda wiring: (LoadBalancingGrant(wiring.cluster(), wiring.network()),)),
        "SnapshotGrant": (lambda _: (), lambda wiring: (SnapshotGrant(wiring.cluster()),)),
    },
)

KEY = Described(
    "key",
    KeySpec,
    KeyOutputs,
    lambda platform, spec, _: platform.key("key", spec),
    everywhere({"purpose": "data"}),
    {
        "purpose": (everywhere("logs"),),
        "services": tuple(
            everywhere((service,))
            for service in (
                "logs",
                "audit",
                "notifications",
                "backup",
                "nodes",
                "clusters",
                "databases",
                "caches",
                "buckets",
                "registries",
                "secrets",
            )
        ),
        "exclusive": (everywhere(True),),
        "rotation_days": (everywhere(180),),
        "deletion_days": (everywhere(14),),
        "deletion_protected": UNPROTECTED,
    },
)

NETWORK = Described(
    "network",
    NetworkSpec,
    NetworkOutputs,
    lambda platform, spec, wiring: platform.network("network", spec, wiring.key()),
    everywhere({"cidr": "10.20.0.0/16"}),
    {
        "cidr": (everywhere("10.30.0.0/16"),),
        "zones": (everywhere(2),),
        "services_cidr": (everywhere("172.21.0.0/16"),),
        "nat_per_zone": (everywhere(False),),
        "flow_log_days": (everywhere(30),),
    },
)

CAPABILITIES: tuple[Capability, ...] = (
    NETWORK,
    KEY,
    CLUSTER,
    IDENTITY,
    DATABASE,
    CACHE,
    BUCKET,
    REGISTRY,
    SECRETS,
    DNS,
    BACKUP,
    BUDGET,
    GUARDRAIL,
)
