"""The scripts themselves, run by sh beside a stand-in for valkey-cli that answers what a test has put down."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.valkey import plan
from components.valkey.scripts import FILES
from components.valkey.spec import ValkeySpec

SPEC = ValkeySpec(namespace="apps")
HOSTS = plan.hosts("main", "apps")
ASK = "sentinel get-master-addr-by-name mymaster"

CLI = """\
#!/bin/sh
user=default
while :; do
  case "$1" in
    -h) host=$2; shift 2 ;; -p) port=$2; shift 2 ;; --user) user=$2; shift 2 ;;
    --tls) shift ;; --cacert) shift 2 ;; *) break ;;
  esac
done
echo "$user $host:$port $*" >> "$WORLD/asked"
[ "$VALKEYCLI_AUTH" = "$(cat "$SECRET/password")" ] || { echo "NOAUTH Authentication required."; exit 1; }
cat "$WORLD/$host:$port $*" 2> /dev/null || exit 1
"""
STARTED = '#!/bin/sh\necho "$0 $*" > "$WORLD/started"\n'


@dataclass
class Box:
    """One pod's folders. `answers` maps `host:port command` to what is answered; whatever is not there does not answer."""

    folder: Path
    pod: int

    def answer(self, at: str, command: str, text: str) -> None:
        (self.folder / "world" / f"{at} {command}").write_text(f"{text}\n")

    def believes(self, who: int, primary: str) -> None:
        """The sentinel of that pod; the own one is asked as localhost too."""
        for at in (HOSTS[who], *(("localhost",) if who == self.pod else ())):
            self.answer(f"{at}:26379", ASK, f"{primary}\n6379")

    def run(self, script: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin",
            "POD": f"main-valkey-{self.pod}",
            "SET": "main-valkey",
            "DOMAIN": plan.domain("main", "apps"),
            "MASTER": SPEC.master,
            "ORDINALS": "0 1 2",
            "QUORUM": "2",
            "DOWN_MILLISECONDS": "5000",
            "FAILOVER_MILLISECONDS": "20000",
            "TLS_ARGUMENTS": "",
            "TRIES": "2",
            "PAUSE": "0",
            **{name.upper(): str(self.folder / name) for name in ("data", "run", "scripts", "secret", "world")},
        }
        command = ["sh", str(self.folder / "scripts" / f"{script}.sh")]
        return subprocess.run(command, env={**environment, **more}, capture_output=True, text=True, timeout=60, check=False)

    @property
    def configuration(self) -> list[str]:
        return (self.folder / "run" / "valkey.conf").read_text().splitlines()

    @property
    def state(self) -> Path:
        return self.folder / "data" / "sentinel" / "sentinel.conf"

    @property
    def asked(self) -> list[str]:
        return (self.folder / "world" / "asked").read_text().splitlines()

    @property
    def started(self) -> bool:
        return (self.folder / "world" / "started").exists()


def box(folder: Path, pod: int, files: Mapping[str, str] = FILES) -> Box:
    for name in ("bin", "data", "run", "scripts", "secret", "world"):
        (folder / name).mkdir(parents=True)
    (folder / "secret" / "password").write_text("p4ssw0rd")
    for name, text in {**files, "valkey.conf": plan.server_conf(SPEC), "sentinel.conf": plan.sentinel_conf(SPEC)}.items():
        (folder / "scripts" / name).write_text(text)
    for name, text in {"valkey-cli": CLI, "valkey-server": STARTED, "valkey-sentinel": STARTED}.items():
        (folder / "bin" / name).write_text(text)
        (folder / "bin" / name).chmod(0o755)
    return Box(folder, pod)


@pytest.fixture
def first(tmp_path: Path) -> Box:
    return box(tmp_path / "0", 0)


@pytest.fixture
def second(tmp_path: Path) -> Box:
    return box(tmp_path / "1", 1)


def test_the_first_start_follows_the_sentinels_who_begin_with_the_first_server(first: Box, second: Box):
    for one in (first, second):
        for who in range(3):
            one.believes(who, HOSTS[0])
        assert one.run("server").returncode == 0
    assert not [line for line in first.configuration if line.startswith("replicaof")]
    assert f"replicaof {HOSTS[0]} 6379" in second.configuration
    assert f"replica-announce-ip {HOSTS[1]}" in second.configuration
    assert {"requirepass p4ssw0rd", "masterauth p4ssw0rd", "appendonly yes"} <= set(first.configuration)


def test_two_sentinels_outvote_one_that_missed_a_fail_over(first: Box):
    first.believes(0, HOSTS[0])
    first.believes(1, HOSTS[2])
    first.believes(2, HOSTS[2])
    assert first.run("server").returncode == 0
    assert f"replicaof {HOSTS[2]} 6379" in first.configuration


def test_alone_it_follows_what_its_own_sentinel_remembers(first: Box):
    first.believes(0, HOSTS[1])
    assert first.run("server").returncode == 0
    assert f"replicaof {HOSTS[1]} 6379" in first.configuration


def test_without_any_sentinel_it_does_not_start(first: Box):
    """It would be a second primary."""
    assert first.run("server").returncode == 1
    assert not first.started


def test_what_is_no_server_of_the_set_is_nobodys_primary(first: Box):
    for who in range(3):
        first.believes(who, "NOAUTH Authentication required.")
    assert first.run("server").returncode == 1
    assert not first.started


def test_a_primary_that_lost_its_volume_does_not_come_back_while_others_hold_data(first: Box):
    for who in range(3):
        first.believes(who, HOSTS[0])
    first.answer(f"{HOSTS[1]}:6379", "dbsize", "3")
    result = first.run("server")
    assert (result.returncode, first.started) == (1, False)
    assert "the others hold data" in result.stdout


def test_a_primary_with_its_volume_comes_back_as_it_was(first: Box):
    for who in range(3):
        first.believes(who, HOSTS[0])
    first.answer(f"{HOSTS[1]}:6379", "dbsize", "3")
    (first.folder / "data" / "server" / "appendonlydir").mkdir(parents=True)
    assert first.run("server").returncode == 0
    assert not [line for line in first.configuration if line.startswith("replicaof")]


def test_all_empty_is_a_first_start(first: Box):
    for who in range(3):
        first.believes(who, HOSTS[0])
    for host in HOSTS[1:]:
        first.answer(f"{host}:6379", "dbsize", "0")
    assert first.run("server").returncode == 0


def test_a_new_sentinel_begins_with_the_first_server_under_an_identity_of_the_pods_own(second: Box):
    assert second.run("sentinel").returncode == 0
    lines = second.state.read_text().splitlines()
    assert f"sentinel monitor mymaster {HOSTS[0]} 6379 2" in lines
    assert f"sentinel myid {hashlib.sha1(HOSTS[1].encode(), usedforsecurity=False).hexdigest()}" in lines
    assert f"sentinel announce-ip {HOSTS[1]}" in lines
    assert lines.index("sentinel resolve-hostnames yes") < lines.index(f"sentinel monitor mymaster {HOSTS[0]} 6379 2")


def test_a_sentinel_that_starts_again_remembers_the_primary_and_the_epochs(second: Box):
    remembered = [
        "sentinel config-epoch mymaster 4",
        "sentinel leader-epoch mymaster 4",
        f"sentinel known-replica mymaster {HOSTS[0]} 6379",
        f"sentinel known-sentinel mymaster {HOSTS[0]} 26379 {'a' * 40}",
        "sentinel current-epoch 4",
    ]
    second.state.parent.mkdir(parents=True)
    second.state.write_text("\n".join([f"sentinel monitor mymaster {HOSTS[2]} 6379 2", "sentinel auth-pass mymaster old", *remembered, ""]))
    for _ in range(2):
        assert second.run("sentinel").returncode == 0
        lines = second.state.read_text().splitlines()
        assert f"sentinel monitor mymaster {HOSTS[2]} 6379 2" in lines
        assert lines[-5:] == remembered
        assert [line for line in lines if "auth-pass" in line] == ["sentinel auth-pass mymaster p4ssw0rd"]
        assert len(lines) == len(set(lines))


def test_anybody_may_ask_a_sentinel_and_nobody_may_change_it_without_the_password(first: Box):
    assert first.run("sentinel").returncode == 0
    users = dict(line.split(" ", 2)[1:] for line in first.state.read_text().splitlines() if line.startswith("user "))
    assert users["peer"] == "on >p4ssw0rd ~* &* +@all"
    rights = users["default"].split()
    assert rights[:3] == ["on", "nopass", "resetchannels"]
    assert "-@all" in rights
    allowed = {right for right in rights if right.startswith("+")}
    assert "+sentinel|get-master-addr-by-name" in allowed
    assert not allowed & {"+sentinel", "+@all", "+sentinel|failover", "+sentinel|set", "+sentinel|monitor", "+sentinel|remove", "+config"}


def test_what_it_writes_is_for_its_own_user_alone(first: Box):
    for who in range(3):
        first.believes(who, HOSTS[0])
    first.run("sentinel")
    first.run("server")
    for path in (first.state, first.folder / "run" / "valkey.conf"):
        assert path.stat().st_mode & 0o077 == 0


def replication(one: Box, *lines: str) -> None:
    one.answer("localhost:6379", "info replication", "\r\n".join(("# Replication", *lines)))


def test_a_primary_hands_over_before_it_stops_by_a_sentinel_that_stays(first: Box):
    replication(first, "role:master")
    first.answer(f"{HOSTS[1]}:26379", "sentinel failover mymaster", "NOGOODSLAVE No suitable replica to promote")
    first.answer(f"{HOSTS[2]}:26379", "sentinel failover mymaster", "OK")
    first.believes(2, HOSTS[1])
    assert first.run("stop").returncode == 0
    changes = [line for line in first.asked if "failover" in line or "client" in line]
    assert changes == [
        "default localhost:6379 client pause 40000 write",
        *(f"peer {host}:26379 sentinel failover mymaster" for host in HOSTS[1:]),
    ]


def test_a_primary_that_nobody_can_follow_takes_writes_again(first: Box):
    replication(first, "role:master")
    first.run("stop")
    assert first.asked[-1] == "default localhost:6379 client unpause"


def test_a_replica_stops_without_asking_anybody(second: Box):
    replication(second, "role:slave")
    assert second.run("stop").returncode == 0
    assert not [line for line in second.asked if "failover" in line]


@pytest.mark.parametrize(
    ("lines", "ready"),
    [
        (("role:master",), True),
        (("role:slave", "master_link_status:up"), True),
        (("role:slave", "master_link_status:down"), False),
    ],
)
def test_a_replica_is_ready_when_it_has_caught_up(second: Box, lines: tuple[str, ...], ready: bool):
    replication(second, *lines)
    assert (second.run("ready").returncode == 0) is ready


@pytest.mark.parametrize(("answer", "alive"), [("PONG", True), ("LOADING Valkey is loading", True), ("NOAUTH", False), ("", False)])
def test_a_server_that_still_reads_its_file_is_alive(first: Box, answer: str, alive: bool):
    first.answer("localhost:6379", "ping", answer)
    assert (first.run("alive").returncode == 0) is alive


def test_a_silent_server_or_sentinel_is_not_alive(first: Box):
    assert first.run("alive").returncode != 0
    assert first.run("ready").returncode != 0
    assert first.run("sentinel-alive").returncode != 0
    first.answer("localhost:26379", "ping", "PONG")
    assert first.run("sentinel-alive").returncode == 0
