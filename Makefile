# Thin: every verb is one command that can be run by hand. `make help` lists them.

STACK ?= prod
LATENCY ?=
TIME_SCALE ?=
FAULT ?=
ARGS ?=

python := .venv/bin/python
stack = $(python) -m ops.stack
sandbox = $(if $(LATENCY),--latency $(LATENCY)) $(if $(TIME_SCALE),--time-scale $(TIME_SCALE)) $(foreach fault,$(FAULT),--fault $(fault))
pytest = $(python) -m pytest

# The CLI that bootstrap puts in .tools/bin, where the machine has none that serves.
export PATH := $(CURDIR)/.tools/bin:$(PATH)

.NOTPARALLEL:
.PHONY: help tools up preview refresh destroy export pulumi check test test-unit test-inventory test-engine inventory bench clean

help: ## what there is to do
	@echo 'make VERB [STACK=$(STACK)] [LATENCY=realistic] [TIME_SCALE=600] [FAULT="throttle:0.05"]'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

tools: ## install what is missing: uv, the locked environment, the Pulumi CLI
	@tools/bootstrap.sh

up: tools ## bring the stack up in the sandbox, the residency policies on
	@$(stack) up --stack $(STACK) $(sandbox)

preview: tools ## show what `make up` would change
	@$(stack) preview --stack $(STACK) $(sandbox)

refresh: tools ## read the stand-in world again and record what drifted
	@$(stack) refresh --stack $(STACK) $(sandbox)

destroy: tools ## remove everything that is not protected, and say how to release the rest
	@$(stack) destroy --stack $(STACK) $(sandbox)

export: tools ## print the engine's recorded state as JSON
	@$(stack) export --stack $(STACK)

pulumi: tools ## any other command of the CLI: make pulumi ARGS="stack output --json"
	@$(stack) pulumi --stack $(STACK) $(sandbox) -- $(ARGS)

check: tools ## format, lint and types
	@tools/bootstrap.sh node
	$(python) -m ruff format --check .
	$(python) -m ruff check .
	$(python) -m pyright

test: test-unit test-inventory test-engine ## every tier of tests

test-unit: tools ## pure functions, specs, policies, single components
	@echo '== unit tests (budget 60 s)'
	@$(pytest) -n 2 -m 'not inventory and not engine'

test-inventory: tools ## every stack under mocks against its recorded inventory
	@echo '== inventory tests (budget 120 s)'
	@$(pytest) -n 2 -m 'inventory and not engine'

test-engine: tools ## the real engine against the stand-ins
	@echo '== engine tests (budget 600 s)'
	@$(pytest) -m engine

inventory: tools ## write the recorded inventories again
	@$(python) -m tests.inventory

bench: tools ## the numbers that hold: preview against a flat program, policies, makespan
	@$(python) -m ops.bench

clean: ## forget the sandbox's stacks and worlds, and the caches; keeps .venv and .tools
	rm -rf .sandbox .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path './.venv/*' -not -path './.tools/*' -prune -exec rm -rf {} +
