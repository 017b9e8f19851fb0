"""What a pod's service account needs to carry an identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class IdentityOutputs:
    """`annotations` go on the Kubernetes service account, `pod_labels` on the pod template (both empty on AWS: Pod Identity binds by name).

    `binding` must exist before the pod starts: for `depends_on`.
    """

    ref: pulumi.Output[str]
    annotations: Mapping[str, pulumi.Output[str]]
    pod_labels: Mapping[str, str]
    binding: pulumi.Resource
