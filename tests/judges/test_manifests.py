"""A scanner that others maintain judges every Kubernetes object of every stack: no finding but those that are listed with their reason."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.inventory.cases import CASES, Case
from tests.inventory.pods import POD_TEMPLATES
from tests.judges.manifests import Scan, identity, manifests, scan
from tests.judges.skips import SEVERE, SKIPS

pytestmark = pytest.mark.judge

CONTROL = "control"
PRIVILEGED = "CKV_K8S_16"
SCANNED_KINDS = {*POD_TEMPLATES, "CronJob", "Pod", "Role", "RoleBinding", "Service", "ServiceAccount"}
BAD_POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "bad", "namespace": CONTROL},
    "spec": {
        "hostPID": True,
        "hostNetwork": True,
        "containers": [
            {
                "name": "bad",
                "image": "docker.io/library/alpine:latest",
                "securityContext": {"privileged": True, "runAsUser": 0},
                "volumeMounts": [{"name": "host", "mountPath": "/var/run/docker.sock"}],
            }
        ],
        "volumes": [{"name": "host", "hostPath": {"path": "/var/run/docker.sock"}}],
    },
}
MUST_FAIL = {
    PRIVILEGED,
    "CKV_K8S_17",  # host's process ids
    "CKV_K8S_19",  # host's network
    "CKV_K8S_20",  # privilege escalation
    "CKV_K8S_23",  # root
    "CKV_K8S_27",  # host's Docker socket
}


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Scan]:
    """By stack, and of the control. Two at a time, since each takes some seconds to start."""
    folder = tmp_path_factory.mktemp("manifests")
    given = {str(case): manifests(case) for case in CASES} | {CONTROL: {"bad": BAD_POD}}

    def scanned(name: str) -> Scan:
        return scan(folder / name, given[name])

    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(given, pool.map(scanned, given), strict=True))


def test_nothing_is_found_but_what_is_listed_with_its_reason(case: Case, scans: Mapping[str, Scan]) -> None:
    found = [item for item in scans[str(case)].failed if not any(skip.matching(item) for skip in SKIPS)]
    assert [f"{item.resource}: {item.check} {item.title}" for item in found] == []


def test_nothing_that_is_found_is_severe(case: Case, scans: Mapping[str, Scan]) -> None:
    assert [f"{item.resource}: {item.check} {item.title}" for item in scans[str(case)].failed if item.check in SEVERE] == []


def test_the_scanner_looked_at_everything(case: Case, scans: Mapping[str, Scan]) -> None:
    seen = scans[str(case)]
    assert len(seen.passed) > len(seen.failed)
    made = manifests(case)
    verdicts = seen.passed + seen.failed
    looked_at = {item.resource for item in verdicts}
    assert {identity(obj) for obj in made.values() if obj["kind"] in SCANNED_KINDS} - looked_at == set()
    workloads = {identity(obj) for obj in made.values() if obj["kind"] in POD_TEMPLATES}
    assert workloads
    assert workloads <= {item.resource for item in verdicts if item.check == PRIVILEGED}


def test_every_skip_still_matches_what_it_was_made_for(scans: Mapping[str, Scan]) -> None:
    found = [item for case in CASES for item in scans[str(case)].failed]
    matched = {(skip.check, pattern) for skip in SKIPS for item in found for pattern in skip.matching(item)}
    stale = {(skip.check, pattern) for skip in SKIPS for pattern in skip.resources} - matched
    assert stale == set(), "remove them from tests/judges/skips.py"


def test_nothing_severe_may_be_skipped() -> None:
    assert [skip.check for skip in SKIPS if skip.check in SEVERE] == []


def test_a_bad_pod_is_found(scans: Mapping[str, Scan]) -> None:
    assert {item.check for item in scans[CONTROL].failed} >= MUST_FAIL
