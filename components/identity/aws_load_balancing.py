"""What the AWS load balancer controller may do: network load balancers of one cluster in one network, and nothing else.

The controller's published policy, less application load balancers, WAF, Shield, Cognito and certificates (the values of
components/addons/aws.py switch them off), and with "has a cluster tag" narrowed to "has this cluster's tag".
"""

from __future__ import annotations

from components.identity.documents import ANY, Statement, Where, allow

_DESCRIBE = (
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeAddresses",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstances",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeTags",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeVpcs",
    "ec2:GetSecurityGroupsForVpc",
    "elasticloadbalancing:DescribeCapacityReservation",
    "elasticloadbalancing:DescribeListenerAttributes",
    "elasticloadbalancing:DescribeListenerCertificates",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeSSLPolicies",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
)

_CHANGE = (
    "elasticloadbalancing:AddTags",
    "elasticloadbalancing:CreateListener",
    "elasticloadbalancing:DeleteListener",
    "elasticloadbalancing:DeleteLoadBalancer",
    "elasticloadbalancing:DeleteTargetGroup",
    "elasticloadbalancing:DeregisterTargets",
    "elasticloadbalancing:ModifyListener",
    "elasticloadbalancing:ModifyListenerAttributes",
    "elasticloadbalancing:ModifyLoadBalancerAttributes",
    "elasticloadbalancing:ModifyTargetGroup",
    "elasticloadbalancing:ModifyTargetGroupAttributes",
    "elasticloadbalancing:RegisterTargets",
    "elasticloadbalancing:RemoveTags",
    "elasticloadbalancing:SetIpAddressType",
    "elasticloadbalancing:SetSecurityGroups",
    "elasticloadbalancing:SetSubnets",
)

_SERVICE_LINKED = "elasticloadbalancing.amazonaws.com"


def load_balancing(where: Where, cluster: str, vpc: str) -> list[Statement]:
    groups = [where.arn("ec2", "security-group/*")]
    balancers = [where.arn("elasticloadbalancing", kind) for kind in ("loadbalancer/net/*/*", "targetgroup/*/*", "listener/net/*/*/*")]
    tag = "elbv2.k8s.aws/cluster"
    requested = {f"aws:RequestTag/{tag}": cluster}
    owned = {"StringEquals": {f"aws:ResourceTag/{tag}": cluster}}
    return [
        allow("DescribeHasNoResourceLevel", _DESCRIBE, ANY),
        allow(
            "ServiceLinkedRole",
            ["iam:CreateServiceLinkedRole"],
            [where.arn("iam", f"role/aws-service-role/{_SERVICE_LINKED}/AWSServiceRoleForElasticLoadBalancing", region="")],
            {"StringEquals": {"iam:AWSServiceName": _SERVICE_LINKED}},
        ),
        allow("GroupsInThisNetwork", ["ec2:CreateSecurityGroup"], [where.arn("ec2", f"vpc/{vpc}")]),
        allow("NewGroups", ["ec2:CreateSecurityGroup"], groups, {"StringEquals": requested}),
        allow("TagNewGroups", ["ec2:CreateTags"], groups, {"StringEquals": {"ec2:CreateAction": "CreateSecurityGroup", **requested}}),
        allow(
            "OwnGroups",
            [
                "ec2:AuthorizeSecurityGroupIngress",
                "ec2:CreateTags",
                "ec2:DeleteSecurityGroup",
                "ec2:DeleteTags",
                "ec2:RevokeSecurityGroupIngress",
            ],
            groups,
            owned,
        ),
        allow(
            # EKS tags the group of nodes and pods so; the controller opens it to its load balancers.
            "NodesGroup",
            ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"],
            groups,
            {"StringEquals": {f"aws:ResourceTag/kubernetes.io/cluster/{cluster}": "owned"}},
        ),
        allow(
            "NewBalancers",
            ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"],
            balancers,
            {"StringEquals": requested},
        ),
        allow(
            "TagNewBalancers",
            ["elasticloadbalancing:AddTags"],
            balancers,
            {
                "StringEquals": {
                    "elasticloadbalancing:CreateAction": ["CreateListener", "CreateLoadBalancer", "CreateTargetGroup"],
                    **requested,
                }
            },
        ),
        allow("OwnBalancers", _CHANGE, balancers, owned),
    ]
