"""MLflow, brought up to date from the records.

No computing step knows MLflow: importing it takes seconds, and a tracking server that is down must
not cost a training. One `track` reads the records and adds what MLflow lacks::

    uri.py         which store: config, environment, default; without credentials for people
    schema.py      which MLflow a database is of, without MLflow
    beforehand.py  whether the store will take runs, before anything is computed
    server.py      whether a tracking server lets the user write, without MLflow
    runs.py        what a run in MLflow shall be, from its records
    plan.py        what is missing, half-written or superseded
    connection.py  the way to a store: one writer, time limits, errors of one line
    one_writer.py  the lock of a store, and who gives way to whom
    views.py       what a person sees first
    experiment.py  MLflow itself: reads what there is, does what is planned
    model.py       a trained model as MLflow keeps models
    update.py      all of it in order
    follow.py      the same again and again while the workflow runs
    receipt.py     what stands where, for the workflow
    table.py       the variants for the terminal

MLflow is imported only when `track` runs.
"""

from aecluster.tracking.beforehand import check_store
from aecluster.tracking.follow import Follower
from aecluster.tracking.receipt import discard_if_store_is_lost, tracked_in, write_receipt
from aecluster.tracking.update import both_names, track, track_finished
from aecluster.tracking.uri import TrackingError, public_command, public_uri, resolve_uri
from aecluster.tracking.views import link

__all__ = [
    "Follower",
    "TrackingError",
    "both_names",
    "check_store",
    "discard_if_store_is_lost",
    "link",
    "public_command",
    "public_uri",
    "resolve_uri",
    "track",
    "track_finished",
    "tracked_in",
    "write_receipt",
]
