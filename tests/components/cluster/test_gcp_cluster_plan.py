from __future__ import annotations

import ipaddress

import pytest

from components.cluster.gcp_plan import plan
from tests.components import gcp_wiring as wiring
from tests.components.cluster.gcp_cluster import AGENT, HOST, NAME, SPEC, spec


def test_long_names_are_cut_to_what_google_takes() -> None:
    decided = plan(SPEC, "a-name-that-is-much-longer-than-clusters-may-be", wiring.SITE.zones, "10.20.0.0/16", "10.20.128.0/17")
    assert len(decided.name) == 40


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"admin_cidrs": ("0.0.0.0/0",)},
            r"^admin_cidrs\[0\]: '0.0.0.0/0' opens the API to the Internet; allowed: networks of /8 and narrower$",
        ),
        ({"admin_cidrs": ("2001:db8::/32",)}, r"^admin_cidrs\[0\]: '2001:db8::/32' is IPv6"),
        ({"admin_cidrs": ("office",)}, r"^admin_cidrs\[0\]: 'office' is no network"),
        ({"admin_principals": ()}, r"^admin_principals: \(\) leaves nobody"),
        ({"admin_principals": ("admins@playnew.ai",)}, r"^admin_principals\[0\]: 'admins@playnew.ai' .* allowed: user:<e-mail>"),
        ({"admin_principals": ("allUsers",)}, r"^admin_principals\[0\]: 'allUsers'"),
        ({"services_cidr": "10.20.128.0/20"}, r"^services_cidr: '10.20.128.0/20' overlaps the network 10.20.0.0/16"),
        ({"pools": (HOST, HOST)}, r"^pools\[1\].name: 'host' is taken by pools\[0\]"),
        ({"pools": (AGENT,)}, r"^pools: agent are all tainted"),
        (
            {"pools": (HOST.model_copy(update={"desired_nodes": 9}),)},
            r"^pools\[0\].desired_nodes: 9 is not between min_nodes and max_nodes; allowed: 2 to 3$",
        ),
        (
            {"pools": (HOST.model_copy(update={"max_nodes": 200}),)},
            r"^pools: up to 201 nodes with their upgrades do not fit the pods' addresses 10.20.128.0/17; allowed: 128$",
        ),
    ],
)
def test_a_mistake_is_told_in_one_line_with_path_value_and_what_is_allowed(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        plan(spec(**changes), NAME, wiring.SITE.zones, "10.20.0.0/16", "10.20.128.0/17")
    assert "\n" not in str(refusal.value)


def test_a_network_of_the_smallest_size_still_holds_thirty_nodes() -> None:
    pods = str(list(ipaddress.ip_network("10.20.0.0/18").subnets())[1])
    pools = (HOST.model_copy(update={"max_nodes": 30}),)
    assert plan(spec(pools=pools), NAME, wiring.SITE.zones, "10.20.0.0/18", pods).pools[0].maximum == 30
