"""What a file under `results/` holds, for a person to read, and the pictures that are in it."""

import csv
import io
import json
import os
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from aecluster.comparison.order import SHOWN
from aecluster.comparison.text import aligned
from aecluster.data.summary import summarize_clustering, summarize_store
from aecluster.errors import AeclusterError, RecordError, StoreError
from aecluster.figures.registry import PICTURES
from aecluster.records.record import SUBJECT, Head, Record, read_record
from aecluster.steps.cluster import read_clusterer
from aecluster.store import read_reconstructions, read_silhouettes, read_subject

# Lines of a table, and columns that a terminal is wide enough for.
_MOST_ROWS = 20
_MOST_COLUMNS = 12
_SET_ASIDE = {".outdated": "is not of what was wanted since", ".damaged": "was cut short or edited"}


def describe(path: str | os.PathLike[str]) -> str:
    """Return what a file holds, one line per fact.

    Parameters
    ----------
    path : path-like
        Any file that the workflow leaves under `results/`.

    Returns
    -------
    str
        Of a clustering its sizes, scores and pictures; of a store its splits and classes; of a
        table its first rows; of a record parameters, metrics and files; of a model its layers; of
        a picture its caption. Of any other file its size, and that nothing is known of it.

    Raises
    ------
    AeclusterError
        If it is missing, a folder, or not what its name promises.
    """
    path = Path(path)
    if path.is_dir():
        names = sorted(one.name for one in path.iterdir() if not one.name.startswith("."))
        raise AeclusterError(f"{path}: a folder, expected a file; it has {_listed(names)}")
    if not path.exists():
        raise AeclusterError(f"{path}: no such file")
    try:
        return _KINDS.get(path.suffix, _other)(path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AeclusterError(f"{path}: cannot be read ({error})") from None
    except KeyError as error:
        raise AeclusterError(f"{path}: {error.args[0]}, expected a file of a run") from None


def kind_of_arrays(path: str | os.PathLike[str]) -> str:
    """Return what an HDF5 file of the results is by what is in it.

    Returns
    -------
    {"clustering", "silhouettes", "reconstructions", "store"}
        "store" also for what is missing or damaged: who opens it as one says what is wrong.
    """
    try:
        with h5py.File(path) as file:
            names = set(file)
    except OSError:
        return "store"
    if {"labels", "centroids"} <= names:
        return "clustering"
    return next((name for name in ("silhouettes", "reconstructions") if name in names), "store")


def _arrays(path: Path) -> str:
    match kind_of_arrays(path):
        case "clustering":
            return _clustering(path)
        case "silhouettes":
            values = read_silhouettes(path)
            known = values[np.isfinite(values)]
            return "\n".join(
                [
                    f"{path}: silhouettes of {len(known):,} of {len(values):,} points of a "
                    "clustering, each in its own space",
                    f"mean {known.mean():.4f}, {(known < 0).mean():.1%} below 0",
                ]
            )
        case "reconstructions":
            images, rebuilt = read_reconstructions(path)
            shape = " x ".join(map(str, images.shape[1:]))
            return (
                f"{path}: {len(images)} images of {shape} and what an autoencoder makes of them, "
                f"mean squared error {np.mean((images - rebuilt) ** 2):.4f}"
            )
        case _:
            return summarize_store(path)


def _clustering(path: Path) -> str:
    """Return what a clustering is of, its sizes, its scores, and the files beside it."""
    first, *sizes = summarize_clustering(path).splitlines()
    lines = [first]
    with suppress(StoreError):  # one that was made from Python need not say what it is of
        lines.append(_of(Head(step="kmeans", **read_subject(path))))
        lines += [f"by {clusterer}"] if (clusterer := read_clusterer(path)) else []
    lines += sizes
    try:
        metrics = read_record(path.with_suffix(".scores.json")).metrics
        lines += ["scores:", *_values(metrics)]
    except RecordError:
        lines.append(f"scores: none beside it, expected {path.with_suffix('.scores.json')}")
    beside = path.parent.glob(f"{path.stem}.*")
    lines += [f"picture: {one}" for one in sorted(beside) if one.suffix == ".png"]
    table = path.with_suffix(".csv")
    lines += [f"one row per image: {table}"] if table.exists() else []
    return "\n".join(lines)


def _json(path: Path) -> str:
    try:
        content = json.loads(path.read_bytes())
    except ValueError as error:
        raise RecordError(f"{path}: not a record: the file: {error}") from None
    if isinstance(content, dict) and "uri" in content:
        return "\n".join(
            [f"{path}: what MLflow has of an experiment", *_values(content, indent="")]
        )
    return _record(path, read_record(path))


def _record(path: Path, record: Record) -> str:
    run = record.run
    threads = f"{run.threads} thread{'s' * (run.threads != 1)}"
    took = f"{run.wall_s:.1f} s and {run.peak_mem_mb:,.0f} MB on {threads}"
    ended = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(run.finished))
    sections: list[tuple[str, Iterable[str]]] = [
        ("parameters", _values(record.params)),
        ("results", _values(record.metrics)),
        (
            "curves",
            (
                f"  {name}: {points[0].value:.6g} to {points[-1].value:.6g}, {len(points)} points"
                for name, points in record.curves.items()
            ),
        ),
        ("details", _values(record.details)),
        ("read", _files(record.inputs)),
        ("made", _files(record.outputs)),
        ("versions", [f"  {', '.join(f'{name} {of}' for name, of in run.versions.items())}"]),
    ]
    lines = [f"{path}: record of the step {record.step}"]
    if of := _of(record):
        lines.append(of)
    lines.append(f"ended {ended}, took {took}")
    for title, members in sections:
        shown = list(members)
        lines += [f"{title}:", *shown] if shown else []
    return "\n".join(lines)


def _of(head: Head) -> str:
    """Return what a step was done to, in words; nothing of a step that is of all variants."""
    parts = [f"{name} {value}" for name in SUBJECT if (value := getattr(head, name)) is not None]
    return f"of {', '.join(parts)}" if parts else ""


def _files(files: Mapping[str, Any]) -> list[str]:
    shown = [f"  {name}  {file.bytes:,} bytes" for name, file in files.items()]
    return [*shown[:_MOST_ROWS], *_more(len(shown) - _MOST_ROWS, "files")]


def _values(values: Mapping[str, Any], indent: str = "  ") -> list[str]:
    width = max(map(len, values), default=0)
    return [f"{indent}{name.ljust(width)}  {_value(value)}" for name, value in values.items()]


def _value(value: Any) -> str:
    match value:
        case float():
            return f"{value:.6g}"
        case dict() | list() if len(value) > _MOST_COLUMNS or any(
            isinstance(one, dict | list)
            for one in (value.values() if isinstance(value, dict) else value)
        ):
            return f"{len(value):,} entries"
        case dict():
            return ", ".join(f"{name}: {_value(one)}" for name, one in value.items())
        case list():
            return ", ".join(map(_value, value))
        case _:
            return str(value)


def _table(path: Path) -> str:
    """Return the first rows of a table; of a wide one the columns that people compare first."""
    text = path.read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text), delimiter="\t" if path.suffix == ".tsv" else ","))
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        raise AeclusterError(f"{path}: found no whole table, expected rows of one length")
    head, *rows = rows
    size = f"{path}: {len(rows):,} row{'s' * (len(rows) != 1)} of {len(head)} columns"
    columns = range(len(head))
    others: list[str] = []
    if len(head) > _MOST_COLUMNS:
        wanted = (*SUBJECT, "clusterer", "control", *SHOWN)
        columns = [place for place, name in enumerate(head) if name in wanted]
        columns = columns or range(_MOST_COLUMNS)
        others = [name for place, name in enumerate(head) if place not in columns]
    shown = [[_number(row[place]) for place in columns] for row in [head, *rows[:_MOST_ROWS]]]
    words = [all(_is_word(row[place]) for row in shown[1:]) for place in range(len(shown[0]))]
    n_left = words.index(False) if False in words else len(words)
    return "\n".join(
        [
            size,
            *(line.rstrip() for line in aligned(shown, n_left)),
            *_more(len(rows) - _MOST_ROWS, "rows"),
            *([f"other columns: {', '.join(others)}"] if others else []),
        ]
    )


def _number(text: str) -> str:
    """Return a number that has a point in six digits, and any other text as it is."""
    return f"{float(text):.6g}" if "." in text and not _is_word(text) else text


def _is_word(text: str) -> bool:
    try:
        float(text or 0)
    except ValueError:
        return True
    return False


def _model(path: Path) -> str:
    """Return the layers of a Keras model, without loading TensorFlow."""
    try:
        with zipfile.ZipFile(path) as archive:
            layers = json.loads(archive.read("config.json"))["config"]["layers"]
            version = json.loads(archive.read("metadata.json"))["keras_version"]
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise AeclusterError(f"{path}: found no whole Keras model ({error})") from None
    lines = [f"{path}: a model of Keras {version}"]
    rows = [["layer", "type"], *([one["config"]["name"], one["class_name"]] for one in layers)]
    try:
        details = read_record(path.with_suffix(".json")).details
        known = {one["name"]: one for one in details["layers"]}
        lines.append(f"{details['n_params']:,} parameters, seed {details['seed']}")
        rows[0] += ["output", "parameters"]
        for row in rows[1:]:
            shape = " x ".join(map(str, known[row[0]]["output_shape"]))
            row += [shape, f"{known[row[0]]['n_params']:,}"]
    except (RecordError, KeyError):
        rows = [row[:2] for row in rows]  # shapes and sizes stand in the record alone
    return "\n".join([*lines, *(line.rstrip() for line in aligned(rows, n_left=2))])


def _picture(path: Path) -> str:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            width, height = image.size
    except UnidentifiedImageError as error:
        raise AeclusterError(f"{path}: found no whole picture ({error})") from None
    size = f"{path}: a picture of {width:,} x {height:,} dots"
    picture = PICTURES.get(path.stem.rpartition(".")[2])
    return f"{size}\n{picture.label}: {picture.caption}" if picture else size


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8").rstrip("\n")


def _page(path: Path) -> str:
    return f"{path}: a page of {path.stat().st_size:,} bytes, to open in a browser"


def _checkpoint(path: Path) -> str:
    return f"{path}: the state of a training, {path.stat().st_size:,} bytes: more epochs go on here"


def _other(path: Path) -> str:
    size = f"{path}: {path.stat().st_size:,} bytes"
    if why := _SET_ASIDE.get(path.suffix):
        return f"{size}, set aside by a run: it {why}"
    if path.name == ".run.lock":
        return f"{size}, held by a run while it writes to this folder"
    return f"{size}, no file of a run"


_KINDS: dict[str, Callable[[Path], str]] = {
    **{".h5": _arrays, ".json": _json, ".csv": _table, ".tsv": _table, ".keras": _model},
    **{".png": _picture, ".html": _page, ".tex": _text, ".checkpoint": _checkpoint},
}


def _more(n: int, what: str) -> list[str]:
    return [f"  and {n:,} more {what}"] if n > 0 else []


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_COLUMNS]) or "none"
    return f"{shown} and {len(names) - _MOST_COLUMNS:,} more" if names[_MOST_COLUMNS:] else shown
