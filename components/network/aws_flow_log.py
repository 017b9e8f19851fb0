"""Flow logs of a VPC in an encrypted log group."""

from __future__ import annotations

import pulumi
from pulumi_aws import cloudwatch, ec2, iam

from components.aws_names import policy, retention
from components.identity.documents import Where, service_trust
from components.key.outputs import KeyOutputs


def flow_log(name: str, days: int, where: Where, vpc: ec2.Vpc, key: KeyOutputs, child: pulumi.ResourceOptions) -> None:
    """Every flow, accepted and rejected, in records of one minute."""
    group = cloudwatch.LogGroup(
        f"{name}-flows", name=f"/eu-cloud/{name}/flows", retention_in_days=retention(days), kms_key_id=key.ref, opts=child
    )
    role = iam.Role(
        f"{name}-flows-role",
        description=f"Flow logs of {name}",
        assume_role_policy=service_trust("vpc-flow-logs.amazonaws.com", where.account, where.arn("ec2", "vpc-flow-log/*")),
        opts=child,
    )
    iam.RolePolicy(
        f"{name}-flows-policy",
        role=role.name,
        policy=policy(
            [
                {
                    "Sid": "Write",
                    "Effect": "Allow",
                    "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                    "Resource": [group.arn, pulumi.Output.concat(group.arn, ":*")],
                },
                # AWS asks for this one on every group.
                {"Sid": "Find", "Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": where.arn("logs", "log-group:*")},
            ]
        ),
        opts=child,
    )
    ec2.FlowLog(
        f"{name}-flow-log",
        vpc_id=vpc.id,
        traffic_type="ALL",
        max_aggregation_interval=60,
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        tags={"Name": name},
        opts=child,
    )
