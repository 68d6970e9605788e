"""What Numba keeps on disk may be cut short, and the disk be full: functions are compiled anew."""

import importlib.util
import resource

import pytest

SOURCE = """
from aecluster.clustering._caching import njit_cached

def twice(x):
    return 2 * x

twice = njit_cached(twice)
"""


@pytest.fixture
def compiled(tmp_path):
    """Return a function that loads a module anew, as a new process would, and calls it."""
    path = tmp_path / "kept.py"
    path.write_text(SOURCE)

    def call():
        spec = importlib.util.spec_from_file_location("kept", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        result = module.twice(21)
        return result, sum(module.twice.stats.cache_hits.values())

    call.files = lambda ending: list((tmp_path / "__pycache__").glob(f"*{ending}"))
    return call


DAMAGE = {
    "empty": lambda data: b"",
    "100 bytes": lambda data: data[:100],
    "half": lambda data: data[: len(data) // 2],
    "zeros": lambda data: bytes(len(data)),
}


@pytest.mark.parametrize("ending", [".nbi", ".nbc"])
def test_kept_code_that_is_cut_short_is_compiled_and_kept_anew(compiled, ending):
    assert compiled() == (42, 0)
    assert compiled() == (42, 1)
    for damaged in DAMAGE.values():
        for path in compiled.files(ending):
            path.write_bytes(damaged(path.read_bytes()))

        assert compiled() == (42, 0)
        assert compiled() == (42, 1)


def test_full_disk_costs_no_fit(compiled):
    _, hard = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))  # no file can grow
    try:
        assert compiled() == (42, 0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert compiled() == (42, 0)
    assert compiled() == (42, 1)
