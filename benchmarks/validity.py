"""Compare validity indices of other packages with their definitions, and their cost with ours.

Fills the tables of docs/validity.md. Each package is installed into an environment of its own.
"""

import argparse
import json
import math
import re
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import environments
import measure
import numpy as np
from definitions import VARIANTS, data_sets
from environments import Package

PACKAGES = [
    Package("scikit-learn 1.9.1", "scikit_learn", ("scikit-learn==1.9.1",)),
    Package("permetrics 2.1.0", "permetrics", ("permetrics==2.1.0",)),
    Package("validclust 0.1.1", "validclust", ("validclust==0.1.1",)),
    Package("genieclust 1.3.0", "genieclust", ("genieclust==1.3.0",)),
    Package(
        "clusterval 1.0.5",
        "clusterval",
        (
            "scikit-learn==1.3.2",
            "numpy==1.26.4",
            "pandas==1.5.3",
            "fastcluster==1.2.6",
            "matplotlib==3.8.4",
            "seaborn==0.13.2",
            "sympy==1.13.3",
            "joblib==1.4.2",
            "tabulate==0.9.0",
        ),
        alone=("clusterval==1.0.5",),  # asks for a package that cannot be installed
    ),
    Package("cvi 0.7.2", "cvi", ("cvi==0.7.2",)),
    Package("pycvi-lib 1.0.1", "pycvi", ("pycvi-lib==1.0.1",)),
    Package("inixx 0.1.1", "inixx", ("inixx==0.1.1", "numpy==2.4.6")),
    Package("intclustval 0.1.2", "intclustval", ("intclustval==0.1.2",)),
    Package("clusteval 2.2.7", "clusteval", ("clusteval==2.2.7",)),
    Package("sil-score 0.1.8", "sil_score", ("sil-score==0.1.8",)),
    Package("silhouette-scalable 0.1.3", "silhouette_scalable", ("silhouette-scalable==0.1.3",)),
    Package("nacvi 0.1.0", "nacvi", ("nacvi==0.1.0",)),
    Package("pyclustering 0.10.1.2", "pyclustering", ("pyclustering==0.10.1.2", "numpy==1.26.4")),
    Package("tslearn 0.10.0", "tslearn", ("tslearn==0.10.0",)),
    Package("river 0.26.1", "river", ("river==0.26.1",)),
    Package("cluster of Debian 12's R", "cluster", kind="r"),
    Package("fpc of Debian 12's R", "fpc", kind="r"),
    Package("genieclust of Debian 12's R", "genieclust", kind="r"),
    Package("@robzzson/silhouette 0.0.7", "silhouette", ("@robzzson/silhouette@0.0.7",), "npm"),
]

PROGRAMS = Path(__file__).parent / "others" / "indices"
PAGE = Path(__file__).parents[1] / "docs" / "validity.md"
# Of float64 sums in another order; distances by products lose more only in the case `far away`.
CLOSE = 1e-6
CLOSE_FLOAT32 = 1e-4
CASE_LIMIT_S = 300
# Beside the definitions: what the cases change, and the head of their column.
CASES = {
    "plain": "150 points",
    "renumbered": "numbers reversed",
    "other": "numbers from 1 (R: 0)",
    "gaps": "numbers 3, 7, 42, 100",
    "negative": "numbers from -1",
    "alone": "a cluster of one point",
    "copies": "copies of points",
    "unit": "times 1e-6",
    "far": "a million away",
    "float32": "float32",
    "bytes": "uint8",
}
TIMED_ROWS, TIMED_FEATURES, TIMED_CLUSTERS = 5000, 64, 10
TIMED_LIMIT_S = 120
N_RUNS = 3
# Indices that look at all pairs; the others take a pass or two.
OF_ALL_PAIRS = ("silhouette", "dunn")


def main() -> None:
    """Fill the tables of docs/validity.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environments", type=Path, help="folder that keeps what is installed")
    parser.add_argument("--only", nargs="*", help="packages, by their names in others/indices")
    parser.add_argument("--values", action="store_true", help="leave the table of times as it is")
    parser.add_argument(
        "--under-load", action="store_true", help="measure though others use the machine"
    )
    arguments = parser.parse_args()
    packages = [p for p in PACKAGES if not arguments.only or p.calls in arguments.only]
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.environments or Path(scratch) / "environments"
        places = {}
        for package in packages:
            if place := environments.set_up(package, folder):
                places[package] = place
        blocks = {"values": _values(places, Path(scratch))}
        if not arguments.values:
            blocks["times"] = _times(places, Path(scratch), arguments.under_load)
    for name, block in blocks.items():
        sys.stdout.write(f"{block}\n")
        if not arguments.only:
            _put(name, block)


def _write(cases: dict[str, tuple[np.ndarray, np.ndarray]], folder: Path) -> None:
    """Write arrays for Python, tables for npm, and tables for R, where labels begin with 1."""
    folder.mkdir(parents=True)
    for name, (X, labels) in cases.items():
        np.savez(folder / name, X=X, labels=labels)
        table = np.column_stack([X.astype(np.float64), labels])
        np.savetxt(folder / f"{name}.csv", table, delimiter=",", fmt="%.17g")
        table[:, -1] += -1 if name == "other" else 1
        np.savetxt(folder / f"{name}.table", table, delimiter=",", fmt="%.17g")


def _values(places: dict[Package, Path], scratch: Path) -> str:
    cases = data_sets()
    _write(cases, scratch / "cases")
    header = ["package", "function", "computes", *list(CASES.values())[1:]]
    rows = []
    for package, place in places.items():
        results = scratch / f"{package.kind}-{package.calls}.json"
        if not environments.run(
            package, place, PROGRAMS, [scratch / "cases", results], CASE_LIMIT_S
        ):
            continue
        found = json.loads(results.read_text())
        for name in found["plain"]:
            cells = {case: found[case][name] for case in CASES}
            rows.append([package.title, name, *_row(name, cells, cases)])
    return measure.markdown(header, rows)


def _row(name: str, cells: dict[str, dict], cases: dict) -> list[str]:
    """Return what a function computes, and in each case whether it does so there too."""
    variants = VARIANTS[re.match(r"\w+", name)[0]]
    plain = cells["plain"]
    if "value" not in plain:
        return [f"an error: {plain['error']}", *[""] * (len(CASES) - 1)]
    which = next(
        (w for w, compute in variants.items() if _is_close(plain, compute(*cases["plain"]))),
        None,
    )
    if which is None:
        definition = variants["the definition"](*cases["plain"])
        which = f"{plain['value']:.4g} for {definition:.4g}"
    others = [case for case in CASES if case != "plain"]
    shown = []
    for case in others:
        compute = variants.get(which, variants["the definition"])
        shown.append(_cell(cells[case], compute(*cases[case]), case))
    return [which, *shown]


def _is_close(cell: dict, expected: float, case: str = "plain") -> bool:
    limit = CLOSE_FLOAT32 if case == "float32" else CLOSE
    return "value" in cell and math.isclose(cell["value"], expected, rel_tol=limit)


def _cell(cell: dict, expected: float, case: str) -> str:
    if "error" in cell:
        return "no number"
    if _is_close(cell, expected, case):
        return "="
    if math.isclose(cell["value"], expected, rel_tol=0.001):
        return f"off by {abs(cell['value'] / expected - 1):.0e}"
    return f"{cell['value']:.4g} for {expected:.4g}"


def _times(places: dict[Package, Path], scratch: Path, under_load: bool) -> str:
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(TIMED_CLUSTERS, TIMED_FEATURES))
    labels = rng.integers(TIMED_CLUSTERS, size=TIMED_ROWS)
    X = (rng.normal(size=(TIMED_ROWS, TIMED_FEATURES)) + centers[labels]).astype(np.float32)
    _write({"timed": (X, labels)}, scratch / "timed")
    ours = Package("aecluster", "aecluster")
    own_place = Path(sys.prefix)
    rows = []
    for package, place in places.items():
        if package.kind != "python":
            continue
        names = _names(scratch / f"{package.kind}-{package.calls}.json")
        for name in (n for n in names if n.startswith(OF_ALL_PAIRS)):
            sides = {
                "theirs": _timed(package, place, name, scratch),
                "ours": _timed(ours, own_place, "silhouette", scratch),
            }
            rows.append([package.title, name, *_compared(sides, under_load)])
    note = "other programs used the machine meanwhile" if under_load else "nothing else ran"
    header = ["package", "function", "time", "ours", "times ours", "memory", "ours"]
    return (
        f"{measure.machine()}; {note}; {TIMED_ROWS:,} x {TIMED_FEATURES} float32 in "
        f"{TIMED_CLUSTERS} clusters; ours is silhouette and Dunn index together\n\n"
        + measure.markdown(header, rows)
    )


def _names(results: Path) -> list[str]:
    return list(json.loads(results.read_text())["plain"]) if results.exists() else []


def _timed(package: Package, place: Path, name: str, scratch: Path) -> Callable[[], dict]:
    results = scratch / "timed.json"

    def call() -> dict:
        results.unlink(missing_ok=True)
        arguments = [scratch / "timed", results, "--time", "--only", name]
        if not environments.run(package, place, PROGRAMS, arguments, TIMED_LIMIT_S):
            return {}
        return json.loads(results.read_text())["timed"][name]

    return call


def _compared(sides: dict[str, Callable[[], dict]], under_load: bool) -> list[str]:
    """Return the cells of times and memory; a side that takes long runs once."""
    found: dict[str, list[dict]] = {name: [] for name in sides}
    for _ in range(N_RUNS):
        for name, side in sides.items():
            if not under_load:
                measure.wait_until_idle(name)
            found[name].append(side())
        if found["theirs"][0].get("seconds", TIMED_LIMIT_S) > TIMED_LIMIT_S / 10:
            break
    seconds, memory = (
        {
            name: statistics.median(r[key] for r in runs)
            for name, runs in found.items()
            if all(key in r for r in runs)
        }
        for key in ("seconds", "bytes")
    )
    own = [f"{seconds['ours']:.2g} s", f"{memory['ours'] / 1e6:.0f} MB"]
    if "theirs" not in seconds:
        return [f"over {TIMED_LIMIT_S} s, or an error", own[0], "", "", own[1]]
    ratio = seconds["theirs"] / seconds["ours"]
    return [
        f"{seconds['theirs']:.2g} s",
        own[0],
        f"{float(f'{ratio:.3g}'):,g}",
        f"{memory['theirs'] / 1e6:.0f} MB",
        own[1],
    ]


def _put(name: str, block: str) -> None:
    """Put a table between its two marks of the page."""
    begin, end = f"<!-- made by benchmarks/validity.py: {name} -->\n", "<!-- end -->"
    head, _, rest = PAGE.read_text().partition(begin)
    tail = rest.partition(end)[2]
    PAGE.write_text(f"{head}{begin}{block}{end}{tail}")


if __name__ == "__main__":
    main()
