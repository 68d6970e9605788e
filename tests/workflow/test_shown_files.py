"""What `aecluster show` and `aecluster sheet` say of the files that a run leaves."""

import shutil

import pytest
from PIL import Image

from aecluster.cli import main

pytestmark = [pytest.mark.workflow, pytest.mark.slow]

CLUSTERING = "results/digits/sparse_ae/test/k10-s0"
# Of every kind of file a line that only somebody who knows the kind can write.
SAID = {
    "results/demo/scores.csv": "digits   sparse_ae       test   10     0  ",
    "results/demo/controls.csv": "digits   pixels          test   10     0   random",
    "results/demo/summary.csv": "  and 16 more rows",
    "results/demo/summary.tex": r"NMI $\uparrow$ & $",
    "results/demo/scores.png": "scores against k: Every score against the number of clusters",
    "results/demo/report.html": "to open in a browser",
    "results/demo/tracked.json": "experiment_ids  variants: ",
    "results/benchmarks/track/demo.tsv": "h:m:s",
    "results/digits/pixels/store.h5": "train: 1,438 of 32 x 32 x 1, uint8",
    "results/digits/pixels/store.json": "record of the step preprocess",
    "results/digits/sparse_ae/s0/model.keras": "code                MaxPooling2D    8 x 8 x 1",
    "results/digits/sparse_ae/s0/model.json": "  loss: ",
    "results/digits/sparse_ae/s0/reconstructions.h5": "10 images of 32 x 32 x 1 and what an auto",
    f"{CLUSTERING}.csv": "359 rows of 7 columns",
    f"{CLUSTERING}.silhouettes.h5": "silhouettes of 359 of 359 points",
    f"{CLUSTERING}.scores.json": "of dataset digits, representation sparse_ae, split test, k 10",
}


@pytest.fixture
def folder(finished, monkeypatch):
    monkeypatch.chdir(finished.folder)
    return finished.folder


def files_of(folder):
    found = sorted(path for path in (folder / "results").rglob("*") if path.is_file())
    return [path.relative_to(folder).as_posix() for path in found]


@pytest.mark.parametrize(("file", "said"), SAID.items())
def test_show_knows_every_kind_of_file(folder, capsys, file, said):
    assert main(["show", file]) == 0

    shown = capsys.readouterr().out
    assert said in shown
    assert len(shown.splitlines()) < 60


def test_show_of_a_clustering_says_sizes_scores_and_pictures(folder, capsys):
    assert main(["show", f"{CLUSTERING}.h5"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{CLUSTERING}.h5: 359 rows in 10 clusters, centroids of 64 values"
    assert lines[1] == "of dataset digits, representation sparse_ae, split test, k 10, seed 0"
    assert sum(int(line.split()[1]) for line in lines[2:12]) == 359
    assert {"silhouette", "nmi", "accuracy"} <= {line.split()[0] for line in lines[13:]}
    assert f"picture: {CLUSTERING}.map.png" in lines
    assert lines[-1] == f"one row per image: {CLUSTERING}.csv"


def test_show_says_something_of_every_file_and_of_every_half_of_one(folder, tmp_path, capsys):
    for file in files_of(folder):
        assert main(["show", file]) == 0, file
        assert file.endswith(".tex") or capsys.readouterr().out.startswith(f"{file}: "), file
        half = tmp_path / file
        half.parent.mkdir(parents=True, exist_ok=True)
        content = (folder / file).read_bytes()
        half.write_bytes(content[: len(content) // 2])
        code = main(["show", str(half)])
        error = capsys.readouterr().err
        assert (code, error) == (0, "") or error.startswith(f"aecluster: {half}: "), file
        assert error.count("\n") == code


def test_sheet_draws_what_has_images_and_refuses_the_rest_in_one_line(folder, tmp_path, capsys):
    drawn = {}
    for file in files_of(folder):
        picture = tmp_path / "sheet.png"
        code = main(["sheet", file, str(picture)])
        said = capsys.readouterr()
        assert code == 0 or said.err.startswith(f"aecluster: {file}: "), file
        assert (said.out + said.err).count("\n") == 1
        if code == 0:
            drawn[file] = Image.open(picture).size
            picture.unlink()

    assert set(drawn) == {
        "results/digits/pixels/store.h5",
        "results/digits/pixels/test/k10-s0.h5",
        f"{CLUSTERING}.h5",
        "results/digits/sparse_ae/s0/reconstructions.h5",
    }
    assert all(width > 400 for width, _ in drawn.values())


def test_sheet_of_a_file_beside_a_clustering_names_the_clustering(folder, tmp_path, capsys):
    main(["sheet", f"{CLUSTERING}.scores.json", str(tmp_path / "sheet.png")])

    assert capsys.readouterr().err.endswith(f"such as {CLUSTERING}.h5\n")


def test_what_is_no_file_of_a_run_is_said_in_one_line(folder, tmp_path, capsys):
    shutil.copy(f"{CLUSTERING}.json", tmp_path / "k10-s0.json.outdated")
    (tmp_path / "notes.txt").write_text("x")

    assert main(["show", str(tmp_path / "k10-s0.json.outdated")]) == 0
    assert "set aside by a run" in capsys.readouterr().out
    assert main(["show", str(tmp_path / "notes.txt")]) == 0
    assert "1 bytes, no file of a run" in capsys.readouterr().out
    assert main(["show", "results/demo"]) == 1
    assert "a folder, expected a file; it has controls.csv" in capsys.readouterr().err
    assert main(["show", "results/nothing.csv"]) == 1
    assert capsys.readouterr().err == "aecluster: results/nothing.csv: no such file\n"
