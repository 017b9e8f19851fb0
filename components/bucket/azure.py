"""An object store bucket on Azure: one container in a storage account of its own."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import storage

from components.azure_group import Group
from components.bucket.azure_account import account
from components.bucket.azure_copy import End, replicate
from components.bucket.azure_plan import plan
from components.bucket.outputs import BucketOutputs
from components.bucket.spec import BucketSpec
from components.core import Component
from components.key.azure import AzureKey
from components.key.outputs import KeyOutputs
from components.key.spec import KeySpec
from components.network.azure_endpoint import reach
from components.network.outputs import NetworkOutputs
from components.platforms.azure_second import beside, second
from components.site import Site


class AzureBucket(Component[BucketOutputs]):
    """An account for each bucket: keys, versions, tiers and networks are set for a whole account.

    The names go out through the private address: whoever writes waits until the bucket is found inside the network.
    """

    TYPE = "azure:Bucket"

    def __init__(
        self,
        name: str,
        spec: BucketSpec,
        site: Site,
        group: Group,
        network: NetworkOutputs,
        key: KeyOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._group = group
        here = self._end(name, spec, site, group, key)
        if spec.copy_region:
            self._copy(name, spec, site, spec.copy_region, here)
        reached = reach(name, "blob", here.id, network, site, group, self.child)
        ready = pulumi.Output.all(here.container, here.account, self._container_id, reached)
        self.publish(
            BucketOutputs(
                name=ready.apply(lambda known: known[0]),
                ref=ready.apply(lambda known: known[2]),
                region=site.region,
                key=key,
                account=ready.apply(lambda known: known[1]),
            )
        )

    def _end(self, name: str, spec: BucketSpec, site: Site, group: Group, key: KeyOutputs) -> End:
        decided = plan(name, spec, site)
        made = account(name, spec, site, group, decided, key, self)
        # Through the resource manager, which needs no way to the account's own address.
        container = storage.BlobContainer(
            f"{name}-container",
            container_name=decided.container,
            account_name=made.name,
            resource_group_name=group.name,
            public_access=storage.PublicAccess.NONE,
            opts=self.protected(spec.deletion_protected),
        )
        self._container_id = container.id
        return End(id=made.id, account=made.name, container=container.name)

    def _copy(self, name: str, spec: BucketSpec, site: Site, region: str, here: End) -> None:
        """A second account of the same kind, under a key in a vault of its own region. It has no address: who restores gives it one."""
        mine = self._container_id
        kept = self.protected(spec.deletion_protected)
        there = beside(site, region)
        elsewhere = second(f"{name}-copy", there, self._group, kept)
        key_spec = KeySpec(purpose=f"copies of {spec.purpose}", services=("buckets",), deletion_protected=spec.deletion_protected)
        key = AzureKey(f"{name}-copy-key", key_spec, there, elsewhere, self.child).outputs
        copied = spec.model_copy(update={"copy_region": None, "service_writers": ()})
        copy = self._end(f"{name}-copy", copied, there, elsewhere, key)
        self._container_id = mine
        replicate(name, self._group, here, copy, kept)
