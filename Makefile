# Thin: every verb is one command that can be run by hand. `make help` lists them.

STACK ?= prod
LATENCY ?=
TIME_SCALE ?=
FAULT ?=
AWS ?=
KUBE ?=
CONFIRM ?=
ARGS ?=

python := .venv/bin/python
stack = $(python) -m ops.stack
sandbox = $(if $(LATENCY),--latency $(LATENCY)) $(if $(TIME_SCALE),--time-scale $(TIME_SCALE)) $(foreach fault,$(FAULT),--fault $(fault)) \
	$(if $(AWS),--aws $(AWS)) $(if $(filter 1 yes true,$(KUBE)),--kube) $(foreign)
# A kubeconfig of the shell's environment is not meant: only `make up KUBECONFIG=…` is.
foreign = $(if $(filter command line,$(origin KUBECONFIG)),--kubeconfig $(KUBECONFIG) --confirm "$(CONFIRM)")
pytest = $(python) -m pytest

# The CLI that bootstrap puts in .tools/bin, where the machine has none that serves.
# Compiled, the clouds' SDKs load three times as fast.
unexport PYTHONDONTWRITEBYTECODE
export PATH := $(CURDIR)/.tools/bin:$(PATH)

.NOTPARALLEL:
.PHONY: help tools judges up preview refresh destroy export pulumi stop check test test-unit test-inventory test-engine test-judges \
	inventory bench clean

help: ## what there is to do
	@echo 'make VERB [STACK=$(STACK)] [LATENCY=realistic] [TIME_SCALE=600] [FAULT="throttle:0.05"] [KUBE=1]'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

tools: ## install what is missing: uv, the locked environment, the Pulumi CLI
	@tools/bootstrap.sh

judges: tools ## install the judges: an API server, etcd, promtool, amtool, checkov
	@tools/bootstrap.sh judges

up: tools $(if $(KUBE),judges) ## bring the stack up in the sandbox, the residency policies on
	@$(stack) up --stack $(STACK) $(sandbox)

preview: tools ## show what `make up` would change
	@$(stack) preview --stack $(STACK) $(sandbox)

refresh: tools ## read the stand-in world again and record what drifted
	@$(stack) refresh --stack $(STACK) $(sandbox)

destroy: tools ## remove all that is not protected (KEEP_DATA=1: nor holds data), say what is left and how to release it
	@$(stack) destroy --stack $(STACK) $(sandbox) $(if $(filter-out 0 no false,$(KEEP_DATA)),--keep-data)

export: tools ## print the engine's recorded state as JSON
	@$(stack) export --stack $(STACK)

pulumi: tools ## any other command of the CLI: make pulumi ARGS="stack output --json"
	@$(stack) pulumi --stack $(STACK) $(sandbox) -- $(ARGS)

stop: tools ## end the judges that run for the sandbox (moto, API servers); what they keep stays
	@$(stack) stop

check: tools ## format, lint and types
	@tools/bootstrap.sh node
	$(python) -m ruff format --check .
	$(python) -m ruff check .
	$(python) -m pyright --threads 2

test: test-unit test-inventory test-engine test-judges ## every tier of tests

test-unit: tools ## pure functions, specs, policies, single components
	@echo '== unit tests (budget 60 s)'
	@$(pytest) -n 2 -m 'not inventory and not engine and not judge'

test-inventory: tools ## every stack under mocks against its recorded inventory
	@echo '== inventory tests (budget 120 s)'
	@$(pytest) -n 2 --dist loadgroup -m 'inventory and not engine and not judge'

test-engine: tools ## the real engine against the stand-ins
	@echo '== engine tests (budget 600 s)'
	@$(pytest) -n 2 --dist loadgroup -m 'engine and not judge'

test-judges: tools judges ## what others wrote judges: an API server, moto, promtool, checkov
	@echo '== judges (budget 600 s)'
	@EUCLOUD_JUDGES=required $(pytest) -n 2 --dist loadgroup -m judge

inventory: tools ## write the recorded inventories, the tables of parity and of judges again
	@$(python) -m tests.inventory
	@$(python) -m sandbox.aws.moto.table

bench: tools ## the numbers that hold: preview against a flat program, policies, makespan
	@$(python) -m ops.bench --stack $(STACK)

clean: ## forget the sandbox's stacks and worlds, and the caches; keeps .venv and .tools
	@[ ! -d .sandbox ] || [ ! -x $(python) ] || $(stack) stop
	rm -rf .sandbox .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path './.venv/*' -not -path './.tools/*' -prune -exec rm -rf {} +
