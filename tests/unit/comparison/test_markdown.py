import pytest
from PIL import Image

from aecluster.comparison.markdown import summarize_in_markdown
from aecluster.errors import AeclusterError

SUMMARY = """\
dataset,representation,split,k,score,n_seeds,mean,sd,low,high
toy,pixels,test,10,silhouette,3,0.9,0.1,0.8,1.0
toy,pixels,test,10,nmi,3,0.1,0.1,0.05,0.15
toy,pixels,test,10,davies_bouldin_in_pixels,3,2.0,0.1,1.9,2.1
toy,pca,test,10,nmi,3,0.2,0.1,0.15,0.25
toy,pca,test,10,davies_bouldin_in_pixels,3,3.0,0.1,2.9,3.1
toy,pca,test,20,nmi,3,0.3,0.1,0.15,0.25
"""
SCORES = """\
dataset,representation,split,k,seed,nmi,davies_bouldin_in_pixels
toy,pixels,test,10,0,0.08,1.9
toy,pixels,test,10,1,0.12,2.1
toy,pca,test,10,0,0.18,2.9
toy,pca,test,10,1,0.22,3.1
toy,pca,test,20,0,0.3,
"""
CONTROLS = """\
dataset,representation,split,k,seed,control,silhouette,nmi,davies_bouldin
toy,pixels,test,10,0,random,-0.01,0.01,30.0
toy,pca,test,10,0,random,-0.02,0.03,40.0
toy,pixels,test,10,0,classes,0.2,1.0,5.0
toy,pixels,test,20,0,random,-0.01,0.5,30.0
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "results" / "exp"
    folder.mkdir(parents=True)
    return folder


def leave(folder, summary=SUMMARY, scores=SCORES, controls=CONTROLS):
    (folder / "summary.csv").write_text(summary)
    (folder / "scores.csv").write_text(scores)
    (folder / "controls.csv").write_text(controls)


def test_table_has_comparable_scores_of_the_first_k_best_first_and_random_labels(folder):
    leave(folder)
    text = summarize_in_markdown(folder, folder / "scores.png")

    assert text.splitlines() == [
        "| k = 10, 3 seeds | NMI ↑ | Davies-Bouldin in pixels ↓ | seconds | weights |",
        "| --- | ---: | ---: | ---: | ---: |",
        "| `pca` | **0.2000 ± 0.0500** | 3.0000 ± 0.1000 |  |  |",
        "| `pixels` | 0.1000 ± 0.0500 | **2.0000 ± 0.1000** |  |  |",
        "| random labels | 0.0200 | 30.0000 |  |  |",
    ]
    assert Image.open(folder / "scores.png").width > 1000


def test_every_data_set_has_a_table_of_its_own_with_its_own_best(folder):
    other = {
        "summary": SUMMARY.replace("nmi,3,0.1,0.1,0.05,0.15", "nmi,3,0.7,0.1,0.65,0.75"),
        "scores": SCORES.replace(",0.08,", ",0.68,").replace(",0.12,", ",0.72,"),
        "controls": CONTROLS.replace("0.01,30.0", "0.05,30.0"),
    }
    leave(
        folder,
        **{
            name: table + "".join(other[name].replace("toy,", "other,").splitlines(True)[1:])
            for name, table in (("summary", SUMMARY), ("scores", SCORES), ("controls", CONTROLS))
        },
    )
    text = summarize_in_markdown(folder, folder / "scores.png")

    first, second = text.split("\n\n**other**\n\n")
    assert first.startswith("**toy**\n\n| k = 10")
    assert first.splitlines()[4].startswith("| `pca` | **0.2000 ± 0.0500** |")
    assert first.splitlines()[-1] == "| random labels | 0.0200 | 30.0000 |  |  |"
    assert second.splitlines()[2].startswith("| `pixels` | **0.7000 ± 0.0500** |")
    assert second.splitlines()[-1] == "| random labels | 0.0400 | 30.0000 |  |  |"


def test_picture_is_drawn_only_if_asked(folder):
    leave(folder)

    assert summarize_in_markdown(folder).startswith("| k = 10, 3 seeds |")
    assert not list(folder.glob("*.png"))


def test_missing_results_are_one_line(folder):
    with pytest.raises(AeclusterError, match=r"summary\.csv: .*, expected a finished run$"):
        summarize_in_markdown(folder, folder / "scores.png")
