from __future__ import annotations

import json
from pathlib import Path

from sandbox.aws.moto import daemon
from sandbox.aws.moto.client import Endpoint
from sandbox.aws.moto.snapshot import FILE
from tests.sandbox.moto.stage import REGION

CNI = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
TRUST = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


def test_what_stands_in_moto_outlives_its_process(tmp_path: Path):
    iam = Endpoint(daemon.ensure(tmp_path)).api("iam", REGION, "123456789012")
    iam.call("CreateRole", RoleName="r", AssumeRolePolicyDocument=TRUST)
    iam.call("AttachRolePolicy", RoleName="r", PolicyArn=CNI)
    assert daemon.stop(tmp_path)
    kept = tmp_path / daemon.FOLDER / FILE
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.stat().st_size < 1_000_000  # AWS's own policies are moto's, and not kept

    iam = Endpoint(daemon.ensure(tmp_path)).api("iam", REGION, "123456789012")
    try:
        assert [one["PolicyArn"] for one in iam.call("ListAttachedRolePolicies", RoleName="r")["AttachedPolicies"]] == [CNI]
        assert iam.call("GetPolicy", PolicyArn=CNI)["Policy"]["AttachmentCount"] == 1
        iam.call("DetachRolePolicy", RoleName="r", PolicyArn=CNI)
        assert iam.call("GetPolicy", PolicyArn=CNI)["Policy"]["AttachmentCount"] == 0
    finally:
        daemon.stop(tmp_path)
