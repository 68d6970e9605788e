"""The command that says what a run would do."""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from aecluster.cli.command import Commands, add_command, beside_python, say_on_terminal


def add_to(commands: Commands) -> None:
    """Add the command `plan`."""
    words = (
        "say what a run would do and why: aecluster plan [EXPERIMENT.yaml] [Snakemake's arguments];"
        " without a file, of the experiment that ran last"
    )
    command = add_command(commands, "plan", _plan, words, takes_more=True)
    command.add_argument("--all", action="store_true", help="name every step, the kept ones too")


def _plan(options: argparse.Namespace) -> int:
    from aecluster.records.outdated import REASONS_VARIABLE
    from aecluster.workflow.dry_run import explain, read_steps
    from aecluster.workflow.times import expected_seconds

    arguments, said = _with_experiment(options.rest)
    say_on_terminal("Asking Snakemake twice, some 10 s")
    plans = []
    with tempfile.TemporaryDirectory() as folder:
        told, steps = Path(folder) / "reasons.json", Path(folder) / "steps.json"
        for forced, environment in (([], {REASONS_VARIABLE: str(told)}), (["--forceall"], {})):
            command = [
                *(beside_python("snakemake"), "--dry-run", "--cores", "all", *forced, *arguments),
                *("--logger", "aecluster", "--logger-aecluster-steps-to", str(steps)),
            ]
            dry_run = subprocess.run(  # noqa: S603 - the arguments are the user's own
                command, capture_output=True, text=True, env={**os.environ, **environment}
            )
            if dry_run.returncode != 0:
                sys.stderr.write(dry_run.stdout + dry_run.stderr)
                return dry_run.returncode
            plans.append(read_steps(steps))
        # Without it another run holds the results, and says so.
        reasons = json.loads(told.read_text()) if told.exists() else {}
    n_cores = len(os.sched_getaffinity(0))
    if said:
        print(said)
    print(
        explain(
            *plans,
            reasons,
            seconds=lambda step: expected_seconds(step, n_cores),
            list_all=options.all,
        )
    )
    return 0


def _with_experiment(rest: Sequence[str]) -> tuple[list[str], str]:
    """Return Snakemake's arguments with the experiment among them, and what to say about it."""
    if rest and rest[0].endswith((".yaml", ".yml", ".json")):
        return ["--configfile", *rest], ""
    if any(argument.startswith("--configfile") for argument in rest):
        return [*rest], ""
    file = _last_experiment()
    if file is None:
        return [*rest], ""
    return (
        [*rest, "--configfile", file],
        f"{file}, which ran last; of another experiment: aecluster plan EXPERIMENT.yaml",
    )


def _last_experiment() -> str | None:
    """Return the experiment file of the last run in this folder, if it is known and there."""
    from aecluster.records.record import read_record

    records = [*Path("results").glob("*/scores.json"), *Path("results").glob("*/*/store.json")]
    if not records:
        return None
    newest = max(records, key=lambda path: path.stat().st_mtime_ns)
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--configfile", "--configfiles", nargs="+")
    asked, _ = parser.parse_known_args(shlex.split(read_record(newest).run.command or ""))
    files = asked.configfile or []
    return files[0] if len(files) == 1 and Path(files[0]).exists() else None
