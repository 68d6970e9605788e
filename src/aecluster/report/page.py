"""The HTML file: what it reads, and how pictures get into it."""

import base64
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import yaml
from PIL import Image

from aecluster.atomic import atomic_write
from aecluster.comparison.scores import read_scores
from aecluster.comparison.tables import read_differences, read_summary
from aecluster.records.record import read_record
from aecluster.report.content import content
from aecluster.report.template import TEMPLATE


def write_report(
    path: str | os.PathLike[str],
    *,
    experiment: Mapping[str, Any],
    scores: str | os.PathLike[str],
    controls: str | os.PathLike[str],
    summary: str | os.PathLike[str],
    differences: str | os.PathLike[str],
    score_curves: str | os.PathLike[str],
    cka: Sequence[str | os.PathLike[str]] = (),
    records: Iterable[str | os.PathLike[str]],
    figures: Iterable[str | os.PathLike[str]],
    citation: str | os.PathLike[str],
) -> None:
    """Write the report of an experiment; it computes no score.

    Parameters
    ----------
    path : path-like
        The HTML file to make. Style and pictures are inside; it loads nothing.
    experiment : mapping
        `experiment`, `dataset`, `split`: names; `k`, `seeds`: lists; `representations`: their
        parameters by name; `clusterers`: method by name, where there are some beside K-Means.
    scores, controls : path-like
        The tables of variants and of their controls that `aecluster.comparison.scores` wrote.
    summary, differences : path-like
        The tables that `aecluster.comparison.tables.compare` wrote.
    score_curves : path-like
        Picture of the scores against k.
    cka : sequence of path-like
        Picture of how alike the spaces are, alone, if there is one.
    records : iterable of path-like
        Records of the computing steps, from which the facts of the run are taken.
    figures : iterable of path-like
        Records of figures, which name the pictures to show.
    citation : path-like
        CITATION.cff.

    Raises
    ------
    RecordError
        If a record is missing or cannot be read.
    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"embedded": _embedded, "screen_width": _screen_width}
    environment.filters["from_here"] = lambda file: os.path.relpath(file, Path(path).parent)
    found = content(
        experiment,
        read_scores(scores),
        read_scores(controls),
        read_summary(summary),
        read_differences(differences),
        [read_record(record) for record in records],
        [read_record(record) for record in figures],
        yaml.safe_load(Path(citation).read_text()),
    )
    html = environment.from_string(TEMPLATE).render(**found, score_curves=score_curves, cka=cka)
    with atomic_write(path) as temporary:
        temporary.write_text(html, encoding="utf-8")


def _embedded(picture: str | os.PathLike[str]) -> str:
    encoded = base64.b64encode(Path(picture).read_bytes()).decode()
    return f"data:image/png;base64,{encoded}"


def _screen_width(picture: str | os.PathLike[str]) -> int:
    """Return the width in the page's pixels: pictures have twice a screen's resolution."""
    with Image.open(picture) as opened:
        return opened.width // 2
