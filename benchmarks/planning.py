"""Time and memory of planning a large sweep, against an earlier commit, and of the look at records.

python benchmarks/planning.py [COMMIT]

Plans 10,000 variants by a dry run of both, in turn, in folders without results. Times are those of
the processor in this process, which other processes on the machine change little.
"""

# ruff: noqa: S603, S607 -- it runs git, tar and cp

import argparse
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import yaml
from measure import machine, markdown

from aecluster.records import damage, outdated
from aecluster.records.record import Record, Run, describe_file, flat_params, write_record

ROOT = Path(__file__).parents[1]
PARTS = ("CITATION.cff", "Snakefile", "config", "envs", "profiles", "src", "workflow")
EXPERIMENT = {
    "experiment": "sweep",
    "dataset": {"name": "digits", "source": "digits"},
    "representations": {"pixels": {"method": "pixels"}},
    "clustering": {"k": [*range(2, 102)]},
    "seeds": [*range(100)],
}
N_RECORDS = 1000
# Without the package that is installed here, of which parts do not fit another commit's.
_SNAKEMAKE = f"""
import sys
sys.path.append({sysconfig.get_path("purelib")!r})
sys.argv[0] = "snakemake"
from snakemake.cli import main
main()
"""


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("commit", nargs="?", default="e0fa081", help="what to compare with")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sides = {
            f"`{options.commit}`": unpacked(Path(folder) / "before", options.commit),
            "this": unpacked(Path(folder) / "now", None),
        }
        costs = {name: [] for name in sides}
        for _ in range(options.runs):
            for name, project in sides.items():
                costs[name].append(planned(project))
        looks = [looked(Path(folder) / f"records{n}") for n in range(options.runs)]
    medians = {
        name: [statistics.median(c) for c in zip(*found, strict=True)]
        for name, found in costs.items()
    }
    before, now = medians.values()
    rows = [(name, f"{s:.1f}", f"{mb:,.0f}") for name, (s, mb) in medians.items()]
    rows.append(("ratio", *(f"{b / a:.2f}" for a, b in zip(before, now, strict=True))))
    sys.stdout.write(f"{machine()}, medians of {options.runs} runs in turn\n\n")
    sys.stdout.write(markdown(["10,000 variants", "s of the processor", "MB at most"], rows))
    sys.stdout.write(f"\n{N_RECORDS:,} records are held against what is wanted within ")
    sys.stdout.write(f"{statistics.median(looks):.2f} s.\n")


def unpacked(folder: Path, commit: str | None) -> Path:
    """Return a project folder of a commit, by default of the files that are here."""
    folder.mkdir()
    if commit:
        archive = subprocess.run(
            ["git", "-C", ROOT, "archive", commit, *PARTS], check=True, capture_output=True
        ).stdout
        subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
    else:
        subprocess.run(["cp", "-r", *(ROOT / part for part in PARTS), folder], check=True)
    (folder / "experiment.yaml").write_text(yaml.safe_dump(EXPERIMENT))
    return folder


def planned(project: Path) -> tuple[float, float]:
    """Return seconds of the processor and megabytes that a dry run takes."""
    with (project / "said.txt").open("w") as said:
        run = subprocess.Popen(
            [
                *(sys.executable, "-S", "-c", _SNAKEMAKE, "--dry-run", "--quiet", "all"),
                *("--configfile", "experiment.yaml"),
            ],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(project / "src")},
            stdout=said,
            stderr=said,
        )
        _, status, usage = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode:
        raise RuntimeError((project / "said.txt").read_text())
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def looked(folder: Path) -> float:
    """Return the seconds in which records are held against what is wanted, all of them current."""
    folder.mkdir()
    run = Run(
        started=0, finished=1, wall_s=1, peak_mem_mb=1, threads=1, versions={"numpy": "2"},
        git_commit=None, git_dirty=None, command=None,
    )  # fmt: skip
    (folder / "store.h5").write_bytes(bytes(1_000_000))
    inputs = {str(folder / "store.h5"): describe_file(folder / "store.h5")}
    wanted = {}
    for number in range(N_RECORDS):
        output = folder / f"k{number}.h5"
        output.write_bytes(os.urandom(40_000))
        options = {"k": number, "seed": 0, "init": "k-means++", "n_init": 1, "max_iter": 300}
        step = {"options": options, "watched": {}}
        subject = {"step": "kmeans", "dataset": "digits", "k": number}
        record = Record(
            **subject, params=flat_params(step), code="c0de", inputs=inputs,
            outputs={str(output): describe_file(output)}, run=run,
        )  # fmt: skip
        write_record(output.with_suffix(".json"), record)
        want = outdated.Wanted(flat_params(step), "c0de", subject)
        wanted[str(output.with_suffix(".json"))] = lambda want=want: want
    began = time.perf_counter()
    aside = outdated.put_back(wanted)
    records, damages = damage.inspect(wanted)
    found = outdated.find_outdated(records, wanted)
    seconds = time.perf_counter() - began
    if aside or damages or found or len(records) != N_RECORDS:
        raise RuntimeError("records that are current were not found so")
    return seconds


if __name__ == "__main__":
    main()
