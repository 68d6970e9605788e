#!/usr/bin/env bash
# Makes mlflow-2.9.sql: the database that MLflow 2.9.2 itself leaves after one run, as SQL.
# Tests read the SQL, since an environment for MLflow 2.9 takes longer to make than they may take.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"
python3.11 -m venv venv
venv/bin/python -m pip install --quiet \
  mlflow-skinny==2.9.2 sqlalchemy==2.0.46 alembic==1.18.0 pandas==2.2.3 numpy==1.26.4 setuptools==79.0.1

venv/bin/python - <<'PYTHON'
from mlflow import MlflowClient

client = MlflowClient("sqlite:///mlflow.db")
experiment = client.create_experiment("lab", artifact_location="/lab/mlartifacts")
run = client.create_run(experiment, run_name="an older run").info.run_id
client.log_metric(run, "nmi", 0.5)
client.set_terminated(run)
PYTHON

venv/bin/python - > "$here/mlflow-2.9.sql" <<'PYTHON'
import sqlite3

print("\n".join(sqlite3.connect("mlflow.db").iterdump()))
PYTHON
