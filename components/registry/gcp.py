"""A container registry on GCP: Artifact Registry, and a cache of public registries."""

from __future__ import annotations

import pulumi
from pulumi_gcp import artifactregistry as ar

from components.cluster.outputs import ClusterOutputs
from components.core import Component
from components.gcp_project import Project, labels
from components.key.outputs import KeyOutputs
from components.registry.credentials import NONE, Credentials, matching
from components.registry.gcp_credentials import keep
from components.registry.gcp_plan import ADDRESSES, CACHES, UNTAGGED_SECONDS, address, plan
from components.registry.outputs import RegistryOutputs
from components.registry.spec import RegistrySpec
from components.site import Site

READER = "roles/artifactregistry.reader"


class GcpRegistry(Component[RegistryOutputs]):
    """What other registries call a repository is a path in one here: Artifact Registry makes it with the first push. The key must serve
    `registries`, and with credentials `secrets` too, or `databases`, which brings them along."""

    TYPE = "gcp:Registry"

    def __init__(
        self,
        name: str,
        spec: RegistrySpec,
        site: Site,
        project: Project,
        pullers: ClusterOutputs,
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
        credentials: Credentials = NONE,
    ) -> None:
        super().__init__(name, opts)
        self._site, self._project, self._key = site, project, key
        decided = plan(spec, name)
        accounts = matching(spec, credentials)
        own = self._own(name, decided.repository, spec)
        self._reader(name, own, pullers)
        caches: dict[str, pulumi.Output[str]] = {}
        for host, repository in decided.caches.items():
            account = accounts.get(host)
            upstream = keep(name, CACHES[host], site, project, key, account, spec.deletion_protected, self) if account else None
            cache = self._cache(f"{name}-{host.replace('.', '-')}", repository, host, upstream)
            reader = self._reader(f"{name}-{host.replace('.', '-')}", cache, pullers)
            # Whoever names an image of it is let in.
            caches[host] = pulumi.Output.all(cache.repository_id, reader.id).apply(lambda known: self._address(known[0]))
        url = own.repository_id.apply(self._address)
        self.publish(
            RegistryOutputs(
                url=url,
                repositories={repository: pulumi.Output.concat(url, "/", repository) for repository in spec.repositories},
                caches=caches,
            )
        )

    def _address(self, repository: str) -> str:
        return address(self._site.region, self._project.id, repository)

    def _own(self, name: str, repository: str, spec: RegistrySpec) -> ar.Repository:
        return ar.Repository(
            name,
            repository_id=repository,
            description=f"Images of {self._site.name}",
            format="DOCKER",
            mode="STANDARD_REPOSITORY",
            location=self._site.region,
            project=self._project.on("artifactregistry.googleapis.com", "containerscanning.googleapis.com"),
            kms_key_name=self._key.ref,
            labels=labels(self._site),
            docker_config=ar.RepositoryDockerConfigArgs(immutable_tags=True),
            # As the project has it: the scanning API is on.
            vulnerability_scanning_config=ar.RepositoryVulnerabilityScanningConfigArgs(enablement_config="INHERITED"),
            cleanup_policies=[
                _untagged(),
                ar.RepositoryCleanupPolicyArgs(
                    id="tagged", action="DELETE", condition=ar.RepositoryCleanupPolicyConditionArgs(tag_state="TAGGED")
                ),
                # Counted for each image, and stronger than what deletes.
                ar.RepositoryCleanupPolicyArgs(
                    id="newest",
                    action="KEEP",
                    most_recent_versions=ar.RepositoryCleanupPolicyMostRecentVersionsArgs(keep_count=spec.keep_images),
                ),
            ],
            cleanup_policy_dry_run=False,
            opts=self.protected(spec.deletion_protected),
        )

    def _cache(
        self, name: str, repository: str, host: str, account: ar.RepositoryRemoteRepositoryConfigUpstreamCredentialsArgs | None
    ) -> ar.Repository:
        return ar.Repository(
            name,
            repository_id=repository,
            description=f"Images of {host}",
            format="DOCKER",
            mode="REMOTE_REPOSITORY",
            location=self._site.region,
            project=self._project.on("artifactregistry.googleapis.com"),
            kms_key_name=self._key.ref,
            labels=labels(self._site),
            remote_repository_config=ar.RepositoryRemoteRepositoryConfigArgs(
                description=host,
                common_repository=ar.RepositoryRemoteRepositoryConfigCommonRepositoryArgs(uri=f"https://{ADDRESSES.get(host, host)}"),
                upstream_credentials=account,
                # The addresses are known to be right: asking them would only make the stack fail while one of them does.
                disable_upstream_validation=True,
            ),
            # Paid for by the image; others' images are scanned by who publishes them.
            vulnerability_scanning_config=ar.RepositoryVulnerabilityScanningConfigArgs(enablement_config="DISABLED"),
            cleanup_policies=[_untagged()],
            cleanup_policy_dry_run=False,
            opts=self.child,
        )

    def _reader(self, name: str, repository: ar.Repository, pullers: ClusterOutputs) -> ar.RepositoryIamMember:
        """Raises ValueError for a cluster that does not say who pulls its images."""
        if pullers.puller is None:
            raise ValueError("pullers: the cluster names no service account of its nodes")
        return ar.RepositoryIamMember(
            f"{name}-reader",
            project=self._project.id,
            location=self._site.region,
            repository=repository.name,
            role=READER,
            member=pullers.puller.apply(lambda account: f"serviceAccount:{account}"),
            opts=self.child,
        )


def _untagged() -> ar.RepositoryCleanupPolicyArgs:
    return ar.RepositoryCleanupPolicyArgs(
        id="untagged",
        action="DELETE",
        condition=ar.RepositoryCleanupPolicyConditionArgs(tag_state="UNTAGGED", older_than=f"{UNTAGGED_SECONDS}s"),
    )
