"""An encryption key on GCP: one Cloud KMS key in a ring of its own, in the site's region."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_random as random
from pulumi_gcp import kms

from components.core import Component
from components.gcp_project import Project, label
from components.key.outputs import KeyOutputs
from components.key.spec import KeyService, KeySpec
from components.naming import fit
from components.site import Site

USE = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
DAY = 86_400
LONGEST_NAME = 63

# Whose agents encrypt and decrypt for each service. An administrator's password lies in Secret Manager under the database's key, the backup
# of a cluster is written by GKE's agent, and of its disks by Compute Engine's.
AGENTS: Mapping[KeyService, tuple[str, ...]] = {
    "logs": ("logging.googleapis.com",),
    "audit": ("logging.googleapis.com",),
    "notifications": (),  # budgets and alerts go out through channels that take no key
    "backup": ("gkebackup.googleapis.com", "container.googleapis.com", "compute.googleapis.com"),
    "nodes": ("compute.googleapis.com",),
    "clusters": ("container.googleapis.com",),
    "databases": ("sqladmin.googleapis.com", "secretmanager.googleapis.com"),
    "caches": ("redis.googleapis.com", "memorystore.googleapis.com"),
    "buckets": ("storage.googleapis.com",),
    "registries": ("artifactregistry.googleapis.com",),
    "secrets": ("secretmanager.googleapis.com",),
}


class GcpKey(Component[KeyOutputs]):
    """`ref` is known once the services named in the spec may use the key: whoever takes it waits for that."""

    TYPE = "gcp:Key"

    def __init__(self, name: str, spec: KeySpec, site: Site, project: Project, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._name = name
        # Rings and keys are never deleted, and their names never free again: a mark makes those of a second life new.
        mark = random.RandomId(f"{name}-mark", byte_length=3, opts=self.child)
        ring = kms.KeyRing(
            f"{name}-ring",
            name=pulumi.Output.concat(fit(name, LONGEST_NAME - 7), "-", mark.hex),
            location=site.region,
            project=project.on("cloudkms.googleapis.com"),
            opts=self.child,
        )
        key = kms.CryptoKey(
            f"{name}-key",
            name=fit(name, LONGEST_NAME),
            key_ring=ring.id,
            purpose="ENCRYPT_DECRYPT",
            rotation_period=f"{spec.rotation_days * DAY}s",
            destroy_scheduled_duration=f"{spec.deletion_days * DAY}s",
            # In hardware (FIPS 140-2 level 3), as the keys of the other clouds.
            version_template=kms.CryptoKeyVersionTemplateArgs(algorithm="GOOGLE_SYMMETRIC_ENCRYPTION", protection_level="HSM"),
            labels={"purpose": label(spec.purpose)},
            # Fixed when the key is made: another period would make another key, and destroy this one with all that it encrypts.
            opts=pulumi.ResourceOptions(parent=self, protect=spec.deletion_protected, ignore_changes=["destroyScheduledDuration"]),
        )
        let_in = [self._let_in(api, key, project) for api in agents(spec)]
        self.publish(
            KeyOutputs(
                id=key.id,
                ref=pulumi.Output.all(key.id, *(member.id for member in let_in)).apply(lambda ids: str(ids[0])),
                alias=key.name,
                exclusive=spec.exclusive,
            )
        )

    def _let_in(self, api: str, key: kms.CryptoKey, project: Project) -> kms.CryptoKeyIAMMember:
        return kms.CryptoKeyIAMMember(
            f"{self._name}-{api.partition('.')[0]}",
            crypto_key_id=key.id,
            role=USE,
            member=pulumi.Output.concat("serviceAccount:", project.agents[api]),
            opts=self.child,
        )


def agents(spec: KeySpec) -> tuple[str, ...]:
    """APIs whose agents use the key by themselves, each once."""
    return tuple(dict.fromkeys(api for service in spec.services for api in AGENTS[service]))
