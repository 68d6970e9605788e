"""What pictures there are, what is said of them, and who draws them."""

import re
import subprocess
import sys
from inspect import signature
from pathlib import Path
from pkgutil import resolve_name

import pytest

from aecluster import figures
from aecluster.figures.registry import PICTURES, Picture, draw, pictures_of

WORKFLOW = Path(__file__).parents[3] / "workflow"
# Modules that draw no picture of the workflow: what pictures share, and that of a command.
OTHERS = {"samples", "canvas", "mosaic", "registry", "contact_sheet"}


@pytest.fixture(params=PICTURES.values(), ids=PICTURES)
def picture(request):
    return request.param


def test_module_function_and_picture_have_one_name(picture):
    assert picture.drawn_by == f"aecluster.figures.{picture.name}:draw_{picture.name}"
    assert next(iter(signature(resolve_name(picture.drawn_by)).parameters)) == "path"


def test_every_module_is_of_a_registered_picture():
    [folder] = figures.__path__
    modules = {path.stem for path in Path(folder).glob("*.py")} - {"__init__"}

    assert modules - OTHERS == set(PICTURES)


def test_caption_of_snakemakes_report_is_that_of_the_registry(picture):
    caption = (WORKFLOW / "report" / f"{picture.name}.rst").read_text()

    assert caption == f'{{{{ snakemake.config["captions"]["{picture.name}"] }}}}\n'


def test_rule_shows_the_picture_with_its_own_caption_and_label(picture):
    rules = "".join(path.read_text() for path in (WORKFLOW / "rules").glob("*.smk"))
    report = rf'=report\(\n +"[^"]+[/.]{picture.name}\.png",\n(.*?)\n +\),'
    shown = re.findall(report, rules, re.DOTALL)

    assert shown
    for report in shown:
        assert f'caption="../report/{picture.name}.rst"' in report
        assert re.search(rf'labels=.*"{picture.name}"', report)


def test_caption_is_whole_sentences(picture):
    assert re.fullmatch(r"[A-Z].*\.", picture.caption)
    assert len(picture.caption) < 300


def test_picture_from_outside_is_drawn_from_what_it_names(monkeypatch, tmp_path):
    def draw_sizes(path, labels, *, representation):
        path.write_text(f"{representation}: {labels}")

    monkeypatch.setattr(sys.modules[__name__], "draw_sizes", draw_sizes, raising=False)
    sizes = Picture("sizes", "clustering", "sizes", "Sizes.", f"{__name__}:draw_sizes")
    monkeypatch.setitem(PICTURES, "sizes", sizes)

    draw({"sizes": tmp_path / "sizes.png"}, labels=[1, 2], points=None, representation="pca")

    assert (tmp_path / "sizes.png").read_text() == "pca: [1, 2]"
    assert pictures_of("clustering")[-1] is sizes


def test_registry_loads_no_matplotlib():
    assert _loaded("matplotlib", by="aecluster.figures.registry") == []


def test_drawing_needs_neither_tensorflow_nor_mlflow_nor_pyplot():
    modules = sorted({picture.module for picture in PICTURES.values()})

    assert _loaded("tensorflow", "mlflow", "matplotlib.pyplot", by=", ".join(modules)) == []


def _loaded(*unwanted, by):
    """Return which modules are loaded by an import of some others."""
    code = f"import sys, {by}; print(*[m for m in {unwanted} if m in sys.modules])"
    command = [sys.executable, "-c", code]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    return shown.stdout.split()
