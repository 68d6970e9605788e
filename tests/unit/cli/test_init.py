import pytest

from aecluster.cli import main


def test_folder_has_a_snakefile_experiments_and_profiles(tmp_path, capsys):
    code = main(["init", str(tmp_path / "new")])

    assert code == 0
    assert f"cd {tmp_path / 'new'} && snakemake --cores all" in capsys.readouterr().out
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        *("Snakefile", "config", "profiles")
    }
    assert (tmp_path / "new" / "config" / "config.yaml").exists()
    assert (tmp_path / "new" / "profiles" / "default" / "profile.yaml").exists()


@pytest.mark.parametrize("name", ["Snakefile", "config", "profiles"])
def test_what_is_there_is_never_overwritten(tmp_path, capsys, name):
    (tmp_path / name).write_text("mine")
    code = main(["init", str(tmp_path)])

    assert code == 1
    assert capsys.readouterr().err == (
        f"aecluster: {tmp_path / name}: there already, expected a folder without\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_folder_that_cannot_be_made_is_one_line(tmp_path, capsys):
    (tmp_path / "file").touch()
    code = main(["init", str(tmp_path / "file")])

    assert code == 1
    assert capsys.readouterr().err == (
        f"aecluster: {tmp_path / 'file'}: File exists, expected a folder to write to\n"
    )
