"""What a person sees first: descriptions and saved views of MLflow's table of runs.

MLflow's table shows neither scores nor parameters until a person chooses columns. A view is such
a choice, kept as a tag of the experiment; its link opens with the columns, the filter and the order
in place. What a person has changed stays: such a view is stored compressed, ours as plain JSON.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aecluster.comparison.order import SHOWN, deciding_score
from aecluster.tracking.plan import FoundRun
from aecluster.tracking.runs import WantedRun

# The tag by which an experiment is known that a person has given another name.
IDENTITY = "aecluster_experiment"
# Which of the views a link opens.
FIRST_VIEW = "current"

_VIEW = "mlflow.sharedViewState."
_EDITED = "deflate;"
# Without it MLflow guesses from what is logged, and its menu is about language models.
_KIND = {"mlflow.experimentKind": "custom_model_development"}
_NOTE = "mlflow.note.content"

_SUBJECT = ("representation", "k", "seed")
_TRAINING = ("loss", "mse", "test_mse")
_COSTS = ("wall_s", "peak_mem_mb")


@dataclass(frozen=True)
class View:
    """A table of runs: which of them, in which order, with which columns."""

    name: str
    search: str
    order: str
    ascending: bool
    metrics: tuple[str, ...]
    params: tuple[str, ...]
    tags: tuple[str, ...] = ()

    def tag(self, created: int) -> str:
        """Return the value of the tag by which MLflow keeps the view.

        Parameters
        ----------
        created : int
            Milliseconds since 1970.

        Returns
        -------
        str
        """
        chosen = [
            *(f"metrics.`{name}`" for name in self.metrics),
            *(f"params.`{name}`" for name in self.params),
            *(f"tags.`{name}`" for name in self.tags),
        ]
        state = {
            "searchFilter": self.search,
            "orderByKey": self.order,
            "orderByAsc": self.ascending,
            "selectedColumns": chosen,
            # MLflow sorts columns by name unless it is told all of them.
            "columnOrder": ["attributes.`Run Name`", *chosen, "runDateAndNestInfo", "duration"],
            "columnWidths": {"attributes.`Run Name`": 260},
        }
        return json.dumps({"name": self.name, "createdAt": created, "state": json.dumps(state)})


def variant_views(runs: Iterable[WantedRun | FoundRun]) -> dict[str, View]:
    """Return the views of the runs of variants, by the key in their link.

    Parameters
    ----------
    runs : iterable of WantedRun or FoundRun
        A column is shown for each score that one of them has and each parameter that varies among
        them. The best is that of the highest NMI, since silhouettes of two spaces do not compare;
        where classes are not known, that of the highest silhouette.

    Returns
    -------
    dict of str to View
    """
    runs = list(runs)
    scores = [name for name in SHOWN if any(name in run.metrics for run in runs)]
    columns = {
        "order": f"metrics.`{deciding_score(scores)}`",
        "ascending": False,
        "metrics": (*scores, "wall_s"),
        "params": (*_SUBJECT, *_varying(runs)),
    }
    return {
        "current": View("Current variants, best first", "tags.status = 'current'", **columns),
        "superseded": View("Superseded variants", "tags.status = 'superseded'", **columns),
        "removed": View("No longer in the experiment", "tags.status = 'removed'", **columns),
        "all": View("All variants, best first", "", **columns, tags=("status",)),
    }


def step_views(runs: Iterable[WantedRun | FoundRun]) -> dict[str, View]:
    """Return the views of the runs of steps, as `variant_views` does."""
    trainings = [run for run in runs if run.key[0] == "train"]
    return {
        "current": View(
            "Current steps",
            "tags.status = 'current'",
            order="attributes.start_time",
            ascending=False,
            metrics=(*_COSTS, *_TRAINING),
            params=_SUBJECT,
            tags=("step",),
        ),
        "trainings": View(
            "Trainings, best first",
            "tags.step = 'train'",
            order="metrics.`test_mse`",
            ascending=True,
            metrics=(*_TRAINING, *_COSTS),
            params=("representation", "seed", *_varying(trainings)),
            tags=("status",),
        ),
    }


VARIANTS_NOTE = (
    "One run per variant: dataset, representation, k and seed, with every parameter that led to it "
    "and its final scores. The menu *Views* holds the current variants, best first, those "
    "that a later run superseded, and those that are no longer in the experiment."
)
STEPS_NOTE = (
    "One run per step of the workflow, with its own parameters, scores, curves and circumstances. "
    "The results are compared in the experiment without `.steps`."
)


def missing_tags(
    there: Mapping[str, str], note: str, views: Mapping[str, View], created: int
) -> dict[str, str]:
    """Return the tags that an experiment lacks; what a person has written stays.

    Parameters
    ----------
    there : mapping of str to str
        The experiment's tags.
    note : str
        Its description.
    views : mapping of str to View
    created : int
        When the experiment was made, in milliseconds since 1970.

    Returns
    -------
    dict of str to str
    """
    missing = {name: value for name, value in {_NOTE: note, **_KIND}.items() if name not in there}
    for key, view in views.items():
        name, value = _VIEW + key, view.tag(created)
        if there.get(name) != value and _EDITED not in there.get(name, ""):
            missing[name] = value
    return missing


def link(server: str, experiment_id: str) -> str:
    """Return the address of the current runs of an experiment in MLflow's pages.

    Examples
    --------
    >>> link("http://127.0.0.1:5000", "1")
    'http://127.0.0.1:5000/#/experiments/1/runs?workflowType=machine_learning&viewStateShareKey=current'
    """
    query = f"workflowType=machine_learning&viewStateShareKey={FIRST_VIEW}"
    return f"{server.rstrip('/')}/#/experiments/{experiment_id}/runs?{query}"


def _varying(runs: Iterable[WantedRun | FoundRun]) -> tuple[str, ...]:
    values: dict[str, set[str]] = {}
    for run in runs:
        for name, value in run.params.items():
            values.setdefault(name, set()).add(value)
    return tuple(name for name, found in values.items() if len(found) > 1 and name not in _SUBJECT)
