# What a person types. `make` alone lists it.

PYTHON ?= python3
TOOL := .venv/bin/python -m
MANAGE := .venv/bin/python manage.py
COMPILE := $(TOOL) uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock"
MAKEFLAGS += --no-print-directory

.PHONY: audit backup bench demo help licences run test faults lint format lock dev promises

help:
	@echo "make run      install what is needed and run the site on http://127.0.0.1:8000 (PORT, VAR_DIR change that)"
	@echo "make demo     fill a new site with invented people and four years of requests, to see the desk alive"
	@echo "make test     linters, types and all the tests (ARGS='-k name' for some)"
	@echo "make faults   kill, freeze and fill up what a running site stands on, for some twenty minutes"
	@echo "make backup   an encrypted backup, now (docs/operating.md says how to restore it)"
	@echo "make bench    measure the site beside others, into benchmarks/results.md (ARGS='--only purge': that part alone)"
	@echo "make lint     linters and types only"
	@echo "make audit    look for known holes in the packages (exit status 3 where that can't be looked up)"
	@echo "make licences write docs/licences.md"
	@echo "make promises what the policy promises, and the tests and checks that keep each"
	@echo "make format   put the code into shape"
	@echo "make lock     renew requirements*.txt from requirements*.in"
	@echo "PYTHON=python3.12 picks another Python (3.11 or later)"

# One process in the end: the signals that make gets must reach the supervisor, not a shell.
run:
	@$(PYTHON) install.py
	@exec $(MANAGE) serve

demo: dev
	@exec $(MANAGE) load_demo $(ARGS)

dev:
	@$(PYTHON) install.py --dev

# By file, so that tests which share a running site share a process; xdist_group has no effect with this pytest. Three
# at a time take as long as two, on two processors.
test: dev
	@$(MAKE) lint
	@exec $(TOOL) pytest -n 2 --dist loadfile $(ARGS)

# Each of these loads the machine by itself and measures what a visitor feels: one at a time.
faults: dev
	@exec $(TOOL) pytest -m faults --durations 0 --durations-min 1 $(ARGS)

bench: dev
	@exec $(TOOL) benchmarks.run --write $(ARGS)

lint: dev
	$(TOOL) ruff check --quiet .
	$(TOOL) ruff format --quiet --check .
	$(TOOL) mypy --no-error-summary
	.venv/bin/lint-imports --no-logo
	$(TOOL) djlint templates --lint --quiet
	$(TOOL) inspections.leaks
	$(MANAGE) compile_translations --check
	@# It would like to look at a database; none is needed to compare models with migrations.
	.venv/bin/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

backup:
	@exec $(MANAGE) backup

# 0: nothing known. 1: a hole is known. 3: the data could not be reached, and nothing was learned.
audit: dev
	@exec $(TOOL) inspections.advisories

licences: dev
	@exec $(TOOL) inspections.licences

promises: dev
	@$(MANAGE) promises

format: dev
	$(TOOL) ruff check --quiet --fix .
	$(TOOL) ruff format --quiet .

lock: dev
	$(COMPILE) requirements.in --output-file requirements.txt
	$(COMPILE) requirements-dev.in --output-file requirements-dev.txt
