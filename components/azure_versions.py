"""Types under earlier API versions, which the Azure SDK gives every resource as aliases."""

from __future__ import annotations

import re

import pulumi

_VERSIONED = re.compile(r"azure-native:\w+/v\d{8}\w*:\w+")


def unversioned(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    """Drops those aliases, up to sixty of a resource: nothing is declared under a version, so no state holds one, and resolving them
    is half of the time that the program takes. Aliases of types that moved to another module stay, and so do the program's own."""
    aliases = list(args.opts.aliases or [])
    kept = [alias for alias in aliases if not _versioned(alias)]
    if len(kept) == len(aliases):
        return None
    opts = pulumi.ResourceOptions.merge(args.opts, None)
    opts.aliases = kept
    return pulumi.ResourceTransformationResult(args.props, opts)


def _versioned(alias: object) -> bool:
    return isinstance(alias, pulumi.Alias) and isinstance(alias.type_, str) and _VERSIONED.fullmatch(alias.type_) is not None
