"""EKS rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

from sandbox.aws.outputs.cluster import addon_names
from sandbox.contract import UNKNOWN, Failure, Properties, Request
from sandbox.reflection.check import show
from sandbox.rules import Rule, between, cidr, matches, one_of
from sandbox.walk import find, number, text, values

VERSIONS = ("1.30", "1.31", "1.32", "1.33", "1.34", "1.35", "1.36")
"""Standard and extended support; older ones are upgraded by AWS."""
_LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_NAME = matches("clusterName", r"[0-9A-Za-z][A-Za-z0-9\-_]{0,99}", "is not a cluster name")


def _network(request: Request, inputs: Properties) -> Iterator[Failure]:
    network = inputs.get("vpcConfig")
    private = cast("Properties", network).get("endpointPrivateAccess") if isinstance(network, dict) else UNKNOWN
    if values(inputs, "vpcConfig.endpointPublicAccess") == [False] and private in (None, False):
        yield Failure("vpcConfig.endpointPrivateAccess", "Private and public endpoint access cannot both be disabled")


def _scaling(request: Request, inputs: Properties) -> Iterator[Failure]:
    low, want, high = (number(inputs, f"scalingConfig.{name}Size") for name in ("min", "desired", "max"))
    if low is not None and high is not None and low > high:
        yield Failure("scalingConfig.minSize", f"Minimum capacity {low:g} can't be greater than maximum size {high:g}")
    elif want is not None and low is not None and high is not None and not low <= want <= high:
        yield Failure("scalingConfig.desiredSize", f"desired capacity {want:g} is not between {low:g} and {high:g}")


def _template(request: Request, inputs: Properties) -> Iterator[Failure]:
    if inputs.get("launchTemplate") is not None:
        for name in ("diskSize", "remoteAccess"):
            if inputs.get(name) is not None:
                yield Failure(name, f"{name} can't be given with a launch template: it belongs into the template")


def _add_on(request: Request, inputs: Properties) -> Iterator[Failure]:
    for where, value in find(inputs, "configurationValues"):
        try:
            json.loads(value)
        except ValueError:
            if not isinstance(value, str) or ":" not in value:
                yield Failure(where, f"{show(value)} is neither JSON nor YAML")


def _access(request: Request, inputs: Properties) -> Iterator[Failure]:
    kind, groups = text(inputs, "type") or "STANDARD", inputs.get("kubernetesGroups")
    if kind != "STANDARD" and groups:
        yield Failure("kubernetesGroups", f"an access entry of type {kind} takes no groups")
    for where, value in find(inputs, "kubernetesGroups[]"):
        if str(value).startswith(("system:", "eks:", "aws:", "amazon:", "iam:")):
            yield Failure(where, f"The kubernetes group name {value} is invalid, it cannot start with system:")


def _scope(request: Request, inputs: Properties) -> Iterator[Failure]:
    scope = inputs.get("accessScope")
    if not isinstance(scope, dict):
        return
    kind, spaces = text(inputs, "accessScope.type"), cast("Properties", scope).get("namespaces")
    if kind == "cluster" and spaces:
        yield Failure("accessScope.namespaces", "a scope of type cluster takes no namespaces")
    if kind == "namespace" and not spaces:
        yield Failure("accessScope.namespaces", "a scope of type namespace needs namespaces")


RULES: dict[str, tuple[Rule, ...]] = {
    "aws:eks/cluster:Cluster": (
        matches("name", r"[0-9A-Za-z][A-Za-z0-9\-_]{0,99}", "is not a cluster name: 1-100 letters, digits, '-' and '_'"),
        one_of("version", *VERSIONS),
        one_of("enabledClusterLogTypes[]", *_LOGS),
        one_of("accessConfig.authenticationMode", "API", "API_AND_CONFIG_MAP", "CONFIG_MAP"),
        one_of("kubernetesNetworkConfig.ipFamily", "ipv4", "ipv6"),
        cidr("kubernetesNetworkConfig.serviceIpv4Cidr", 12, 24),
        cidr("vpcConfig.publicAccessCidrs[]", 0, 32),
        one_of("upgradePolicy.supportType", "EXTENDED", "STANDARD"),
        one_of("encryptionConfig.resources[]", "secrets"),
        _network,
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        _NAME,
        matches("nodeGroupName", r"[0-9A-Za-z][A-Za-z0-9\-_]{0,62}", "is not a node group name: 1-63 letters, digits, '-' and '_'"),
        one_of("capacityType", "ON_DEMAND", "SPOT", "CAPACITY_BLOCK"),
        one_of("version", *VERSIONS),
        matches("amiType", r"[A-Z0-9]+(_[A-Za-z0-9]+)*", "is not an AMI type"),
        matches(
            "instanceTypes[]", r"[a-z]+\d+[a-z0-9-]*\.(nano|micro|small|medium|(\d*x)?large|metal(-\d+xl)?)", "is not an instance type"
        ),
        between("scalingConfig.minSize", 0, 450),
        between("scalingConfig.maxSize", 1, 450),
        one_of("taints[].effect", "NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"),
        between("updateConfig.maxUnavailable", 1, 100),
        between("updateConfig.maxUnavailablePercentage", 1, 100),
        _scaling,
        _template,
    ),
    "aws:eks/addon:Addon": (
        _NAME,
        one_of("addonName", *addon_names()),
        matches("addonVersion", r"v\d+\.\d+\.\d+-eksbuild\.\d+", "is not an add-on version like v1.2.3-eksbuild.1"),
        one_of("resolveConflictsOnCreate", "NONE", "OVERWRITE"),
        one_of("resolveConflictsOnUpdate", "NONE", "OVERWRITE", "PRESERVE"),
        _add_on,
    ),
    "aws:eks/accessEntry:AccessEntry": (
        _NAME,
        one_of("type", "STANDARD", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "EC2", "HYBRID_LINUX", "HYPERPOD_LINUX"),
        matches("principalArn", r"arn:aws[a-z-]*:iam::\d{12}:(role|user)/.+", "is not the ARN of a role or user"),
        _access,
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (
        _NAME,
        matches("policyArn", r"arn:aws[a-z-]*:eks::aws:cluster-access-policy/\w+", "is not the ARN of a cluster access policy"),
        one_of("accessScope.type", "cluster", "namespace"),
        _scope,
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": (_NAME,),
}
