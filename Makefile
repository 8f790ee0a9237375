# Everything a developer runs. `make` alone lists it.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: app help venv fmt check test test-postgres kill-rounds fuzz-api bench load simulate demo screenshots docs words lock clean
.DELETE_ON_ERROR:

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: .venv/installed ## Build .venv from the lock (any Python from 3.11; PYTHON=... picks one)

# A new lock builds the environment anew, so that nothing is left in it which the lock does not name.
.venv/locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Trailmark needs Python 3.11 or newer; name one: make venv PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python cannot make environments. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install -qq --no-deps --require-hashes -r requirements.lock
	@touch $@

.venv/installed: .venv/locked pyproject.toml
	$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -qq shared client server # every start would, where Python may not keep it
	@touch $@

fmt: venv ## Format, and mend what ruff can mend
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format --quiet

check: venv ## Lint, format, types, import contracts, architecture tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/architecture

# Two runs share the suite between them: trailmark_shared must be covered in full by its own unit
# tests alone, so these run first and apart, and are not run again. A file stays in one process: what
# its tests start together (a database server, a browser) is started once.
test: venv ## All tests but the slow ones; every branch of trailmark_shared by its own unit tests
	$(BIN)/pytest -q -n auto --dist loadfile tests/unit/shared -m "not slow" \
		--cov=trailmark_shared --cov-fail-under=100 --cov-report=term-missing:skip-covered
	$(BIN)/pytest -q -n auto --dist loadfile -m "not slow" --ignore=tests/unit/shared

test-postgres: venv ## The integration suite on PostgreSQL: three servers behind a proxy, one killed always
	TRAILMARK_TEST_SERVERS=3 $(BIN)/pytest -q tests/integration -m "not slow" --timeout=600

kill-rounds: venv ## The long rounds of SIGKILL and faults
	$(BIN)/pytest -m slow --timeout=1800

API_EXAMPLES ?= 200

fuzz-api: venv ## Many made-up questions to the members' API: API_EXAMPLES=number for each route
	API_EXAMPLES=$(API_EXAMPLES) $(BIN)/pytest -q tests/integration/test_api_fuzzed.py --timeout=3600

bench: venv ## Measure: BENCH=part for one of them; into bench/results.json
	$(BIN)/python -m bench $(BENCH)

load: venv ## Load over real sockets against 1, 2 and 4 servers on PostgreSQL
	$(BIN)/python -m bench.load

SEEDS ?= 0:200

simulate: venv ## Seeded runs of devices, server and faults: SEEDS=first:behind-last
	$(BIN)/python -m tests.simulation --seeds $(SEEDS)

demo: venv ## Play the whole story on this machine
	$(BIN)/python demo/run.py

screenshots: venv ## Pictures of every page, light and dark, at three widths, into screenshots/
	$(BIN)/python -m tests.browser.screenshots

app: venv ## Build the app for the browser, /app of the server; needs Node.js and npm
	cd client/browser && npm ci --no-audit --no-fund --loglevel=error
	cd client/browser && npm run --silent check
	$(BIN)/python client/browser/build.py

docs: venv ## Write the generated parts of docs/ again
	$(BIN)/python docs/generate.py

words: venv ## Collect all text that people see into the catalogue
	$(BIN)/python docs/words.py

RESOLVE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate

lock: venv ## Resolve both locks anew from pyproject.toml: all of it, and what a server needs
	$(RESOLVE) --upgrade --all-extras --output-file requirements.lock pyproject.toml
	$(RESOLVE) --extra server --extra postgres --extra build --constraint requirements.lock \
		--output-file requirements-server.lock pyproject.toml

clean: ## Remove the environment, caches and builds
	rm -rf client/browser/node_modules client/browser/build server/trailmark_server/built_app
	rm -rf .venv dist build htmlcov .coverage .coverage.* .hypothesis .import_linter_cache \
		.pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
