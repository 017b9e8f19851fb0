from __future__ import annotations

from typing import Any

import pytest
from moto.ec2.responses import EC2Response

from sandbox.aws.moto.rows import SCHEMA_ONLY
from sandbox.contract import Record, Refused
from tests.sandbox.moto.life import Case, Ground, ec2_tags, live
from tests.sandbox.moto.stage import Bench

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
ENCRYPTION = "aws:ebs/encryptionByDefault:EncryptionByDefault"


def disk(gib: int) -> dict[str, Any]:
    ebs = {"volumeType": "gp3", "volumeSize": gib, "encrypted": "true", "kmsKeyId": "k", "deleteOnTermination": "true"}
    return {"deviceName": "/dev/xvda", "ebs": ebs}


def template(ec2: Any, thing: Record) -> dict[str, Any]:
    (found,) = ec2.describe_launch_templates(LaunchTemplateIds=[thing.id])["LaunchTemplates"]
    versions = ec2.describe_launch_template_versions(LaunchTemplateId=thing.id, Versions=["$Latest"])["LaunchTemplateVersions"]
    (latest,) = versions
    data = latest["LaunchTemplateData"]
    numbers = (found["LatestVersionNumber"], found["DefaultVersionNumber"])
    return {
        "versions": numbers,
        "description": latest["VersionDescription"],
        "disk": data["BlockDeviceMappings"][0]["Ebs"],
        "metadata": data["MetadataOptions"]["HttpTokens"],
        "machines": {
            one["ResourceType"]: {tag["Key"]: tag["Value"] for tag in one["Tags"]}
            for one in data["TagSpecifications"]
            if one["ResourceType"] != "launch-template"
        },
        "tags": ec2_tags(ec2, thing),
    }


def shown(versions: tuple[int, int], gib: int, description: str, tags: dict[str, str], machines: dict[str, str]) -> dict[str, Any]:
    return {
        "versions": versions,
        "description": description,
        "disk": {"Encrypted": True, "DeleteOnTermination": True, "KmsKeyId": "k", "VolumeSize": gib, "VolumeType": "gp3"},
        "metadata": "required",
        "machines": {"instance": machines, "volume": machines},
        "tags": tags,
    }


def named(name: str) -> list[dict[str, Any]]:
    return [{"resourceType": kind, "tags": {"Name": name}} for kind in ("instance", "volume")]


def given(**more: Any) -> dict[str, Any]:
    return {
        "name": "hosts",
        "description": "d",
        "updateDefaultVersion": True,
        "metadataOptions": {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1},
        "blockDeviceMappings": [disk(80)],
        "tagSpecifications": named("host"),
        **more,
    }


CASES = (
    Case(
        TEMPLATE,
        "ec2",
        given=lambda ground: given(tags={"a": "b"}),
        show=template,
        made=lambda ground: shown((1, 1), 80, "d", {"a": "b"}, {"Name": "host"}),
        change=lambda ground: {
            "description": "other",
            "blockDeviceMappings": [disk(90)],
            "tagSpecifications": named("other"),
            "tags": {"c": "d"},
        },
        changed=lambda ground: shown((2, 2), 90, "other", {"c": "d"}, {"Name": "other"}),
        meddle=lambda ec2, thing, ground: ec2.create_tags(Resources=[thing.id], Tags=[{"Key": "by", "Value": "hand"}]),
        drift=lambda ground: {"tags": {"c": "d", "by": "hand"}},
    ),
    Case(
        ENCRYPTION,
        "ec2",
        given=lambda ground: {"enabled": True},
        show=lambda ec2, thing: ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"],
        made=lambda ground: True,
        change=lambda ground: {"enabled": False},
        changed=lambda ground: False,
        meddle=lambda ec2, thing, ground: ec2.enable_ebs_encryption_by_default(),
        drift=lambda ground: {"enabled": True},
        stays=True,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_lives_in_moto_from_creation_to_deletion(ground: Ground, case: Case):
    live(case, ground)


def test_a_version_that_somebody_adds_to_a_template_is_found(bench: Bench):
    made = bench.make(TEMPLATE, given(name="meddled"))
    data = {"ImageId": "ami-12345678", "MetadataOptions": {"HttpTokens": "optional"}}
    bench.boto3("ec2").create_launch_template_version(LaunchTemplateId=made.id, LaunchTemplateData=data)

    drifted = bench.drifted(made)
    assert drifted is not None
    assert drifted["metadataOptions"] == {"httpTokens": "optional"}
    assert {"blockDeviceMappings", "description"} <= drifted.keys()


def test_the_default_version_moves_only_when_asked_to(bench: Bench):
    made = bench.make(TEMPLATE, given(name="kept", updateDefaultVersion=False))
    made = bench.change(made, {"description": "second"})
    assert (made.outputs["latestVersion"], made.outputs["defaultVersion"]) == (2, 1)

    made = bench.change(made, {"tags": {"a": "b"}})
    assert (made.outputs["latestVersion"], made.outputs["defaultVersion"]) == (2, 1)  # tags make no version

    made = bench.change(made, {"description": "third", "updateDefaultVersion": True})
    assert (made.outputs["latestVersion"], made.outputs["defaultVersion"]) == (3, 3)


def test_a_template_of_the_same_name_is_refused(bench: Bench):
    bench.make(TEMPLATE, given(name="twice"))
    with pytest.raises(Refused, match="in use") as refusal:
        bench.make(TEMPLATE, given(name="twice"))
    assert refusal.value.code == "InvalidLaunchTemplateName.AlreadyExistsException"


def test_what_leaves_a_region_s_disks_open_is_switched_off_on_its_own(bench: Bench):
    setting = bench.make(ENCRYPTION, {"enabled": True})
    bench.boto3("ec2").disable_ebs_encryption_by_default()
    assert bench.drifted(setting) == {"enabled": False}
    bench.remove(setting)
    assert not bench.boto3("ec2").get_ebs_encryption_by_default()["EbsEncryptionByDefault"]


def test_moto_still_lacks_what_stays_with_the_stand_in():
    assert "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess" in SCHEMA_ONLY
    assert hasattr(EC2Response, "enable_ebs_encryption_by_default")
    assert not hasattr(EC2Response, "enable_snapshot_block_public_access")
