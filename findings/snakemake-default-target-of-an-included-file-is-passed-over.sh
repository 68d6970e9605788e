#!/usr/bin/env bash
# Guess:     a rule with `default_target: True` is what a bare `snakemake` makes, also when its file
#            is included; so `workflow/Snakefile` with the one line `include: "../Snakefile"`, as a
#            workflow catalog wants it, does what the Snakefile above does.
# Version:   Snakemake 9.27.1.
# Behaviour: `include` puts the default target back to what it was before. The same rule runs from
#            its own file; from the file that includes it Snakemake does nothing, without a word
#            that there is no target, and its exit code is 0.
# Seen:      Snakefile: exit 0, made out.txt
#            workflow/Snakefile: exit 0, made nothing
# Why:       a run that makes nothing looks like one that has nothing left to do. The remedy is a
#            rule of its own with `default_target: True` behind the `include`.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check snakemake==9.27.1

mkdir workflow
cat > Snakefile <<'SNAKEFILE'
rule all:
    default_target: True
    output:
        "out.txt",
    shell:
        "touch {output}"
SNAKEFILE
echo 'include: "../Snakefile"' > workflow/Snakefile

for file in Snakefile workflow/Snakefile; do
  rm -f out.txt
  code=0
  venv/bin/snakemake --quiet all --cores 1 --snakefile "$file" > said.txt 2>&1 || code=$?
  made=$(ls out.txt 2> /dev/null || echo nothing)
  echo "$file: exit $code, made $made"
done | tee seen.txt
diff seen.txt - <<'SEEN'
Snakefile: exit 0, made out.txt
workflow/Snakefile: exit 0, made nothing
SEEN
