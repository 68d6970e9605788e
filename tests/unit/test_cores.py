"""Threads and processes are no more than the machine leaves; BLAS is limited once for all."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from aecluster import cores
from aecluster.clustering import KMeans
from aecluster.metrics import internal_indices

V1 = "31 30 0:30 {top} /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
V2 = "31 30 0:30 {top} /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"


def _machine(root, mounts, groups, files):
    texts = {"proc/self/mountinfo": mounts, "proc/self/cgroup": groups, **files}
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.mark.parametrize(
    ("quotas", "expected"),
    [
        ({"": "max 100000"}, None),
        ({"a/b": "150000 100000"}, 1.5),
        ({"a": "50000 100000", "a/b": "max 100000"}, 0.5),  # a parent's
        ({"": "400000 100000", "a": "300000 100000", "a/b": "800000 100000"}, 3.0),
        ({"c": "50000 100000"}, None),  # another one's
    ],
)
def test_quota_is_the_least_of_a_group_and_those_above_it(tmp_path, quotas, expected):
    files = {f"sys/fs/cgroup/{group}/cpu.max": text + "\n" for group, text in quotas.items()}
    root = _machine(tmp_path, V2.format(top="/"), "0::/a/b\n", files)

    assert cores.cpu_quota(root) == expected


@pytest.mark.parametrize(
    ("top", "group", "folder"),
    [("/", "/a/b", "a"), ("/docker/1", "/docker/1/a/b", "a"), ("/elsewhere", "/docker/1", "")],
)
def test_quota_of_version_1_is_read_as_a_container_sees_it(tmp_path, top, group, folder):
    place = f"sys/fs/cgroup/cpu/{folder}"
    files = {f"{place}/cpu.cfs_quota_us": "250000\n", f"{place}/cpu.cfs_period_us": "100000\n"}
    groups = f"5:memory:/x\n4:cpu,cpuacct:{group}\n0::/y\n"
    root = _machine(tmp_path, V1.format(top=top), groups, files)

    assert cores.cpu_quota(root) == 2.5


def test_without_control_groups_there_is_no_quota(tmp_path):
    assert cores.cpu_quota(tmp_path) is None
    assert cores.n_cores(tmp_path) >= 1


def test_a_real_group_leaves_half_a_core_and_so_one_thread():
    group = Path("/sys/fs/cgroup/cpu/aecluster-test")
    try:
        group.mkdir()
        (group / "inner").mkdir()
        (group / "cpu.cfs_quota_us").write_text("50000")
    except OSError:
        pytest.skip("no control groups can be made here")
    try:
        enter = f"open('{group}/inner/cgroup.procs', 'w').write('0')"
        code = f"{enter}\nfrom aecluster import cores\nprint(cores.cpu_quota(), cores.n_threads())"
        told = subprocess.check_output([sys.executable, "-c", code], text=True)
    finally:
        (group / "inner").rmdir()
        group.rmdir()

    assert told.split() == ["0.5", "1"]


@pytest.mark.parametrize("asked", ["1", "1,2"])
def test_omp_num_threads_is_obeyed(monkeypatch, asked):
    monkeypatch.setenv("OMP_NUM_THREADS", asked)

    assert cores.n_threads() == 1


def test_affinity_is_obeyed():
    if sys.platform != "linux":
        pytest.skip("affinity is set on Linux only")
    code = (
        "import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])\n"
        "from aecluster import cores; print(cores.n_threads())"
    )

    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "1\n"


def _blas():
    return [library["num_threads"] for library in threadpool_info() if "blas" in library.values()]


def test_last_to_leave_restores_blas_and_nobody_takes_the_limit_for_the_machine():
    with threadpool_limits(2, "blas"):
        before, expected = _blas(), cores.n_threads()
        first, second = cores.one_blas_thread(), cores.one_blas_thread()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        during, seen = _blas(), cores.n_threads()
        second.__exit__(None, None, None)

        assert set(during) == {1}
        assert seen == expected
        assert _blas() == before


def test_fits_and_indices_in_threads_leave_blas_as_it_was():
    X = np.random.default_rng(0).random((800, 40), dtype=np.float32)
    labels = np.arange(800) % 5
    with threadpool_limits(2, "blas"):
        before = _blas()
        tasks = [lambda: internal_indices(X, labels), lambda: KMeans(8, random_state=0).fit(X)]
        threads = [threading.Thread(target=tasks[i % 2]) for i in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert _blas() == before


def test_a_fork_beside_a_thread_that_takes_the_limit_can_take_it_too():
    if not hasattr(os, "fork"):
        pytest.skip("processes do not fork here")
    stop = threading.Event()

    def take():
        while not stop.is_set():
            with cores.one_blas_thread():
                pass

    thread = threading.Thread(target=take)
    thread.start()
    try:
        for _ in range(20):
            child = os.fork()
            if child == 0:
                cores.n_threads()
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        stop.set()
        thread.join()


AFTER_OTHERS = """
import joblib
import numpy as np
import tensorflow as tf
from threadpoolctl import threadpool_info

product = tf.matmul(tf.ones((500, 500)), tf.ones((500, 500)))
assert sum(joblib.Parallel(2)(joblib.delayed(abs)(-i) for i in range(9))) == 36

from aecluster.clustering import KMeans
from aecluster.metrics import internal_indices

def threads():
    return [library["num_threads"] for library in threadpool_info()]

X = np.load("X.npy")
before = threads()
fits = [KMeans(300, n_init=1, max_iter=3, random_state=0).fit(X) for _ in range(2)]
internal_indices(X[:900], fits[0].labels_[:900])
assert threads() == before
fit = joblib.delayed(KMeans(300, n_init=1, max_iter=3, random_state=0).fit)
fits += joblib.Parallel(2, backend="threading")(fit(X) for _ in range(2))
assert threads() == before
np.save("labels.npy", [fitted.labels_ for fitted in fits])
"""


@pytest.mark.slow
def test_fits_after_tensorflow_and_beside_joblib_end_alike_and_leave_all_threads(tmp_path):
    X = np.random.default_rng(0).random((5000, 40), dtype=np.float32)
    np.save(tmp_path / "X.npy", X)
    subprocess.run([sys.executable, "-c", AFTER_OTHERS], cwd=tmp_path, check=True, timeout=300)

    expected = KMeans(300, n_init=1, max_iter=3, random_state=0).fit(X).labels_
    for labels in np.load(tmp_path / "labels.npy"):
        np.testing.assert_array_equal(labels, expected)
