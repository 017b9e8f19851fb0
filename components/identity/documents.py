"""IAM documents as text: where they apply, statements, trust. No SDK, so that policies are tested as data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components import geography
from components.site import Site
from components.vocabulary import Cloud

Statement = dict[str, Any]
Conditions = Mapping[str, Mapping[str, str | Sequence[str]]]

ANY = ("*",)
"""Resource of actions for which AWS knows no resource-level permission (describe and list calls)."""


@dataclass(frozen=True)
class Where:
    """The partition decides the first part of every ARN, `dns_suffix` the names of services in `kms:ViaService`."""

    partition: str
    dns_suffix: str
    region: str
    account: str

    def arn(self, service: str, resource: str, *, region: str | None = None, account: str | None = None) -> str:
        """`region` and `account` are this site's unless said otherwise; global services take empty ones."""
        return ":".join(
            (
                "arn",
                self.partition,
                service,
                self.region if region is None else region,
                self.account if account is None else account,
                resource,
            )
        )

    def managed_policy(self, name: str) -> str:
        return self.arn("iam", f"policy/{name}", region="", account="aws")

    def through(self, service: str, region: str | None = None) -> Conditions:
        """The key may be used by this service on the caller's behalf, and in no other way."""
        return {"StringEquals": {"kms:ViaService": f"{service}.{region or self.region}.{self.dns_suffix}"}}


def where(site: Site) -> Where:
    region = geography.region(Cloud.AWS, site.region)
    return Where(region.partition, region.dns_suffix, site.region, site.account)


def allow(sid: str, actions: Sequence[str], resources: Sequence[str], conditions: Conditions | None = None) -> Statement:
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": list(resources)}
    return statement | ({"Condition": conditions} if conditions else {})


def document(statements: Sequence[Statement]) -> str:
    """Compact: an inline policy of a role may have 10,240 characters in all."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))


def service_trust(service: str, account: str, source_arn: str | None = None) -> str:
    """A service of AWS may assume the role, for this account's resources only (confused deputy)."""
    condition: dict[str, dict[str, str]] = {"StringEquals": {"aws:SourceAccount": account}}
    if source_arn:
        condition["ArnLike"] = {"aws:SourceArn": source_arn}
    return document([_trust(service, ["sts:AssumeRole"], condition)])


def bare_trust(service: str) -> str:
    """For services that do not document a source account when they assume a role (EC2, ECR, AWS Backup): a condition on it could shut
    them out. Who may hand them the role is decided by `iam:PassRole`, which does not reach over accounts."""
    return document([_trust(service, ["sts:AssumeRole"], {})])


def pod_trust(account: str, cluster: str, namespace: str, service_account: str) -> str:
    """EKS Pod Identity tags the session with cluster, namespace and service account: no other pod obtains the role,
    whatever associations the account holds."""
    condition = {
        "StringEquals": {
            "aws:SourceAccount": account,
            "aws:RequestTag/eks-cluster-name": cluster,
            "aws:RequestTag/kubernetes-namespace": namespace,
            "aws:RequestTag/kubernetes-service-account": service_account,
        }
    }
    return document([_trust("pods.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"], condition)])


def _trust(service: str, actions: list[str], condition: Conditions) -> Statement:
    statement: Statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions}
    return statement | ({"Condition": condition} if condition else {})
