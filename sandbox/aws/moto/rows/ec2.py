"""What the tables of EC2 share."""

from __future__ import annotations

from typing import Any

from sandbox.aws.moto.row import Api, Tagging


def tagging(kind: str) -> Tagging:
    """`kind` is EC2's name of the resource type."""
    return Tagging("$id", "CreateTags", "DeleteTags", kind)


def only(api: Api, operation: str, key: str, **members: Any) -> dict[str, Any]:
    """The one thing that a Describe… call finds, empty when there is none. Raises Refused as the call does."""
    found = api.call(operation, **members)[key]
    return found[0] if found else {}


def where(**values: str) -> list[dict[str, Any]]:
    """Filters of a Describe… call: `vpc_id="vpc-1"` is `vpc-id`, `association__subnet_id` is `association.subnet-id`."""
    return [{"Name": name.replace("__", ".").replace("_", "-"), "Values": [value]} for name, value in values.items()]
