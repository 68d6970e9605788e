"""What becomes of the runs of results that are removed: they stay in MLflow, as removed."""

from collections.abc import Collection

from aecluster.tracking.connection import connected
from aecluster.tracking.update import both_names


def retire(
    experiments: Collection[str],
    subjects: Collection[tuple[str, str]],
    *,
    uri: str,
    really: bool,
) -> int:
    """Mark the current runs of some representations as removed.

    If the same results are made again, tracking makes the same runs current again.

    Parameters
    ----------
    experiments : collection of str
        Names of experiments that were tracked in the store.
    subjects : collection of (str, str)
        Names of data set and representation.
    uri : str
        The store.
    really : bool
        Whether to do it, or to count only.

    Returns
    -------
    int
        Number of runs, of variants and of steps.

    Raises
    ------
    TrackingError
        If MLflow cannot be reached or refuses.
    """
    n_runs = 0
    with connected(uri) as client:
        from aecluster.tracking.experiment import MlflowExperiment  # imports MLflow

        for name in (name for one in experiments for name in both_names(one).values()):
            there = MlflowExperiment(client, name, None)
            for run in there.find():
                # A key is the step, and then what it was done to.
                if run.status == "current" and not run.is_deleted and run.key[1:3] in subjects:
                    n_runs += 1
                    if really:
                        there.remove(run)
    return n_runs
