"""What docs/python.md shows runs as pasted, on the results of the demo."""

import contextlib
import json

import pytest

from project import ROOT

NOTEBOOK = ROOT / "docs" / "python.ipynb"


@pytest.mark.workflow
def test_notebook_runs_on_the_results_of_the_demo(finished, capsys):
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    names: dict[str, object] = {}
    with contextlib.chdir(finished.folder):
        for cell in cells:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), names)  # noqa: S102 - the project's own
    said = capsys.readouterr().out.splitlines()

    assert said[0] == "<experiment demo: 2 variants>"
    assert [line.split()[0] for line in said[1:3]] == ["pixels", "sparse_ae"]
    assert names["clustering"].predict(names["images"]).tolist() == (
        names["clustering"].labels[:5].tolist()
    )
    # The first of the nearest images is the image itself.
    assert said[-3].split()[0] == "0"
