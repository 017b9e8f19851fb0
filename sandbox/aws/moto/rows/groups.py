"""EC2's security groups and their rules."""

from __future__ import annotations

from typing import Any, cast

from sandbox.aws.moto.row import Api, Call, Own, Read, Row, Scope
from sandbox.aws.moto.rows.ec2 import only, tagging, where

_SOURCES = (
    ("IpRanges", "CidrIp", "cidrBlocks"),
    ("Ipv6Ranges", "CidrIpv6", "ipv6CidrBlocks"),
    ("PrefixListIds", "PrefixListId", "prefixListIds"),
    ("UserIdGroupPairs", "GroupId", "securityGroups"),
)
_PROTOCOLS = {"all": "-1", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}


def permissions(rules: Any, group: str) -> list[dict[str, Any]]:
    """Pulumi's rules of `group` as EC2's permissions, one for each source: so they can be compared."""
    found: list[dict[str, Any]] = []
    for rule in cast("list[dict[str, Any]]", rules or []):
        protocol = str(rule["protocol"]).lower()
        base: dict[str, Any] = {"IpProtocol": _PROTOCOLS.get(protocol, protocol)}
        if base["IpProtocol"] != "-1":
            base |= {"FromPort": int(rule["fromPort"]), "ToPort": int(rule["toPort"])}
        about = {"Description": rule["description"]} if rule.get("description") else {}
        given = {**rule, "securityGroups": [*(rule.get("securityGroups") or ()), *([group] if rule.get("self") else ())]}
        found += [base | {theirs: [{key: source, **about}]} for theirs, key, ours in _SOURCES for source in given.get(ours) or ()]
    return found


def rules(found: Any, group: str) -> list[dict[str, Any]]:
    """The reverse, as Pulumi writes it: one rule for each source, in an order of its own."""
    result: list[dict[str, Any]] = []
    for one in cast("list[dict[str, Any]]", found or []):
        base = {"protocol": one["IpProtocol"], "fromPort": one.get("FromPort", 0), "toPort": one.get("ToPort", 0)}
        for theirs, key, ours in _SOURCES:
            for source in one.get(theirs) or ():
                own = {"self": True} if source[key] == group else {ours: [source[key]]}
                result.append(base | own | ({"description": source["Description"]} if source.get("Description") else {}))
    return sorted(result, key=repr)


def _settle(direction: str, when: str = "") -> Own:
    """All rules of one direction are those of the inputs: what else is there goes. Where the inputs say nothing, all stays as it is,
    as the provider has it, except at creation (`when` is then a property that is always given): it takes the first rules away."""
    listed = "IpPermissions" if direction == "Ingress" else "IpPermissionsEgress"
    property_ = direction.lower()

    def run(api: Api, thing: Scope) -> None:
        if thing.inputs.get(property_) is None and not when:
            return
        group = only(api, "DescribeSecurityGroups", "SecurityGroups", GroupIds=[thing.id])
        there = permissions(rules(group[listed], thing.id), thing.id)
        wanted = permissions(thing.inputs.get(property_), thing.id)
        stale, missing = [one for one in there if one not in wanted], [one for one in wanted if one not in there]
        if stale:
            ids = {_rule(one): one["SecurityGroupRuleId"] for one in _rules(api, thing.id) if one["IsEgress"] is (direction == "Egress")}
            # By their ids: moto does not find IPv6 sources by what they are.
            api.call(f"RevokeSecurityGroup{direction}", GroupId=thing.id, SecurityGroupRuleIds=[ids[_permission(one)] for one in stale])
        if missing:
            api.call(f"AuthorizeSecurityGroup{direction}", GroupId=thing.id, IpPermissions=missing)

    return Own(run, (when or property_,))


def _rules(api: Api, group: str) -> list[dict[str, Any]]:
    return api.call("DescribeSecurityGroupRules", Filters=where(group_id=group))["SecurityGroupRules"]


def _rule(one: dict[str, Any]) -> tuple[Any, ...]:
    """What tells a rule from the others of its group."""
    source = one.get("CidrIpv4") or one.get("CidrIpv6") or one.get("PrefixListId") or one["ReferencedGroupInfo"]["GroupId"]
    return one["IpProtocol"], one.get("FromPort", -1), one.get("ToPort", -1), source


def _permission(one: dict[str, Any]) -> tuple[Any, ...]:
    source = next(one[theirs][0][key] for theirs, key, _ in _SOURCES if one.get(theirs))
    return one["IpProtocol"], one.get("FromPort", -1), one.get("ToPort", -1), source


_READ = Read(
    "DescribeSecurityGroups",
    {"GroupIds": ["$id"]},
    "SecurityGroups[0]",
    {
        "name": "GroupName",
        "ingress": lambda group: rules(group["IpPermissions"], group["GroupId"]),
        "egress": lambda group: rules(group["IpPermissionsEgress"], group["GroupId"]),
    },
)
"""Rules are compared where the inputs give them, as the provider does: of a group that gives none, they are others' resources."""


def _separate(direction: str) -> Row:
    """A rule as a resource of its own."""
    listed = "IpPermissions" if direction == "Ingress" else "IpPermissionsEgress"

    def permission(thing: Scope) -> list[dict[str, Any]]:
        given = {
            "protocol": thing.inputs["ipProtocol"],
            "fromPort": thing.inputs.get("fromPort", -1),
            "toPort": thing.inputs.get("toPort", -1),
            "description": thing.inputs.get("description"),
            "cidrBlocks": _given(thing, "cidrIpv4"),
            "ipv6CidrBlocks": _given(thing, "cidrIpv6"),
            "prefixListIds": _given(thing, "prefixListId"),
            "securityGroups": _given(thing, "referencedSecurityGroupId"),
        }
        return permissions([given], "")

    def described(thing: Scope) -> str:
        if not thing.inputs.get("referencedSecurityGroupId"):
            return "`null`"
        (one,) = permission(thing)
        ports = "".join(f" && {end}==`{one[end]}`" for end in ("FromPort", "ToPort") if end in one)
        pairs = f"SecurityGroups[0].{listed}[?IpProtocol=='{one['IpProtocol']}'{ports}].UserIdGroupPairs[]"
        return f"{pairs} | [?GroupId=='{thing.inputs['referencedSecurityGroupId']}'] | [0]"

    def revoke(api: Api, thing: Scope) -> None:
        api.call(
            f"RevokeSecurityGroup{direction}",
            GroupId=thing.get("securityGroupId"),
            SecurityGroupRuleIds=[thing.get("securityGroupRuleId")],
        )

    def renew(api: Api, thing: Scope) -> None:
        """Made again: moto's ModifySecurityGroupRules leaves most of a rule as it was. `securityGroupRuleId` is the new one's id."""
        revoke(api, thing)
        specified = [{"ResourceType": "security-group-rule", "Tags": [{"Key": key, "Value": value} for key, value in thing.tags.items()]}]
        answer = api.call(
            f"AuthorizeSecurityGroup{direction}",
            GroupId=thing.get("securityGroupId"),
            IpPermissions=permission(thing),
            **({"TagSpecifications": specified} if thing.tags else {}),
        )
        thing.outputs["securityGroupRuleId"] = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]

    sources = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
    alone: dict[str, None] = dict.fromkeys(("IpProtocol", "FromPort", "ToPort"))  # they are in IpPermissions
    parts = ("ipProtocol", "fromPort", "toPort", "description", *sources)
    return Row(
        "ec2",
        create=Call(
            f"AuthorizeSecurityGroup{direction}",
            {"GroupId": "$securityGroupId", "IpPermissions": permission, **alone},
            ("securityGroupId", *parts),
        ),
        id="SecurityGroupRules[0].SecurityGroupRuleId",
        outputs={"securityGroupRuleId": "SecurityGroupRules[0].SecurityGroupRuleId", "securityGroupId": "SecurityGroupRules[0].GroupId"},
        reads=(
            Read(
                "DescribeSecurityGroupRules",
                {"SecurityGroupRuleIds": ["$securityGroupRuleId"]},
                "SecurityGroupRules[0]",
                {"securityGroupId": "GroupId", "referencedSecurityGroupId": "ReferencedGroupInfo.GroupId"},
            ),
            # moto tells the description of a rule about another group only here.
            Read("DescribeSecurityGroups", {"GroupIds": ["$securityGroupId"]}, described, optional=True),
        ),
        updates=(Own(renew, parts),),
        delete=revoke,
        tagging=tagging("security-group-rule"),
    )


def _given(thing: Scope, name: str) -> list[Any]:
    return [thing.inputs[name]] if thing.inputs.get(name) else []


ROWS: dict[str, Row] = {
    "aws:ec2/securityGroup:SecurityGroup": Row(
        "ec2",
        create=Call("CreateSecurityGroup", {"GroupName": "$name"}),
        id="GroupId",
        reads=(_READ,),
        # EC2 lets everything out of a new group; the provider takes that rule away, also where no `egress` is given.
        settings=(_settle("Egress", when="name"), _settle("Egress"), _settle("Ingress")),
        delete=Call("DeleteSecurityGroup", {"GroupId": "$id"}),
        tagging=tagging("security-group"),
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Row(
        "ec2",
        # It came with its network. Taken over, it loses the rules that it came with.
        create=Call(
            "DescribeSecurityGroups", {"Filters": lambda thing: where(vpc_id=thing.inputs["vpcId"], group_name="default")}, ("vpcId",)
        ),
        id="SecurityGroups[0].GroupId",
        reads=(_READ,),
        settings=(_settle("Egress", when="vpcId"), _settle("Ingress", when="vpcId"), _settle("Egress"), _settle("Ingress")),
        delete=None,  # and it goes with it
        tagging=tagging("security-group"),
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _separate("Ingress"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _separate("Egress"),
}
