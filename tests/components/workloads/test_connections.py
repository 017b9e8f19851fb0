"""Network policies follow from who talks to whom."""

from __future__ import annotations

import kubernetes_validate
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.vocabulary import Cloud
from components.workloads.connections import (
    PRIVATE,
    Allowed,
    CacheServer,
    Connection,
    DatabaseServer,
    Dns,
    Gateway,
    Identity,
    Internet,
    KubernetesApi,
    Monitoring,
    Peer,
    Pods,
    Target,
    policies,
)
from components.workloads.policies import Policies
from components.workloads.spec import Calls
from tests.components.workloads.connected import deployment, found, terrain
from tests.recorder import record

WEB = Pods(name="web", namespace="front", labels={"app": "web"})
API = Pods(name="api", namespace="back", labels={"app": "api"})


def egress(target: Target, *ports: int, cloud: Cloud = Cloud.AWS) -> tuple[Allowed, ...]:
    (policy,) = (item for item in policies([Connection(source=WEB, target=target, ports=ports)], terrain(cloud)) if item.subject == WEB)
    return policy.egress


@pytest.mark.parametrize(
    ("target", "ports", "expected"),
    [
        (Dns(), (), Allowed((Peer(namespace="kube-system", labels=(("k8s-app", "kube-dns"),)),), (("UDP", 53), ("TCP", 53)))),
        (Internet(), (), Allowed((Peer(cidr="0.0.0.0/0", excluded=PRIVATE),), (("TCP", 443),))),
        (Internet(), (587,), Allowed((Peer(cidr="0.0.0.0/0", excluded=PRIVATE),), (("TCP", 587),))),
        (DatabaseServer(), (), Allowed((Peer(cidr="10.0.1.0/24"),), (("TCP", 5432),))),
        (
            KubernetesApi(),
            (),
            Allowed((Peer(cidr="10.0.16.0/20"), Peer(cidr="10.0.32.0/20"), Peer(cidr="172.20.0.1/32")), (("TCP", 443),)),
        ),
        (
            CacheServer(cache="queue"),
            (),
            Allowed((Peer(cidr="10.0.2.0/24"), Peer(cidr="10.0.3.0/24")), (("TCP", 6379),), ((11000, 13047),)),
        ),
        (Monitoring(), (4317,), Allowed((Peer(namespace="monitoring"),), (("TCP", 4317),))),
        (Identity(), (), Allowed((Peer(cidr="169.254.170.23/32"),), (("TCP", 80),))),
    ],
)
def test_each_target_opens_its_own_addresses_and_ports(target: Target, ports: tuple[int, ...], expected: Allowed):
    assert egress(target, *ports) == (expected,)


def test_both_ends_of_a_connection_between_pods_are_opened():
    web, api = policies([Connection(source=WEB, target=API, ports=(8080,))], terrain())
    assert web.egress == (Allowed((Peer(namespace="back", labels=(("app", "api"),)),), (("TCP", 8080),)),)
    assert web.ingress == ()
    assert api.ingress == (Allowed((Peer(namespace="front", labels=(("app", "web"),)),), (("TCP", 8080),)),)
    assert api.egress == ()


def test_the_gateway_and_monitoring_come_in_by_their_namespaces():
    (policy,) = policies(
        [Connection(source=Gateway(), target=API, ports=(80,)), Connection(source=Monitoring(), target=API, ports=(9090,))], terrain()
    )
    assert [allowed.peers for allowed in policy.ingress] == [(Peer(namespace="gateway"),), (Peer(namespace="monitoring"),)]


@pytest.mark.parametrize(("cloud", "rules"), [(Cloud.AWS, 1), (Cloud.GCP, 1), (Cloud.AZURE, 0)])
def test_a_cloud_without_an_identity_service_on_the_node_opens_nothing_for_it(cloud: Cloud, rules: int):
    assert len(egress(Identity(), cloud=cloud)) == rules


def test_a_cache_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="web connects to cache 'other'; declared: queue"):
        egress(CacheServer(cache="other"))


def test_ranges_of_ports_are_ranges_of_the_policy():
    made = record(
        lambda: Policies("net", [Connection(source=WEB, target=CacheServer(cache="queue"))], terrain(), {"front": "front", "back": "back"})
    )
    policy = made.one("kubernetes:networking.k8s.io/v1:NetworkPolicy").inputs
    kubernetes_validate.validate(policy, "1.34", strict=True)
    assert policy["spec"]["egress"][0]["ports"] == [
        {"protocol": "TCP", "port": 6379},
        {"protocol": "TCP", "port": 11000, "endPort": 13047},
    ]
    assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]


def test_one_name_for_different_pods_is_refused():
    other = WEB.model_copy(update={"labels": {"app": "other"}})
    with pytest.raises(ValueError, match="front/web: one name, one set of labels"):
        policies([Connection(source=WEB, target=Dns()), Connection(source=other, target=Dns())], terrain())


NAMES = ("one", "two", "three")
WORKLOADS = st.fixed_dictionaries(
    {
        name: st.tuples(
            st.sets(st.sampled_from(("database:main", "database:audit", "cache:queue", "valkey:sessions"))),
            st.sets(st.sampled_from((*NAMES, "internet", "kubernetes-api", "traces"))),
            st.booleans(),
        )
        for name in NAMES
    }
)


@given(WORKLOADS)
def test_every_workload_opens_what_it_says_and_no_more_and_the_other_end_lets_it_in(
    chosen: dict[str, tuple[set[str], set[str], bool]],
):
    deployments = [
        deployment(name, *sorted(uses), calls=[Calls(target=item) for item in sorted(calls)], metrics_path="/metrics" if scraped else None)
        for name, (uses, calls, scraped) in chosen.items()
    ]
    made = {policy.subject.name: policy for policy in policies(found(*deployments), terrain())}
    for name, (uses, calls, scraped) in chosen.items():
        wanted = len(uses) + len(calls)
        callers = {other for other, (_, called, _) in chosen.items() if name in called}
        if not (wanted or scraped or callers):
            assert name not in made
            continue
        assert len(made[name].egress) == (wanted + 1 if wanted else 0)
        assert len(made[name].ingress) == len(callers) + scraped
        own = Peer(namespace="apps", labels=(("app", name),))
        for allowed in made[name].egress:
            for peer in allowed.peers:
                if peer.namespace == "apps":
                    other = next(policy for policy in made.values() if tuple(policy.subject.labels.items()) == peer.labels)
                    assert any(own in entry.peers and entry.ports == allowed.ports for entry in other.ingress)
