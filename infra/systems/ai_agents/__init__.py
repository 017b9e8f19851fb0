"""AI Agents: enriches service desk tickets; an API takes webhooks, workers do the work that a queue hands them."""

from infra.systems.ai_agents.options import AiAgentsOptions as AiAgentsOptions
from infra.systems.ai_agents.spec import ai_agents as ai_agents
from infra.systems.entry import Entry

ENTRY = Entry(AiAgentsOptions, ai_agents)
