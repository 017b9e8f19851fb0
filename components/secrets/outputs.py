"""What others compose with a store of secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from components.key.outputs import KeyOutputs


@dataclass(frozen=True)
class SecretsOutputs:
    """`names` maps the short path (`jwt-secret`) to the name that External Secrets asks for (`pn/production/jwt-secret`).

    `versions` are the resources that hold the values, by short path: whoever reads one at start-up depends on it.
    """

    prefix: str
    names: Mapping[str, str]
    refs: Mapping[str, pulumi.Output[str]]
    key: KeyOutputs
    region: str
    versions: Mapping[str, pulumi.Resource] = field(default_factory=dict[str, pulumi.Resource])
