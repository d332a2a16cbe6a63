# Everything a developer runs. `make demo` and `make test` set up what they need: Python 3.11 and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.setup-done

# compiled modules are kept: the tests start the program some hundred times
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test lint types laws unit everything away browser screenshots scenarios check-wheel format bench golden readme soak clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: $(SETUP)  ## the virtual environment with everything in it

$(SETUP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip  # it installs in half the time
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --editable '.[dev]'
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || [ "$$(id -u)" != 0 ] || \
		[ -n "$$PNSIM_BROWSER_COMES" ] || \
		(apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium) >/dev/null 2>&1 || \
		echo "no Chromium, and none could be installed: the browser tests will be skipped"
	@touch $(SETUP)

demo: setup  ## a call in two processes: simulator and a customer's server, bind, recorded call, notifications, download
	$(BIN)/pnsim demo

test: lint everything  ## everything that must hold before a commit lands
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target browser away

away: types laws check-wheel  # beside the browser, which mostly waits

lint: setup  ## style and the banned calls
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup  ## write the code as the formatter would
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: setup  ## mypy strict
	$(BIN)/mypy

laws: setup  ## the floors: who may import whom
	$(BIN)/lint-imports

unit: setup  ## the tests
	$(BIN)/python -m pytest --ignore=tests/program --ignore=tests/browser -n auto

everything: setup  ## `unit` and `scenarios` in one go: what waits (the whole program) and what works share the cores
	$(BIN)/pnsim check scenarios
	$(BIN)/python -m pytest tests/program tests --ignore=tests/browser --ignore=tests/program/test_wheel.py -n 4 --dist worksteal

browser: setup  ## the page in headless Chromium; skipped loudly without one, failed where CI=true
	$(BIN)/python -m pytest tests/browser -n 2 --dist worksteal -rs

screenshots: setup  ## write the pictures in docs/ anew
	$(BIN)/python -m tests.browser.screenshots

scenarios: setup  ## the whole program in processes of its own: shipped scenarios, demo, README blocks
	$(BIN)/pnsim check scenarios
	$(BIN)/python -m pytest tests/program --ignore=tests/program/test_wheel.py -n 2

check-wheel: setup  ## the wheel works away from the checkout
	$(BIN)/python -m pytest tests/program/test_wheel.py

bench: setup  ## side-by-side measurements: API, notifications, start, load; a million bindings; every hangup cause; the suite; a large replay; open pages
	$(BIN)/python -m benchmarks.bench
	$(BIN)/python -m benchmarks.loading
	$(BIN)/python -m benchmarks.scale
	$(BIN)/python -m benchmarks.catalogue
	$(BIN)/python -m benchmarks.suite
	$(BIN)/python -m benchmarks.replaying
	$(BIN)/python -m benchmarks.capture
	$(BIN)/python -m benchmarks.store
	$(BIN)/python -m benchmarks.pages

golden: setup  ## write the golden timelines anew; look at the difference before you commit it
	$(BIN)/python -m tests.golden.playing

readme: setup  ## write the tables of both READMEs and the scenarios' index, which come from the data
	$(BIN)/python -m tests.house.test_readme_tables
	$(BIN)/python -m tests.house.test_scenario_index

soak: setup  ## what takes longer: memory over 100,000 calls, 500 odd requests of every operation, Locust's master and workers
	$(BIN)/python -m benchmarks.soak
	PNSIM_FUZZ_EXAMPLES=500 $(BIN)/python -m pytest tests/api/test_openapi.py
	$(BIN)/python -m benchmarks.distributed
	$(BIN)/python -m benchmarks.crash --kills 200
	PNSIM_LONG_TESTS=1 $(BIN)/python -m pytest tests/cli/test_cli_fuzz.py

clean:  ## forget the environment and all caches
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
