import gzip
import io
import os
import pickle
import tarfile
import tempfile
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io
from hypothesis import given
from hypothesis import strategies as st

from aecluster.data import SOURCES
from aecluster.data.files import HEAD_BYTES, open_files
from aecluster.errors import DataError

CONTENTS = {"b/2.png": b"two", "a/1.png": b"one", "a b/3.png": b"three"}
IN_ORDER = ("a/1.png", "a b/3.png", "b/2.png")


def tar_bytes(contents, compression=""):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{compression}") as tar:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def zip_bytes(contents):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return buffer.getvalue()


ARCHIVES = {
    "tar": lambda contents: tar_bytes(contents),
    "tar.gz": lambda contents: tar_bytes(contents, "gz"),
    "tar.bz2": lambda contents: tar_bytes(contents, "bz2"),
    "tar.xz": lambda contents: tar_bytes(contents, "xz"),
    "zip": zip_bytes,
}


def opened(path, is_wanted=lambda name: True):
    return open_files(path, is_wanted, scratch=path.parent, progress=False)


def contents_of(path):
    with opened(path) as files:
        return {name: files.read(name) for name in files.names}


def refusal(path):
    with pytest.raises(DataError) as error:
        contents_of(path)

    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.fixture(params=[*ARCHIVES, "folder"])
def path(request, tmp_path):
    path = tmp_path / f"cats.{request.param}"
    if request.param == "folder":
        for name, content in CONTENTS.items():
            (path / name).parent.mkdir(parents=True)
            (path / name).write_bytes(content)
    else:
        path.write_bytes(ARCHIVES[request.param](CONTENTS))
    return path


def test_files_are_read_by_name_from_folders_and_archives(path):
    assert contents_of(path) == CONTENTS


def test_names_are_sorted_folder_by_folder(path):
    with opened(path) as files:
        assert files.names == IN_ORDER


def test_unwanted_files_are_left_out(path):
    with opened(path, lambda name: name.startswith("b/")) as files:
        assert files.names == ("b/2.png",)


def test_nothing_is_left_beside_an_archive(path):
    contents_of(path)

    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("kind", ARCHIVES)
def test_hidden_files_and_dot_prefixes_do_not_count(tmp_path, kind):
    path = tmp_path / "a"
    hidden = {"./.DS_Store": b"x", "a/._1.png": b"x", ".git/1.png": b"x", "__MACOSX/1.png": b"x"}
    path.write_bytes(ARCHIVES[kind]({"./a/1.png": b"one"} | hidden))

    assert contents_of(path) == {"a/1.png": b"one"}


def test_digest_of_a_folder_follows_names_and_contents_only(tmp_path):
    def digest(contents):
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        for name, content in contents.items():
            (folder / name).write_bytes(content)
        with opened(folder) as files:
            return files.digest

    assert digest({"1": b"one", "2": b"two"}) == digest({"2": b"two", "1": b"one"})
    assert digest({"1": b"one", "2": b"two"}) != digest({"1": b"two", "2": b"one"})
    assert digest({"1": b"one"}) != digest({"2": b"one"})


@pytest.mark.parametrize("kind", ARCHIVES)
@pytest.mark.parametrize("name", ["../evil.png", "/evil.png", "a/../../evil.png"])
def test_members_that_lead_outside_are_refused(tmp_path, kind, name):
    path = tmp_path / "inner" / "a"
    path.parent.mkdir()
    path.write_bytes(ARCHIVES[kind]({"1.png": b"one", name: b"evil"}))

    assert f"{path}: {name} leads outside the archive" in refusal(path)
    assert not list(tmp_path.rglob("evil.png"))


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_in_a_tar_are_refused(tmp_path, kind):
    member = tarfile.TarInfo("a/1.png")
    member.type = kind
    member.linkname = "/etc/passwd"
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as tar:
        tar.addfile(member)

    assert "a/1.png is a link or a device, expected files and folders only" in refusal(path)


def test_links_in_a_zip_are_refused(tmp_path):
    link = zipfile.ZipInfo("1.png")
    link.external_attr = 0o120777 << 16
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")

    assert "1.png is a link or a device" in refusal(path)


def test_each_real_folder_is_read_once_however_many_links_lead_to_it(tmp_path):
    folder = tmp_path / "folder"
    elsewhere = tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (elsewhere / "1.png").write_bytes(b"one")
    (folder / "cats").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(folder)

    (folder / "dogs").symlink_to(elsewhere)

    assert contents_of(folder) == {"cats/1.png": b"one"}
    with opened(folder) as files:
        assert "or folder more by a link to cats, such as dogs" in files.passed.lines()[0]


def test_files_of_folders_linked_to_one_another_count_once(tmp_path):
    folder = tmp_path / "folder"
    for name in "abcdefg":
        (folder / name).mkdir(parents=True)
        (folder / name / f"{name}.png").write_bytes(name.encode())
        for other in "abcdefg":
            (folder / name / f"0-{other}").symlink_to(folder / other)

    # Each under its own name, not that of a link, even where the link comes first by name.
    assert contents_of(folder) == {f"{name}/{name}.png": name.encode() for name in "abcdefg"}


def test_huge_members_are_refused_before_they_are_read(tmp_path):
    member = tarfile.TarInfo("a/1.png")
    member.size = 2**40
    path = tmp_path / "a.tar"
    path.write_bytes(member.tobuf() + bytes(1024))

    assert "a/1.png has 1,099,511,627,776 bytes, expected at most 268,435,456" in refusal(path)


@pytest.mark.parametrize("kind", ARCHIVES)
def test_archives_cut_anywhere_are_refused(tmp_path, kind):
    path = tmp_path / "cats"
    content = ARCHIVES[kind]({f"{number}.png": os.urandom(700) for number in range(20)})
    step = 512 if kind == "tar" else 1009
    whole = content.rstrip(b"\0") if kind == "tar" else content
    for length in range(0, len(whole), step):
        path.write_bytes(content[:length])

        assert f"{path}: cannot be read (" in refusal(path)


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "cats.txt"
    path.write_text("cats " * 1000)

    assert "expected a folder, or a whole tar or zip" in refusal(path)


def test_names_that_cannot_be_printed_are_escaped(tmp_path):
    path = tmp_path / "a.tar"
    path.write_bytes(tar_bytes({"../line\nbreak": b""}))

    assert r"'../line\nbreak' leads outside" in refusal(path)


@given(st.data())
def test_damaged_archives_never_raise_anything_else(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("fuzz")
    path = folder / "cats"
    kind = data.draw(st.sampled_from(list(ARCHIVES)))
    content = bytearray(ARCHIVES[kind](CONTENTS))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        contents_of(path)
    except DataError as error:
        assert "\n" not in str(error)  # noqa: PT017

    assert [entry.name for entry in folder.iterdir()] == ["cats"]


SYSTEM = {
    "cat/@eaDir/1.png/SYNOPHOTO_THUMB_M.png": b"thumbnail",
    "cat/#recycle/old.png": b"deleted",
    "$RECYCLE.BIN/S-1-5/2.png": b"deleted",
    "System Volume Information/3.png": b"x",
    "dog/lost+found/4.png": b"x",
    "dog/__MACOSX/5.png": b"x",
    ".ipynb_checkpoints/6.png": b"x",
    "cat/Thumbs.db": b"x",
}


@pytest.mark.parametrize("kind", [*ARCHIVES, "folder"])
def test_what_systems_and_file_managers_leave_is_passed_over_at_any_depth(tmp_path, kind):
    path = tmp_path / "pets"
    contents = {"cat/1.png": b"one"} | SYSTEM
    if kind == "folder":
        for name, content in contents.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(content)
    else:
        path.write_bytes(ARCHIVES[kind](contents))

    assert contents_of(path) == {"cat/1.png": b"one"}
    with opened(path) as files:
        assert "passed over: 1 file in folders @eaDir, such as cat/@eaDir/1.png/SYNOPHOTO" in (
            "\n".join(files.passed.lines())
        )
        assert len(files.passed.lines()) == len(SYSTEM)


def test_digest_of_a_folder_is_the_same_whether_its_files_were_read_or_not(tmp_path):
    for name, content in {"1": b"one", "2": b"two", "3": b"three"}.items():
        (tmp_path / name).write_bytes(content)
    with opened(tmp_path) as files:
        expected = files.digest

    with opened(tmp_path) as files:
        files.read_if("2", lambda head: None)

        assert files.digest == expected


def npz():
    buffer = io.BytesIO()
    np.savez(buffer, X=np.zeros((3, 8, 8), np.uint8))
    return buffer.getvalue()


def mat():
    buffer = io.BytesIO()
    scipy.io.savemat(buffer, {"X": np.zeros((3, 8, 8))})
    return buffer.getvalue()


def hdf5():
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file["X"] = np.zeros((3, 8, 8))
    return buffer.getvalue()


def idx():
    return bytes([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4])


FOREIGN = {
    "NumPy's .npz": npz,
    "HDF5": hdf5,
    "MATLAB": mat,
    "IDX": idx,
    "CSV": lambda: b"label,pixel0,pixel1\n5,0,0\n",
    "Python's pickle": lambda: pickle.dumps({"data": [0]}),
    "one image": lambda: b"\x89PNG\r\n\x1a\n" + bytes(20),
}


@pytest.mark.parametrize(
    ("kind", "is_gzipped"),
    [*((kind, False) for kind in FOREIGN), ("IDX", True), ("CSV", True), ("HDF5", True)],
)
def test_file_of_another_kind_is_refused_by_what_it_is(tmp_path, kind, is_gzipped):
    path = tmp_path / "mine"
    content = FOREIGN[kind]()
    path.write_bytes(gzip.compress(content) if is_gzipped else content)
    takers = " or ".join(name for name, source in SOURCES.items() if kind in source.takes)
    expected = f"dataset.source: {takers} takes" if takers else "no source takes such files"

    assert refusal(path).startswith(
        f"{path}: found {kind}, expected a folder, or a whole tar or zip; {expected}"
    )


def test_parquet_is_refused_by_what_it_is(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    pyarrow = pytest.importorskip("pyarrow")
    path = tmp_path / "train.parquet"
    parquet.write_table(pyarrow.table({"label": [1, 2]}), path)

    assert f"{path}: found Parquet, expected a folder" in refusal(path)


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "zip"])
def test_of_large_files_that_do_not_look_right_only_the_beginning_is_kept(tmp_path, kind):
    path = tmp_path / "cats"
    path.write_bytes(ARCHIVES[kind]({"1.png": bytes(2**20), "2.png": b"fine" * 2**18}))

    with open_files(
        path,
        lambda name: True,
        scratch=tmp_path,
        progress=False,
        looks_right=lambda head, name: head.startswith(b"fine"),
    ) as files:
        n_kept = len(files.read("1.png"))

        assert n_kept == (HEAD_BYTES if kind.startswith("tar") else 2**20)
        assert files.size("1.png") == 2**20
        assert files.read("2.png") == b"fine" * 2**18
