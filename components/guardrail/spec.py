"""What the cloud's own guardrails must be: the last of the three layers that keep data in the EU."""

from __future__ import annotations

from pydantic import Field

from components.vocabulary import Spec


class GuardrailSpec(Spec):
    """`deny_target` is the organisational unit or account that the region deny is attached to (needs the organisation's
    management account); without it the audit trail stands alone and the document is an output, ready to attach."""

    allowed_regions: tuple[str, ...] = Field(min_length=1)
    deny_target: str | None = None
    exempt: tuple[str, ...] = Field(default=(), description="Actions let through everywhere, each by a written exemption: `cloudfront:*`.")
    replicators: tuple[str, ...] = Field(
        default=(), description="Who may set up copying between buckets: no condition tells where the copies go, so that nobody else may."
    )
    audit_days: int = Field(default=365, ge=90)
    record_configuration: bool = Field(default=False, description="AWS Config recorder; costs by item.")
    deletion_protected: bool = True
