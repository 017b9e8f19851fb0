"""Checks of the manifest scanner that are wrong for us: which, for what, and why."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from tests.judges.manifests import Finding


@dataclass(frozen=True)
class Skip:
    """`resources` are patterns of `kind.namespace.name`. `severity` is the vendor's: nothing above medium may be skipped."""

    check: str
    severity: Literal["low", "medium"]
    resources: tuple[str, ...]
    reason: str

    def matching(self, finding: Finding) -> set[str]:
        """The patterns that apply to the finding."""
        return {pattern for pattern in self.resources if finding.check == self.check and fnmatchcase(finding.resource, pattern)}


# Without an account checkov tells no severities. These are the ones that its vendor publishes as high in "Kubernetes Policy Index"
# (Prisma Cloud, policy reference), but for those about the flags of a control plane; none is published as critical.
SEVERE = frozenset(
    {
        "CKV_K8S_2",  # privileged containers are admitted
        "CKV_K8S_16",  # container is privileged
        "CKV_K8S_39",  # CAP_SYS_ADMIN is used
        "CKV_K8S_155",  # a role controls admission webhooks
        "CKV_K8S_156",  # a role approves certificate signing requests
        "CKV2_K8S_1",  # a role binding lets its subject escalate
        "CKV2_K8S_2",  # a role may create nodes/proxy or pods/exec
        "CKV2_K8S_3",  # a role may impersonate
        "CKV2_K8S_5",  # a role reads all secrets
    }
)

HOST = "Deployment.pn-system.pn-host"
DATABASE_JOBS = "Job.pn-system.pn-db-*"
AGENTS = "Job.pn-agents.pn-agent-*"
PLAY_NEW = (HOST, DATABASE_JOBS, AGENTS)
AI_AGENTS = ("Deployment.production.ai-agents-*", "Job.production.ai-agents-db-*")
SUPERNOVA = ("Deployment.supernova*.supernova-server", "Job.supernova*.supernova-*")
POOLER, VALKEY = "Deployment.*.*-pooler", "StatefulSet.*.*-valkey"
EVERYTHING = (*PLAY_NEW, *AI_AGENTS, *SUPERNOVA, POOLER, VALKEY)

SKIPS = (
    Skip(
        check="CKV_K8S_43",  # image should use digest
        severity="low",
        resources=EVERYTHING,
        reason="every image comes from the stack's own registry, where a tag does not move, cached ones included (on Azure the pipeline "
        "locks what it pushed); digests are unknown while the stack that makes the registry is declared",
    ),
    Skip(
        check="CKV_K8S_15",  # image pull policy should be Always
        severity="low",
        resources=EVERYTHING,
        reason="a tag does not move, so that the copy on a node is the right one, and all pods pull with the node's rights, so that Always "
        "guards nothing; it would make each agent, which has two minutes, and each fail-over wait for the registry",
    ),
    Skip(
        check="CKV_K8S_35",  # prefer secrets as files over environment variables
        severity="low",
        resources=(*PLAY_NEW, *AI_AGENTS, *SUPERNOVA),
        reason="the guides of the three systems document DATABASE_URL, REDIS_URL, ANTHROPIC_API_KEY, OPENAI_API_KEY and the others as "
        "variables that the programs read, and so does libpq; the roles' passwords reach their job as hashes",
    ),
    Skip(
        check="CKV_K8S_35",
        severity="low",
        resources=(VALKEY,),
        reason="the server and the sentinel read the password as a file; what exports their statistics takes a variable, or a file of "
        "JSON that names each server's address beside its password, which no secret of the store is",
    ),
    Skip(
        check="CKV_K8S_40",  # containers should run as a high UID
        severity="low",
        resources=EVERYTHING,
        reason="the images make their users and own their files by them: the systems' 1000 or 1001, PostgreSQL's 70, PgBouncer's 998, "
        "Valkey's 999; their namespaces enforce the restricted standard, so that no host folder is mounted in which such an id would "
        "mean somebody",
    ),
    Skip(
        check="CKV_K8S_38",  # service account tokens only where necessary
        severity="low",
        resources=(HOST,),
        reason="it is necessary: the host starts agents through the Kubernetes API, and its role allows that and nothing else",
    ),
)
