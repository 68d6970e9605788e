"""The command that says what a run would do."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from aecluster.cli.command import Commands, add_command, beside_python


def add_to(commands: Commands) -> None:
    """Add the command `plan`."""
    words = "say what a run would do and why; takes Snakemake's arguments"
    add_command(commands, "plan", _plan, words, takes_more=True)


def _plan(options: argparse.Namespace) -> int:
    from aecluster.records.outdated import REASONS_VARIABLE
    from aecluster.workflow.dry_run import explain, read_dry_run

    texts = []
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "reasons.json"
        for forced, environment in (([], {REASONS_VARIABLE: str(told)}), (["--forceall"], {})):
            command = [beside_python("snakemake"), "--dry-run", "--quiet", "host", "--nocolor"]
            dry_run = subprocess.run(  # noqa: S603 - the arguments are the user's own
                [*command, *forced, *options.rest],
                capture_output=True,
                text=True,
                env={**os.environ, **environment},
            )
            if dry_run.returncode != 0:
                sys.stderr.write(dry_run.stdout + dry_run.stderr)
                return dry_run.returncode
            texts.append(dry_run.stdout + dry_run.stderr)
        # Without it another run holds the results, and says so.
        reasons = json.loads(told.read_text()) if told.exists() else {}
    print(explain(*map(read_dry_run, texts), reasons))
    return 0
