"""What a run says on the terminal: Snakemake's plugin `--logger aecluster`, on a toy workflow."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

pytestmark = [pytest.mark.workflow, pytest.mark.slow]

SNAKEFILE = """
rule all:
    input:
        "b"

rule first:
    output:
        "a"
    message:
        "Making the first"
    shell:
        "sleep 2; touch {output}"

rule second:
    input:
        "a"
    output:
        "b"
    message:
        "Making the second"
    shell:
        "echo told by the step >&2; false"
"""


def snakemake(folder, *arguments, stderr=subprocess.PIPE):
    (folder / "Snakefile").write_text(SNAKEFILE)
    return subprocess.run(
        [Path(sys.executable).with_name("snakemake"), "--cores", "1", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=stderr == subprocess.PIPE,
    )


def test_failing_step_is_shown_whole_after_a_line_per_step(tmp_path):
    done = snakemake(tmp_path, "--logger", "aecluster")
    said = done.stderr.splitlines()

    assert done.returncode == 1
    assert [line.split("  ", 1)[1] for line in said[:1]] == ["0/3  Making the first"]
    assert "1/3  Making the second" in done.stderr
    for whole in ("told by the step", "Error in rule second:", "command exited with non-zero"):
        assert whole in done.stderr
    for chatter in ("Select jobs", "Finished jobid", "steps (", "Job stats"):
        assert chatter not in done.stderr
    (log,) = re.findall(r"^Complete log\(s\): (.+)$", done.stderr, re.MULTILINE)
    assert "(Rule: first)" in Path(log).read_text()


def test_terminal_has_a_line_of_progress(tmp_path):
    ours, theirs = pty.openpty()
    # As wide as a terminal is; a new one has no width.
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    done = snakemake(tmp_path, "a", "--logger", "aecluster", stderr=theirs)
    said = os.read(ours, 100_000).decode()
    os.close(ours)
    os.close(theirs)

    assert done.returncode == 0
    assert re.search(r"\r0/1  [1-9]\d* s  Making the first", said)
    assert re.search(r"\r\n?1 step in \d+ s\r\nComplete log", said)


def test_verbose_dry_and_other_loggers_show_what_snakemake_shows(tmp_path):
    dry = snakemake(tmp_path, "--dry-run", "--logger", "aecluster").stdout
    verbose = snakemake(tmp_path, "a", "--verbose", "--logger", "aecluster").stderr

    assert "Job stats:" in dry
    assert "Reason: Missing output files: a" in dry
    assert "Finished jobid: 0 (Rule: first)" in verbose


def test_run_says_once_per_step_what_is_waited_for_before_its_work(finished):
    said = (finished.folder / "said.txt").read_text()

    assert "Training sparse_ae on digits, seed=0 (TensorFlow loads first, some 10 s)\n" in said
    assert "Embedding digits with sparse_ae, seed=0 (TensorFlow loads first, some 10 s)\n" in said
    assert said.count("loads first") == 3
