"""ECR."""

from __future__ import annotations

from sandbox.aws.moto.row import Call, Read, Row, Tagging

_REPOSITORY = {"repositoryName": "$name"}
_POLICY = {"repositoryName": "$repository", "lifecyclePolicyText": "$policy"}

ROWS: dict[str, Row] = {
    "aws:ecr/repository:Repository": Row(
        "ecr",
        create=Call("CreateRepository", _REPOSITORY),
        outputs={"arn": "repository.repositoryArn", "registryId": "repository.registryId"},
        reads=(
            Read("DescribeRepositories", {"repositoryNames": ["$name"]}, "repositories[0]", {"name": "repositoryName"}),
            Read("ListTagsForResource", {"resourceArn": "$arn"}),
        ),
        updates=(
            Call("PutImageTagMutability", _REPOSITORY, ("imageTagMutability", "imageTagMutabilityExclusionFilters")),
            Call("PutImageScanningConfiguration", _REPOSITORY, ("imageScanningConfiguration",)),
        ),
        delete=Call("DeleteRepository", {**_REPOSITORY, "force": "$forceDelete"}),
        tagging=Tagging(),
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Row(
        "ecr",
        create=Call("PutLifecyclePolicy", _POLICY),
        outputs={"registryId": "registryId"},
        reads=(
            Read(
                "GetLifecyclePolicy",
                {"repositoryName": "$repository"},
                seen={"policy": "lifecyclePolicyText", "repository": "repositoryName"},
            ),
        ),
        updates=(Call("PutLifecyclePolicy", _POLICY, ("policy",)),),
        delete=Call("DeleteLifecyclePolicy", {"repositoryName": "$repository"}),
    ),
}

SCHEMA_ONLY = {
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": "moto 5.2.5 has no CreatePullThroughCacheRule",
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": "moto 5.2.5 has no CreateRepositoryCreationTemplate",
}
