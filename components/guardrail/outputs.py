"""What others compose with guardrails."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class GuardrailOutputs:
    """`deny_document` is the region deny as the cloud takes it (a service control policy on AWS)."""

    audit_trail: pulumi.Output[str]
    deny_document: str
