#!/usr/bin/env bash
# Snakemake reruns nothing when two named parameters of a rule swap their values.
#
# Guess: `rerun-triggers` includes params: a changed value of a named parameter reruns the rule.
#
# Version: Snakemake 9.27.1 (October 2026), Python 3.11.
#
# Behaviour: the values are kept as a set without their names, so {epochs: 5, batch: 32} and
# {epochs: 32, batch: 5} are the same to it; nor does a value count that another parameter has
# already.
#
# Seen: nothing to be done after the swap; the rule runs after a change to a new value.
#
# Why it matters: a sweep over two numbers leaves results of other settings in place.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" snakemake==9.27.1
cd "$folder"
cat > Snakefile <<'EOF'
rule train:
    output:
        "out.txt",
    params:
        epochs=config["epochs"],
        batch=config["batch"],
    shell:
        "echo {params.epochs} {params.batch} > {output}"
EOF
run() { "$folder/venv/bin/snakemake" --cores 1 --config "$@" > log 2>&1 || { cat log; exit 1; }; }
run epochs=5 batch=32
run epochs=32 batch=5
echo "after the swap: $(cat out.txt), $(grep -o 'Nothing to be done' log || true)"
[ "$(cat out.txt)" = "5 32" ] || { echo "it sees the swap now"; exit 1; }
run epochs=7 batch=5
echo "after a new value: $(cat out.txt)"
[ "$(cat out.txt)" = "7 5" ]
