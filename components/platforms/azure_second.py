"""A second region of the EU for copies: the same resource group, a vault of that region."""

from __future__ import annotations

from dataclasses import replace

import pulumi

from components import geography
from components.azure_group import Group
from components.platforms.azure_vault import make_vault
from components.site import Site
from components.vocabulary import Cloud


def beside(site: Site, code: str) -> Site:
    """The same stack in a second region. Raises geography.UnknownRegion for one outside the EU, ValueError for the site's own."""
    there = geography.eu_region(Cloud.AZURE, code)
    if there.code == geography.normalise(Cloud.AZURE, site.region):
        raise ValueError(f"{code!r} is the stack's own region, where a copy would be lost with the original; allowed: another EU region")
    return replace(site, region=there.code, zones=there.zones)


def second(name: str, there: Site, group: Group, opts: pulumi.ResourceOptions) -> Group:
    """The group with a vault in `there`: a copy whose key stays in the first region could not be read without it.

    Nobody but Azure's own services reaches the vault, each by an identity and a role on its key.
    """
    vault = make_vault(f"{name}-vault", name, there, group.name, group.tenant, opts)
    return replace(group, location=there.region, vault=vault)
