from __future__ import annotations

from typing import Any

import pytest

from tests.components.cluster.azure_cluster import AGENT, HOST, decided

MISTAKES: list[tuple[dict[str, Any], str]] = [
    (
        {"admin_cidrs": ("0.0.0.0/0",)},
        r"^admin_cidrs\[0\]: '0.0.0.0/0' opens the API to the Internet; allowed: networks of /8 and narrower$",
    ),
    ({"admin_cidrs": ("office",)}, r"^admin_cidrs\[0\]: 'office' is no network"),
    ({"admin_cidrs": ("2001:db8::/32",)}, r"^admin_cidrs\[0\]: '2001:db8::/32' is IPv6, which AKS does not authorise"),
    ({"admin_principals": ()}, r"^admin_principals: \(\) leaves nobody"),
    ({"admin_principals": ("ops@playnew.ai",)}, r"^admin_principals\[0\]: 'ops@playnew.ai' is no object id .* allowed: a GUID$"),
    ({"services_cidr": "10.20.128.0/20"}, r"^services_cidr: '10.20.128.0/20' overlaps the network addresses 10.20.0.0/16"),
    ({"services_cidr": "10.244.128.0/20"}, r"^services_cidr: '10.244.128.0/20' overlaps the pods' addresses 10.244.0.0/16"),
    ({"services_cidr": "172.31.0.0/16"}, r"^services_cidr: '172.31.0.0/16' overlaps 172.31.0.0/16, which AKS keeps for itself"),
    ({"log_days": 800}, r"^log_days: 800 .* allowed: 1 to 730$"),
    ({"pools": (HOST, HOST)}, r"^pools\[1\].name: 'host' is taken by pools\[0\]"),
    (
        {"pools": (HOST, HOST.model_copy(update={"name": "ho-st"}))},
        r"^pools\[1\].name: 'ho-st' is 'hostx2' without hyphens, which is taken; allowed: another name$",
    ),
    ({"pools": (AGENT,)}, r"^pools: agent are all tainted"),
    ({"pools": (HOST.model_copy(update={"capacity": "spot"}),)}, r"^pools: host are all tainted \(AKS taints spot nodes\)"),
    ({"pools": (HOST.model_copy(update={"disk_gib": 20}),)}, r"^pools\[0\].disk_gib: 20 .* allowed: 30 to 2048$"),
    (
        {"pools": (HOST.model_copy(update={"desired_nodes": 9}),)},
        r"^pools\[0\].desired_nodes: 9 is not between min_nodes and max_nodes; allowed: 2 to 3$",
    ),
    (
        {"pools": (HOST.model_copy(update={"max_nodes": 300}),)},
        r"^pools: 307 nodes at most, but 10.244.0.0/16 has room for the pods of 256",
    ),
]


@pytest.mark.parametrize(("changes", "message"), MISTAKES)
def test_a_mistake_is_told_in_one_line_with_path_value_and_what_is_allowed(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        decided(**changes)
    assert "\n" not in str(refusal.value)
