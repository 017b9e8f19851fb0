"""EC2's machines and disks: templates, and what a region does on its own."""

from __future__ import annotations

from typing import Any, cast

from sandbox.aws.moto.row import ANY, Api, Call, Own, Read, Row, Scope
from sandbox.aws.moto.rows.ec2 import only, tagging, where
from sandbox.aws.moto.shapes import tags_from

SCHEMA_ONLY: dict[str, str] = {
    "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess": "moto 5.2.5 has no EnableSnapshotBlockPublicAccess",
}


def _default(api: Api, thing: Scope) -> None:
    template = only(api, "DescribeLaunchTemplates", "LaunchTemplates", LaunchTemplateIds=[thing.id])
    latest = template["LatestVersionNumber"] if thing.inputs.get("updateDefaultVersion") else thing.inputs.get("defaultVersion")
    if latest and int(latest) != template["DefaultVersionNumber"]:
        api.call("ModifyLaunchTemplate", LaunchTemplateId=thing.id, DefaultVersion=str(int(latest)))


def _specifications(data: Any) -> list[dict[str, Any]] | None:
    """Without the template's own tags, which moto adds to what it tags."""
    found = cast("list[dict[str, Any]]", data.get("TagSpecifications") or [])
    return [
        {"resourceType": one["ResourceType"], "tags": tags_from(one.get("Tags"))}
        for one in found
        if one["ResourceType"] != "launch-template"
    ]


_VERSION = {"LaunchTemplateData": "$inputs", "VersionDescription": "$description"}

ROWS: dict[str, Row] = {
    "aws:ec2/launchTemplate:LaunchTemplate": Row(
        "ec2",
        create=Call("CreateLaunchTemplate", {**_VERSION, "LaunchTemplateName": "$name"}),
        id="LaunchTemplate.LaunchTemplateId",
        reads=(
            Read(
                "DescribeLaunchTemplates",
                {"LaunchTemplateIds": ["$id"]},
                # Without its tags: those are from when it was made.
                "LaunchTemplates[0].{LaunchTemplateName: LaunchTemplateName, latest: LatestVersionNumber, default: DefaultVersionNumber}",
                {"name": "LaunchTemplateName", "defaultVersion": "default"},
                facts={"latestVersion": "latest", "defaultVersion": "default"},
            ),
            Read(
                "DescribeLaunchTemplateVersions",
                {"LaunchTemplateId": "$id", "Versions": lambda _: ["$Latest"]},
                "LaunchTemplateVersions[0].LaunchTemplateData",
                {"tagSpecifications": _specifications},
            ),
            Read(
                "DescribeLaunchTemplateVersions",
                {"LaunchTemplateId": "$id", "Versions": lambda _: ["$Latest"]},
                "LaunchTemplateVersions[0].{description: VersionDescription}",
            ),
            # Last, after the data, which holds tags of others.
            Read("DescribeTags", {"Filters": lambda thing: where(resource_id=thing.id)}),
        ),
        # Every change makes a version; the default one moves only when asked to.
        updates=(Call("CreateLaunchTemplateVersion", {**_VERSION, "LaunchTemplateId": "$id"}), Own(_default, ANY)),
        delete=Call("DeleteLaunchTemplate", {"LaunchTemplateId": "$id"}),
        tagging=tagging("launch-template"),
    ),
    "aws:ebs/encryptionByDefault:EncryptionByDefault": Row(
        "ec2",
        create=Call("EnableEbsEncryptionByDefault"),
        reads=(Read("GetEbsEncryptionByDefault", seen={"enabled": "EbsEncryptionByDefault"}),),
        settings=(
            Own(
                lambda api, thing: api.call(f"{'Enable' if thing.inputs.get('enabled') else 'Disable'}EbsEncryptionByDefault"),
                ("enabled",),
            ),
        ),
        delete=Call("DisableEbsEncryptionByDefault"),
        watched=("enabled",),
    ),
}
