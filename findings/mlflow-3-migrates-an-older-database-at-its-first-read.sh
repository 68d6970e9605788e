#!/usr/bin/env bash
# MLflow 3 brings the database of MLflow 2.9 to its own form when it first reads it, and MLflow 2.9
# cannot open it any more.
#
# Guess: MLflow refuses the database of another version ("Detected out-of-date database schema")
# until somebody calls `mlflow db upgrade`, as its manual says and as MLflow 2.9 does with newer ones.
#
# Version: mlflow-skinny 2.9.2 (December 2023) and 3.17.2, sqlalchemy 2.0.58, Python 3.11.
#
# Behaviour: a store whose tables are not all there counts as a new one, and every migration is run
# by the constructor. Each MLflow that has brought a table makes all older databases such stores.
#
# Seen: revision acf3f17fdcc7 before and another one after `search_experiments` by 3.17.2; 2.9.2
# then ends in "Can't locate revision" or "out-of-date database schema".
#
# Why it matters: who points a new MLflow at the database of a lab, only to look, takes it away from
# everybody who has the older one, unsaid.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for version in 2.9.2 3.17.2; do
  uv venv --quiet --python 3.11 "$version"
  uv pip install --quiet --python "$version/bin/python" "mlflow-skinny==$version" \
    sqlalchemy==2.0.58 alembic==1.20.1 pandas==2.3.3 numpy==1.26.4 setuptools==79.0.1
done

cat > look.py <<'PYTHON'
from mlflow import MlflowClient

print([experiment.name for experiment in MlflowClient("sqlite:///mlflow.db").search_experiments()])
PYTHON
revision() {
  python3 -c "import sqlite3; print(sqlite3.connect('mlflow.db').execute('SELECT version_num FROM alembic_version').fetchone()[0])"
}

2.9.2/bin/python look.py 2> /dev/null
before=$(revision)
3.17.2/bin/python look.py 2> /dev/null
after=$(revision)
if 2.9.2/bin/python look.py 2> said.txt; then opened=yes; else opened=no; fi
echo "revision $before, after a look by 3.17.2 $after; opened by 2.9.2 again: $opened"
tail -n 1 said.txt
test "$before" != "$after" && test "$opened" = no
