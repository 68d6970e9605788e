"""Names of experiments, data sets and representations never lead to one file twice."""

import itertools
import re
from pathlib import Path

from aecluster.config import load_experiment
from aecluster.errors import ConfigError

RULES = Path(__file__).parents[3] / "workflow" / "rules"
# Every path of a rule, with wildcards.
PATTERNS = {
    pattern
    for file in RULES.glob("*.smk")
    for pattern in re.findall(r'"(results/[^"]+)"', file.read_text())
    if set(re.findall(r"\{(.+?)\}", pattern))
    <= {"experiment", "dataset", "representation", "split", "k", "seed"}
    and "." in pattern
}
NAMES_OF_TABLES = {
    pattern.rpartition("/")[2] for pattern in PATTERNS if pattern.startswith("results/{experiment}")
}


def is_accepted(experiment, dataset, representation):
    try:
        load_experiment(
            {
                "experiment": experiment,
                "dataset": {"name": dataset, "source": "digits"},
                "representations": {representation: {"method": "pca", "n_components": 2}},
            },
            "names.yaml",
        )
    except ConfigError:
        return False
    return True


def test_names_of_tables_are_refused_with_all_that_is_made_of_them():
    assert {"scores.csv", "controls.csv", "summary.tex", "scores.figures.json", "report.html",
            "tracked.json"} <= NAMES_OF_TABLES  # fmt: skip
    for name, ending in itertools.product(NAMES_OF_TABLES, ("", ".outdated", ".damaged")):
        assert not is_accepted("same", "same", name + ending), name + ending


def test_no_accepted_names_lead_to_one_file_or_to_a_file_in_the_place_of_a_folder():
    folders = [*NAMES_OF_TABLES, "a", "a.b", "b", "s0", "test", "scores", "benchmarks", "kmeans"]
    representations = [name for name in folders if is_accepted("same", "same", name)]
    whole = [name for name in ("same", "a", "benchmarks") if is_accepted(name, name, "b")]
    values = {
        "experiment": whole,
        "dataset": whole,
        "representation": representations,
        "split": ["train", "test", "all"],
        "k": ["1", "10"],
        "seed": ["0", "10"],
    }

    found = {}
    for pattern in PATTERNS:
        wildcards = list(dict.fromkeys(re.findall(r"\{(\w+)\}", pattern)))
        for filling in itertools.product(*(values[name] for name in wildcards)):
            path = pattern.format(**dict(zip(wildcards, filling, strict=True)))
            found.setdefault(path, []).append((pattern, filling))

    assert {"a", "a.b", "s0", "scores"} <= set(representations)
    assert len(found) > 1000
    assert [made for made in found.values() if len(made) > 1] == []
    parents = {str(parent) for path in found for parent in Path(path).parents}
    assert parents.isdisjoint(found)
