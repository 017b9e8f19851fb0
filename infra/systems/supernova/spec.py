"""Supernova as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from components.backup.spec import BackupSpec
from components.budget.spec import BudgetSpec
from components.secrets.spec import SecretsSpec
from components.workloads.spec import NamespaceSpec, Quota
from infra.profiles import Profile
from infra.system import Observability, Place, Receivers, StoreSpec, SystemSpec
from infra.systems.supernova import database, redis, server
from infra.systems.supernova.alerts import rules
from infra.systems.supernova.dashboards import dashboards, objectives
from infra.systems.supernova.environments import VALUES, Values
from infra.systems.supernova.metrics import Metrics
from infra.systems.supernova.options import SupernovaOptions

ID = "supernova"


def supernova(profile: Profile, options: SupernovaOptions, place: Place) -> SystemSpec:
    """Everything that differs between environments is in `VALUES` and in the profile. Raises ValueError for what `mistakes` tells."""
    if lines := list(mistakes(profile, options)):
        raise ValueError("\n".join(lines))
    values = chosen(profile, options)
    protect = profile.deletion_protected
    emails = options.alert_emails or (place.ops_email,)
    return SystemSpec(
        id=ID,
        pools=values.pools,
        backup=BackupSpec(backup_days=profile.backup_days, hourly=values.hourly_backups, deletion_protected=protect),
        budget=BudgetSpec(monthly_eur=values.monthly_eur, thresholds=values.budget_alerts, emails=emails),
        receivers=Receivers(emails=emails, pagerduty=values.pagerduty, slack=values.slack_channel),
        observability=observability(options, values),
        databases=database.instances(options, values, profile),
        poolers=database.poolers(options, values, profile),
        roles=database.roles(options),
        caches=redis.caches(values, profile),
        valkeys=redis.valkeys(values),
        signing=server.signing(options),
        secrets=StoreSpec(
            store=SecretsSpec(prefix=f"{ID}/{profile.path}", deletion_protected=protect),
            values={**database.secrets(options), **server.secrets(options, values)},
        ),
        namespaces=(NamespaceSpec(name=values.namespace, labels={"app": ID}, quota=quota(values, profile)),),
        accounts=(server.account(values),),
        configs=(server.config(options, values, profile, place), *redis.authorities(values)),
        views=(*server.views(values), *database.views(options, values)),
        jobs=database.jobs(options, values, profile, server.image(options)),
        deployments=(server.deployment(options, values),),
        routes=(server.route(values, place),),
        checks=server.checks(options),
    )


def chosen(profile: Profile, options: SupernovaOptions) -> Values:
    """The environment's values, with the stack's own words."""
    own = {
        "replicas": options.replicas,
        "max_replicas": options.max_replicas,
        "redis": options.redis,
        "secrets_by": options.secrets_by,
        "slack_channel": options.slack_channel,
        "monthly_eur": options.budget_eur,
    }
    return VALUES[profile.environment].model_copy(update={name: value for name, value in own.items() if value is not None})


def mistakes(profile: Profile, options: SupernovaOptions) -> Iterator[str]:
    """What this environment refuses, a line each."""
    values = chosen(profile, options)
    if values.max_replicas is not None and values.max_replicas <= values.replicas:
        yield f"max_replicas: {values.max_replicas} given; allowed: more than replicas, {values.replicas}"
    if profile.environment != "production":
        return
    if options.dev_auth_open:
        yield "dev_auth_open: true given; allowed in production: false, since every request would pass without a token"
    if values.redis == "single":
        yield "redis: 'single' given; allowed in production: sentinel, cluster, since one node fails over to nothing"
    if values.secrets_by == "plain":
        yield "secrets_by: 'plain' given; allowed in production: external, sealed"
    for number, origin in enumerate(options.allowed_origins):
        if origin.startswith("http://"):
            yield f"allowed_origins[{number}]: {origin!r} given; allowed in production: https://…"
    if options.app_url and options.app_url.startswith("http://"):
        yield f"app_url: {options.app_url!r} given; allowed in production: https://…"


def observability(options: SupernovaOptions, values: Values) -> Observability:
    metrics = Metrics(values.namespace)
    return Observability(
        logs=True,
        dashboards=dashboards(metrics),
        rules=rules(metrics, f"{options.database.active}-pooler", database.MIGRATE_JOB, ages(options), options.rotation_days),
        slos=objectives(metrics),
    )


def ages(options: SupernovaOptions) -> Mapping[str, date | None]:
    """The day of the last rotation of everything that is rotated every 90 days."""
    regular = (*server.GENERATED, "collab-pay-webhook-secret")
    return {**{path: options.rotated.get(path) for path in regular}, "signing keys": options.signing.since}


def quota(values: Values, profile: Profile) -> Quota:
    """The server at its largest and one pod more while it rolls out, the poolers, Redis' servers, and the Jobs, with a little room."""
    servers = max(values.replicas, values.max_replicas or 0) + 1
    others = profile.pod_replicas + 1 + (3 if values.redis == "sentinel" else 0)
    return Quota(
        pods=servers + others + 3,
        requests_cpu=f"{servers * 500 + others * 300 + 750}m",
        requests_memory=f"{servers * 512 + others * 768 + 768}Mi",
        limits_cpu=f"{servers * 2 + others * 2 + 3}",
        limits_memory=f"{(servers + others) * 2 + 3}Gi",
    )
