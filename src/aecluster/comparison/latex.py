"""The scores over seeds as LaTeX."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from aecluster.comparison.competitors import words_for_k
from aecluster.comparison.scores import sampling_note
from aecluster.comparison.statistics import (
    Estimate,
    Row,
    Summary,
    best_of,
    score_named,
    variants_of,
)
from aecluster.comparison.text import decimals_for, in_text, table_of

_SPECIAL = {character: f"\\{character}" for character in "&%$#_{}"}


def latex_tables(summaries: Sequence[Summary], rows: Sequence[Row]) -> str:
    r"""Return one `tabular` of package booktabs per k.

    It has one row per score and one column per representation. In a row, bold is what is better
    than every other one by the interval of their difference. An arrow says which way is better.

    Parameters
    ----------
    summaries : sequence of Summary
    rows : sequence of mapping of str to str
        The table of scores that they are of. What is not exact in it becomes a comment at the head.

    Returns
    -------
    str
        LaTeX to `\input` into a `table`.
    """
    parts = ["% \\usepackage{booktabs}; mean and half width of the 95 % interval over seeds"]
    parts += [f"% {note}" for note in _notes(rows)]
    groups: dict[tuple[str, str, int], list[Summary]] = defaultdict(list)
    for found in summaries:
        groups[found.dataset, found.split, found.k].append(found)
    for (dataset, split, k), members in groups.items():
        names = list(dict.fromkeys(found.representation for found in members))
        variants = variants_of(rows, dataset, split, k)
        parts += [
            f"% {dataset}, {split}, {words_for_k(k)}",
            f"\\begin{{tabular}}{{l{'r' * len(names)}}}",
            "\\toprule",
            " & ".join(["", *map(_escaped, names)]) + " \\\\",
            "\\midrule",
            *(
                _row(score, of, names, best_of(variants, score))
                for score, of in table_of(members).items()
            ),
            "\\bottomrule",
            "\\end{tabular}",
        ]
    return "\n".join(parts) + "\n"


def _notes(rows: Sequence[Row]) -> list[str]:
    """Return what is not exact, one sentence per data set; each has its own sizes."""
    datasets = dict.fromkeys(row["dataset"] for row in rows)
    notes = {
        dataset: sampling_note(row for row in rows if row["dataset"] == dataset)
        for dataset in datasets
    }
    return [
        f"{dataset}: {note}" if len(datasets) > 1 else note
        for dataset, note in notes.items()
        if note
    ]


def _row(
    score: str, estimates: Mapping[str, Estimate], names: Sequence[str], best: str | None
) -> str:
    known = score_named(score)
    arrow = "\\uparrow" if known.greater_is_better else "\\downarrow"
    decimals = decimals_for(estimates.values())
    cells = [f"{_escaped(known.label)} ${arrow}$"]
    for name in names:
        text = in_text(estimates[name], decimals, " \\pm ") if name in estimates else ""
        text = text.replace("inf", "\\infty").replace(" (", "\\ (").replace(" to ", "\\mbox{ to }")
        cells.append(f"$\\mathbf{{{text}}}$" if name == best else text and f"${text}$")
    return " & ".join(cells) + " \\\\"


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in text)
