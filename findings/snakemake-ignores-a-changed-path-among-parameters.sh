#!/usr/bin/env bash
# Snakemake reruns nothing when a parameter that is a pathlib.Path changes.
#
# Guess: the value of every parameter counts; a Path has a plain representation.
#
# Version: Snakemake 9.27.1 (October 2026), Python 3.11.
#
# Behaviour: only values of a list of plain types are compared. Others, such as Path, dataclasses
# and NumPy's numbers, are left out without a word.
#
# Seen: nothing to be done after the Path changed; the rule runs after the same change as text.
#
# Why it matters: the idiomatic way to write a path in Python makes its change invisible.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet "$folder/venv"
uv pip install --quiet --python "$folder/venv/bin/python" snakemake==9.27.1
cd "$folder"
cat > Snakefile <<'EOF'
from pathlib import Path

rule read:
    output:
        "out.txt",
    params:
        source=Path(config["path"]),
        text=config["text"],
    shell:
        "echo {params.source} {params.text} > {output}"
EOF
run() { "$folder/venv/bin/snakemake" --cores 1 --config "$@" > log 2>&1 || { cat log; exit 1; }; }
run path=first text=one
run path=second text=one
echo "after the path: $(cat out.txt), $(grep -o 'Nothing to be done' log || true)"
[ "$(cat out.txt)" = "first one" ] || { echo "it sees the path now"; exit 1; }
run path=second text=two
echo "after the text: $(cat out.txt)"
[ "$(cat out.txt)" = "second two" ]
