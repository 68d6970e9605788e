import io
import os
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aecluster.data.files import open_files
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


def test_links_in_a_folder_are_followed_and_loops_end(tmp_path):
    folder = tmp_path / "folder"
    elsewhere = tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (elsewhere / "1.png").write_bytes(b"one")
    (folder / "cats").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(folder)

    (folder / "dogs").symlink_to(elsewhere)

    assert contents_of(folder) == {"cats/1.png": b"one", "dogs/1.png": b"one"}


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
