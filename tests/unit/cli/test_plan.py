import io
import subprocess

import pytest

from aecluster.cli import main, plan
from terminal import Terminal


@pytest.mark.parametrize(("stderr", "said"), [(Terminal(), True), (io.StringIO(), False)])
def test_who_waits_at_a_terminal_is_told_what_for(monkeypatch, tmp_path, stderr, said):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stderr", stderr)
    failed = subprocess.CompletedProcess([], 1, stdout="", stderr="no such file\n")
    monkeypatch.setattr(plan.subprocess, "run", lambda *arguments, **options: failed)

    assert main(["plan", "nothing.yaml"]) == 1

    assert stderr.getvalue().endswith("no such file\n")
    assert stderr.getvalue().startswith("Asking Snakemake twice") is said
