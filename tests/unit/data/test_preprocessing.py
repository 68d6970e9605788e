import io
import signal
import subprocess
import sys
import tarfile
import time

import numpy as np
import pytest
from PIL import Image

from aecluster.data.preprocessing import preprocess
from cifar_files import official_files, write_archive

CODE = (
    "import sys; from aecluster.data.preprocessing import preprocess; "
    "preprocess(sys.argv[1], dataset='toy', source=sys.argv[2], path=sys.argv[3])"
)


def write_pictures(path, n=4000):
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG")
    with tarfile.open(path, "w") as tar:
        for number in range(n):
            member = tarfile.TarInfo(f"{'cat' if number % 2 else 'dog'}/{number:04}.jpg")
            member.size = len(buffer.getvalue())
            tar.addfile(member, io.BytesIO(buffer.getvalue()))
    return path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "results").mkdir()
    return tmp_path / "results"


def test_store_is_the_same_after_a_kill(tmp_path, folder):
    path = write_pictures(tmp_path / "pictures.tar")
    expected = tmp_path / "whole.h5"
    preprocess(expected, dataset="toy", source="images", path=path)
    killed = subprocess.Popen(
        [sys.executable, "-c", CODE, str(folder / "store.h5"), "images", path]
    )
    deadline = time.monotonic() + 120
    while not any(folder.glob(".partial-*")) and time.monotonic() < deadline:
        time.sleep(0.005)

    killed.send_signal(signal.SIGKILL)

    assert killed.wait() == -signal.SIGKILL
    assert not (folder / "store.h5").exists()

    preprocess(folder / "store.h5", dataset="toy", source="images", path=path)

    assert (folder / "store.h5").read_bytes() == expected.read_bytes()


def test_store_has_the_same_bytes_at_another_time(tmp_path):
    path = write_archive(tmp_path / "cifar-10-python.tar.gz", official_files())
    contents = []
    for _ in range(2):
        preprocess(tmp_path / "store.h5", dataset="toy", source="cifar10", path=path)
        contents.append((tmp_path / "store.h5").read_bytes())
        time.sleep(1.1)  # HDF5 would note whole seconds

    assert contents[0] == contents[1]
