"""Time of a run with and without the process that tracks it meanwhile.

The demo, from nothing to its table of scores, in a new folder each time; `--no-hooks` leaves the
process out. Usage: python benchmarks/live.py [RUNS]
"""

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from measure import interleaved, machine, markdown

ROOT = Path(__file__).parents[1]


def run(options, number):
    """Run the demo in a new folder."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603 - the program of this environment
            [
                *(Path(sys.executable).with_name("snakemake"), "results/demo/scores.csv"),
                *("--cores", "all", "--configfile", "config/demo.yaml", "--directory", folder),
                *options,
            ],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )


def main():
    """Measure in turn and print a table."""
    sides = {"followed": partial(run, []), "alone": partial(run, ["--no-hooks"])}
    times = interleaved(sides, int(sys.argv[1]) if sys.argv[1:] else 5)
    slower = times["followed"].median / times["alone"].median - 1
    rows = [["followed", times["followed"], f"{slower:+.1%}"], ["alone", times["alone"], ""]]
    sys.stdout.write(f"{machine()}\n\n{markdown(['demo', 'time', 'slower'], rows)}")


if __name__ == "__main__":
    main()
