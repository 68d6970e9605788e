"""However a fit is made, by bounds, projection and workers, its labels are those of plain Lloyd."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

import aecluster
from aecluster.clustering import KMeans, _fit
from aecluster.clustering._plan import Plan
from oracle import lloyd, lloyd_refilling, squared_distances

PLANS = {
    "alone": Plan(n_workers=1, by_restarts=False, is_projected=False),
    "rows": Plan(n_workers=2, by_restarts=False, is_projected=False),
    "restarts": Plan(n_workers=2, by_restarts=True, is_projected=False),
    "projection": Plan(n_workers=1, by_restarts=False, is_projected=True),
    "rows and projection": Plan(n_workers=3, by_restarts=False, is_projected=True),
    "restarts and projection": Plan(n_workers=2, by_restarts=True, is_projected=True),
    "rows and screening": Plan(
        n_workers=2, by_restarts=False, is_projected=False, is_screened=True
    ),
    "restarts and screening": Plan(
        n_workers=2, by_restarts=True, is_projected=True, is_screened=True
    ),
    "rows and groups": Plan(n_workers=2, by_restarts=False, is_projected=False, is_grouped=True),
    "restarts and groups": Plan(n_workers=2, by_restarts=True, is_projected=True, is_grouped=True),
}
linux = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")


@pytest.fixture(params=[pytest.param(plan, id=name) for name, plan in PLANS.items()])
def plan(request, monkeypatch):
    monkeypatch.setattr(_fit, "plan_fit", lambda *args, **options: request.param)


@st.composite
def images(draw):
    """Rows that vary mostly in few directions, as images do, and a start."""
    n, d = draw(st.integers(30, 400)), draw(st.sampled_from([32, 128, 200]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    X = rng.normal(size=(n, 5)) @ rng.normal(size=(5, d)) + 0.1 * rng.normal(size=(n, d))
    if draw(st.booleans()):
        X = X[rng.integers(n, size=n)]
    if draw(st.booleans()):
        X[rng.integers(n)] += 1e6
    X += draw(st.sampled_from([0.0, 3.0, 1e3]))  # products about zero, and about an origin
    X *= draw(st.sampled_from([1e-6, 1.0, 1e3]))
    dtype = draw(st.sampled_from([np.float32, np.float64, np.uint8]))
    if dtype == np.uint8:
        X = np.clip(128 + 20 * (X - X.mean()) / X.std(), 0, 255)
    X = X.astype(dtype)
    distinct = np.unique(X, axis=0)
    k = min(draw(st.sampled_from([1, 2, 7, 20, 40])), len(distinct))
    return X, rng.permutation(distinct)[:k]


@pytest.mark.slow
@given(images())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_labels_are_those_of_plain_lloyd_in_float64(plan, problem):
    X, start = problem
    labels, centers = lloyd(X, start)
    fitted = KMeans(len(start), init=start, tol=0).fit(X)

    np.testing.assert_array_equal(fitted.labels_, labels)
    rounding = len(X) * np.finfo(np.float64).eps + np.finfo(fitted.cluster_centers_.dtype).eps
    atol = rounding * np.abs(X.astype(np.float64)).max()
    np.testing.assert_allclose(fitted.cluster_centers_, centers, rtol=0, atol=atol)
    expected = squared_distances(X, centers).min(axis=1).sum()
    assert fitted.inertia_ == pytest.approx(expected, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("init", ["k-means++", "random"])
@pytest.mark.parametrize("settings", [{"tol": 0}, {"max_iter": 2}, {"tol": 1e-2}])
def test_best_restart_is_the_same_for_all_plans(monkeypatch, init, settings):
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(1500, 6)) @ rng.normal(size=(6, 130))).astype(np.float32)
    weight = rng.random(1500)
    fits = []
    for plan in PLANS.values():
        monkeypatch.setattr(_fit, "plan_fit", lambda *args, plan=plan, **options: plan)
        estimator = KMeans(9, init=init, n_init=8, random_state=0, **settings)
        fits.append(estimator.fit(X, sample_weight=weight))

    for one, other in pairwise(fits):
        np.testing.assert_array_equal(one.labels_, other.labels_)
        np.testing.assert_allclose(one.cluster_centers_, other.cluster_centers_, atol=1e-6)
        assert one.inertia_ == pytest.approx(other.inertia_, rel=1e-12)
        assert one.n_iter_ == other.n_iter_


@pytest.mark.parametrize(("n", "width"), [(5000, 12), (2000, 80)], ids=["thin", "wide"])
def test_many_clusters_are_those_of_plain_lloyd(n, width):
    rng = np.random.default_rng(0)
    # Few directions hold most of the variance, and the others the rest.
    turned, _ = np.linalg.qr(rng.normal(size=(width, width)))
    X = (rng.normal(size=(n, width)) * 0.93 ** np.arange(width) @ turned).astype(np.float32)
    start = X[:300].copy()
    start[0] += 1000  # has no points at first
    labels, centers, _ = lloyd_refilling(X, start, None, max_iter=300)
    fitted = KMeans(300, init=start, tol=0).fit(X)

    np.testing.assert_array_equal(fitted.labels_, labels)
    np.testing.assert_allclose(fitted.cluster_centers_, centers, atol=1e-4)


def test_of_equally_near_centroids_the_first_wins_whatever_rounding_says(plan):
    rng = np.random.default_rng(4)
    one = 0.1 * rng.integers(1, 9, size=128)
    # In another order the same terms add up to another number.
    start = np.stack([rng.permutation(one) for _ in range(9)])
    assert len(set(np.square(start).sum(axis=1))) > 1

    fitted = KMeans(9, init=start, max_iter=1).fit(np.concatenate([np.zeros((40, 128)), start]))

    np.testing.assert_allclose(fitted.cluster_centers_[0], start[0] / 41)
    np.testing.assert_allclose(fitted.cluster_centers_[1:], start[1:])


def test_empty_clusters_are_refilled_by_all_plans(plan):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(300, 128))
    start = np.concatenate([X[:3], X[:1] + 1e3, X[:1] + 2e3])
    fitted = KMeans(5, init=start, tol=0).fit(X)

    assert len(np.unique(fitted.labels_)) == 5
    expected = squared_distances(X, fitted.cluster_centers_).argmin(axis=1)
    np.testing.assert_array_equal(fitted.labels_, expected)


@pytest.mark.slow
def test_read_only_and_mapped_rows_are_clustered_as_others(plan, tmp_path):
    X = np.random.default_rng(5).random((400, 130), dtype=np.float32)
    expected = KMeans(6, random_state=0).fit(X).labels_
    np.save(tmp_path / "X.npy", X)
    fixed = X.copy()
    fixed.flags.writeable = False

    for same in (fixed, np.load(tmp_path / "X.npy", mmap_mode="r")):
        np.testing.assert_array_equal(KMeans(6, random_state=0).fit(same).labels_, expected)


COMPILING = "aecluster: compiling K-Means for this machine, about 10 s; later runs load it\n"
LARGE = """
import numpy as np
from aecluster.clustering import KMeans
X = np.random.default_rng(0).random((4000, 600), dtype=np.float32)
print(KMeans(8, random_state=0).fit(X).inertia_)
"""


def test_fit_needs_no_place_for_compiled_code(tmp_path):
    X = np.random.default_rng(0).random((4000, 600), dtype=np.float32)
    expected = KMeans(8, random_state=0).fit(X).inertia_
    package = tmp_path / "aecluster"
    shutil.copytree(
        Path(aecluster.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__")
    )
    # Files stand where the folders would be, which not even root can write to.
    (package / "clustering" / "__pycache__").write_text("")
    (tmp_path / ".cache").write_text("")
    settings = {"PYTHONPATH": str(tmp_path), "HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    run = subprocess.run(
        [sys.executable, "-c", LARGE], env=settings, capture_output=True, text=True, check=False
    )

    assert run.stderr == COMPILING
    assert float(run.stdout) == expected


def test_compiled_code_that_is_there_is_loaded_in_silence():
    KMeans(8, random_state=0).fit(np.random.default_rng(0).random((4000, 600), dtype=np.float32))
    run = subprocess.run([sys.executable, "-c", LARGE], capture_output=True, text=True, check=True)

    assert not run.stderr


# --- workers ---

COMPILED = """
import numpy as np
from aecluster.clustering import KMeans, _compiled, _fit, _plan
def compiled():
    return sum(len(f.signatures) for f in vars(_compiled).values() if hasattr(f, "signatures"))
X = (255 * np.random.default_rng(0).random((3000, 150))).astype({dtype!r})
loaded = []
for by in ("products", "survey", "groups"):
    _compiled.load(X, np.dtype({fast_dtype!r}), by)
    loaded.append(compiled())
    for is_projected in (False, True):
        ways = {{"is_screened": by == "survey", "is_grouped": by == "groups"}}
        plan = _plan.Plan(1, False, is_projected, **ways)
        _fit.plan_fit = lambda *args, **options: plan
        KMeans(7, n_init=2, random_state=0).fit(X)
    loaded.append(compiled())
print(*loaded)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("dtype", "fast_dtype"), [("u1", "f4"), ("f4", "f4"), ("f8", "f8")])
def test_workers_find_everything_compiled(dtype, fast_dtype):
    command = [sys.executable, "-c", COMPILED.format(dtype=dtype, fast_dtype=fast_dtype)]
    found = [int(n) for n in subprocess.check_output(command, text=True).split()]
    loaded, needed = found[::2], found[1::2]

    assert 5 < loaded[0] < loaded[1] < loaded[2]
    assert loaded == needed


@linux
@pytest.mark.parametrize("n_init", [1, 8])
def test_labels_do_not_depend_on_the_number_of_threads(n_init):
    X = np.random.default_rng(2).random((4000, 300), dtype=np.float32)
    fits = []
    for n_threads in (1, 2):
        with threadpool_limits(n_threads):
            fits.append(KMeans(12, n_init=n_init, random_state=0).fit(X))

    np.testing.assert_array_equal(fits[0].labels_, fits[1].labels_)
    np.testing.assert_allclose(fits[0].cluster_centers_, fits[1].cluster_centers_, rtol=1e-6)


@linux
def test_fit_outside_the_main_thread_gives_the_same():
    X = np.random.default_rng(3).random((4000, 300), dtype=np.float32)
    expected = KMeans(12, random_state=0).fit(X)
    fits = []
    thread = threading.Thread(target=lambda: fits.append(KMeans(12, random_state=0).fit(X)))
    thread.start()
    thread.join()

    np.testing.assert_array_equal(fits[0].labels_, expected.labels_)


ENDLESS = """
import numpy as np
from aecluster.clustering import KMeans, _compiled, _fit, _plan
plan = _plan.Plan(3, by_restarts={by_restarts}, is_projected=False)
_fit.plan_fit = lambda *args, **options: plan
X = np.random.default_rng(0).random((100_000, 100), dtype=np.float32)
_compiled.load(X, X.dtype, "products")
print("ready", flush=True)
KMeans(300, n_init=6, random_state=0, tol=0, max_iter=10**6).fit(X)
"""


@pytest.mark.slow
@linux
@pytest.mark.parametrize("by_restarts", [False, True])
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_interrupt_leaves_no_worker(by_restarts, sent):
    process = subprocess.Popen(
        [sys.executable, "-c", ENDLESS.format(by_restarts=by_restarts)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        process.stdout.readline()
        workers = _wait_for(lambda: _children(process.pid), count=2)
        process.send_signal(sent)
        _, stderr = process.communicate(timeout=120)
    finally:
        process.kill()

    assert process.returncode != 0
    assert not _wait_for(lambda: [w for w in workers if Path(f"/proc/{w}").exists()], count=0)
    if sent == signal.SIGINT:
        assert stderr.count("Traceback") == 1
        assert stderr.rstrip().endswith("KeyboardInterrupt")
    else:
        assert stderr in ("", COMPILING)


HOOK = """
import os, signal
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGINT))
"""


@pytest.mark.slow
@linux
def test_interrupt_while_workers_are_forked_is_not_lost():
    command = [sys.executable, "-c", HOOK + ENDLESS.format(by_restarts=False)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)

    assert run.returncode != 0
    assert run.stderr.count("Traceback") == 1
    assert run.stderr.rstrip().endswith("KeyboardInterrupt")


def _children(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in children.read_text().split()]


def _wait_for(look, count):
    deadline = time.monotonic() + 60
    while len(found := look()) != count and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


@linux
def test_worker_that_dies_is_an_error():
    from aecluster.clustering._workers import Team

    def work(team):
        if team.rank:
            os._exit(3)
        team.wait()

    with pytest.raises(RuntimeError, match="a worker process of KMeans ended before"):
        Team(2).run(work)


# --- progress ---

SHORT = """
import numpy as np
from aecluster.clustering import KMeans, _lloyd
_lloyd.PROGRESS_AFTER_S = {seconds}
KMeans(5, random_state=0, tol=0).fit(np.random.default_rng(0).random((3000, 4)))
"""


@pytest.mark.slow
@linux
@pytest.mark.parametrize(("seconds", "is_shown"), [(0, True), (5, False)])
def test_progress_of_long_fits_is_shown_at_a_terminal(seconds, is_shown):
    import termios

    terminal, stderr = os.openpty()
    termios.tcsetwinsize(stderr, (24, 80))
    subprocess.run([sys.executable, "-c", SHORT.format(seconds=seconds)], stderr=stderr, check=True)
    os.write(stderr, b"end\n")
    shown = os.read(terminal, 10**5).decode()

    assert ("K-Means" in shown) == is_shown
    assert shown.startswith("end") != is_shown


def test_progress_stays_out_of_files():
    command = [sys.executable, "-c", SHORT.format(seconds=0)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)

    assert not run.stdout
    assert not run.stderr
