"""What stands in the report, as plain values for the template; nothing here knows HTML."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aecluster.comparison.competitors import (
    CHOSEN,
    is_of_kmeans,
    partition_notes,
    words_for_k,
)
from aecluster.comparison.order import SHOWN_OF_REPRESENTATIONS
from aecluster.comparison.scores import sampling_note
from aecluster.comparison.statistics import (
    Difference,
    Row,
    Score,
    Summary,
    best_k,
    best_of,
    estimate,
    score_named,
    summarize,
)
from aecluster.comparison.text import decimals_for, in_text, table_of
from aecluster.figures.registry import PICTURES, Subject, pictures_of
from aecluster.records.lineage import clusterer_of, subject_of
from aecluster.records.record import Record
from aecluster.records.versions import side_by_side
from aecluster.report.answer import answer
from aecluster.report.counts import counts_of_clusters

# Names and values, by data set.
_ByDataset = Mapping[str, Sequence[tuple[str, str]]]

_N_MAIN = 3
# Of a record's parameters, those that no experiment file has.
_NO_KEYS = ("made_by", "seed", "digest")
_NO_CLUSTERER_KEYS = (*_NO_KEYS, "clusterer", "clusterer_method", "k")
# What the pictures of how a representation came about are of.
_TRAINING = ("training", "autoencoder", "dictionary")
_GROUPS = (
    (
        "Against the classes, and over seeds",
        lambda s: s.is_of_clusters and s.is_comparable and s.space is None,
    ),
    ("Distances in one space for all", lambda s: s.space is not None),
    ("Of the representation itself, without clusters", lambda s: not s.is_of_clusters),
    ("In each representation's own space", lambda s: s.is_of_clusters and not s.is_comparable),
)
# Of random labels the sizes are those of the clusters; of the classes the agreement is perfect.
_CONTROLS = {
    "random": (
        "Random labels with the cluster sizes of each clustering, in its own space",
        lambda s: s.kind != "partition",
    ),
    "classes": (
        "The classes themselves as a clustering, in each representation's own space",
        lambda s: not s.is_comparable,
    ),
}


@dataclass(frozen=True)
class Line:
    """A row of a table of scores: the score, a text a column, and which of them are best."""

    score: Score
    cells: list[str]
    is_best: list[bool]


def content(
    experiment: Mapping[str, Any],
    scores: Sequence[Row],
    controls: Sequence[Row],
    summaries: Sequence[Summary],
    differences: Sequence[Difference],
    records: Sequence[Record],
    figures: Sequence[Record],
    citation: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what the template shows, by the names that it uses."""
    datasets = list(dict.fromkeys(found.dataset for found in summaries))
    k = experiment["k"][0]
    answers = {
        dataset: answer(
            dataset,
            k,
            summaries,
            [row for row in controls if is_of_kmeans(row)],
            differences,
            records,
        )
        for dataset in datasets
    }
    first = {
        dataset: _at_the_top(figures, dataset, found.names) for dataset, found in answers.items()
    }
    of_images = {dataset: _of_images(dataset, records, experiment["split"]) for dataset in datasets}
    return {
        "experiment": {"clusterers": {}, **experiment},
        "facts": _facts(experiment, records, of_images),
        "of_images": _image_lines(of_images),
        "has_classes": any(record.details.get("class_names") for record in records),
        "reference": differences[0].reference if differences else None,
        "answers": [
            (_label(answers[dataset].sentence, dataset, datasets), pictures)
            for dataset, pictures in first.items()
        ],
        "at_the_top": [picture for pictures in first.values() for _, picture in pictures],
        "parts": [
            _part(
                dataset,
                [record for record in records if record.dataset == dataset],
                [row for row in scores if row["dataset"] == dataset],
                [row for row in controls if row["dataset"] == dataset],
                [found for found in summaries if found.dataset == dataset],
                [found for found in differences if found.dataset == dataset],
            )
            for dataset in datasets
        ],
        "trainings": _training_lines(records, datasets),
        "training_figures": _pictures(figures, _TRAINING, datasets),
        "score_curves_picture": PICTURES["scores"],
        "cka_picture": PICTURES["cka"],
        "clustering_figures": _with_points(_pictures(figures, ["clustering"], datasets), records),
        "scores": _explained(summaries),
        "made_by_several": side_by_side(records),
        "steps": _step_lines(records),
        "run": _run(records),
        "citation": _citation(citation),
    }


def _part(
    dataset: str,
    records: Sequence[Record],
    scores: Sequence[Row],
    controls: Sequence[Row],
    summaries: Sequence[Summary],
    differences: Sequence[Difference],
) -> dict[str, Any]:
    """Return the tables of one data set: nothing is compared over several."""
    ks = list(dict.fromkeys(found.k for found in summaries))
    of_k = {
        k: (
            [found for found in summaries if found.k == k],
            [row for row in scores if int(row["k"]) == k],
        )
        for k in ks
    }
    of_names = {k: list(dict.fromkeys(found.representation for found in of_k[k][0])) for k in ks}
    return {
        "dataset": dataset,
        "names": of_names[ks[0]],
        "has_several_k": len(set(ks) - {CHOSEN}) > 1,
        "main": _main(*of_k[ks[0]], of_names[ks[0]]),
        "tables": [(words_for_k(k), of_names[k], _groups(*of_k[k], of_names[k])) for k in ks],
        "controls": [
            (
                words_for_k(k),
                of_names[k],
                _control_groups([row for row in controls if int(row["k"]) == k], of_names[k]),
            )
            for k in ks
        ],
        "notes": [
            *(f"{note}." for note in partition_notes(scores)),
            *counts_of_clusters(records, summaries),
        ],
        "sampling_note": sampling_note(scores),
        "differences": [
            (words_for_k(k), lines)
            for k in ks
            if (lines := _difference_lines([d for d in differences if d.k == k]))
        ],
        "best_k": _best_k_lines(summaries, of_names[ks[0]]),
    }


def _label(name: str, dataset: str, datasets: Sequence[str]) -> str:
    """Return a name, behind that of its data set where there are several."""
    return f"{dataset}: {name}" if len(datasets) > 1 else name


def _facts(
    experiment: Mapping[str, Any], records: Sequence[Record], of_images: _ByDataset
) -> list[tuple[str, str]]:
    datasets = list(of_images)
    sizes = {
        (r.representation, r.dataset): r.details
        for r in records
        if "d" in r.details and "n" in r.details
    }
    facts = [
        (_label(name, dataset, datasets), value)
        for dataset, of_dataset in of_images.items()
        for name, value in of_dataset
    ]
    facts += [
        ("data set", experiment["dataset"]),
        ("clusters k", ", ".join(map(str, experiment["k"]))),
        _seeds(experiment["seeds"]),
    ]
    for name in experiment["representations"]:
        values = ", ".join(
            _label(f"{sizes[name, dataset]['d']:,} values", dataset, datasets)
            for dataset in datasets
            if (name, dataset) in sizes
        )
        described = ", ".join(f"{key} {value}" for key, value in _made_with(name, records).items())
        facts.append((name, f"{described} ({values})" if values else described))
    for name, method in experiment.get("clusterers", {}).items():
        made = next((r.params for r in records if clusterer_of(r) == name), {})
        keys = {key: made[key] for key in made if key not in _NO_CLUSTERER_KEYS}
        described = {"method": method} | keys
        facts.append((name, ", ".join(f"{key} {value}" for key, value in described.items())))
    return facts


def _image_lines(of_images: _ByDataset) -> list[str]:
    """Return the facts of the images of each data set in a line."""
    return [
        _label("; ".join(f"{name}: {value}" for name, value in of_dataset), dataset, [*of_images])
        for dataset, of_dataset in of_images.items()
    ]


def _of_images(dataset: str, records: Sequence[Record], split: str) -> list[tuple[str, str]]:
    """Return where the images came from, how many were clustered, and how they came to size."""
    of_dataset = [record for record in records if record.dataset == dataset]
    n = next((r.details["n"] for r in of_dataset if "d" in r.details and "n" in r.details), None)
    made = next((record for record in of_dataset if record.step == "preprocess"), None)
    if made is None:
        return [("images", "unknown" if n is None else f"{n:,}")]
    params, details = made.params, made.details
    counts = details.get("n") or {}
    clustered = f"{sum(counts.values()) if n is None else n:,}"
    if len(counts) > 1:
        clustered += f" of {sum(counts.values()):,}, split {split}"
    if details.get("class_names"):
        clustered += f", in {len(details['class_names'])} classes"
    n_skipped = sum((details.get("n_skipped") or {}).values())
    if n_skipped:
        clustered += f"; {n_skipped:,} that could not be read were left out"
    facts = [("images", clustered)]
    if "source" in params:
        path = f", {params['path']}" if params.get("path") else ""
        facts.append(("source", f"{params['source']}{path}"))
    if details.get("image_shape"):
        shape = " x ".join(map(str, details["image_shape"]))
        how = {"crop": "cut to a square", "pad": "padded to a square"}.get(params.get("resize"))
        facts.append(("each is", f"{shape}; {how} where they had another shape" if how else shape))
    return facts


def _seeds(seeds: Sequence[int]) -> tuple[str, str]:
    if len(seeds) == 1:
        return "seed", str(seeds[0])
    return "seeds", f"{len(seeds)}: {', '.join(map(str, seeds))}"


def _made_with(name: str, records: Sequence[Record]) -> dict[str, Any]:
    """Return the keys that a representation was made with, as its record says."""
    made = next(
        (r for r in records if r.representation == name and r.step in ("train", "transform")), None
    )
    keys = {} if made is None else made.params
    return {"method": name} | {key: keys[key] for key in keys if key not in _NO_KEYS}


def _main(summaries: Sequence[Summary], rows: Sequence[Row], names: Sequence[str]) -> list[Line]:
    """Return the lines of the first scores that compare."""
    known = [name for name in SHOWN_OF_REPRESENTATIONS if any(s.score == name for s in summaries)]
    members = [s for name in known[:_N_MAIN] for s in summaries if s.score == name]
    return _lines(members, rows, names)


def _groups(
    summaries: Sequence[Summary], rows: Sequence[Row], names: Sequence[str]
) -> list[tuple[str, list[Line]]]:
    lines = _lines(summaries, rows, names)
    groups = [
        (title, [line for line in lines if belongs(line.score)]) for title, belongs in _GROUPS
    ]
    return [(title, members) for title, members in groups if members]


def _lines(summaries: Sequence[Summary], rows: Sequence[Row], names: Sequence[str]) -> list[Line]:
    lines = []
    for name, estimates in table_of(summaries).items():
        decimals, best = decimals_for(estimates.values()), best_of(rows, name)
        cells = [in_text(estimates[r], decimals) if r in estimates else "" for r in names]
        lines.append(Line(score_named(name), cells, [r == best for r in names]))
    return lines


def _control_groups(rows: Sequence[Row], names: Sequence[str]) -> list[tuple[str, list[Line]]]:
    """Return lines without a best: nothing competes."""
    groups = []
    for control, (title, belongs) in _CONTROLS.items():
        members = summarize([row for row in rows if row["control"] == control])
        # Nothing competes here: without rows there is no best.
        lines = [line for line in _lines(members, [], names) if belongs(line.score)]
        if lines:
            groups.append((title, lines))
    return groups


def _difference_lines(differences: Sequence[Difference]) -> list[dict[str, Any]]:
    lines = []
    for found in differences:
        score, decimals = score_named(found.score), decimals_for([found.estimate])
        interval = "one seed: no interval"
        verdict = ""
        if found.estimate.low is not None:
            low, high = (
                f"{end:+.{decimals}f}" for end in (found.estimate.low, found.estimate.high)
            )
            interval = f"{low} to {high}"
            verdict = _verdict(found, score)
        lines.append(
            {
                "representation": found.representation,
                "score": score,
                "mean": f"{found.estimate.mean:+.{decimals}f}",
                "interval": interval,
                "verdict": verdict,
            }
        )
    return lines


def _verdict(found: Difference, score: Score) -> str:
    low, high = found.estimate.low, found.estimate.high
    if low <= 0 <= high:
        return "not told apart"
    return "better" if (low > 0) == score.greater_is_better else "worse"


def _best_k_lines(summaries: Sequence[Summary], names: Sequence[str]) -> list[Line]:
    best: dict[str, dict[str, int]] = defaultdict(dict)
    for (_, representation, _, score), k in best_k(summaries).items():
        best[score][representation] = k
    return [
        Line(score_named(score), [str(ks.get(name, "")) for name in names], [False] * len(names))
        for score, ks in best.items()
    ]


def _training_lines(records: Sequence[Record], datasets: Sequence[str]) -> list[dict[str, str]]:
    by_name: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.step == "train":
            by_name[_label(record.representation, record.dataset, datasets)].append(record)
    lines = []
    for name, members in by_name.items():
        of_seeds = {
            metric: in_text(estimate([r.metrics[metric] for r in members]), 5)
            for metric in ("loss", "mse", "test_mse")
            if all(metric in record.metrics for record in members)
        }
        n_params = members[0].details.get("n_params")
        lines.append(
            {
                "name": name,
                "n_seeds": str(len(members)),
                "n_params": f"{n_params:,}" if n_params is not None else "",
                "loss": of_seeds.get("loss", ""),
                "mse": of_seeds.get("mse", ""),
                "test_mse": of_seeds.get("test_mse", ""),
                "wall": in_text(estimate([r.run.wall_s for r in members]), 1),
            }
        )
    return lines


def _pictures(
    figures: Sequence[Record], subjects: Sequence[Subject], datasets: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the pictures of every figure record, by the last word of their files' names."""
    found = []
    for record in figures:
        files = {Path(path).stem.split(".")[-1]: path for path in record.outputs}
        pictures = [
            (files[picture.name], picture.caption)
            for picture in pictures_of(*subjects)
            if picture.name in files
        ]
        if pictures:
            found.append(
                {
                    "subject": subject_of(record),
                    "name": _label(record.representation, record.dataset, datasets),
                    "k": record.k,
                    "seed": record.seed,
                    "pictures": pictures,
                }
            )
    return found


def _at_the_top(
    figures: Sequence[Record], dataset: str, names: Sequence[str]
) -> list[tuple[str, str]]:
    """Return name and picture of the clusters of some representations."""
    pictures = {
        record.representation: path
        for record in figures
        if record.dataset == dataset and record.step == "plot_clusters"
        for path in record.outputs
        if path.endswith(".clusters.png")
    }
    return [(name, pictures[name]) for name in names if name in pictures]


def _with_points(
    entries: Sequence[dict[str, Any]], records: Sequence[Record]
) -> list[dict[str, Any]]:
    """Return entries with the path of the table of the points of their clustering, or None."""
    tables = {
        subject_of(record): path
        for record in records
        for path in record.outputs
        if record.step == "evaluate" and path.endswith(".csv")
    }
    return [{**entry, "points": tables.get(entry["subject"])} for entry in entries]


def _explained(summaries: Sequence[Summary]) -> list[Score]:
    """Return each score once, whatever the space."""
    bases = dict.fromkeys(found.score.partition("_in_")[0] for found in summaries)
    return [score for base in bases if (score := score_named(base))]


def _step_lines(records: Sequence[Record]) -> list[dict[str, str]]:
    by_step: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_step[record.step].append(record)
    return [
        {
            "step": step,
            "n": f"{len(members):,}",
            "total": _duration(math.fsum(r.run.wall_s for r in members)),
            "each": f"{math.fsum(r.run.wall_s for r in members) / len(members):.1f} s",
            "memory": f"{max(r.run.peak_mem_mb for r in members):,.0f} MB",
            "threads": ", ".join(str(t) for t in sorted({r.run.threads for r in members})),
        }
        for step, members in by_step.items()
    ]


def _run(records: Sequence[Record]) -> dict[str, Any]:
    runs = [record.run for record in records]
    versions: dict[str, set[str]] = defaultdict(set)
    for run in runs:
        for name, version in run.versions.items():
            versions[name].add(version)
    commits = {(r.git_commit, r.git_dirty) for r in runs if r.git_commit}
    return {
        "started": _moment(min(run.started for run in runs)),
        "finished": _moment(max(run.finished for run in runs)),
        "total": _duration(math.fsum(run.wall_s for run in runs)),
        "versions": {name: ", ".join(sorted(found)) for name, found in sorted(versions.items())},
        "commits": [
            f"{commit}{' with changes that are not committed' if dirty else ''}"
            for commit, dirty in sorted(commits, key=str)
        ],
        "commands": sorted({run.command for run in runs if run.command}),
    }


def _citation(found: Mapping[str, Any]) -> dict[str, str]:
    authors = [
        author.get("name") or f"{author['family-names']}, {author['given-names']}"
        for author in found["authors"]
    ]
    return {
        "authors": " and ".join(authors),
        "title": found["title"],
        "version": str(found["version"]),
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
