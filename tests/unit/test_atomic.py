import os

import pytest

from aecluster.atomic import atomic_write


def test_file_appears_when_the_block_ends(tmp_path):
    path = tmp_path / "new" / "a.txt"
    with atomic_write(path) as temporary:
        temporary.write_text("whole")
        there_meanwhile = path.exists()

    assert not there_meanwhile
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


def test_error_leaves_what_was_there_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def interrupted():
        with atomic_write(path) as temporary:
            temporary.write_text("ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_name_keeps_its_suffix_and_is_hidden(tmp_path):
    with atomic_write(tmp_path / "a.h5") as temporary:
        temporary.touch()

    assert temporary.suffix == ".h5"
    assert temporary.name.startswith(f".partial-{os.getpid()}-")
