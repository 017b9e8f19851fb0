"""The explicit provider of one AWS region: no ambient region, account or tag gets in."""

from __future__ import annotations

from dataclasses import replace

import pulumi
from pulumi_aws import Provider, ProviderDefaultTagsArgs

from components import geography
from components.site import Site
from components.vocabulary import Cloud


def tags(site: Site) -> dict[str, str]:
    """What everything in the stack carries; the last four win over the stack's own tags."""
    return dict(site.tags) | {
        "managed-by": "eu-cloud",
        "environment": site.environment,
        "stack": site.name,
        "data-residency": "eu",
    }


def provider(name: str, site: Site, opts: pulumi.ResourceOptions | None = None) -> Provider:
    """Calls of STS stay in the region too. Credentials come from the environment, and must be the site's account's."""
    return Provider(
        name,
        region=geography.eu_region(Cloud.AWS, site.region, geography.Profile.EEA_ADEQUACY).code,
        allowed_account_ids=[site.account],
        sts_region=site.region,
        default_tags=ProviderDefaultTagsArgs(tags=tags(site)),
        skip_region_validation=False,
        opts=opts,
    )


def beside(site: Site, code: str) -> Site:
    """The same stack in a second region of the EU, for copies. Raises geography.UnknownRegion for one outside the EU or in another
    partition, which no copy reaches."""
    here, there = geography.region(Cloud.AWS, site.region), geography.eu_region(Cloud.AWS, code)
    if here.partition != there.partition:
        raise geography.UnknownRegion(f"{code!r} is in the partition {there.partition}, {site.region} in {here.partition}")
    return replace(site, region=there.code, zones=there.zones)
