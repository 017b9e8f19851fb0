"""A subnet's security rules as Azure takes them."""

from __future__ import annotations

from pulumi_azure_native import network

from components.network.azure_plan import ANY, Rule, SubnetPlan

FIRST, STEP, LAST = 100, 10, 4096
"""Priorities: the lower number wins. Azure's own rules come after 65,000 and let in the whole network."""

_Direction = network.SecurityRuleDirection


def rules(subnet: SubnetPlan) -> list[network.SecurityRuleArgs]:
    """Inwards what the plan names and nothing else; outwards likewise where the plan says so."""
    found = _allowed(subnet.inbound, _Direction.INBOUND)
    if subnet.outbound is not None:
        found += _allowed(subnet.outbound, _Direction.OUTBOUND)
    return found


def _allowed(wanted: tuple[Rule, ...], direction: network.SecurityRuleDirection) -> list[network.SecurityRuleArgs]:
    allowed = [_allow(rule, direction, FIRST + STEP * index) for index, rule in enumerate(wanted)]
    return [*allowed, _deny(direction)]


def _allow(rule: Rule, direction: network.SecurityRuleDirection, priority: int) -> network.SecurityRuleArgs:
    """Azure has a field for one address and another for many; tags go into the first."""
    one_source, one_target, one_port = len(rule.sources) == 1, len(rule.targets) == 1, len(rule.ports) == 1
    return network.SecurityRuleArgs(
        name=f"{direction.value.lower()}-{rule.name}",
        description=rule.why,
        direction=direction,
        access=network.SecurityRuleAccess.ALLOW,
        priority=priority,
        protocol=network.SecurityRuleProtocol(rule.protocol),
        source_address_prefix=rule.sources[0] if one_source else None,
        source_address_prefixes=None if one_source else list(rule.sources),
        source_port_range=ANY,
        destination_address_prefix=rule.targets[0] if one_target else None,
        destination_address_prefixes=None if one_target else list(rule.targets),
        destination_port_range=rule.ports[0] if one_port else None,
        destination_port_ranges=None if one_port else list(rule.ports),
    )


def _deny(direction: network.SecurityRuleDirection) -> network.SecurityRuleArgs:
    return network.SecurityRuleArgs(
        name=f"{direction.value.lower()}-nothing-else",
        description="What is not allowed above",
        direction=direction,
        access=network.SecurityRuleAccess.DENY,
        priority=LAST,
        protocol=network.SecurityRuleProtocol.ASTERISK,
        source_address_prefix=ANY,
        source_port_range=ANY,
        destination_address_prefix=ANY,
        destination_port_range=ANY,
    )
