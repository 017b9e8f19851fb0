from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.contract import Record, Refused
from tests.sandbox.moto.life import Ground, ec2_tags, repaired
from tests.sandbox.moto.stage import Bench

GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

HTTPS = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.20.0.0/16", "10.30.0.0/16"], "description": "HTTPS"}
ANYWHERE = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
ANYTHING = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
ONE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.30.0.0/16"}]}


def group(ground: Ground, name: str, **inputs: Any) -> Record:
    return ground.make(GROUP, name=name, description="d", vpcId=ground.vpc.id, **inputs)


def shown(bench: Bench, thing: Record, egress: bool = False) -> set[tuple[Any, ...]]:
    """Protocol, ports, source and description of each rule, as boto3 sees them."""
    (found,) = bench.boto3("ec2").describe_security_groups(GroupIds=[thing.id])["SecurityGroups"]
    rules: set[tuple[Any, ...]] = set()
    for one in found["IpPermissionsEgress" if egress else "IpPermissions"]:
        sources = [(item.get("CidrIp"), item) for item in one["IpRanges"]] + [(item.get("CidrIpv6"), item) for item in one["Ipv6Ranges"]]
        sources += [(item.get("GroupId"), item) for item in one["UserIdGroupPairs"]]
        rules |= {(one["IpProtocol"], one.get("FromPort"), one.get("ToPort"), source, item.get("Description")) for source, item in sources}
    return rules


def test_a_group_has_the_rules_that_are_given_and_no_others(bench: Bench, ground: Ground):
    other = group(ground, "plain")
    made = group(
        ground,
        "ruled",
        tags={"a": "b"},
        ingress=[
            HTTPS,
            {"protocol": "tcp", "fromPort": 1, "toPort": 2, "securityGroups": [other.id], "self": True},
            {"protocol": "all", "fromPort": 0, "toPort": 0, "ipv6CidrBlocks": ["fd00::/8"]},
        ],
        egress=[{"protocol": "6", "fromPort": 5, "toPort": 6, "cidrBlocks": ["10.0.0.0/8"]}],
    )

    assert shown(bench, made) == {
        ("tcp", 443, 443, "10.20.0.0/16", "HTTPS"),
        ("tcp", 443, 443, "10.30.0.0/16", "HTTPS"),
        ("tcp", 1, 2, other.id, None),
        ("tcp", 1, 2, made.id, None),
        ("-1", None, None, "fd00::/8", None),
    }
    assert shown(bench, made, egress=True) == {("tcp", 5, 6, "10.0.0.0/8", None)}
    assert shown(bench, other, egress=True) == set()  # the provider takes away the rule that lets everything out
    assert ec2_tags(bench.boto3("ec2"), made) == {"a": "b"}
    assert bench.drifted(made) == {}

    made = bench.change(made, {"ingress": [HTTPS | {"description": "other"}], "egress": [], "tags": {"c": "d"}})
    assert shown(bench, made) == {("tcp", 443, 443, "10.20.0.0/16", "other"), ("tcp", 443, 443, "10.30.0.0/16", "other")}
    assert shown(bench, made, egress=True) == set()
    assert ec2_tags(bench.boto3("ec2"), made) == {"c": "d"}
    assert bench.drifted(made) == {}

    bench.remove(made)
    assert bench.drifted(made) is None


MEDDLING: dict[str, Callable[[Any, str], object]] = {
    "a rule added": lambda ec2, id_: ec2.authorize_security_group_ingress(GroupId=id_, IpPermissions=[ANYWHERE]),
    "a rule added to the way out": lambda ec2, id_: ec2.authorize_security_group_egress(GroupId=id_, IpPermissions=[ANYTHING]),
    "IPv6 let out": lambda ec2, id_: ec2.authorize_security_group_egress(
        GroupId=id_, IpPermissions=[{"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}]
    ),
    "another group let in": lambda ec2, id_: ec2.authorize_security_group_ingress(
        GroupId=id_, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": id_, "Description": "d"}]}]
    ),
    "a source taken away": lambda ec2, id_: ec2.revoke_security_group_ingress(GroupId=id_, IpPermissions=[ONE]),
    "all sources taken away": lambda ec2, id_: [
        ec2.revoke_security_group_ingress(GroupId=id_, SecurityGroupRuleIds=[one["SecurityGroupRuleId"]])
        for one in ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [id_]}])["SecurityGroupRules"]
    ],
    "a rule widened": lambda ec2, id_: ec2.modify_security_group_rules(
        GroupId=id_,
        SecurityGroupRules=[
            {
                "SecurityGroupRuleId": ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [id_]}])[
                    "SecurityGroupRules"
                ][0]["SecurityGroupRuleId"],
                "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "CidrIpv4": "0.0.0.0/0"},
            }
        ],
    ),
    "a description changed": lambda ec2, id_: ec2.update_security_group_rule_descriptions_ingress(
        GroupId=id_, IpPermissions=[{**ONE, "IpRanges": [{"CidrIp": "10.30.0.0/16", "Description": "mine"}]}]
    ),
}


@pytest.mark.parametrize("what", MEDDLING)
def test_what_somebody_does_to_a_group_is_found_and_repaired(bench: Bench, ground: Ground, what: str):
    made = group(ground, f"watched {what}", ingress=[HTTPS], egress=[])
    before = shown(bench, made)

    MEDDLING[what](bench.boto3("ec2"), made.id)
    direction = "egress" if "out" in what else "ingress"
    drifted = bench.drifted(made)
    assert drifted is not None
    assert set(drifted) == {direction}

    made = repaired(bench, made)
    assert shown(bench, made) == before
    assert shown(bench, made, egress=True) == set()
    assert bench.drifted(made) == {}
    bench.remove(made)


def test_a_refresh_shows_the_rules_as_pulumi_writes_them(bench: Bench, ground: Ground):
    made = group(ground, "shown", ingress=[HTTPS | {"cidrBlocks": ["10.20.0.0/16"]}], egress=[])
    bench.boto3("ec2").authorize_security_group_ingress(GroupId=made.id, IpPermissions=[ANYWHERE])

    drifted = bench.drifted(made)
    assert drifted is not None
    assert sorted(drifted["ingress"], key=lambda rule: rule["fromPort"]) == [
        {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]},
        HTTPS | {"cidrBlocks": ["10.20.0.0/16"]},
    ]


def test_rules_of_their_own_are_no_change_of_their_group(bench: Bench, ground: Ground):
    clients, data = group(ground, "clients"), group(ground, "data")
    about = {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, "description": "from the clients"}
    rule = ground.make(INGRESS, securityGroupId=data.id, referencedSecurityGroupId=clients.id, tags={"a": "b"}, **about)
    out = ground.make(EGRESS, securityGroupId=data.id, ipProtocol="-1", cidrIpv6="fd00::/8")

    assert rule.id == rule.outputs["securityGroupRuleId"]
    assert shown(bench, data) == {("tcp", 5432, 5432, clients.id, "from the clients")}
    assert shown(bench, data, egress=True) == {("-1", None, None, "fd00::/8", None)}
    assert ec2_tags(bench.boto3("ec2"), rule) == {"a": "b"}
    assert [bench.drifted(one) for one in (data, rule, out)] == [{}, {}, {}]

    data = bench.change(data, {"tags": {"other": "tag"}})
    assert len(shown(bench, data)) == 1  # a change of the group leaves them alone

    bench.remove(out)
    assert bench.drifted(out) is None
    assert shown(bench, data, egress=True) == set()


def test_a_rule_of_its_own_is_watched(bench: Bench, ground: Ground):
    clients, data = group(ground, "other clients"), group(ground, "other data")
    rule = ground.make(INGRESS, securityGroupId=data.id, ipProtocol="tcp", fromPort=1, toPort=2, cidrIpv4="10.0.0.0/8", tags={"a": "b"})

    rule = bench.change(rule, {"cidrIpv4": None, "referencedSecurityGroupId": clients.id, "description": "d", "toPort": 3})
    assert shown(bench, data) == {("tcp", 1, 3, clients.id, "d")}
    assert bench.drifted(rule) == {}
    now = rule.outputs["securityGroupRuleId"]
    (tagged,) = bench.boto3("ec2").describe_security_group_rules(SecurityGroupRuleIds=[now])["SecurityGroupRules"]
    assert tagged["Tags"] == [{"Key": "a", "Value": "b"}]

    rule = bench.change(rule, {"cidrIpv4": "10.0.0.0/8", "referencedSecurityGroupId": None})
    bench.boto3("ec2").modify_security_group_rules(
        GroupId=data.id,
        SecurityGroupRules=[
            {
                "SecurityGroupRuleId": rule.outputs["securityGroupRuleId"],
                "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 3, "CidrIpv4": "0.0.0.0/0", "Description": "d"},
            }
        ],
    )
    assert bench.drifted(rule) == {"cidrIpv4": "0.0.0.0/0"}
    rule = repaired(bench, rule)
    assert shown(bench, data) == {("tcp", 1, 3, "10.0.0.0/8", "d")}

    bench.boto3("ec2").revoke_security_group_ingress(GroupId=data.id, SecurityGroupRuleIds=[rule.outputs["securityGroupRuleId"]])
    assert bench.drifted(rule) is None


def test_the_default_group_of_a_network_is_taken_over_and_emptied(bench: Bench, ground: Ground):
    made = ground.make(DEFAULT, vpcId=ground.vpc.id, ingress=[], egress=[], tags={"Name": "unused"})

    assert made.id == ground.vpc.outputs["defaultSecurityGroupId"]
    (found,) = bench.boto3("ec2").describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [ground.vpc.id]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"]
    assert found["GroupId"] == made.id
    assert shown(bench, made) == shown(bench, made, egress=True) == set()
    assert ec2_tags(bench.boto3("ec2"), made) == {"Name": "unused"}

    bench.boto3("ec2").authorize_security_group_egress(GroupId=made.id, IpPermissions=[ANYTHING])
    assert set(bench.drifted(made) or {}) == {"egress"}
    made = repaired(bench, made)
    assert shown(bench, made, egress=True) == set()

    bench.remove(made)
    assert bench.drifted(made) == {}  # it goes with its network


REFUSED = {
    "InvalidGroup.Duplicate": (GROUP, {"name": "twice", "description": "d", "vpcId": "$vpc"}),
    "InvalidGroup.NotFound": (
        INGRESS,
        {"securityGroupId": "$group", "ipProtocol": "tcp", "fromPort": 1, "toPort": 1, "referencedSecurityGroupId": "sg-00000000000000000"},
    ),
    "InvalidPermission.Duplicate": (INGRESS, {"securityGroupId": "$group", "ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8"}),
    "InvalidParameterValue": (INGRESS, {"securityGroupId": "$group", "ipProtocol": "-1", "cidrIpv4": "nowhere"}),
}


def test_what_moto_refuses_is_refused_in_its_words(bench: Bench, ground: Ground):
    twice = group(ground, "twice", ingress=[{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["10.0.0.0/8"]}])
    names = {"$vpc": ground.vpc.id, "$group": twice.id}
    codes: list[str] = []
    for type_, inputs in REFUSED.values():
        with pytest.raises(Refused) as refusal:
            bench.make(type_, {name: names.get(str(value), value) for name, value in inputs.items()})
        codes.append(refusal.value.code)
    assert codes == list(REFUSED)


def test_a_group_with_a_rule_that_moto_refuses_leaves_nothing_behind(bench: Bench, ground: Ground):
    wrong = {"protocol": "tcp", "fromPort": 1, "toPort": 1, "cidrBlocks": ["nowhere"]}
    with pytest.raises(Refused, match="nowhere"):
        group(ground, "half", ingress=[wrong])
    found = bench.boto3("ec2").describe_security_groups(Filters=[{"Name": "group-name", "Values": ["half"]}])
    assert found["SecurityGroups"] == []
