"""Jobs are tested in processes of their own, since they take over the process's output."""

import json
import os
import platform
import pty
import signal
import subprocess
import sys
import termios
import textwrap
import time

import numpy as np
import pytest

from aecluster.records.record import read_record
from aecluster.workflow.fingerprint import fingerprint

PREAMBLE = """
import sys
from types import SimpleNamespace
from aecluster.workflow.fingerprint import fingerprint
from aecluster.workflow.job import Job

class Names(dict):
    __getattr__ = dict.__getitem__

class Files(list):
    def __getattr__(self, name):
        return {"record": "out.json", "clustering": "out.h5"}[name]

snakemake = SimpleNamespace(
    rule="kmeans", log=["logs/kmeans/digits.log"], threads=2, resources=Names(mem_mb=500),
    wildcards=Names(dataset="toy", representation="pixels", split="test", k="3", seed="0"),
    params=Names(step={"options": {"seed": 0}, "watched": {"k": 3}}, code=fingerprint(__file__)),
    input=Files(["in.h5"]), output=Files(["out.h5", "out.json"]),
)
"""


def script(folder, code):
    """Return the path of a script, as Snakemake runs one."""
    (folder / "scripts").mkdir(exist_ok=True)
    (folder / "scripts" / "kmeans.py").write_text(code)
    return folder / "scripts" / "kmeans.py"


@pytest.fixture
def job(tmp_path):
    """A function that runs the body of a script in a job."""

    def run(body, **options):
        code = PREAMBLE + "with Job(snakemake) as job:\n" + textwrap.indent(body, "    ")
        (tmp_path / "in.h5").write_bytes(b"in")
        return subprocess.run(
            [sys.executable, script(tmp_path, code)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            **options,
        )

    return run


def test_peak_memory_is_the_jobs_own_not_that_of_the_process_that_started_it(job, tmp_path):
    large = np.ones(600 * 2**17)  # 600 MB, gone before the job begins
    del large
    job("open('out.h5', 'w')\njob.record()")

    assert 10 < read_record(tmp_path / "out.json").run.peak_mem_mb < 500


def log(folder):
    return (folder / "logs" / "kmeans" / "digits.log").read_text()


def test_record_says_what_was_done_with_what_and_how(job, tmp_path):
    body = "open('out.h5', 'w').write('out')\nimport h5py\njob.record(metrics={'n_iter': 4})"
    done = job(body, env=os.environ | {"AECLUSTER_COMMAND": "snakemake --cores all"})

    record = read_record(tmp_path / "out.json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (record.step, record.dataset, record.k, record.seed) == ("kmeans", "toy", 3, 0)
    assert record.params == {"k": 3, "seed": 0}
    assert record.code == fingerprint(tmp_path / "scripts" / "kmeans.py")
    assert list(record.inputs) == ["in.h5"]
    assert list(record.outputs) == ["out.h5"]
    assert record.outputs["out.h5"].bytes == 3
    assert record.metrics == {"n_iter": 4}
    assert record.run.command == "snakemake --cores all"
    assert record.run.threads == 2
    assert 0 < record.run.wall_s < 60
    assert record.run.peak_mem_mb > 10
    assert record.run.asked_mem_mb == 500
    assert {"aecluster", "h5py", "numpy", "python"} <= set(record.run.versions)
    assert record.run.machine.startswith(platform.machine())
    assert record.run.git_commit is None  # no history in a temporary folder


def test_everything_printed_goes_to_the_log(job, tmp_path):
    body = "import os\nprint('from Python')\nos.system('echo from a program; echo and error >&2')"
    done = job(body)

    assert (done.stdout, done.stderr) == ("", "")
    assert sorted(log(tmp_path).split("\n")) == ["", "and error", "from Python", "from a program"]


@pytest.mark.parametrize(
    ("error", "line", "is_bug"),
    [
        ("from aecluster.errors import StoreError\nraise StoreError('a.h5: cut\\nshort')",
         "kmeans: a.h5: cut short", False),
        ("open('nowhere')", "kmeans: [Errno 2] No such file or directory: 'nowhere'", True),
        ("raise ValueError('n_samples=3')", "kmeans: n_samples=3", True),
        ("{}['x']", "kmeans: KeyError: 'x', a bug: see logs/kmeans/digits.log", True),
    ],
)  # fmt: skip
def test_error_is_one_line_and_the_traceback_is_in_the_log(job, tmp_path, error, line, is_bug):
    failed = job(error)

    assert (failed.returncode, failed.stderr) == (1, line + "\n")
    assert log(tmp_path).endswith(line + "\n")
    assert ("Traceback" in log(tmp_path)) == is_bug
    assert not (tmp_path / "out.json").exists()


def test_progress_is_shown_on_a_terminal_and_its_last_state_logged(tmp_path, job):
    body = "from tqdm import tqdm\nfor _ in tqdm(range(3), desc='epoch', disable=None): pass"
    quiet = job(body)
    quiet_log = log(tmp_path)
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    code = PREAMBLE + "with Job(snakemake) as job:\n" + textwrap.indent(body, "    ")
    subprocess.run([sys.executable, script(tmp_path, code)], cwd=tmp_path, stderr=slave, check=True)
    os.close(slave)
    seen = os.read(master, 10_000).decode()
    os.close(master)

    assert (quiet.stderr, quiet_log) == ("", "")
    assert "epoch: 100%" in seen
    assert log(tmp_path).count("\n") == 1
    assert "epoch: 100%" in log(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_terminated_job_removes_its_temporary_files(tmp_path, number):
    code = PREAMBLE + textwrap.dedent("""
        import time
        from aecluster.atomic import atomic_write
        with Job(snakemake) as job, atomic_write("out.h5") as temporary:
            temporary.write_text("half")
            open("started", "w").close()
            time.sleep(60)
    """)
    (tmp_path / "in.h5").touch()
    process = subprocess.Popen([sys.executable, script(tmp_path, code)], cwd=tmp_path)
    while not (tmp_path / "started").exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(number)

    assert process.wait() == 128 + number
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["in.h5", "logs", "scripts", "started"]


def test_input_that_is_gone_is_one_line(tmp_path):
    code = PREAMBLE + "with Job(snakemake) as job:\n    pass"
    done = subprocess.run(
        [sys.executable, script(tmp_path, code)], cwd=tmp_path, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (
        1,
        "kmeans: [Errno 2] No such file or directory: 'in.h5'\n",
    )


def test_git_state_is_recorded(job, tmp_path):
    git = ["git", "-c", "user.name=me", "-c", "user.email=me@example.org"]
    subprocess.run([*git, "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], cwd=tmp_path, check=True)
    job("open('out.h5', 'w').close()\njob.record()")

    run = json.loads((tmp_path / "out.json").read_text())["run"]
    assert len(run["git_commit"]) == 40
    assert run["git_dirty"] is True


def test_input_that_is_replaced_while_it_is_read_leaves_no_record(job, tmp_path):
    body = """
import os
open("other.h5", "wb").write(b"in")
os.replace("other.h5", "in.h5")
open("out.h5", "wb").close()
job.record()
"""
    done = job(body)

    assert done.returncode == 1
    assert (
        "kmeans: in.h5: replaced while it was read, nothing is recorded; run again" in done.stderr
    )
    assert not (tmp_path / "out.json").exists()
