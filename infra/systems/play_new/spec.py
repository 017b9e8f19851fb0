"""Play New as data."""

from __future__ import annotations

from components.backup.spec import BackupSpec
from components.budget.spec import BudgetSpec
from components.key.spec import KeySpec
from components.registry.spec import RegistrySpec
from components.secrets.spec import SecretsSpec
from components.workloads.connections import Connection, Dns, Internet, Pods
from components.workloads.spec import AccountSpec, NamespaceSpec
from components.workloads.values import Generated, Given, SecretValue
from infra.profiles import Profile
from infra.system import Observability, Place, Receivers, StoreSpec, SystemSpec
from infra.systems.play_new import agents, database, host
from infra.systems.play_new.alerts import rules
from infra.systems.play_new.checks import CHECKS
from infra.systems.play_new.dashboards import dashboards
from infra.systems.play_new.options import PlayNewOptions
from infra.systems.play_new.phases import PHASES, PhaseValues

ID = "play-new"
AGENT = Pods(name=agents.ACCOUNT, namespace=agents.NAMESPACE, labels={"app": "playnew", "component": "agent-runner"})


def play_new(profile: Profile, options: PlayNewOptions, place: Place) -> SystemSpec:
    """Everything that differs between phases is in `PHASES`, between environments in the profile."""
    values = PHASES[options.phase]
    protect = profile.deletion_protected
    emails = options.alert_emails or (place.ops_email,)
    return SystemSpec(
        id=ID,
        pools=values.pools,
        backup=BackupSpec(backup_days=profile.backup_days, hourly=values.hourly_backups, deletion_protected=protect),
        budget=BudgetSpec(monthly_eur=options.budget_eur or values.monthly_eur, thresholds=values.budget_alerts, emails=emails),
        receivers=Receivers(emails=emails, pagerduty=values.pagerduty),
        observability=Observability(traces=values.traces, logs=values.logs, dashboards=dashboards(), rules=rules(options.database_pool)),
        keys={host.MASTER_KEY: KeySpec(purpose=host.MASTER_KEY, exclusive=True, deletion_protected=protect)},
        databases=database.instances(options, values, profile),
        roles=database.roles(options),
        registry=RegistrySpec(repositories=(host.NAME, agents.IMAGE), deletion_protected=protect),
        secrets=StoreSpec(store=SecretsSpec(prefix=f"pn/{profile.path}", deletion_protected=protect), values=secrets(options)),
        namespaces=namespaces(options, values),
        accounts=(host.account(), AccountSpec(name=agents.ACCOUNT, namespace=agents.NAMESPACE)),
        connections=connections(),
        configs=(*host.configs(options, profile), *agents.configs(options)),
        views=(host.view(), *database.views(options, host.NAMESPACE), *agents.views(options)),
        jobs=database.jobs(options, profile, host.NAMESPACE, host.CONFIG),
        deployments=(host.deployment(options, values, profile),),
        routes=(host.route(place.domain),),
        checks=CHECKS,
    )


def secrets(options: PlayNewOptions) -> dict[str, SecretValue]:
    rotations = options.rotations
    own = {path: Given(key=path) for path in (agents.key_path(org) for org in options.orgs if org.own_anthropic_key)}
    return {
        **database.secrets(options),
        "anthropic-api-key": Given(key="anthropic-api-key", rotation=rotations.get("anthropic-api-key", 0)),
        "openai-api-key": Given(key="openai-api-key", rotation=rotations.get("openai-api-key", 0)),
        "jwt-secret": Generated(length=64, rotation=rotations.get("jwt-secret", 0)),
        **own,
    }


def namespaces(options: PlayNewOptions, values: PhaseValues) -> tuple[NamespaceSpec, ...]:
    at_once = options.agents_at_once or values.agents_at_once
    return (
        NamespaceSpec(name=host.NAMESPACE, labels={"app": "playnew", "role": "system"}, quota=host.quota(options.replicas)),
        NamespaceSpec(name=agents.NAMESPACE, labels={"app": "playnew", "role": "agents"}, quota=agents.quota(at_once)),
    )


def connections() -> tuple[Connection, ...]:
    """Of the agents, whose pods the host makes at run time: LLM providers, on public addresses. The others say themselves what they use."""
    return (Connection(source=AGENT, target=Dns()), Connection(source=AGENT, target=Internet()))
