"""Policy documents: grammar, and what each kind of document needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, cast

from sandbox.aws.regions import partition, region_of
from sandbox.contract import Failure, Properties, Request
from sandbox.reflection.check import show
from sandbox.rules import Rule
from sandbox.walk import find

Kind = Literal["identity", "trust", "resource", "registry", "endpoint", "scp"]
"""`registry`: a resource policy without Resource (ECR)."""

_MEMBERS = {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+")
_SID = re.compile(r"[A-Za-z0-9]*")
_ARN = re.compile(r"arn:(aws[a-z-]*|\*|\?):[a-z0-9*?-]+:[a-z0-9*?-]*:[0-9a-z*?]*:.+", re.DOTALL)
_VARIABLE = re.compile(r"\$\{[^}]+\}")
_SERVICE = re.compile(r"[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazonaws\.eu|aws\.internal)")
_PRINCIPAL = re.compile(r"\*|\d{12}|arn:aws[a-z-]*:(iam|sts)::(\d{12}|cloudfront):.+|A(ROA|IDA)[A-Z0-9]+")
_OPERATORS = re.compile(
    r"(ForAllValues:|ForAnyValue:)?"
    r"(String(Not)?(Equals|EqualsIgnoreCase|Like)|Numeric(Not)?Equals|Numeric(Less|Greater)Than(Equals)?|Date(Not)?Equals"
    r"|Date(Less|Greater)Than(Equals)?|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like)|Null)(IfExists)?"
)
_PRINCIPAL_KINDS = {"AWS", "Service", "Federated", "CanonicalUser"}


def listed(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def document(path: str, kind: Kind) -> Rule:
    def rule(request: Request, inputs: Properties) -> Iterator[Failure]:
        home = partition(region_of(request.instance, inputs))
        for where, value in find(inputs, path):
            for problem in problems(value, kind, home):
                yield Failure(where, f"MalformedPolicyDocument: {problem}")

    return rule


def problems(value: Any, kind: Kind, home: str = "aws") -> Iterator[str]:
    """What is wrong with a document, one line each."""
    if not isinstance(value, str):
        return
    try:
        parsed: Any = json.loads(value)
    except ValueError as error:
        yield f"the policy is not valid JSON: {error}"
        return
    if not isinstance(parsed, Mapping):
        yield "a policy is a JSON object"
        return
    content = cast("Mapping[str, Any]", parsed)
    if content.get("Version") not in ("2012-10-17", "2008-10-17"):
        yield f'Version must be "2012-10-17", got {show(content.get("Version"))}'
    statements = listed(content.get("Statement"))
    if content.get("Statement") is None or not statements:
        yield "Statement is missing or empty"
        return
    for index, statement in enumerate(statements):
        if not isinstance(statement, Mapping):
            yield f"Statement[{index}] is not an object"
            continue
        one = cast("Mapping[str, Any]", statement)
        name = f"Statement[{index}]" + (f" ({one['Sid']})" if one.get("Sid") else "")
        for problem in _statement(one, kind, home):
            yield f"{name}: {problem}"
    if kind in {"identity", "trust", "scp"}:
        sids = [cast("Mapping[str, Any]", s).get("Sid") for s in statements if isinstance(s, Mapping)]
        if len(given := [sid for sid in sids if sid]) != len(set(given)):
            yield "Statement IDs (SID) in a single policy must be unique"


def _statement(one: Mapping[str, Any], kind: Kind, home: str) -> Iterator[str]:
    if strangers := sorted(set(one) - _MEMBERS):
        yield f"unknown member {', '.join(strangers)} (allowed: {', '.join(sorted(_MEMBERS))})"
    if one.get("Effect") not in ("Allow", "Deny"):
        yield f"Effect must be Allow or Deny, got {show(one.get('Effect'))}"
    if kind in {"identity", "trust"} and not _SID.fullmatch(str(one.get("Sid", ""))):
        yield f"Sid {one['Sid']!r} may hold only letters and digits"
    yield from _actions(one)
    yield from _resources(one, kind, home)
    yield from _who(one, kind)
    for operator, operands in cast("Mapping[str, Any]", one.get("Condition") or {}).items():
        if not _OPERATORS.fullmatch(operator):
            yield f"unknown condition operator {operator!r}"
        if not isinstance(operands, Mapping) or not operands:
            yield f"condition {operator} needs keys with values"


def _actions(one: Mapping[str, Any]) -> Iterator[str]:
    if ("Action" in one) == ("NotAction" in one):
        yield "needs Action or NotAction, and not both"
    actions = [action for name in ("Action", "NotAction") if name in one for action in listed(one[name])]
    if not actions and ("Action" in one or "NotAction" in one):
        yield "needs at least one action"
    for action in actions:
        if not (isinstance(action, str) and _ACTION.fullmatch(action)):
            yield f"action {show(action)} is not of the form service:Action with a lower-case service"


def _resources(one: Mapping[str, Any], kind: Kind, home: str) -> Iterator[str]:
    has = "Resource" in one or "NotResource" in one
    if kind in {"trust", "registry"}:
        if has:
            yield "this kind of policy takes no Resource"
        return
    if not has:
        yield "needs Resource or NotResource"
    resources = [resource for name in ("Resource", "NotResource") if name in one for resource in listed(one[name])]
    if has and not resources:
        yield "needs at least one resource"
    for resource in resources:
        if resource == "*":
            continue
        bare = _VARIABLE.sub("x", resource) if isinstance(resource, str) else ""
        match = _ARN.fullmatch(bare)
        if match is None:
            yield f'resource {show(resource)} must be in ARN format or "*"'
        elif match.group(1) not in {home, "*", "?"}:
            yield f'partition "{match.group(1)}" is not valid for resource {resource!r} (this account is in {home})'


def _who(one: Mapping[str, Any], kind: Kind) -> Iterator[str]:
    has = "Principal" in one or "NotPrincipal" in one
    if kind in {"identity", "scp"}:
        if has:
            yield "this kind of policy takes no Principal"
        return
    if not has:
        yield "needs a Principal"
    for principal in (one[name] for name in ("Principal", "NotPrincipal") if name in one):
        if principal == "*":
            continue
        if not isinstance(principal, Mapping) or not principal:
            yield f'Principal must be "*" or an object, got {show(principal)}'
            continue
        for sort, names in cast("Mapping[str, Any]", principal).items():
            yield from _principal(sort, listed(names))


def _principal(sort: str, names: list[Any]) -> Iterator[str]:
    if sort not in _PRINCIPAL_KINDS:
        yield f"unknown kind of principal {sort!r} (allowed: {', '.join(sorted(_PRINCIPAL_KINDS))})"
    expression = {"AWS": _PRINCIPAL, "Service": _SERVICE}.get(sort)
    for name in names:
        if not isinstance(name, str) or not name or (expression and not expression.fullmatch(name)):
            yield f"invalid principal {sort}: {show(name)}"
