"""AI Agents as data."""

from __future__ import annotations

from components.backup.spec import BackupSpec
from components.budget.spec import BudgetSpec
from components.cluster.spec import NodePool
from components.registry.spec import RegistrySpec
from components.secrets.spec import SecretsSpec
from components.vocabulary import Size
from components.workloads.spec import NamespaceSpec
from components.workloads.values import Given, SecretValue
from infra.profiles import Profile
from infra.system import Observability, Place, Receivers, StoreSpec, SystemSpec
from infra.systems.ai_agents import database, pods, queue
from infra.systems.ai_agents.alerts import rules
from infra.systems.ai_agents.checks import checks
from infra.systems.ai_agents.dashboards import dashboards
from infra.systems.ai_agents.options import AiAgentsOptions

ID = "ai-agents"


def ai_agents(profile: Profile, options: AiAgentsOptions, place: Place) -> SystemSpec:
    """What differs between environments is in the profile; the namespace is called like the environment."""
    namespace = profile.environment
    protect = profile.deletion_protected
    emails = options.alert_emails or (place.ops_email,)
    return SystemSpec(
        id=ID,
        pools=(NodePool(name="general", size=Size.MEDIUM, min_nodes=3, desired_nodes=3, max_nodes=8),),
        backup=BackupSpec(backup_days=profile.backup_days, deletion_protected=protect),
        budget=BudgetSpec(monthly_eur=options.budget_eur, emails=emails),
        receivers=Receivers(emails=emails, pagerduty=options.pagerduty, slack=options.slack_channel),
        observability=Observability(traces=True, exposed=True, dashboards=dashboards(namespace), rules=rules(namespace)),
        databases=database.instances(options, profile),
        roles=database.roles(options),
        caches={queue.QUEUE: queue.cache(profile)},
        registry=RegistrySpec(repositories=(pods.API, pods.WORKER, database.MIGRATIONS), deletion_protected=protect),
        secrets=StoreSpec(store=SecretsSpec(prefix=f"aa/{profile.path}", deletion_protected=protect), values=secrets(options)),
        namespaces=(NamespaceSpec(name=namespace, labels={"app": ID}, quota=pods.quota(options)),),
        accounts=(pods.account(namespace),),
        configs=pods.configs(options, profile, namespace),
        views=(*database.views(options, namespace), queue.view(namespace), *pods.views(namespace)),
        jobs=database.jobs(options, namespace, pods.USER),
        deployments=(pods.api(options, profile, namespace), pods.worker(options, profile, namespace)),
        routes=(pods.route(options, namespace, place.domain),),
        checks=checks(options),
        shown=(database.APP,),
    )


def secrets(options: AiAgentsOptions) -> dict[str, SecretValue]:
    rotations = options.rotations
    openai, servicedesk = rotations.get("openai-api-key", 0), rotations.get("servicedesk", 0)
    return {
        **database.secrets(options),
        **queue.secrets(),
        **{path: Given(key=path, rotation=openai if path == "openai-api-key" else servicedesk) for path in pods.GIVEN_PATHS.values()},
    }
