"""The report: one HTML file, read back by a parser."""

import base64
import io
from html.parser import HTMLParser

import pytest
from PIL import Image

from aecluster.figures.registry import PICTURES, Picture
from aecluster.figures.scores import Panel, draw_scores
from aecluster.records.record import File, Record, write_record
from aecluster.report import write_report
from circumstances import RUN

CITATION = """\
title: "aecluster: a title"
version: 9.8.7
authors:
  - name: The authors
"""
SUMMARY = """\
dataset,representation,split,k,score,n_seeds,mean,sd,low,high
toy,pixels,test,10,silhouette,3,0.9,0.1,0.8,1.0
toy,pixels,test,10,nmi,3,0.1,0.1,0.05,0.15
toy,pixels,test,10,silhouette_in_pixels,3,0.9,0.1,0.8,1.0
toy,pixels,test,10,stability,3,0.5,,,
toy,<i>ae,test,10,silhouette,3,0.1,0.1,0.0,0.2
toy,<i>ae,test,10,nmi,3,0.2,0.1,0.15,0.25
toy,<i>ae,test,10,silhouette_in_pixels,3,0.4,0.1,0.3,0.5
toy,<i>ae,test,10,stability,3,0.4,,,
"""
DIFFERENCES = """\
dataset,representation,reference,split,k,score,n_seeds,mean,sd,low,high
toy,<i>ae,pixels,test,10,nmi,3,0.1,0.02,0.05,0.15
toy,<i>ae,pixels,test,10,ari,3,0.1,0.2,-0.4,0.6
toy,<i>ae,pixels,test,10,davies_bouldin_in_pixels,3,0.5,0.1,0.4,0.6
"""
SCORES = """\
dataset,representation,split,k,seed,n,d,silhouette,nmi,silhouette_in_pixels
toy,pixels,test,10,0,1234,64,0.9,0.09,0.9
toy,pixels,test,10,1,1234,64,0.9,0.11,0.9
toy,<i>ae,test,10,0,1234,64,0.1,0.19,0.4
toy,<i>ae,test,10,1,1234,64,0.1,0.21,0.4
"""
CONTROLS = """\
dataset,representation,split,k,seed,control,silhouette,nmi,balance
toy,pixels,test,10,0,random,-0.01,0.02,0.9
toy,pixels,test,10,1,random,-0.03,0.02,0.9
toy,pixels,test,10,0,classes,0.25,1.0,0.9
toy,<i>ae,test,10,0,random,-0.5,0.04,0.9
"""


class Page(HTMLParser):
    """Rows of cells, pictures, links, and everything that a browser would fetch."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.best, self.images, self.fetched, self.ids, self.links = (
            [],
            [],
            [],
            [],
            [],
            [],
        )
        self.text = ""
        self._cell = False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._cell = True
            if "best" in (attributes.get("class") or "").split():
                self.best.append((self.rows[-1][0], len(self.rows[-1]) - 1))
        if tag == "img":
            self.images.append(attributes)
        if tag in ("script", "iframe", "object") or (tag == "link" and attributes["rel"] != "icon"):
            self.fetched.append(tag)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a":
            self.links.append(attributes["href"])

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data):
        self.text += data
        if self._cell:
            self.rows[-1][-1] += data


def write(
    folder,
    summary=SUMMARY,
    differences=DIFFERENCES,
    seeds=(0, 1, 2),
    scores=SCORES,
    pictures=("map",),
    points=(),
):
    draw_scores(folder / "scores.png", [Panel("NMI", True, {"a": [(2, 0.5, None)]})], n_seeds=1)
    drawn = [folder / f"k10-s0.{name}.png" for name in pictures]
    for picture in drawn:
        picture.write_bytes((folder / "scores.png").read_bytes())
    common = {"dataset": "toy", "params": {}, "code": "c", "inputs": {}, "outputs": {}}
    run = RUN.model_copy(update={"git_commit": "abc123", "git_dirty": True, "wall_s": 90.0})
    records = {
        "store": Record(
            step="preprocess", run=RUN,
            **common | {"params": {"source": "images", "path": "a.zip", "resize": "pad"}},
            details={
                "class_names": ["cat", "dog"], "image_shape": [4, 4, 1],
                "n": {"train": 66, "test": 1234}, "n_skipped": {"train": 2, "test": 0},
            },
        ),
        "model": Record(
            step="train", representation="<i>ae", seed=0, run=run,
            **common | {"params": {"method": "vae", "epochs": 7, "made_by": "a:b", "seed": 0}},
            metrics={"loss": 0.02, "test_mse": 0.01}, details={"n_params": 334},
        ),
        "scores": Record(
            step="evaluate", representation="<i>ae", k=10, seed=0, split="test", run=RUN,
            **{**common, "outputs": {str(table): File(bytes=1, sha256="0") for table in points}},
            details={"n": 1234, "d": 64},
        ),
        "figures": Record(
            step="plot_clusters", representation="<i>ae", k=10, seed=0, split="test", run=RUN,
            **{**common, "outputs": {str(path): File(bytes=1, sha256="0") for path in drawn}},
        ),
    }  # fmt: skip
    for name, record in records.items():
        write_record(folder / f"{name}.json", record)
    tables = {"scores": scores, "controls": CONTROLS, "summary": summary}
    for name, text in (tables | {"differences": differences}).items():
        (folder / f"{name}.csv").write_text(text)
    (folder / "CITATION.cff").write_text(CITATION)
    write_report(
        folder / "report.html",
        experiment={
            "experiment": "e", "dataset": "toy", "split": "test", "k": [10], "seeds": list(seeds),
            "representations": ["pixels", "<i>ae"],
        },
        scores=folder / "scores.csv",
        controls=folder / "controls.csv",
        summary=folder / "summary.csv",
        differences=folder / "differences.csv",
        score_curves=folder / "scores.png",
        records=[folder / f"{name}.json" for name in ("store", "model", "scores")],
        figures=[folder / "figures.json"],
        citation=folder / "CITATION.cff",
    )  # fmt: skip
    return Page((folder / "report.html").read_text())


@pytest.fixture
def page(tmp_path):
    return write(tmp_path)


def rows_named(page, name):
    return [row for row in page.rows if row and row[0] == name]


def test_scores_stand_with_intervals_and_the_best_is_marked_where_they_compare(page):
    assert rows_named(page, "NMI ↑")[0] == ["NMI ↑", "0.1000 ± 0.0500", "0.2000 ± 0.0500"]
    assert rows_named(page, "stability ↑")[0] == ["stability ↑", "0.5000", "0.4000"]
    # Each at the top, and once more among all scores; of stability there is no interval.
    assert page.best == 2 * [("NMI ↑", 2), ("silhouette in pixels ↑", 1)]


def test_controls_stand_by_themselves_and_nothing_in_them_is_best(page):
    assert rows_named(page, "silhouette ↑")[1:] == [
        ["silhouette ↑", "-0.0200 ± 0.1271", "-0.5000"],
        ["silhouette ↑", "0.2500", ""],
    ]
    assert rows_named(page, "NMI ↑")[2:] == [["NMI ↑", "0.0200 ± 0.0000", "0.0400"]]
    assert rows_named(page, "balance ↑") == []
    assert len(page.best) == 4


def test_what_is_sampled_is_said_at_the_head_of_the_tables(tmp_path):
    sampled = (
        "dataset,representation,split,k,seed,n,d,silhouette,se_silhouette,n_sampled\n"
        "toy,pixels,test,10,0,90000,64,0.9,0.00213,2000\n"
    )
    assert "Silhouettes are those of" not in write(tmp_path).text

    assert (
        "k = 10. Silhouettes are those of 2,000 of 90,000 points, stratified by cluster: standard "
        "error at most 0.0021." in write(tmp_path, scores=sampled).text
    )


def test_differences_say_better_worse_or_not_told_apart_by_direction(page):
    verdicts = {row[1]: row[-1] for row in rows_named(page, "<i>ae") if len(row) == 5}

    assert verdicts == {
        "NMI ↑": "better",
        "ARI ↑": "not told apart",
        "Davies-Bouldin in pixels ↓": "worse",
    }


def test_report_is_self_contained_and_its_pictures_are_whole(page):
    assert page.fetched == []
    assert len(page.images) == 1
    for image in page.images:
        kind, _, data = image["src"].partition(",")
        assert kind == "data:image/png;base64"
        picture = Image.open(io.BytesIO(base64.b64decode(data)))
        picture.load()
        assert int(image["width"]) == picture.width // 2
        assert image["alt"]


def test_every_picture_stands_above_its_caption_in_the_registrys_order(tmp_path, monkeypatch):
    sizes = Picture("sizes", "clustering", "sizes", "How large clusters are.", "nowhere:none")
    monkeypatch.setitem(PICTURES, "sizes", sizes)

    text = write(tmp_path, pictures=("sizes", "map", "silhouettes", "unknown")).text

    assert text.count("\nHow large clusters are.\n") == 1
    captions = [PICTURES[name].caption for name in ("silhouettes", "map", "sizes")]
    assert sorted(captions, key=text.index) == captions


def test_scores_against_k_are_shown_where_there_is_more_than_one(tmp_path):
    more = SUMMARY + "toy,pixels,test,20,nmi,3,0.3,0.1,0.2,0.4\n"

    assert "curves" not in write(tmp_path).ids
    assert "curves" in write(tmp_path, more).ids


def test_table_of_the_points_is_linked_from_where_the_report_lies(tmp_path):
    table = tmp_path / "toy" / "ae" / "k10-s0.csv"
    with_table, without = write(tmp_path, points=[table]), write(tmp_path)

    assert "toy/ae/k10-s0.csv" in with_table.links
    assert "one row per image" in " ".join(with_table.text.split())
    assert "one row per image" not in " ".join(without.text.split())


def test_every_data_set_has_tables_of_its_own_with_its_own_best(tmp_path):
    others = [
        "".join(table.replace("toy,", "other,").splitlines(True)[1:])
        for table in (
            SUMMARY.replace("nmi,3,0.1,0.1,0.05,0.15", "nmi,3,0.7,0.1,0.65,0.75"),
            DIFFERENCES,
            SCORES.replace(",0.09,", ",0.69,").replace(",0.11,", ",0.71,"),
        )
    ]

    page = write(tmp_path, SUMMARY + others[0], DIFFERENCES + others[1], scores=SCORES + others[2])

    assert rows_named(page, "NMI ↑")[:2] == [
        ["NMI ↑", "0.1000 ± 0.0500", "0.2000 ± 0.0500"],
        ["NMI ↑", "0.7000 ± 0.0500", "0.2000 ± 0.0500"],
    ]
    assert [best for best in page.best if best[0] == "NMI ↑"] == 2 * [("NMI ↑", 2), ("NMI ↑", 1)]
    for dataset in ("toy", "other"):
        assert f"{dataset}, k = 10: representation minus pixels" in " ".join(page.text.split())
    assert ["toy: source", "images, a.zip"] in page.rows
    assert ["other: images", "unknown"] in page.rows
    assert ["<i>ae", "method vae, epochs 7 (toy: 64 values)"] in page.rows
    assert "toy: <i>ae, k = 10, seed 0" in page.text


def test_names_are_escaped(page):
    assert "<i>ae" in page.text


def test_report_warns_explains_and_cites(page):
    assert "A silhouette in one space does not compare with one in another." in page.text
    assert "https://arxiv.org/abs/2403.14830" in page.links
    assert "Rousseeuw (1987)" in page.text
    assert "title   = {aecluster: a title}" in page.text
    assert "version = {9.8.7}" in page.text


def test_images_and_intervals_are_explained_beside_the_answer(page, tmp_path):
    assert "images: 1,234 of 1,300, split test, in 2 classes; 2 that could" in page.text
    assert "; source: images, a.zip; each is: 4 x 4 x 1; padded to a square" in page.text
    assert "Mean of 3 seeds ± its 95 % interval; ↑: higher is better." in page.text
    assert "Seed 0; ↑: higher is better." in write(tmp_path, seeds=(0,)).text


def test_run_facts_come_from_the_records(page):
    assert [
        "images",
        "1,234 of 1,300, split test, in 2 classes; 2 that could not be read were left out",
    ] in page.rows
    assert ["source", "images, a.zip"] in page.rows
    assert ["each is", "4 x 4 x 1; padded to a square where they had another shape"] in page.rows
    assert ["commit", "abc123 with changes that are not committed"] in page.rows
    assert ["train", "1", "90.0 s", "90.0 s", "100 MB", "2"] in page.rows
    assert ["<i>ae", "method vae, epochs 7 (64 values)"] in page.rows
    assert ["<i>ae", "1", "334", "0.02000", "", "0.01000", "90.0"] in page.rows
    assert ["command", "snakemake --cores all"] in page.rows


def test_one_seed_has_no_intervals_and_says_so(tmp_path):
    summary = "\n".join(
        ["dataset,representation,split,k,score,n_seeds,mean,sd,low,high",
         "toy,pixels,test,10,nmi,1,0.1,,,", "toy,pca,test,10,nmi,1,0.2,,,"]
    )  # fmt: skip
    differences = "\n".join(
        ["dataset,representation,reference,split,k,score,n_seeds,mean,sd,low,high",
         "toy,pca,pixels,test,10,nmi,1,0.1,,,"]
    )  # fmt: skip

    page = write(tmp_path, summary, differences, seeds=[0], scores=SCORES)

    assert rows_named(page, "NMI ↑")[0] == ["NMI ↑", "0.1000", "0.2000"]
    assert rows_named(page, "pca")[0][-2:] == ["one seed: no interval", ""]
    assert "One seed: nothing is known about chance." in page.text
    assert ["seed", "0"] in page.rows


def test_infinite_dunn_index_is_said(tmp_path):
    infinite = "toy,pixels,test,10,dunn,3,inf,,,\ntoy,<i>ae,test,10,dunn,3,0.25,0.1,0.2,0.3\n"

    page = write(tmp_path, SUMMARY + infinite)

    assert rows_named(page, "Dunn index ↑")[0] == [
        "Dunn index ↑",
        "inf",
        "0.2500 ± 0.0500",
    ]


def test_same_inputs_give_the_same_file(tmp_path):
    write(tmp_path)
    first = (tmp_path / "report.html").read_bytes()
    write(tmp_path)

    assert (tmp_path / "report.html").read_bytes() == first
