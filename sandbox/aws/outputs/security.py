"""IAM, KMS, Secrets Manager, Route 53, audit and messaging."""

from __future__ import annotations

import json
import secrets

from sandbox.aws.outputs.context import Context, Outputs
from sandbox.aws.regions import zones
from sandbox.contract import Properties
from sandbox.invent import capitals, digits, hexadecimal, identifier
from sandbox.outputs import now

_HOUR = "2026-01-01_00:00"


def role(c: Context) -> Properties:
    return {"createDate": now(), "uniqueId": f"AROA{capitals(17)}", "inlinePolicies": [], "managedPolicyArns": []}


def policy(c: Context) -> Properties:
    return {"policyId": f"ANPA{capitals(17)}", "attachmentCount": 0}


def key(c: Context) -> Properties:
    root = c.arn("iam::root")
    everything = {"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}
    default = json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [everything]})
    return {"keyId": c.id, "description": "", "policy": default, "rotationPeriodInDays": 365 if c.known.get("enableKeyRotation") else 0}


def alias(c: Context) -> Properties:
    target = c.text("targetKeyId")
    found = next((r for r in c.world.all("aws:kms/key:Key") if target in (r.id, r.outputs.get("arn"))), None)
    return {"targetKeyArn": str(found.outputs.get("arn", "")) if found else target}


def secret(c: Context) -> Properties:
    return {"policy": ""}


def secret_version(c: Context) -> Properties:
    version = f"terraform-{digits(26)}"
    found = c.other("aws:secretsmanager/secret:Secret", c.known.get("secretId"))
    arn = str(found.outputs["arn"]) if found else c.text("secretId")
    return {"arn": arn, "secretArn": arn, "versionId": version, "versionStages": ["AWSCURRENT"], "hasSecretStringWo": False}


def zone(c: Context) -> Properties:
    tops = ("com", "net", "org", "co.uk") if c.partition == "aws" else ("eu",) * 4
    names = [f"ns-{secrets.randbelow(512) + 512 * index}.awsdns-{secrets.randbelow(64):02}.{top}" for index, top in enumerate(tops)]
    servers = c.keep("nameServers", lambda: sorted(names))
    return {"zoneId": c.id, "nameServers": servers, "primaryNameServer": servers[0], "comment": "Managed by Pulumi"}


def record(c: Context) -> Properties:
    found = c.other("aws:route53/zone:Zone", c.known.get("zoneId"))
    domain = str(found.outputs.get("name", "")) if found else ""
    name = c.text("name").rstrip(".")
    return {
        "fqdn": name if not domain or name == domain or name.endswith(f".{domain}") else f"{name}.{domain}".lstrip("."),
        "allowOverwrite": False,
    }


def health_check(c: Context) -> Properties:
    return {"failureThreshold": 3, "requestInterval": 30, "enableSni": str(c.known.get("type", "")).startswith("HTTPS")}


def trail(c: Context) -> Properties:
    return {"homeRegion": c.region, "snsTopicArn": ""}


def log_group(c: Context) -> Properties:
    return {"logGroupClass": "STANDARD", "deletionProtectionEnabled": False, "retentionInDays": 0}


def event_target(c: Context) -> Properties:
    return {"targetId": f"terraform-{digits(26)}"}


def topic(c: Context) -> Properties:
    owner = {"StringEquals": {"AWS:SourceOwner": c.account}}
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "SNS:Publish", "Resource": c.text("arn"), "Condition": owner}
    policy_ = json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})
    return {"owner": c.account, "policy": policy_, "signatureVersion": 1, "tracingConfig": "PassThrough"}


def subscription(c: Context) -> Properties:
    # Mail addresses have to confirm by a click.
    return {
        "pendingConfirmation": str(c.known.get("protocol", "")).startswith("email"),
        "confirmationWasAuthenticated": False,
        "ownerId": c.account,
    }


def queue(c: Context) -> Properties:
    return {"url": c.id, "sqsManagedSseEnabled": "kmsMasterKeyId" not in c.known, "kmsDataKeyReusePeriodSeconds": 300, "policy": ""}


def detector(c: Context) -> Properties:
    return {"accountId": c.account, "findingPublishingFrequency": "SIX_HOURS"}


def recorder(c: Context) -> Properties:
    return {
        "name": "default",
        "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": False},
        "recordingMode": {"recordingFrequency": "CONTINUOUS"},
    }


def budget(c: Context) -> Properties:
    return {"accountId": c.account, "timePeriodStart": _HOUR, "timePeriodEnd": "2087-06-15_00:00"}


def certificate(c: Context) -> Properties:
    domain = c.text("domainName")
    option = {
        "domainName": domain,
        "resourceRecordName": f"_{hexadecimal(32)}.{domain.removeprefix('*.')}.",
        "resourceRecordType": "CNAME",
        "resourceRecordValue": f"_{hexadecimal(32)}.acm-validations.aws.",
    }
    return {"status": "PENDING_VALIDATION", "domainValidationOptions": [option], "type": "AMAZON_ISSUED"}


def balancer(c: Context) -> Properties:
    return {
        "dnsName": f"{c.text('name')}-{hexadecimal(16)}.elb.{c.region}.{c.dns}",
        "vpcId": c.vpc_of_subnets(c.items("subnets")),
        "arnSuffix": c.text("arn").partition("loadbalancer/")[2],
        "ipAddressType": "ipv4",
    }


def instance(c: Context) -> Properties:
    return {
        "availabilityZone": zones(c.region)[0],
        "instanceState": "running",
        "privateIp": "10.0.0.10",
        "primaryNetworkInterfaceId": f"eni-{hexadecimal(17)}",
    }


def unique(c: Context) -> Properties:
    return {"uniqueId": identifier()}


OUTPUTS: dict[str, Outputs] = {
    "aws:acm/certificate:Certificate": certificate,
    "aws:budgets/budget:Budget": budget,
    "aws:cfg/recorder:Recorder": recorder,
    "aws:cloudtrail/trail:Trail": trail,
    "aws:cloudwatch/eventTarget:EventTarget": event_target,
    "aws:cloudwatch/logGroup:LogGroup": log_group,
    "aws:ec2/instance:Instance": instance,
    "aws:guardduty/detector:Detector": detector,
    "aws:iam/instanceProfile:InstanceProfile": unique,
    "aws:iam/policy:Policy": policy,
    "aws:iam/role:Role": role,
    "aws:kms/alias:Alias": alias,
    "aws:kms/key:Key": key,
    "aws:lb/loadBalancer:LoadBalancer": balancer,
    "aws:route53/healthCheck:HealthCheck": health_check,
    "aws:route53/record:Record": record,
    "aws:route53/zone:Zone": zone,
    "aws:secretsmanager/secret:Secret": secret,
    "aws:secretsmanager/secretVersion:SecretVersion": secret_version,
    "aws:sns/topic:Topic": topic,
    "aws:sns/topicSubscription:TopicSubscription": subscription,
    "aws:sqs/queue:Queue": queue,
}
