"""See `sandbox.rules`."""

from sandbox.rules import Rule, between, cidr, each, ip_network, known, matches, needs_one, not_both, one_of, required

__all__ = ["Rule", "between", "cidr", "each", "ip_network", "known", "matches", "needs_one", "not_both", "one_of", "required"]
