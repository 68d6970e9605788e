import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from aecluster.cli import main

PROGRAM = Path(sys.executable).with_name("aecluster")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return tmp_path


def test_ui_without_runs_says_what_makes_some(folder, capsys):
    code = main(["ui"])

    assert code == 1
    assert capsys.readouterr().err == (
        "aecluster: mlflow.db: no runs yet, expected those of `make demo` or `make run`\n"
    )


def test_ui_of_a_server_is_the_server(folder, capsys, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:secret@host:5000")
    code = main(["ui"])

    assert (code, capsys.readouterr().out) == (0, "The runs are on http://host:5000\n")


def test_command_alone_prints_help(capsys):
    code = main([])

    assert code == 0
    assert "say what a run would do and why" in " ".join(capsys.readouterr().out.split())


def test_unknown_arguments_are_refused(folder, capsys):
    code = main(["ui", "--prot", "5000"])

    assert code == 2
    assert capsys.readouterr().err == "aecluster: unknown arguments: --prot 5000\n"


def words_of_group(leader):
    """Return the command lines of a process group, as everybody may read them."""
    words = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getpgid(int(process.name)) == leader:
                words.append((process / "cmdline").read_text())
    assert any("mlflow" in one for one in words)
    return "\n".join(words)


@pytest.mark.servers
@pytest.mark.slow
def test_ui_answers_on_loopback_until_it_is_ended_and_names_its_store_to_nobody(folder):
    (folder / "mlflow.db").touch()
    process = subprocess.Popen(
        [PROGRAM, "ui"], stdout=subprocess.PIPE, text=True, start_new_session=True,
        stderr=subprocess.DEVNULL, env=os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"},
    )  # fmt: skip
    address = process.stdout.readline().split()[3]
    deadline = time.monotonic() + 90
    try:
        while True:
            try:
                with urllib.request.urlopen(f"{address}/health") as response:  # noqa: S310
                    assert response.read() == b"OK"
                    assert "mlflow.db" not in words_of_group(process.pid)
                break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.2)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()

    assert address.startswith("http://127.0.0.1:")


def test_package_is_imported_without_heavy_libraries():
    code = (
        "import sys, aecluster; "
        "print([m for m in ('tensorflow', 'mlflow', 'sklearn', 'numpy') if m in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout

    assert shown == "[]\n"
