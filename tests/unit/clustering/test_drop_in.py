"""Our K-Means in the place of scikit-learn's: its own tests, its parameters, its callbacks."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn import cluster
from sklearn.base import clone
from sklearn.datasets import make_blobs

from aecluster.clustering import KMeans

ROOT = Path(__file__).parents[3]
THEIRS = "sklearn.cluster.tests.test_k_means"


def documented():
    """Return the tests of scikit-learn that do not apply, as the documentation lists them."""
    text = (ROOT / "docs" / "kmeans.md").read_text()
    return set(re.findall(r"^\| `(test_\w+)` \|", text, re.MULTILINE))


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec(THEIRS) is None, reason="scikit-learn is installed without its tests"
)
def test_scikit_learns_own_tests_pass_but_those_that_are_documented():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "drop_in"]
    # Those of MiniBatchKMeans are about a class that stays scikit-learn's.
    options = ["--tb=no", "-rf", "-k", "not inibatch", "-W", "ignore", "--pyargs", THEIRS]
    path = [ROOT / "src", ROOT / "tests" / "support", os.environ.get("PYTHONPATH", "")]
    run = subprocess.run(
        [*command, *options],
        cwd=ROOT / "tests" / "support",
        env=os.environ
        | {"SKLEARN_RUN_FLOAT32_TESTS": "1", "PYTHONPATH": os.pathsep.join(map(str, path))},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = set(re.findall(r"^FAILED .*::(test_\w+)", run.stdout, re.MULTILINE))
    n_passed = int(re.search(r"(\d+) passed", run.stdout)[1])

    assert failed == documented(), run.stdout
    assert n_passed > 150


def test_scikit_learns_parameters_are_all_taken():
    theirs = cluster.KMeans(5, algorithm="elkan", copy_x=False, random_state=3)
    ours = KMeans(**theirs.get_params())

    assert ours.get_params() == theirs.get_params()
    with pytest.raises(ValueError, match="The 'algorithm' parameter of KMeans must be a str among"):
        KMeans(algorithm="hamerly").fit(np.eye(9))


# --- callbacks ---

callback = pytest.importorskip("sklearn.callback", reason="scikit-learn before 1.9")


class Recorder:
    """Keeps what it is told, and stops each restart after some iterations."""

    def __init__(self, last=None):
        self.last, self.begun, self.ended, self.inertias = last, [], [], []

    def setup(self, estimator, context):
        self.begun.append("setup")

    def teardown(self, estimator, context):
        self.ended.append("teardown")

    def on_fit_task_begin(self, estimator, context, *, X=None, metadata=None):
        self.begun.append((context.task_name, context.task_id, len(X), tuple(metadata)))

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        self.ended.append((context.task_name, context.task_id))
        if context.task_name != "iteration":
            return False
        self.inertias.append(fitted_estimator.inertia_)
        assert fitted_estimator.n_iter_ == context.task_id + 1
        return context.task_id + 1 == self.last


@pytest.fixture(params=[(200, 3), (4000, 600)], ids=["small", "workers"])
def X(request):  # noqa: N802
    n, d = request.param
    return make_blobs(n, n_features=d, centers=9, cluster_std=8.0, random_state=0)[0]


def test_callbacks_see_every_iteration_and_its_inertia(X):
    recorder = Recorder()
    estimator = KMeans(6, n_init=1, tol=0, random_state=0).set_callbacks(recorder)
    fitted = estimator.fit(X, sample_weight=np.ones(len(X)))

    iterations = [("iteration", i) for i in range(fitted.n_iter_)]
    assert recorder.begun[:3] == [
        "setup",
        *[(name, 0, len(X), ("sample_weight",)) for name in ("fit", "restart")],
    ]
    assert recorder.ended == [*iterations, ("restart", 0), ("fit", 0), "teardown"]
    assert recorder.inertias == sorted(recorder.inertias, reverse=True)
    assert recorder.inertias[-1] == pytest.approx(fitted.inertia_, rel=1e-9)
    expected = KMeans(6, n_init=1, tol=0, random_state=0).fit(X)
    np.testing.assert_array_equal(fitted.labels_, expected.labels_)


def test_callbacks_stop_restarts(X):
    recorder = Recorder(last=2)
    estimator = clone(KMeans(6, n_init=3, tol=0, random_state=0).set_callbacks(recorder))
    fitted = estimator.fit(X)

    assert fitted.n_iter_ == 2
    assert sum(name == "restart" for name, _ in recorder.ended[:-1]) == 3
    expected = KMeans(6, n_init=3, max_iter=2, tol=0, random_state=0).fit(X)
    np.testing.assert_array_equal(fitted.labels_, expected.labels_)
    np.testing.assert_array_equal(fitted.predict(X), fitted.labels_)


def test_callback_that_fails_ends_the_fit(X):
    class Failing(Recorder):
        def on_fit_task_end(self, estimator, context):
            raise OSError("no room for the log")

    with pytest.raises(OSError, match="no room for the log"):
        KMeans(6).set_callbacks(Failing()).fit(X)
