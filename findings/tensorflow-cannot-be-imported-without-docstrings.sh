#!/usr/bin/env bash
# TensorFlow cannot be imported by Python without docstrings, as with -OO or PYTHONOPTIMIZE=2.
#
# Guess: optimization of Python leaves out assertions and docstrings, and nothing depends on them
# but tests and help.
#
# Version: tensorflow 2.20.0 and keras 3.15.1, Python 3.11.
#
# Behaviour: while it is imported, TensorFlow reads the docstrings of its modules to find which names
# are public, and gives None to a regular expression. With -O, which leaves docstrings, it works.
#
# Seen: TypeError: expected string or bytes-like object, got 'NoneType'.
#
# Why it matters: PYTHONOPTIMIZE=2 is inherited by every job of a workflow, and the error names
# neither the variable nor docstrings.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
uv venv --quiet --python 3.11 venv
uv pip install --quiet --python venv/bin/python tensorflow==2.20.0 keras==3.15.1
export TF_CPP_MIN_LOG_LEVEL=3
venv/bin/python -O -c 'import tensorflow; print("with docstrings", tensorflow.__version__)' 2> /dev/null
if said=$(venv/bin/python -OO -c 'import tensorflow' 2>&1); then
  echo "it can be imported now"
  exit 1
fi
tail -1 <<< "$said"
grep -q "got 'NoneType'" <<< "$said"
