"""Between the engine and the rules: proxies become plain values, unknowns a value of their own, failures of a rule violations."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from pulumi import StringAsset
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
)
from pulumi_policy.proxy import UnknownValueError

from components.geography import Profile
from policies import exemptions
from policies.catalogue import CHECKS, Check
from policies.exemptions import Exemption, Verdict
from policies.model import UNKNOWN, Properties, Provider, Resource, Value, Violation, unique

SCHEMA = PolicyConfigSchema(
    properties={
        "profile": {
            "type": "string",
            "enum": [profile.value for profile in Profile],
            "default": Profile.EU.value,
            "description": "How far data may travel: EU, EEA, or EEA and the countries with an adequacy decision (GB, CH).",
        }
    }
)


def plain(value: object) -> Value:
    """Unwraps the engine's proxies, which are neither dict nor list and raise on any touch of an unknown."""
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, object]", value)
        return {key: _item(mapping, key) for key in mapping}
    if isinstance(value, Sequence):
        sequence = cast("Sequence[object]", value)
        return [_item(sequence, index) for index in range(len(sequence))]
    return value.text if isinstance(value, StringAsset) else None


def _item(container: Mapping[str, object] | Sequence[object], key: str | int) -> Value:
    try:
        return plain(container[key])  # type: ignore[index]  # the key is of the container
    except UnknownValueError:
        return UNKNOWN


def resource_of(args: ResourceValidationArgs) -> Resource:
    properties = cast("Properties", plain(args.props))
    provider = Provider(args.provider.resource_type, cast("Properties", plain(args.provider.props))) if args.provider else None
    return Resource(args.resource_type, args.name, properties, provider, Profile(args.get_config().get("profile") or Profile.EU))


def judged(resource: Resource, checks: Iterable[Check] = CHECKS) -> list[Violation]:
    """Every violation once. A rule that fails is a violation itself: it must neither stop the run nor let the resource pass."""
    found: list[Violation] = []
    for check in checks:
        try:
            found.extend(check(resource))
        except Exception as error:  # whatever it is, the resource was not judged
            reason = f"the check {check.__name__!r} failed ({type(error).__name__}), so that nothing is known about this resource"
            found.append(Violation("GOV-01", "", "", reason))
    return unique(found)


def evaluate(resource: Resource, given: Iterable[Exemption] | None = None, today: datetime.date | None = None) -> Verdict:
    held = exemptions.recorded() if given is None else given
    return exemptions.apply(resource, judged(resource), held, today or datetime.datetime.now(datetime.UTC).date())


def enforce(args: ResourceValidationArgs, report: ReportViolation) -> None:
    try:
        resource = resource_of(args)
        texts = [violation.text(resource) for violation in evaluate(resource).standing]
    except Exception as error:  # as above: the engine would show an opaque message, or pass on UnknownValueError
        texts = [f'GOV-01 {args.resource_type} "{args.name}": could not be judged ({type(error).__name__}).']
    for text in texts:
        report(text, None)


def note(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Names what an exemption let through. Judges anew only the few resources that some exemption names."""
    if not any(exemptions.fnmatchcase(args.resource_type, item.type) for item in exemptions.recorded()):
        return
    resource = resource_of(args)
    for violation, exemption in evaluate(resource).exempted:
        text = f"{violation.text(resource)} Exempted until {exemption.expires} by {exemption.owner}: {exemption.reason}"
        report(text, None)


def policies() -> list[Policy]:
    """One policy for all rules, since the engine unpacks a resource anew for each policy; the rule's id leads its message."""
    enforced = ResourceValidationPolicy(
        name="eu-residency",
        description="Data stays in the EU, closed to the Internet and encrypted.",
        enforcement_level=EnforcementLevel.MANDATORY,
        validate=enforce,
        config_schema=SCHEMA,
        severity=Severity.CRITICAL,
    )
    used = ResourceValidationPolicy(
        name="exemptions-used",
        description="A known deviation was let through.",
        enforcement_level=EnforcementLevel.ADVISORY,
        validate=note,
        config_schema=SCHEMA,
        severity=Severity.LOW,
    )
    return [enforced, used] if exemptions.recorded() else [enforced]  # a malformed file stops the pack here
