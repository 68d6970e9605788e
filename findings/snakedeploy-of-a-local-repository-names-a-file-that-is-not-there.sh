#!/usr/bin/env bash
# Guess:     `snakedeploy deploy-workflow path/to/clone folder --branch main`, whose help takes any
#            "workflow repository", makes a folder that runs, as it does for an address on a server.
# Version:   snakedeploy 0.17.1, Snakemake 9.27.1.
# Behaviour: of a repository on this machine it strips the path from what `module` loads. The folder
#            then looks for the workflow in itself, below its own workflow/, and cannot run. The
#            exit code of snakedeploy is 0, and it says what to do next.
# Seen:      snakedeploy: exit 0, the module loads "workflow/Snakefile"
#            snakemake: exit 1, No such file or directory: workflow/workflow/Snakefile
#            with the whole path in its place: exit 0
# Why:       a workflow cannot be tried before it is published, unless that line is mended by hand.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check snakemake==9.27.1 snakedeploy==0.17.1

mkdir -p repository/workflow repository/config
printf 'rule all:\n    output:\n        "out.txt",\n    shell:\n        "touch {output}"\n' > repository/workflow/Snakefile
echo 'key: 1' > repository/config/config.yaml
git -C repository init --quiet --initial-branch main
git -C repository add .
git -C repository -c user.name=a -c user.email=a@example.org commit --quiet --message all

try() {
  local code=0
  (cd deployed && ../venv/bin/snakemake --dry-run) > said.txt 2>&1 || code=$?
  echo "$code"
}

code=0
venv/bin/snakedeploy deploy-workflow "$folder/repository" deployed --branch main > said.txt 2>&1 || code=$?
loaded=$(grep -A1 'snakefile:' deployed/workflow/Snakefile | tail -1 | tr -d ' ')
{
  echo "snakedeploy: exit $code, the module loads $loaded"
  code=$(try)
  echo "snakemake: exit $code, No such file or directory: $(grep -o 'workflow/workflow/Snakefile' said.txt | head -1)"
  sed -i "s|\"workflow/Snakefile\"|\"$folder/repository/workflow/Snakefile\"|" deployed/workflow/Snakefile
  echo "with the whole path in its place: exit $(try)"
} | tee seen.txt
diff seen.txt - <<'SEEN'
snakedeploy: exit 0, the module loads "workflow/Snakefile"
snakemake: exit 1, No such file or directory: workflow/workflow/Snakefile
with the whole path in its place: exit 0
SEEN
