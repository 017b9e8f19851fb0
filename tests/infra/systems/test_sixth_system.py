"""One more system is one file and one line: added to a copy of the program, it comes up on every cloud with all that it asks for."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from components.vocabulary import Cloud
from infra.mistakes import SettingsError
from infra.settings import Settings
from sandbox.tools import REPOSITORY
from tests.inventory.cases import AT, SECOND
from tests.stacks import configuration

STACK = "ai-agents-prod"
"""Lends the toy its place: account, domain, administrators."""
ASKED = {"toy": {"version": "v1"}}
LINE = '    "toy",\n'
NAMESPACE = "kubernetes.io/metadata.name"
UNTOUCHED = ("components", "sandbox", "tests")
RECORD = """
import json, sys
from pathlib import Path
import infra
from tests.stacks import stack

wanted, given, written = map(Path, sys.argv[1:])
assert Path(infra.__path__[0]) == wanted / "infra", infra.__path__
found = stack(given.name, json.loads(given.read_text(encoding="utf-8")))
written.write_text(json.dumps([(one.type, one.name, one.inputs) for one in found]), encoding="utf-8")
"""
PRODUCTS = {
    Cloud.AWS: ("aws:rds/instance:Instance", "aws:elasticache/replicationGroup:ReplicationGroup", 6379),
    Cloud.GCP: ("gcp:sql/databaseInstance:DatabaseInstance", "gcp:redis/instance:Instance", 6378),
    Cloud.AZURE: ("azure-native:dbforpostgresql:Server", "azure-native:redisenterprise:RedisEnterprise", 10000),
}

pytestmark = pytest.mark.inventory


@dataclass(frozen=True)
class Toy:
    cloud: Cloud
    resources: list[tuple[str, str, dict[str, Any]]]

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Inputs of all objects of a kind in the toy's own namespace, or about it in that of monitoring, by their names in the cluster."""
        return {
            inputs["metadata"]["name"]: inputs
            for type_, _, inputs in self.resources
            if type_.startswith("kubernetes:") and type_.endswith(f":{kind}") and _is_toys(inputs["metadata"])
        }

    def products(self, type_: str) -> list[str]:
        return [name for found, name, _ in self.resources if found == type_]


def _is_toys(metadata: dict[str, Any]) -> bool:
    return metadata.get("namespace") == "toy" or "toy" in metadata["name"]


def with_the_toy(root: Path) -> None:
    """A copy of the program with one file and one line more; what is linked stays as it is."""
    shutil.copytree(REPOSITORY / "infra", root / "infra", ignore=shutil.ignore_patterns("__pycache__"))
    for name in UNTOUCHED:
        (root / name).symlink_to(REPOSITORY / name)
    shutil.copy(Path(__file__).with_name("toy.py"), root / "infra" / "systems" / "toy.py")
    registry = root / "infra" / "systems" / "__init__.py"
    before = registry.read_text(encoding="utf-8")
    first = "NAMES = (\n"
    assert before.count(first) == 1
    registry.write_text(before.replace(first, first + LINE), encoding="utf-8")


@pytest.fixture(
    scope="module", params=[pytest.param(cloud, id=str(cloud), marks=pytest.mark.xdist_group(f"toy-{cloud}")) for cloud in Cloud]
)
def toy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Toy:
    cloud: Cloud = request.param
    root = tmp_path_factory.mktemp("program")
    with_the_toy(root)
    given, written = root / STACK, root / "recorded.json"
    given.write_text(json.dumps({**AT[cloud], "backup_region": SECOND[cloud], "systems": ASKED}), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RECORD, str(root), str(given), str(written)],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Toy(cloud, json.loads(written.read_text(encoding="utf-8")))


def test_without_the_line_it_is_unknown() -> None:
    with pytest.raises(SettingsError, match="toy"):
        Settings.parse(configuration(STACK, {"systems": ASKED}))


def test_its_pods_run_its_image_and_read_its_secrets(toy: Toy) -> None:
    (container,) = toy.of("Deployment")["toy"]["spec"]["template"]["spec"]["containers"]
    # Under mocks AWS gives the repository's address a made-up value, which names the repository.
    assert re.fullmatch(r".+[/-]registry[/-]toy(-repositoryUrl)?:v1|.+\.azurecr\.io/toy:v1", container["image"])
    assert [source["secretRef"]["name"] for source in container["envFrom"]] == ["toy"]
    assert set(toy.of("ExternalSecret")) == {"toy", "toy-roles", "toy-db-pooler-users"}
    assert [name.rpartition("-")[0] for name in toy.of("Job")] == ["toy-roles"]


def test_its_host_is_public(toy: Toy) -> None:
    assert toy.of("HTTPRoute")["toy"]["spec"]["hostnames"] == ["toy.ai-agents.example"]


def test_it_has_a_database_and_a_cache_of_its_cloud(toy: Toy) -> None:
    database, cache, _ = PRODUCTS[toy.cloud]
    assert toy.products(database) == ["aiagents-production-toy-db"]
    assert toy.products(cache) == ["aiagents-production-toy-cache"]


def test_its_connections_to_the_database_go_through_a_pooler(toy: Toy) -> None:
    assert toy.of("Deployment")["toy-db-pooler"]["spec"]["replicas"] == 2
    assert "@toy-db-pooler.toy.svc.cluster.local:6432/toy?sslmode=require" in json.dumps(toy.resources)


def test_policies_open_what_it_uses_and_nothing_else(toy: Toy) -> None:
    policies = {name: inputs["spec"] for name, inputs in toy.of("NetworkPolicy").items()}
    assert policies.keys() == {"default-deny", "toy", "toy-db-pooler", "toy-roles"}
    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert doors(policies["toy"]["ingress"]) == {("gateway-system", 8080), ("monitoring", 8080)}
    inside = {("kube-system", 53), ("toy", 6432)}
    outside = doors(policies["toy"]["egress"]) - inside
    assert len(doors(policies["toy"]["egress"])) == len(outside) + len(inside)
    assert {port for _, port in outside} == {PRODUCTS[toy.cloud][2]}
    assert [network for network, _ in outside if not IPv4Network(network).subnet_of(IPv4Network("10.20.0.0/16"))] == []


def doors(rules: list[dict[str, Any]]) -> set[tuple[str, int]]:
    """Networks or namespaces, and ports."""
    return {
        (peer["ipBlock"]["cidr"] if "ipBlock" in peer else peer["namespaceSelector"]["matchLabels"][NAMESPACE], int(port["port"]))
        for rule in rules
        for peer in rule.get("to") or rule["from"]
        for port in rule["ports"]
    }


def test_it_is_watched(toy: Toy) -> None:
    rules = [rule for group in toy.of("PrometheusRule")["toy"]["spec"]["groups"] for rule in group["rules"]]
    burns = {f"ToyAvailabilityBurn{window}" for window in ("1h", "6h", "1d", "3d")}
    assert {rule["alert"] for rule in rules if "alert" in rule} == {"ToyDown", *burns}
    assert {rule["labels"]["system"] for rule in rules} == {"toy"}
    assert "toy" in toy.of("ServiceMonitor")
