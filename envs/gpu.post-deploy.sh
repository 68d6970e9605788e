#!/usr/bin/env bash
# Snakemake runs this in the project's folder with the conda environment of gpu.yaml active.
set -euo pipefail
python -m pip install --no-deps --require-hashes --requirement envs/gpu.txt
python -m pip install --no-deps --no-build-isolation --editable .
