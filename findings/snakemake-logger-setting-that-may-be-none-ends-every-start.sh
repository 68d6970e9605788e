#!/usr/bin/env bash
# Guess:     a logger plugin may declare an optional setting as `str | None`, as the rest of today's
#            Python does; a plugin that nobody names with `--logger` costs nothing.
# Version:   Snakemake 9.27.1, snakemake-interface-logger-plugins 2.1.0, Python 3.11.
# Behaviour: Snakemake makes a command line argument of every setting of every installed plugin, and
#            calls the annotation. `Optional[str]` is taken apart for that, `str | None` is not: every
#            start of Snakemake, even `--help`, ends in a ValueError of argparse.
# Seen:      Optional[str]: exit 0,
#            str | None: exit 1, ValueError: str | None is not callable
# Why:       one plugin in an environment stops all workflows there, and the message names no plugin.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
uv venv --quiet --python 3.11 venv
uv pip install --quiet --python venv snakemake==9.27.1 snakemake-interface-logger-plugins==2.1.0

mkdir --parents plugins/snakemake_logger_plugin_example
try_setting() {
  cat > plugins/snakemake_logger_plugin_example/__init__.py <<EOF
from dataclasses import dataclass, field
from typing import Optional

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.settings import LogHandlerSettingsBase


@dataclass
class LogHandlerSettings(LogHandlerSettingsBase):
    file: $1 = field(default=None, metadata={"help": "A file"})


class LogHandler(LogHandlerBase):
    writes_to_stream = writes_to_file = has_filter = has_formatter = needs_rulegraph = False

    def emit(self, record):
        pass
EOF
  local code=0
  PYTHONPATH=plugins venv/bin/snakemake --help > said.txt 2>&1 || code=$?
  echo "$1: exit $code, $(grep '^ValueError' said.txt || true)"
  return $code
}

try_setting 'Optional[str]'
if try_setting 'str | None'; then
  echo "the annotation is taken" >&2
  exit 1
fi
grep --quiet 'ValueError: .*not callable' said.txt
