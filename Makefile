# Everything is installed into .venv; nothing outside the project is touched.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
SNAKEMAKE := $(BIN)/snakemake --cores all

.PHONY: help setup demo run plan ui test lint bench docs config formats lock

help:
	@echo 'make setup   install everything into .venv'
	@echo 'make demo    run the whole workflow on small embedded images, without a download'
	@echo 'make run     run the CIFAR-10 experiment of config/config.yaml, or that of CONFIG=file'
	@echo 'make plan    say what a run would do and why, of the last experiment or that of CONFIG=file'
	@echo 'make ui      compare the runs in MLflow, on 127.0.0.1'
	@echo 'make test    run every test, on three workers'
	@echo 'make lint    check code, workflow and layering'
	@echo 'make bench   measure every claim about speed; IMAGES=path of CIFAR-10 as class folders'
	@echo 'make docs    build the documentation site, docs/_build/index.html'
	@echo 'make config  write the schema, the manual and the tables made from registries anew'
	@echo 'make formats write the table of file formats in docs/data.md, from a run of their tests'
	@echo 'make lock    choose the versions in envs/cpu.txt and envs/gpu.txt anew'

setup: $(INSTALLED)

# Of pip's lines, three per package, those by which one sees how far it is.
define SHOW_PROGRESS
/^(Collecting|Processing|Ignoring|Requirement already)/ && ++i % 50 == 0 { print "  " i " of " n " packages" }
/^ +Downloading .*\([1-9][0-9][0-9][0-9]*\.[0-9]+ MB\)/ { print "  downloading " $$2 " " $$3 " " $$4 }
/^Installing/ { print "  unpacking all of them, about a minute" }
{ fflush() }
endef
export SHOW_PROGRESS
# Where a part of a pipe fails, the whole has failed.
$(INSTALLED): SHELL := /bin/bash

$(INSTALLED): envs/cpu.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version.split()[0]; sys.exit(None if sys.version_info >= (3, 11) else f"found Python {v}, expected 3.11 or later: make PYTHON=python3.11")'
	@echo 'Installing into .venv: 1.0 GB to download, 3.3 GB on disk, 2 minutes from a mirror nearby'
	$(PYTHON) -m venv .venv
	@echo 'pip install --require-hashes --requirement envs/cpu.txt'
	@set -o pipefail; $(BIN)/python -u -m pip install --disable-pip-version-check --no-deps --require-hashes --requirement envs/cpu.txt | awk -v n=$$(grep -c '==' envs/cpu.txt) "$$SHOW_PROGRESS"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	$(SNAKEMAKE) --configfile config/demo.yaml

run: setup
	$(SNAKEMAKE) $(CONFIG:%=--configfile %)

plan: setup
	@$(BIN)/aecluster plan $(CONFIG)

ui: setup
	@$(BIN)/aecluster ui

test: setup
	$(BIN)/python -m pytest --numprocesses 3

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/codespell
	$(BIN)/lint-imports
	$(BIN)/snakemake --lint

bench: setup
	$(BIN)/python benchmarks/kmeans.py $(IMAGES)
	$(BIN)/python benchmarks/kmeans_large.py $(IMAGES)
	$(BIN)/python benchmarks/kmeans_scaling.py $(IMAGES)
	$(BIN)/python benchmarks/indices.py $(IMAGES)
	$(BIN)/python benchmarks/validity.py
	$(BIN)/python benchmarks/kmeans_packages.py
	$(BIN)/python benchmarks/files.py
	$(BIN)/python benchmarks/autoencoder.py $(IMAGES)
	$(BIN)/python benchmarks/collapse.py $(IMAGES)
	$(BIN)/python benchmarks/quality.py $(IMAGES)
	$(BIN)/python benchmarks/precision.py $(IMAGES)
	$(BIN)/python benchmarks/contrastive.py
	$(BIN)/python benchmarks/preprocessing.py
	$(BIN)/python benchmarks/memory.py
	$(BIN)/python benchmarks/tracking.py
	$(BIN)/python benchmarks/workflow.py results/benchmarks/scaling.png
	$(BIN)/python benchmarks/planning.py
	$(BIN)/python benchmarks/live.py

docs: setup
	$(BIN)/jupytext --quiet --update --update-metadata '{"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}' --to notebook docs/python.md
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going docs docs/_build

config: setup
	$(BIN)/aecluster schema > config/schema.json
	$(BIN)/aecluster manual > config/README.md
	$(BIN)/python -m aecluster.config.manual docs/*.md

formats: setup
	AECLUSTER_WRITE_FORMATS=1 $(BIN)/python -m pytest tests/unit/data

lock: setup
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras --group dev pyproject.toml --output-file envs/cpu.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras --group dev pyproject.toml envs/gpu.in --constraint envs/cpu.txt --output-file envs/gpu.txt
