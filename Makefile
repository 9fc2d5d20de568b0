# 车贷 chedai. Needs Python >= 3.11 and make; everything else is installed, pinned and verified by hash, into .venv.
# Only test-postgres and test-browser want programs of the system: PostgreSQL, Chromium and a Chinese font (.ci/run
# installs them on Debian).
#
#   make demo    打开一家样例集团 · a sample dealer group with deals at every stage, opened on this machine
#   make test    所有测试 · all tests that need only Python; every line and branch of the engine
#   make test-postgres   在真实 PostgreSQL 上 · what touches the database, on a real PostgreSQL
#   make test-browser    在真实浏览器里 · every page in a real Chromium: both languages, both sizes, axe
#   make check   格式、类型、分层 · format, lint, types, floors, migrations, architecture tests
#   make bench   性能对比 · benchmarks beside their peers, saved in benchmarks/results/ (NAMES="schedules irr" picks)
#   make lock    更新依赖锁定 · pin the dependencies again (UPGRADE= keeps the versions)
#   make screens 界面截图 · the pictures of docs/screens, taken from the demo in Chromium
#   make clean   清理 · remove what the other targets made

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Of what is installed a part is ever imported: it is compiled then.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-compile
PROJECT := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

# Every process of a test that is a process of its own would compile the whole house again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := demo
.PHONY: demo test test-postgres test-browser check check-types check-floors bench screens lock clean

# How many tests run at once (WORKERS=0: one after another, as a debugger wants it); each worker has its own database.
WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
# A test of a screen waits for the browser half of its time, and two are longer than all others: one more at once, each
# handed out when somebody is free.
SCREENS ?= 3

# Their tests alone reach every line of the engine. Counting makes a test half as slow again: the rest go without.
MEASURED := tests/engine tests/cli

# Every floor with tables, both matrices of rights, the interface, and of the screens what asks the most of a database.
DATABASE_TESTS := $(wildcard $(addprefix tests/,platform org catalog crm deals book team insight journey api security)) \
	tests/web/test_lists.py tests/web/test_made_up.py tests/web/test_sent_at_once.py

demo: $(VENV)/.server
	@$(BIN)/chedai demo

test: $(VENV)/.dev $(VENV)/.ledger-check
	@$(PYTEST) $(MEASURED) --cov --cov-report=term
	@$(PYTEST) --ignore=tests/browser $(addprefix --ignore=,$(MEASURED))

test-postgres: $(VENV)/.dev $(VENV)/.ledger-check
	@$(BIN)/python -m tests.support.postgres $(PYTEST) -m "database and not one_database" $(DATABASE_TESTS)

test-browser: $(VENV)/.dev
	@$(PYTEST) -n $(SCREENS) --dist load --maxschedchunk 1 tests/browser

check: $(VENV)/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(MAKE) --no-print-directory -j 2 check-types check-floors

check-types: $(VENV)/.dev
	@$(BIN)/mypy

check-floors: $(VENV)/.dev
	@$(BIN)/lint-imports
	@CHEDAI_DEBUG=yes $(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python -m pytest tests/architecture

bench: $(VENV)/.bench
	@$(BIN)/python -m benchmarks $(NAMES)

screens: $(VENV)/.dev
	@$(BIN)/python -m tests.support.screens

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "chedai needs Python 3.11 or newer; '$(PYTHON)' is not. 需要 Python 3.11 及以上: make PYTHON=python3.11 ..." >&2; exit 1; }
	@echo "Creating $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "'$(PYTHON)' has no venv module; on Debian: apt install python3-venv. 缺少 venv 模块。" >&2; exit 1; }

# A stamp is older than what it was made from: then, and only then, pip runs.
$(VENV)/.base: requirements/build.txt requirements/base.txt pyproject.toml | $(BIN)/python
	@echo "Installing the pinned dependencies ..."
	@$(INSTALL) -r requirements/build.txt -r requirements/base.txt
	@$(PROJECT)
	@touch $@

$(VENV)/.server: requirements/server.txt $(VENV)/.base
	@echo "Installing the pinned packages of the server ..."
	@$(INSTALL) -r requirements/server.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	@echo "Installing the pinned development tools ..."
	@$(INSTALL) -r requirements/dev.txt
	@touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.base
	@echo "Installing the pinned peers of the benchmarks ..."
	@$(INSTALL) -r requirements/bench.txt
	@touch $@

# The checker of the exported books is a program of its own, in an environment of its own.
$(VENV)/.ledger-check: requirements/ledger-check.txt | $(BIN)/python
	@echo "Installing the pinned checker of the ledger ..."
	@$(BIN)/python -m venv --without-pip $(VENV)/ledger-check
	@$(subst -m pip,-m pip --python $(VENV)/ledger-check/bin/python,$(INSTALL)) -r requirements/ledger-check.txt
	@touch $@

UPGRADE ?= --upgrade
COMPILE = $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-annotate --custom-compile-command "make lock" $(UPGRADE)

lock: $(VENV)/.lock
	@$(COMPILE) requirements/build.in -o requirements/build.txt
	@$(COMPILE) requirements/lock.in -o requirements/lock.txt
	@$(COMPILE) pyproject.toml -o requirements/base.txt
	@$(COMPILE) pyproject.toml --extra server --extra dev -c requirements/base.txt -o requirements/dev.txt
	@$(COMPILE) pyproject.toml --extra server -c requirements/dev.txt -o requirements/server.txt
	@$(COMPILE) pyproject.toml --extra otel -c requirements/dev.txt -o requirements/otel.txt
	@$(COMPILE) pyproject.toml --extra ocr -c requirements/dev.txt -o requirements/ocr.txt
	@$(COMPILE) pyproject.toml --extra modelling -c requirements/dev.txt -o requirements/modelling.txt
	@$(COMPILE) requirements/bench.in -c requirements/dev.txt -o requirements/bench.txt
	@$(COMPILE) requirements/ledger-check.in -c requirements/dev.txt -o requirements/ledger-check.txt

$(VENV)/.lock: requirements/lock.txt | $(BIN)/python
	@$(INSTALL) -r requirements/lock.txt
	@touch $@

clean:
	@rm -rf $(VENV) build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
	  .coverage htmlcov mutants
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
