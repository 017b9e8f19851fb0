"""The order in which a stack must go, so that a destroy comes to an end and leaves nothing behind that costs or hinders."""

from __future__ import annotations

from collections.abc import Mapping

from components.vocabulary import Cloud
from ops.stack.order import Rule
from tests.destroy_rules import aws, azure, gcp

RULES: Mapping[Cloud, tuple[Rule, ...]] = {Cloud.AWS: aws.RULES, Cloud.GCP: gcp.RULES, Cloud.AZURE: azure.RULES}
