# make demo    the product with a living demo at http://127.0.0.1:8000
# make check   what to run before a commit
# make test    everything, telephone and browser included
# make help    all targets

# else every process that a test starts compiles the product again, and every run of the tests compiles the tests
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
BIN := .venv/bin
# tests run in so many processes, twice as many as there are cores, because a telephone or browser test waits more than it
# computes; a file with such tests stays in one of them (tests/turns.py)
ifndef WORKERS
WORKERS := $(shell echo $$((2 * $$(nproc))))
test-fast test-pure: WORKERS := 2
endif

# core and engines: `make check` runs those of their tests that need no database, a third of what is generated
PURE := tests/core tests/routing tests/knowledge/guides tests/test_benches.py tests/entry/board tests/measures $(wildcard tests/staffing)

STATIC := $(shell find indgang -path '*/static/*' -type f -not -name .stamp 2>/dev/null)
TEXTS := $(wildcard indgang/locale/*/LC_MESSAGES/django.po)

.DEFAULT_GOAL := help
.PHONY: help setup demo exchange check test test-fast test-pure test-compiled test-tools lint style types layers templates bench messages compile clean-compiled clean

help: ## show the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1|/' | column -t -s '|'

demo: setup ## run the product with a living demo, in the foreground
	@$(BIN)/python scripts/compile --in-background
	@$(BIN)/indgang demo

exchange: setup ## run a real Asterisk beside the running demo, for any SIP phone (installs it first)
	@scripts/install-test-tools
	@scripts/install-asterisk
	@$(BIN)/indgang exchange $(if $(ADDRESS),--address $(ADDRESS))

check: setup ## before a commit: lint, and the tests of core and engines; no database, half a minute on two cores
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint test-pure

test: setup test-tools ## run all tests
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup

test-fast: setup ## run the tests that need nothing but Python and are not slow, and a third of what is generated, another third each time
	@INDGANG_TEST_SAMPLE=1 $(BIN)/pytest -n $(WORKERS) --dist loadgroup -m "not browser and not exchange and not proxy and not voice and not slow"

test-pure: setup
	@INDGANG_TEST_SAMPLE=1 $(BIN)/pytest -n $(WORKERS) -m "not database" $(PURE)

test-compiled: export INDGANG_COMPILED_ENGINES := true
test-compiled: compile ## run the tests of the engines, and of simulated what-ifs, on compiled engines
	@$(BIN)/python -c "from indgang.core import compiled as c; c.use(); assert c.are_compiled()"
	@$(BIN)/pytest -n $(WORKERS) -m "not database" tests/core tests/routing tests/entry/board tests/staffing tests/planning

test-tools:
	@scripts/install-test-tools
	@scripts/install-asterisk
	@scripts/install-duckdb

lint: types style layers templates ## check style, types, layers and templates

style: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q . || { echo "Run: $(BIN)/ruff format ."; exit 1; }

types: setup
	@$(BIN)/mypy indgang tests benches

layers: setup
	@$(BIN)/lint-imports

templates: setup
	@$(BIN)/djlint indgang --lint --quiet

bench: setup ## run the benches, on compiled engines where there is a C compiler; NAME=phone runs one, OPTIONS="--long" as it says
	@test -n "$(PLAIN)" || $(BIN)/python scripts/compile --if-possible
	@$(if $(PLAIN),INDGANG_COMPILED_ENGINES=false )$(BIN)/python -m benches $(NAME) $(if $(OPTIONS),-- $(OPTIONS))

messages: setup ## collect the texts to translate
	@command -v xgettext >/dev/null || { echo "This needs GNU gettext: apt-get install gettext"; exit 1; }
	@cd indgang && ../$(BIN)/django-admin makemessages -l en --no-location --no-wrap

compile: setup ## compile the engines with mypyc: the same decisions, a call in two thirds of the time (docs/adr/0024)
	@$(BIN)/python scripts/compile

clean-compiled: ## run the engines as plain Python again
	@$(BIN)/python scripts/compile --remove

# --- Setting up: each step leaves a stamp, so that a second run has nothing to do ---------------------------

setup: var/stamps/python var/stamps/front-end var/stamps/texts var/stamps/static

var/stamps/python: requirements.lock pyproject.toml
	@mkdir -p $(@D)
	@test -x $(BIN)/python || { echo "Python: making a virtual environment ..."; $(PYTHON) -m venv .venv; }
	@echo "Python: installing the packages in requirements.lock (a minute the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q indgang # whoever runs the processes may not write here
	@touch $@

var/stamps/front-end: package-lock.json scripts/front-end var/stamps/python
	@$(BIN)/python scripts/front-end
	@touch $@

var/stamps/texts: $(TEXTS) var/stamps/python
	@if [ -n "$(TEXTS)" ]; then echo "Texts: compiling the translations ..."; \
		$(BIN)/pybabel --quiet compile --directory indgang/locale --domain django; fi
	@touch $@

var/stamps/static: $(STATIC) var/stamps/front-end
	@echo "Front-end files: collecting and compressing ..."
	@$(BIN)/indgang collectstatic --noinput --verbosity 0
	@touch $@

clean: ## remove what setting up has made, the demo's database included
	rm -rf .venv var node_modules indgang/ui/static/vendor indgang.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
