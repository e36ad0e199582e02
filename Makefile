# Everything below works from a bare clone: it needs Python 3.11 or newer and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=

# After `pip install .` the environment holds a copy of the package, and tests would run against that copy. Deleting the
# stamps makes the next command install the clone itself again.
ifneq ($(wildcard $(VENV)/lib/python*/site-packages/langchain_ashby/__init__.py),)
$(shell rm -f $(VENV)/*.stamp)
endif

# Old versions of make, such as the one on macOS, interleave the output of parallel jobs.
ifneq ($(filter output-sync,$(.FEATURES)),)
MAKEFLAGS += --output-sync
endif

# Where this is set, as in many containers, every process compiles the package and the tests again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help check test demo inbox serve contract lint types fast audit docs dist regenerate endpoint notebooks floors clean

help: ## list these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1 — \2/'

check: $(VENV)/dev.stamp ## check style and types and run the fast tests, in about a minute and a half
	@$(MAKE) --no-print-directory -j2 lint types fast

test: $(VENV)/dev.stamp ## run all tests, in eight to ten minutes on two cores
	$(BIN)/pytest -n auto --dist worksteal $(ARGS)

demo: $(VENV)/cli.stamp ## watch the agent work on the sandbox; ARGS=--yes approves everything
	@$(BIN)/langchain-ashby demo $(ARGS)

inbox: $(VENV)/inbox.stamp ## decide on twenty changes in the browser, on the sandbox
	@$(BIN)/langchain-ashby inbox --sandbox $(ARGS)

serve: $(VENV)/server.stamp ## serve the agent and its inbox with `langgraph dev`, on the sandbox unless ASHBY_API_KEY is set
	LANGSMITH_TRACING=false LANGGRAPH_CLI_NO_ANALYTICS=1 $(BIN)/langgraph dev --no-browser --no-reload $(ARGS)

contract: $(VENV)/dev.stamp ## compare requests and the sandbox with Ashby's own schemas
	$(BIN)/pytest -n auto tests/contract $(ARGS)

lint: $(VENV)/dev.stamp ## check style with ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp ## check types with mypy, in the tests as well
	$(BIN)/mypy

fast: $(VENV)/dev.stamp ## run the fast tests
	$(BIN)/pytest -q -n auto --dist worksteal -m "not slow" $(ARGS)

audit: $(VENV)/dev.stamp ## look for known vulnerabilities in the installed packages
	$(PYTHON) .ci/audit $(BIN)/python

docs: $(VENV)/dev.stamp ## build the documentation into site/, with warnings as errors
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict --clean

dist: $(VENV)/dev.stamp ## build the wheel and the sdist, and try the wheel in a new environment
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist >/dev/null
	$(BIN)/python tests/distribution dist

regenerate: $(VENV)/dev.stamp ## rewrite the snapshots, the generated pages and the picture
	UPDATE_SNAPSHOTS=1 $(BIN)/pytest -q tests/unit/test_promised.py tests/unit/test_schemas.py \
		tests/unit/test_results_snapshots.py tests/agent/cards/test_card_contents.py tests/agent/cards/test_card_reads.py \
		tests/cli/test_screens.py tests/docs/test_made.py tests/faults/test_documented.py
	$(BIN)/python tests/docs/picture.py

endpoint: $(VENV)/dev.stamp ## follow docs/adding-an-endpoint.md in a copy, and run its tests
	$(BIN)/pytest -q -m endpoint tests/docs/test_adding_an_endpoint.py

notebooks: $(VENV)/dev.stamp ## run the notebooks again and store their output
	UPDATE_SNAPSHOTS=1 $(BIN)/pytest -q tests/notebooks

floors: ## run the fast tests on the oldest supported dependencies
	$(PYTHON) -m venv $(VENV)-floors
	$(VENV)-floors/bin/pip install -q --no-compile -c tests/floors.txt -e '.[test]'
	$(VENV)-floors/bin/pytest -q -n auto -m "not slow" --ignore=tests/docs --ignore=tests/inbox $(ARGS)

clean: ## remove the environments and caches
	rm -rf $(VENV) $(VENV)-floors dist site .langgraph_api .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/cli.stamp: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q -e '.[cli,mirror]'
	@touch $@

$(VENV)/inbox.stamp: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q -e '.[cli,inbox]'
	@touch $@

$(VENV)/server.stamp: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q -e '.[inbox,server]'
	@touch $@

$(VENV)/dev.stamp: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q -e '.[dev]'
	@touch $@
