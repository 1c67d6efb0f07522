# Two commands are enough: `make run` (the dashboard on port 8501) and `make test`.
PYTHON ?= python3
PORT ?= 8501
WORKERS ?= auto
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready-$(shell cat requirements.lock pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)

.PHONY: run test update lint bench screenshots lock clean

run: $(READY)
	$(BIN)/etl extract --load
	$(BIN)/streamlit run streamlit_app.py --server.port $(PORT)

test: $(READY) lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict etl dashboard

# Fetch from the publishers and publish what is new.
update: $(READY)
	$(BIN)/etl run

bench: $(READY)
	for name in jsonstat tsv ffcsv run scale disclosure outlook serving round_table; do $(BIN)/python -m benchmarks.bench_$$name || exit 1; done

screenshots: $(READY)
	$(BIN)/python -m tests.screenshots

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed; set PYTHON=...')"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	rm -f $(VENV)/.ready-* && touch $@

# Renew requirements.lock after a change of pyproject.toml (needs uv).
lock:
	uv lock --quiet
	uv export --quiet --format requirements.txt --all-extras --no-header --no-annotate --no-emit-project -o requirements.lock

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache
