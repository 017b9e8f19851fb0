"""What of AWS the nodes reach without leaving the network, and what may go through those doors."""

from __future__ import annotations

from components.identity.documents import Statement, Where, document

# With Pod Identity, images, secrets, keys and logs inside, only the public Internet goes through NAT.
INTERFACES = ("ecr.api", "ecr.dkr", "eks-auth", "kms", "logs", "secretsmanager", "sts")

# Services in which the nodes and pods have business with this account's resources alone. Images of the cluster's own add-ons come from
# AWS's accounts, so the registries are not here.
_OWN = frozenset({"kms", "logs", "secretsmanager"})


def interface_policy(where: Where, service: str) -> str | None:
    """None leaves the service's default: full access, as far as the caller's own rights go."""
    return document([_own(where, "*")]) if service in _OWN else None


def bucket_policy(where: Where) -> str:
    """Objects of anyone may be read (image layers and packages lie in AWS's buckets), but written to this account's buckets alone."""
    read: Statement = {
        "Sid": "ReadAny",
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"],
        "Resource": "*",
    }
    return document([read, _own(where, "s3:*")])


def _own(where: Where, action: str) -> Statement:
    # In an endpoint's policy the principal is whoever stands in the network; their own rights are asked as well.
    return {
        "Sid": "OwnAccount",
        "Effect": "Allow",
        "Principal": "*",
        "Action": action,
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceAccount": where.account}},
    }
