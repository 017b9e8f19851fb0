"""The agent runner: the Job template that the host fills in, its namespace's quota, and what each organisation gets."""

from __future__ import annotations

from math import ceil

from components.workloads.spec import ConfigSpec, Quota, SecretItem, SecretSpec
from components.workloads.values import Filled, OwnImage
from infra.systems.play_new.options import Org, PlayNewOptions
from infra.systems.play_new.phases import AGENT_POOL

NAMESPACE = "pn-agents"
ACCOUNT = "pn-agent-runner"
IMAGE = "pn-agent-runner"
SHARED_KEY = "anthropic-api-key"
SKILLS = "pn-skills"
SLACK = 1.2
CPU_REQUEST, CPU_LIMIT = 250, 500  # millicores
MEMORY_REQUEST, MEMORY_LIMIT = 256, 512  # MiB

# `@image@` is filled in when the platform stands, `${…}` by the host for each invocation.
# Quoted, since an id of digits alone would turn into a number.
TEMPLATE = f"""\
apiVersion: batch/v1
kind: Job
metadata:
  name: "pn-agent-${{USER_INSTANCE_ID}}-${{INVOCATION_ID}}"
  namespace: {NAMESPACE}
  labels:
    app: playnew
    component: agent-runner
    org-id: "${{ORG_ID}}"
    user-instance-id: "${{USER_INSTANCE_ID}}"
spec:
  ttlSecondsAfterFinished: 60
  activeDeadlineSeconds: 120
  backoffLimit: 0
  template:
    metadata:
      labels:
        app: playnew
        component: agent-runner
        org-id: "${{ORG_ID}}"
        user-instance-id: "${{USER_INSTANCE_ID}}"
    spec:
      restartPolicy: Never
      serviceAccountName: {ACCOUNT}
      automountServiceAccountToken: false
      enableServiceLinks: false
      nodeSelector:
        pool: {AGENT_POOL}
      tolerations:
        - key: pool
          operator: Equal
          value: {AGENT_POOL}
          effect: NoSchedule
      securityContext:
        runAsNonRoot: true
        runAsUser: 1001
        runAsGroup: 1001
        fsGroup: 1001
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: agent-runner
          image: "@image@"
          envFrom:
            - configMapRef:
                name: "pn-agent-config-${{ORG_ID}}"
            - secretRef:
                name: "pn-agent-secrets-${{ORG_ID}}"
          env:
            - name: USER_INSTANCE_ID
              value: "${{USER_INSTANCE_ID}}"
            - name: ORG_ID
              value: "${{ORG_ID}}"
            - name: INVOCATION_ID
              value: "${{INVOCATION_ID}}"
            - name: MESSAGE_PAYLOAD
              value: "${{BASE64_ENCODED_MESSAGE}}"
          resources:
            requests:
              cpu: {CPU_REQUEST}m
              memory: {MEMORY_REQUEST}Mi
            limits:
              cpu: {CPU_LIMIT}m
              memory: {MEMORY_LIMIT}Mi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          volumeMounts:
            - name: org-context
              mountPath: /data/org-context
              readOnly: true
            - name: user-skills
              mountPath: /data/skills
              readOnly: true
            - name: tmp
              mountPath: /tmp
      volumes:
        - name: org-context
          configMap:
            name: "pn-org-context-${{ORG_ID}}"
        - name: user-skills
          configMap:
            name: {SKILLS}
        - name: tmp
          emptyDir:
            sizeLimit: 256Mi
"""


def template(version: str) -> Filled:
    return Filled(text=TEMPLATE, values={"image": OwnImage(repository=IMAGE, tag=version)})


def quota(at_once: int) -> Quota:
    """Room for that many agents and a fifth more. Jobs: finished ones stay a minute, so that ten times as many objects may exist."""
    return Quota(
        pods=ceil(at_once * SLACK),
        requests_cpu=f"{ceil(at_once * CPU_REQUEST * SLACK)}m",
        requests_memory=f"{ceil(at_once * MEMORY_REQUEST * SLACK)}Mi",
        limits_cpu=f"{ceil(at_once * CPU_LIMIT * SLACK)}m",
        limits_memory=f"{ceil(at_once * MEMORY_LIMIT * SLACK)}Mi",
        jobs=at_once * 10,
    )


def key_path(org: Org) -> str:
    return f"{SHARED_KEY}-{org.id}" if org.own_anthropic_key else SHARED_KEY


def configs(options: PlayNewOptions) -> tuple[ConfigSpec, ...]:
    return (
        ConfigSpec(name=SKILLS, namespace=NAMESPACE, data=dict(options.skills)),
        *(ConfigSpec(name=f"pn-agent-config-{org.id}", namespace=NAMESPACE, data={"ORG_ID": org.id}) for org in options.orgs),
        *(ConfigSpec(name=f"pn-org-context-{org.id}", namespace=NAMESPACE, data=dict(org.context)) for org in options.orgs),
    )


def views(options: PlayNewOptions) -> tuple[SecretSpec, ...]:
    return tuple(
        SecretSpec(name=f"pn-agent-secrets-{org.id}", namespace=NAMESPACE, data={"ANTHROPIC_API_KEY": SecretItem(path=key_path(org))})
        for org in options.orgs
    )
