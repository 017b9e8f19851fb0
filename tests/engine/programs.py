"""Small projects beside the program: what its settings would never let through, and a leak."""

from __future__ import annotations

from pathlib import Path

OUTSIDE = """
import pulumi
from pulumi_aws import Provider

from components.platforms.aws_provider import provider
from components.site import Site
from components.vocabulary import Cloud

site = Site(Cloud.AWS, "eu-south-1", "play", "123456789012", "production", ("eu-south-1a", "eu-south-1b"))
here = pulumi.ResourceOptions(provider=provider(site.name, site))
"""
"""The real program's provider, in Milan; `here` puts a resource on it."""

PLACES = {
    "a second provider": (
        OUTSIDE
        + """
from pulumi_aws import sqs

there = Provider("virginia", region="us-east-1", allowed_account_ids=[site.account])
sqs.Queue("jobs", opts=pulumi.ResourceOptions(provider=there))
""",
        'pulumi:providers:aws "virginia" at region = "us-east-1"',
    ),
    "a zone of another region": (
        OUTSIDE
        + """
from pulumi_aws import ec2

vpc = ec2.Vpc("network", cidr_block="10.20.0.0/16", opts=here)
ec2.Subnet("nodes", vpc_id=vpc.id, cidr_block="10.20.0.0/20", availability_zone="eu-central-1a", opts=here)
""",
        'aws:ec2/subnet:Subnet "nodes" at availabilityZone = "eu-central-1a"',
    ),
    "a secret's replica": (
        OUTSIDE
        + """
from pulumi_aws import secretsmanager

replica = secretsmanager.SecretReplicaArgs(region="eu-west-2")
secretsmanager.Secret("token", replicas=[replica], opts=here)
""",
        'aws:secretsmanager/secret:Secret "token" at replicas[0].region = "eu-west-2"',
    ),
    "a table's replica": (
        OUTSIDE
        + """
from pulumi_aws import dynamodb

dynamodb.Table(
    "orders",
    attributes=[dynamodb.TableAttributeArgs(name="id", type="S")],
    hash_key="id",
    billing_mode="PAY_PER_REQUEST",
    stream_enabled=True,
    stream_view_type="NEW_AND_OLD_IMAGES",
    replicas=[dynamodb.TableReplicaArgs(region_name="eu-central-2")],
    opts=here,
)
""",
        'aws:dynamodb/table:Table "orders" at replicas[0].regionName = "eu-central-2"',
    ),
    "a backup's copy": (
        OUTSIDE
        + """
from pulumi_aws import backup

copy = backup.PlanRuleCopyActionArgs(destination_vault_arn="arn:aws:backup:us-east-1:123456789012:backup-vault:copies")
vault = backup.Vault("vault", opts=here)
rule = backup.PlanRuleArgs(rule_name="daily", target_vault_name=vault.name, schedule="cron(0 2 * * ? *)", copy_actions=[copy])
backup.Plan("plan", rules=[rule], opts=here)
""",
        'aws:backup/plan:Plan "plan" at rules[0].copyActions[0].destinationVaultArn',
    ),
}
"""Each with what the policies' message must name: resource, path, value."""

LEAK = '''
import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_kubernetes.core.v1 import ConfigMap
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: test
clusters: [{name: test, cluster: {server: "https://127.0.0.1:6443"}}]
users: [{name: test, user: {}}]
contexts: [{name: test, context: {cluster: test, user: test}}]
"""
config = pulumi.Config()
cluster = kubernetes.Provider("cluster", kubeconfig=KUBECONFIG)
address = pulumi.Output.format("postgresql://app:{0}@db/app", config.require_secret("password"))
metadata = ObjectMetaArgs(name="settings", namespace="default")
ConfigMap("settings", metadata=metadata, data={"DATABASE_URL": address}, opts=pulumi.ResourceOptions(provider=cluster))
'''
"""A secret that somebody puts into a ConfigMap. The engine keeps it sealed all the same: only the cluster shows it."""


def project(folder: Path, program: str) -> Path:
    (folder / "infra").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: small\nruntime: python\nmain: infra/\n", encoding="utf-8")
    (folder / "infra" / "__main__.py").write_text(program, encoding="utf-8")
    return folder
