"""Command lines of the control plane's programs: all of it on loopback, as light as two cores want it."""

from __future__ import annotations

from pathlib import Path

SERVICES = "172.20.0.0/16"
"""Addresses of Services; the range that EKS gives and `network.services_cidr` defaults to."""
SOCKET = "unix://etcd:0"
"""etcd 3.4 takes no path here, and makes a file of that name in its working directory: no port, and the folder's mode guards it."""
CONTROLLERS = (
    "cronjob-controller",
    "clusterrole-aggregation-controller",
    "daemonset-controller",
    "deployment-controller",
    "disruption-controller",
    "endpointslice-controller",
    "garbage-collector-controller",
    "job-controller",
    "namespace-controller",
    "persistentvolume-protection-controller",
    "persistentvolumeclaim-protection-controller",
    "pod-garbage-collector-controller",
    "replicaset-controller",
    "resourcequota-controller",
    "root-ca-certificate-publisher-controller",
    "service-cidr-controller",
    "serviceaccount-controller",
    "serviceaccount-token-controller",
    "statefulset-controller",
    "ttl-after-finished-controller",
    "validatingadmissionpolicy-status-controller",
)
"""All that act on objects alone. What needs nodes, a cloud or volumes has nothing to do here."""


def etcd(program: Path, folder: Path) -> list[str]:
    return [
        str(program),
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={SOCKET}",
        f"--advertise-client-urls={SOCKET}",
        "--listen-peer-urls=unix://peer:0",
        "--initial-advertise-peer-urls=unix://peer:0",
        "--initial-cluster=default=unix://peer:0",
        # A power cut may cost this data; a crash of the program does not.
        "--unsafe-no-fsync",
        "--heartbeat-interval=20",
        "--election-timeout=200",
        "--logger=zap",
        "--log-level=warn",
    ]


def api_server(program: Path, folder: Path, port: int) -> list[str]:
    return [
        str(program),
        f"--etcd-servers={SOCKET}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        f"--client-ca-file={folder / 'ca.crt'}",
        f"--tls-cert-file={folder / 'server.crt'}",
        f"--tls-private-key-file={folder / 'server.key'}",
        f"--encryption-provider-config={folder / 'encryption.json'}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={folder / 'accounts.pub'}",
        f"--service-account-signing-key-file={folder / 'accounts.key'}",
        f"--service-cluster-ip-range={SERVICES}",
        "--authorization-mode=RBAC",
        "--anonymous-auth=false",
        # As managed clusters do: whether a pod may be privileged is Pod Security's to say.
        "--allow-privileged=true",
        # The Service `kubernetes` gets no endpoints: a loopback address is none.
        "--endpoint-reconciler-type=none",
        "--profiling=false",
        # A cache for each kind would cost a second at the start and more for every definition.
        "--watch-cache=false",
    ]


def controller_manager(program: Path, folder: Path) -> list[str]:
    return [
        str(program),
        f"--kubeconfig={folder / 'controllers.kubeconfig'}",
        f"--controllers={','.join(CONTROLLERS)}",
        f"--root-ca-file={folder / 'ca.crt'}",
        f"--service-account-private-key-file={folder / 'accounts.key'}",
        f"--service-cluster-ip-range={SERVICES}",
        "--leader-elect=false",
        "--secure-port=0",
        "--concurrent-namespace-syncs=20",
        # The default of 20 requests a second makes a platform's destroy wait for the client's own throttle.
        "--kube-api-qps=400",
        "--kube-api-burst=800",
        "--profiling=false",
    ]
