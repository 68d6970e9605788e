"""The report of a finished experiment, in a real browser without a network, and Snakemake's own."""

import csv
import json
import re
import shutil
import subprocess
import zipfile

import pytest

from aecluster.figures.registry import pictures_of
from project import ON_ONE_THREAD, Project

pytestmark = pytest.mark.workflow

_PROBE = """
<script>
window.addEventListener("load", () => {
  const pictures = [...document.images];
  const broken = pictures.filter((picture) => !picture.complete || picture.naturalWidth === 0);
  const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth;
  document.title = JSON.stringify({
    pictures: pictures.length,
    broken: broken.length,
    wide,
    fetched: performance.getEntriesByType("resource").map((entry) => entry.name)
      .filter((name) => !name.startsWith("data:")),
  });
});
</script>
"""


@pytest.fixture(scope="module")
def sweep(tmp_path_factory) -> Project:
    """Two seeds and two k of digits, without training."""
    experiment = {
        "experiment": "sweep",
        "dataset": {"name": "digits", "source": "digits"},
        "representations": {"pixels": {"method": "pixels"}, "pca": {"method": "pca"}},
        "clustering": {"k": [4, 3]},
        "evaluation": {"probe": True},
        "seeds": [0, 1],
    }
    project = Project.create(tmp_path_factory.mktemp("report") / "sweep", experiment)
    project.make(*ON_ONE_THREAD, "--", "results/sweep/report.html", "results/sweep/summary.tex")
    return project


# The report with everything unfolded, on a screen as narrow as a phone's.
_PHONE = """
<body style="margin: 0"><iframe width="390" height="900" style="border: 0" src="open.html"></iframe>
<script>
document.querySelector("iframe").onload = event => {
  const page = event.target.contentDocument, images = [...page.images];
  document.title = JSON.stringify({
    wide: page.documentElement.scrollWidth > 390,
    // A picture of two panels can be read, and is moved sideways in its own frame.
    map: images.find(image => image.alt.startsWith("The images in two")).width > 600,
    frame: images.every(image => image.parentElement.getBoundingClientRect().right <= 390),
  });
};
</script>
"""


def in_chromium(tmp_path, page, *arguments):
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no chromium on the path (Debian: apt-get install chromium)")
    return subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1000,800",
         "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr",
         f"--user-data-dir={tmp_path / 'profile'}", *arguments, page.as_uri()],
        capture_output=True, text=True, timeout=180,
    )  # fmt: skip


@pytest.mark.servers
def test_pictures_of_the_report_can_be_read_on_a_phone(sweep, tmp_path):
    html = (sweep.folder / "results/sweep/report.html").read_text()
    (tmp_path / "open.html").write_text(html.replace("<details", "<details open"))
    phone = tmp_path / "phone.html"
    phone.write_text(_PHONE)

    shown = in_chromium(tmp_path, phone, "--allow-file-access-from-files", "--dump-dom")

    found = json.loads(re.search(r"<title>(.*?)</title>", shown.stdout)[1])
    assert found == {"wide": False, "map": True, "frame": True}


@pytest.mark.servers
def test_report_in_chromium_has_every_picture_and_no_error(sweep, tmp_path):
    html = (sweep.folder / "results/sweep/report.html").read_text()
    page = tmp_path / "probed.html"
    page.write_text(html.replace("</body>", f"{_PROBE}</body>"))

    shown = in_chromium(tmp_path, page, "--dump-dom")

    found = json.loads(re.search(r"<title>(.*?)</title>", shown.stdout)[1])
    assert found == {"pictures": 14, "broken": 0, "wide": False, "fetched": []}
    assert "CONSOLE" not in shown.stderr


@pytest.fixture(scope="module")
def snakemakes_own(sweep, tmp_path_factory):
    """Snakemake's own report, unpacked."""
    folder = tmp_path_factory.mktemp("snakemakes")
    done = sweep.run(
        "--configfile",
        "experiment.yaml",
        "--report",
        str(folder / "report.zip"),
        "--",
        "results/sweep/report.html",
    )
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(folder / "report.zip") as archive:
        archive.extractall(folder)
    return folder / "report"


def test_snakemakes_own_report_has_the_figures_with_their_captions(snakemakes_own):
    files = [path for path in snakemakes_own.rglob("*") if path.is_file()]
    everything = b"".join(path.read_bytes() for path in files).decode(errors="replace")

    for picture in pictures_of("clustering", "comparison"):
        assert f"<p>{picture.caption}</p>" in everything
        assert f'"{picture.label}"' in everything


@pytest.mark.servers
def test_snakemakes_own_report_leads_by_category_and_label_to_a_caption(snakemakes_own, tmp_path):
    pytest.importorskip("selenium", reason="Selenium is not installed")
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("Chromium with its driver is not installed")
    from browser import chromium, seen

    with chromium(tmp_path) as browser:

        def click(path):
            browser.execute_script("arguments[0].click()", browser.find_element("xpath", path))

        browser.get((snakemakes_own / "report.html").as_uri())
        seen(browser, "Clusterings", "Comparison")
        click("//span[normalize-space(text())='Clusterings']")
        seen(browser, "DATA SET K SEED FIGURE", "digits 4 0 silhouettes")
        click("//tr[contains(., 'silhouettes')]//a[@iconname='information-circle']")
        seen(browser, "DESCRIPTION", "The silhouette of every image by cluster", "plot_clusters")


def test_new_k_draws_nothing_of_the_old_and_computes_the_new_only(sweep):
    again = sweep.schedule(
        "--config", "clustering={k: [4, 3, 2]}", "--", "results/sweep/report.html"
    )

    assert again.rules == {
        "kmeans": 4, "evaluate": 4,
        "collect_scores": 1, "compare": 1, "plot_scores": 1, "report": 1,
    }  # fmt: skip


def test_changed_figures_and_report_rerun_no_computation(sweep, tmp_path):
    project = sweep.copy(tmp_path / "project")
    project.change("src/aecluster/figures/canvas.py", "DPI = 200", "DPI = 100")
    project.change("src/aecluster/report/template.py", "How to cite", "Citation")

    assert set(project.schedule("--", "results/sweep/report.html").rules) == {
        "plot_clusters", "plot_scores", "plot_cka", "report",
    }  # fmt: skip


def test_changed_picture_is_drawn_anew_by_its_own_rule_only(sweep, tmp_path):
    project = sweep.copy(tmp_path / "project")
    project.change("src/aecluster/figures/architecture.py", "_PITCH = 1.15", "_PITCH = 1.2")
    assert project.schedule("--", "results/sweep/report.html").rules == {}

    project.change("src/aecluster/figures/map.py", "_MOST_POINTS = 3000", "_MOST_POINTS = 300")

    assert set(project.schedule("--", "results/sweep/report.html").rules) == {
        "plot_clusters", "report",
    }  # fmt: skip


_SIZES = '''"""How large the clusters are."""

import numpy as np

from aecluster.figures.canvas import drawing


def draw_sizes(path, labels, *, representation):
    with drawing(path, 3, 3) as figure:
        figure.add_subplot().bar(*np.unique(labels, return_counts=True))
        figure.suptitle(representation)
'''
_SIZES_ENTRY = """\
    Picture(
        name="sizes",
        of="clustering",
        label="sizes",
        caption="How many images are in each cluster.",
        drawn_by="aecluster.figures.sizes:draw_sizes",
    ),
    Picture(
        name="scores","""
_SIZES_OUTPUT = """\
        sizes=report(
            "results/{dataset}/{representation}/{split}/k{k}-s{seed}.sizes.png",
            caption="../report/sizes.rst",
            category="Clusterings",
            labels=labels_of_clustering("sizes"),
        ),
        map=report("""


def test_picture_of_a_clustering_is_added_in_four_places(sweep, tmp_path):
    project = sweep.copy(tmp_path / "project")
    (project.folder / "src/aecluster/figures/sizes.py").write_text(_SIZES)
    registry = "src/aecluster/figures/registry.py"
    project.change(registry, '    Picture(\n        name="scores",', _SIZES_ENTRY)
    project.change("workflow/rules/figures.smk", "        map=report(", _SIZES_OUTPUT)
    caption = '{{ snakemake.config["captions"]["sizes"] }}\n'
    (project.folder / "workflow/report/sizes.rst").write_text(caption)

    project.make("--no-hooks", "--until", "report")
    done = project.run(
        "--configfile",
        "experiment.yaml",
        "--report",
        "report.zip",
        "--",
        "results/sweep/report.html",
    )

    assert done.returncode == 0, done.stderr
    assert (project.folder / "results/digits/pca/test/k4-s0.sizes.png").exists()
    html = (project.folder / "results/sweep/report.html").read_text()
    assert html.count("<figcaption>How many images are in each cluster.</figcaption>") == 2
    with zipfile.ZipFile(project.folder / "report.zip") as archive:
        own = b"".join(archive.read(name) for name in archive.namelist()).decode(errors="replace")
    assert own.count("<p>How many images are in each cluster.</p>") == 2
    assert '"figure": "sizes"' in own


def test_representations_themselves_are_scored_in_the_table_of_every_clustering(sweep):
    with (sweep.folder / "results/sweep/scores.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    accuracies = {
        name: {row["knn_accuracy"] for row in rows if row["representation"] == name}
        for name in ("pixels", "pca")
    }
    assert all(len(one) == 1 and 0.9 < float(*one) < 1 for one in accuracies.values()), accuracies
    with (sweep.folder / "results/sweep/cka.csv").open(newline="") as file:
        assert {row["representation"] for row in csv.DictReader(file)} == {"pixels", "pca"}
