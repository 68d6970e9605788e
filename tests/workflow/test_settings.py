"""What the user's shell asks of every Python program is kept from the jobs."""

import pytest

from project import ON_ONE_THREAD

pytestmark = [pytest.mark.workflow, pytest.mark.slow]

OWN = """
import sys
import warnings

def embed(train, images, *, seed, step):
    warnings.warn("of a package")
    return images[:, :: step + sys.flags.optimize]
"""


def test_warnings_are_no_errors_of_jobs_and_docstrings_are_there(menagerie):
    (menagerie.folder / "own.py").write_text(OWN)
    store = "results/stripes/mine/s0/store.h5"
    before = (menagerie.folder / store).read_bytes()

    done = menagerie.run(
        *("--cores", "1", store, "--configfile", "experiment.yaml", *ON_ONE_THREAD),
        PYTHONWARNINGS="error",
        PYTHONOPTIMIZE="2",
    )

    assert done.returncode == 0, done.stderr[-2000:]
    assert (menagerie.folder / store).read_bytes() == before
