#!/usr/bin/env bash
# Guess:     a file under `benchmark:` is written beside a rule's outputs and asked by nobody: which
#            time it has does not decide whether the rule runs again.
# Version:   Snakemake 9.27.1.
# Behaviour: the oldest of a rule's outputs, against which the times of its inputs are held, is the
#            oldest of outputs and benchmark. One that is older than an input makes Snakemake run
#            the rule again, with the reason "Updated input files". Nothing says that it was the
#            benchmark; one that is missing makes no difference.
# Seen:      benchmark as it was written: nothing to be done
#            benchmark older than the input: Reason: Updated input files: in.txt
#            no benchmark: nothing to be done
# Why:       an archive keeps whole seconds, and a benchmark is written last. Results that are
#            unpacked, and get back the exact times of inputs and outputs but not of benchmarks, run
#            again wherever a job took less than a second.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check snakemake==9.27.1

cat > Snakefile <<'SNAKEFILE'
rule all:
    input:
        "out.txt",


rule copy:
    input:
        "in.txt",
    output:
        "out.txt",
    benchmark:
        "copy.tsv"
    shell:
        "cp {input} {output}"
SNAKEFILE
echo text > in.txt
venv/bin/snakemake --quiet all --cores 1
# As where results are copied, which Snakemake's own notes are no part of.
rm -r .snakemake

ask() {
  venv/bin/snakemake --dry-run --cores 1 2>&1 | grep -ohiE "nothing to be done|reason: .*" | head -1
}
{
  echo "benchmark as it was written: $(ask)"
  touch -d "@$(($(stat -c %Y in.txt) - 1))" copy.tsv
  echo "benchmark older than the input: $(ask)"
  rm copy.tsv
  echo "no benchmark: $(ask)"
} | tee seen.txt
diff --ignore-case seen.txt - <<'SEEN'
benchmark as it was written: nothing to be done
benchmark older than the input: Reason: Updated input files: in.txt
no benchmark: nothing to be done
SEEN
