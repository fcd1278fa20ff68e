# Everything a developer does here has a name: `make` lists them.
PYTHON ?= python3
PY := .venv/bin/python
ARGS ?=
# One more than a small machine has cores: most of the long tests wait, for starts, outages and time-outs.
WORKERS ?= 3
.DEFAULT_GOAL := help
.PHONY: help run test coverage lint types layers migrations format lock bench bench-compare lighthouse scale prove rollout manage screenshots image sbom scan clean install install-test browser
MAKEFLAGS += --no-print-directory
# Containers and CI often forbid Python to keep what it compiled; each process would compile 1,600 files when it starts.
unexport PYTHONDONTWRITEBYTECODE

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  \033[1mmake %-12s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install ## Start the store on http://127.0.0.1:8000 (PORT, REPLICAS, SHOP_DATA, DEMO=0, DEMO_ADMIN_PASSWORD)
	@exec $(PY) -m config.local

manage: ## Run a management command in the running store: make manage ARGS="import_products file.csv"
	@$(PY) -m config.local.commands $(ARGS)

SIDE_BY_SIDE := -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test: install-test browser ## Install what the tests need, start their services, run them all (ARGS for pytest; without: WORKERS at a time)
	@$(PY) -m pytest $(or $(ARGS),$(SIDE_BY_SIDE))

coverage: install-test browser ## Run all tests and list the lines that none of them ran; takes a third longer
	@$(PY) -m pytest $(SIDE_BY_SIDE) --cov --cov-report=term-missing $(ARGS)

# Enough for the settings to load: nothing is connected to.
OFFLINE := SECRET_KEY=lint DATABASE_URL=postgres://lint@127.0.0.1:1/lint

lint: install-test ## Style, types, layers, missing migrations
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .
	@$(MAKE) -j 2 types layers migrations

types:
	@$(OFFLINE) $(PY) -m mypy

layers:
	@.venv/bin/lint-imports

migrations:
	@$(OFFLINE) $(PY) -W ignore manage.py makemigrations --check --dry-run --skip-checks

format: install-test ## Bring the code into shape
	@$(PY) -m ruff check --fix . && $(PY) -m ruff format .

bench: install-test ## Measure the store beside a bare Django view (ARGS="--sizes 10000")
	@$(PY) -m bench $(ARGS)

bench-compare: install-test ## Measure a commit and HEAD in turn and show ratios (BASE=main~5 ARGS="--only cart")
	@$(PY) -m bench --base $(or $(BASE),HEAD~1) $(ARGS)

scale: install-test ## Write docs/scale.md and docs/cost.md again from the last measurement (ARGS=--check: only look)
	@$(PY) -m bench.capacity $(ARGS)

lighthouse: install-test browser ## Ask Lighthouse about home, product and cart on a phone (fetches it by npm)
	@$(PY) -m config.local.lighthouse

prove: install-test ## Kill processes under visitors and prove that nothing was lost or done twice (ARGS="--journeys 40 --seed 7")
	@$(PY) -m prove $(ARGS)

rollout: install-test ## Replace all processes under visitors with the time-outs of k8s/base: no request may fail (ARGS="--journeys 60")
	@$(PY) -m prove --rollout $(ARGS)

screenshots: install-test browser ## Keep pictures of the journeys in tests/artifacts
	@$(PY) -m pytest tests/journeys $(ARGS)

image: ## Build the container image with podman or docker (PYTHON_IMAGE: the base)
	@engine=$$(command -v podman || command -v docker) || { echo "make image needs podman or docker." >&2; exit 1; }; \
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $$engine build -t localhost/shop:dev \
		$(if $(PYTHON_IMAGE),--build-arg PYTHON_IMAGE=$(PYTHON_IMAGE)) --build-arg REVISION=$$(git rev-parse HEAD) .

# Each in an environment of its own, which uv makes: the project's is not the place for their many requirements.
UVX := $(PY) -m uv tool run --quiet

sbom: install-test ## List what a pod runs, as CycloneDX: sbom.json
	@$(UVX) --from cyclonedx-bom==7.5.0 cyclonedx-py requirements --output-reproducible --of JSON -o sbom.json requirements.txt

scan: install-test ## Ask for known weaknesses of what is pinned; checkov over the manifests and the Dockerfiles
	@$(UVX) --from pip-audit==2.10.1 pip-audit --disable-pip --requirement requirements.txt
	@room=$$(mktemp -d) && cp Dockerfile Dockerfile.backup $$room && kubectl kustomize k8s/overlays/aws > $$room/shop.yaml \
		&& $(UVX) --from checkov==3.3.30 checkov --config-file .checkov.yaml --directory $$room; \
		code=$$?; rm -rf $$room; exit $$code

lock: install-test ## Pin the requirements again, with hashes
	@for name in requirements requirements-local requirements-dev; do \
		$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--no-emit-find-links --custom-compile-command "make lock" $$name.in -o $$name.txt || exit 1; \
	done

clean: ## Remove .venv, caches and collected static files; the data in .data stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache staticfiles htmlcov .coverage

install:
	@$(PYTHON) -m config.local.install run

install-test:
	@$(PYTHON) -m config.local.install test

browser:
	@$(PY) -m config.local.browser
