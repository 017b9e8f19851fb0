"""The cloud is chosen once, and no other cloud's SDK is loaded with it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sandbox.tools import REPOSITORY

BUILD = """
import sys
from tests.stacks import stack
stack("prod")
print(*sorted({name.partition(".")[0] for name in sys.modules if name.startswith("pulumi_")}))
"""


@pytest.mark.inventory
def test_building_the_whole_stack_on_aws_loads_no_other_clouds_sdk() -> None:
    done = subprocess.run([sys.executable, "-c", BUILD], cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stderr
    loaded = done.stdout.splitlines()[-1].split()
    assert {"pulumi_aws", "pulumi_kubernetes", "pulumi_random"} <= set(loaded)
    assert set(loaded).isdisjoint({"pulumi_gcp", "pulumi_azure_native"})
