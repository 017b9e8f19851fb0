"""The cloud is chosen once, and no other cloud's SDK is loaded with it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from components.vocabulary import Cloud
from sandbox.tools import REPOSITORY

STACKS = {Cloud.AWS: "prod", Cloud.GCP: "play-new-gcp", Cloud.AZURE: "play-new-azure"}
SDK = {Cloud.AWS: "pulumi_aws", Cloud.GCP: "pulumi_gcp", Cloud.AZURE: "pulumi_azure_native"}
LOADED = """
print(*sorted({name.partition(".")[0] for name in sys.modules if name.startswith("pulumi_")}))
"""


def loaded(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\n{LOADED}"], cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_the_seam_itself_loads_no_clouds_sdk() -> None:
    assert loaded("from components.platforms import load").isdisjoint(SDK.values())


@pytest.mark.parametrize("cloud", Cloud)
def test_a_platform_loads_its_own_clouds_sdk_and_no_other(cloud: Cloud) -> None:
    assert loaded(f"from components.platforms import load\nimport components.platforms.{cloud}") & set(SDK.values()) == {SDK[cloud]}


@pytest.mark.inventory
@pytest.mark.parametrize("cloud", Cloud)
def test_building_a_whole_stack_loads_no_other_clouds_sdk(cloud: Cloud) -> None:
    found = loaded(f"from tests.stacks import stack\nstack({STACKS[cloud]!r})")
    assert {SDK[cloud], "pulumi_kubernetes", "pulumi_random"} <= found
    assert found & set(SDK.values()) == {SDK[cloud]}
