import os
import subprocess
import sys
import time
from pathlib import Path
from pkgutil import resolve_name

import pytest

from aecluster.data import SOURCES, source_state
from aecluster.errors import DataError
from aecluster.workflow.fingerprint import modules_reached

SCRIPT = Path(__file__).parents[3] / "workflow" / "scripts" / "preprocess.py"


def test_every_source_says_what_it_is_and_names_its_reader():
    for name, source in SOURCES.items():
        assert all([source.label, source.description, source.files]), name
        assert callable(resolve_name(source.reader)), name


@pytest.mark.parametrize(
    ("source", "own", "others"),
    [
        ("cifar10", {"cifar", "pickles", "raw"}, {"idx", "images", "svhn"}),
        ("arrays", {"array_files", "arrays"}, {"cifar", "pickles", "raw"}),
    ],
)
def test_code_of_a_data_set_is_that_of_its_reader_and_of_no_other(source, own, others):
    reached = modules_reached(SCRIPT, SOURCES[source].module)
    readers = {name.rpartition(".")[2] for name in reached if ".readers." in name}

    assert own <= readers
    assert not others & readers
    assert not {"aecluster.data.archives", "aecluster.data.mirrors"} & set(reached)


def test_sources_that_are_downloaded_have_mirrors_and_a_checksum():
    for source in SOURCES.values():
        assert (source.archive is not None) == (source.path == "optional")
        if source.archive:
            assert source.archive.mirrors
            assert len(source.archive.sha256) == 64


def test_names_of_sources_load_nothing_heavy():
    code = (
        "import sys; from aecluster.data import SOURCES, source_state; "
        "print({'numpy', 'sklearn', 'PIL', 'h5py', 'tqdm', 'requests'} & set(sys.modules))"
    )

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout == "set()\n"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "cats"
    for name in ("a/1.png", "b/2.png", "README.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    return folder


def test_state_of_a_folder_stays_while_its_images_do(folder):
    before = source_state("images", folder)
    (folder / "README.md").write_text("other")

    assert source_state("images", folder) == before
    assert before["n_files"] == 2


@pytest.mark.parametrize("change", ["content", "time", "name", "new", "gone"])
def test_state_of_a_folder_follows_its_images(folder, change):
    before = source_state("images", folder)
    image = folder / "a" / "1.png"
    if change == "content":
        image.write_text("other")
    elif change == "time":
        os.utime(image, (1, 1))
    elif change == "name":
        image.rename(folder / "a" / "3.png")
    elif change == "new":
        (folder / "a" / "4.png").write_text("x")
    else:
        image.unlink()

    assert source_state("images", folder) != before


def test_state_of_a_file_is_its_path(tmp_path):
    path = tmp_path / "cats.zip"
    path.write_text("x")

    assert source_state("images", path) == {"path": str(path)}


def test_state_of_a_folder_takes_under_8_microseconds_a_file(tmp_path):
    for number in range(12_000):
        os.close(os.open(tmp_path / f"{number}.png", os.O_CREAT))

    used_s = []
    for _ in range(3):
        started = time.process_time()
        state = source_state("images", tmp_path)
        used_s.append(time.process_time() - started)

    assert state["n_files"] == 12_000
    assert min(used_s) < 0.1


@pytest.mark.parametrize(
    ("source", "path", "expected"),
    [
        ("cifar", None, f"source 'cifar' is unknown, expected one of {', '.join(SOURCES)}"),
        ("images", None, "source 'images' has no path, expected that of a file or folder"),
        ("digits", "x", "source 'digits' takes no path, found x"),
        ("images", "no/where", "no/where: no such file or folder, expected the source 'images'"),
    ],
)
def test_sources_and_paths_that_do_not_fit_are_refused(source, path, expected):
    with pytest.raises(DataError) as error:
        source_state(source, path)

    assert str(error.value).startswith(expected)
