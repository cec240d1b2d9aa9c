# Needs python3, make and git. Everything else comes into .tools/ and .venv/ of this folder.

UV := .tools/bin/uv
BIN := .venv/bin
READY := .venv/.ready
# what is imported is compiled once, whatever this machine is set to: tests begin hundreds of processes
export PYTHONDONTWRITEBYTECODE :=
# One file at a time in each process: a notebook needs its one kernel, the browser its one JupyterLab. Three processes on
# two cores: tests wait now and then, and a fourth costs more than it saves; files in the order of conftest.py, the
# longest first.
TESTS := -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: demo test lab docs check format bench clean

demo: $(READY)  ## run the three built-in strategies on real data, saved
	$(BIN)/ntrader demo

test: $(READY)  ## all tests, those of the notebooks and in a browser among them
	$(BIN)/python -m pytest $(TESTS)

lab: $(READY)  ## JupyterLab on the notebooks
	$(BIN)/jupyter lab --notebook-dir=notebooks

docs: $(READY)  ## the notebooks as pages for a browser, in site/
	$(BIN)/python -m docs.build
	@echo "Open site/index.html in a browser."

check: $(READY)  ## lint, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/nbstripout --verify notebooks/*.ipynb

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/nbstripout notebooks/*.ipynb

bench: $(READY)  ## what recording costs
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv .tools site

# --target works without a virtual environment, and where the system's python is managed by its distribution
$(UV):
	python3 -m pip --version >/dev/null 2>&1 || python3 -m ensurepip --user
	python3 -m pip install --quiet --disable-pip-version-check --target .tools uv

# the pinned Python where it is to be had, else any that will do
$(READY): requirements.lock pyproject.toml | $(UV)
	$(UV) venv --quiet --clear .venv || $(UV) venv --quiet --clear --python '>=3.12,<3.15' .venv
	$(UV) pip sync --quiet --compile-bytecode requirements.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(READY)
