"""The policy pack as the engine starts it. `PolicyPack` serves until it is stopped, hence nothing else stands here."""

from pulumi_policy import EnforcementLevel, PolicyPack

from policies.adapter import policies

PolicyPack(name="eu-residency", enforcement_level=EnforcementLevel.MANDATORY, policies=policies())
