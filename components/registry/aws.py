"""A container registry on AWS: ECR repositories, and a cache of public registries."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_aws import ecr, iam

from components.core import Component
from components.identity.documents import Where, allow, bare_trust, document, where
from components.key.outputs import KeyOutputs
from components.registry.aws_credentials import keep
from components.registry.aws_plan import ADDRESSES, Plan, plan
from components.registry.credentials import NONE, Credentials, matching
from components.registry.outputs import RegistryOutputs
from components.registry.spec import RegistrySpec
from components.site import Site


class AwsRegistry(Component[RegistryOutputs]):
    """Repositories and caches have the names asked for, unique in the account and region: one stack per account and region."""

    TYPE = "aws:Registry"

    def __init__(
        self,
        name: str,
        spec: RegistrySpec,
        site: Site,
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
        credentials: Credentials = NONE,
    ) -> None:
        super().__init__(name, opts)
        place = where(site)
        decided = plan(spec)
        accounts = {
            host: keep(name, decided.caches[host], site, account, spec.deletion_protected, self)
            for host, account in matching(spec, credentials).items()
        }
        repositories = {repository: self._repository(name, repository, spec, decided, key) for repository in spec.repositories}
        if decided.caches:
            self._caches(name, decided, place, key, accounts)
        host = f"{site.account}.dkr.ecr.{site.region}.{place.dns_suffix}"
        self.publish(
            RegistryOutputs(
                url=pulumi.Output.from_input(host),
                repositories={repository: made.repository_url for repository, made in repositories.items()},
                caches={source: pulumi.Output.from_input(f"{host}/{prefix}") for source, prefix in decided.caches.items()},
            )
        )

    def _repository(self, name: str, repository: str, spec: RegistrySpec, decided: Plan, key: KeyOutputs) -> ecr.Repository:
        made = ecr.Repository(
            f"{name}-{repository}",
            name=repository,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            encryption_configurations=[ecr.RepositoryEncryptionConfigurationArgs(encryption_type="KMS", kms_key=key.ref)],
            force_delete=decided.force_delete,
            opts=self.protected(spec.deletion_protected),
        )
        ecr.LifecyclePolicy(f"{name}-{repository}-cleanup", repository=made.name, policy=decided.lifecycle, opts=self.child)
        return made

    def _caches(self, name: str, decided: Plan, place: Where, key: KeyOutputs, accounts: Mapping[str, pulumi.Output[str]]) -> None:
        role = iam.Role(
            f"{name}-cache-role",
            description="Makes the repositories of cached images",
            assume_role_policy=bare_trust("ecr.amazonaws.com"),
            opts=self.child,
        )
        repositories = [place.arn("ecr", f"repository/{prefix}/*") for prefix in decided.caches.values()]
        iam.RolePolicy(
            f"{name}-cache-role-policy",
            role=role.name,
            policy=key.ref.apply(
                lambda arn: document(
                    [
                        allow(
                            "Repositories",
                            ["ecr:CreateRepository", "ecr:PutLifecyclePolicy", "ecr:ReplicateImage", "ecr:TagResource"],
                            repositories,
                        ),
                        # Not bound to calls through ECR: it calls with the role's own credentials.
                        allow("Key", ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"], [arn]),
                    ]
                )
            ),
            opts=self.child,
        )
        for host, prefix in decided.caches.items():
            template = ecr.RepositoryCreationTemplate(
                f"{name}-{prefix}-template",
                prefix=prefix,
                description=f"Images of {host}",
                applied_fors=["PULL_THROUGH_CACHE"],
                custom_role_arn=role.arn,
                # A tag stays the image that it was when first pulled, whatever upstream does to it.
                image_tag_mutability="IMMUTABLE",
                encryption_configurations=[
                    ecr.RepositoryCreationTemplateEncryptionConfigurationArgs(encryption_type="KMS", kms_key=key.ref)
                ],
                lifecycle_policy=decided.lifecycle,
                opts=self.child,
            )
            ecr.PullThroughCacheRule(
                f"{name}-{prefix}",
                ecr_repository_prefix=template.prefix,
                upstream_registry_url=ADDRESSES.get(host, host),
                credential_arn=accounts.get(host),
                opts=self.child,
            )
