"""What `make setup` says while it works, with a Python that only pretends to install."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# As pip 23 says it of five packages, with an error at the end if it is asked to.
PYTHON = r"""#!/bin/bash
case "$*" in
*venv*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
*--requirement*)
    for n in $(seq 110); do echo "Collecting package-$n==1.0 (from -r envs/cpu.txt (line $n))"; done
    echo "  Downloading tensorflow-2.20.0-cp311-manylinux.whl (620.7 MB)"
    echo "  Downloading small-1.0-py3-none-any.whl (29.9 kB)"
    echo "Installing collected packages: package-1, package-2"
    exit ${FAILS:-0} ;;
esac
"""


@pytest.fixture
def folder(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "envs").mkdir()
    (tmp_path / "envs" / "cpu.txt").write_text("package==1.0 \\\n" * 120)
    (tmp_path / "pyproject.toml").touch()
    python = tmp_path / "python3"
    python.write_text(PYTHON)
    python.chmod(0o755)
    return tmp_path


def setup(folder, **environment):
    # The tests themselves may be run by `make`, which hands its flags on.
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", "setup", "PYTHON=./python3"],
        cwd=folder, capture_output=True, text=True, env=own | environment,
    )  # fmt: skip


def test_setup_says_what_it_costs_as_readme_does_and_how_far_it_is(folder):
    done = setup(folder)

    lines = done.stdout.splitlines()
    row = re.search(r"^\| `make setup`.*", (ROOT / "README.md").read_text(), re.MULTILINE)[0]
    assert done.returncode == 0, done.stderr
    for cost in re.findall(r"[\d.]+ GB", row):
        assert cost in lines[0]
    assert [line for line in lines if line.startswith("  ")] == [
        "  50 of 120 packages",
        "  100 of 120 packages",
        "  downloading tensorflow-2.20.0-cp311-manylinux.whl (620.7 MB)",
        "  unpacking all of them, about a minute",
    ]


def test_failed_setup_fails_and_is_not_taken_for_done(folder):
    failed = setup(folder, FAILS="1")

    assert failed.returncode == 2
    assert not (folder / ".venv" / "installed").exists()
