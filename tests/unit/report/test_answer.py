import pytest

from aecluster.comparison.statistics import differences, summarize
from aecluster.records.record import Record
from aecluster.report.answer import answer
from circumstances import RUN


def rows(representation, **scores):
    subject = {"dataset": "toy", "representation": representation, "split": "test", "k": "10"}
    return [
        subject | {"seed": str(seed)} | {name: str(of[seed]) for name, of in scores.items()}
        for seed in range(len(next(iter(scores.values()))))
    ]


CHANCE = [{"dataset": "toy", "k": "10", "control": "random", "accuracy": "0.17"}]
CLUSTERING = Record(
    step="evaluate", dataset="toy", representation="pixels", k=10, seed=0, split="test", run=RUN,
    params={}, code="c", inputs={}, outputs={},
    details={"n": 1359, "cluster_sizes": [12, 40, 30]},
)  # fmt: skip


def sentence(variants, controls=(), stabilities=None):
    summaries = summarize(variants, stabilities)
    return answer("toy", 10, summaries, controls, differences(variants), [CLUSTERING]).sentence


def test_one_seed_is_said_to_tell_nothing_apart():
    variants = [*rows("pixels", accuracy=[0.69]), *rows("sparse_ae", accuracy=[0.72])]

    assert sentence(variants, CHANCE) == (
        "K-Means puts 69 % of 1,359 images with their class by pixels and 72 % by sparse_ae; "
        "chance is 17 %; one seed cannot tell them apart."
    )


@pytest.mark.parametrize(
    ("accuracies", "verdict"),
    [
        ([0.73, 0.75, 0.74], "; that is 1.5 to 6.5 points more than by pixels (95 % interval of "
         "the difference over 3 seeds)."),
        ([0.63, 0.65, 0.64], "; that is 3.5 to 8.5 points fewer than by pixels (95 % interval of "
         "the difference over 3 seeds)."),
        ([0.50, 0.90, 0.70], "; 3 seeds cannot tell them apart."),
    ],
)  # fmt: skip
def test_seeds_tell_by_how_much_or_that_they_cannot(accuracies, verdict):
    variants = [
        *rows("pixels", accuracy=[0.70, 0.70, 0.70]),
        *rows("sparse_ae", accuracy=accuracies),
    ]

    assert sentence(variants).endswith(verdict)


def test_of_many_representations_the_highest_is_named_beside_the_pixels():
    variants = [
        row
        for name, accuracy in (("pixels", 0.2), ("pca", 0.3), ("umap", 0.4), ("vae", 0.1))
        for row in rows(name, accuracy=[accuracy])
    ]
    found = answer("toy", 10, summarize(variants), [], differences(variants), [CLUSTERING])

    assert found.names == ["pixels", "umap"]
    assert "20 % of 1,359 images with their class by pixels and 40 % by umap, the highest of 4" in (
        found.sentence
    )


def test_nothing_is_called_the_highest_that_the_pixels_exceed():
    variants = [
        row
        for name, accuracy in (("pixels", 0.5), ("pca", 0.3), ("umap", 0.4))
        for row in rows(name, accuracy=[accuracy])
    ]

    said = sentence(variants)

    assert "by pixels and 40 % by umap, the highest of the others; one seed" in said


def test_without_classes_stability_silhouette_and_sizes_answer():
    variants = [
        *rows("pixels", silhouette_in_pixels=[0.15, 0.15]),
        *rows("sparse_ae", silhouette_in_pixels=[0.17, 0.17]),
    ]
    stabilities = {
        ("toy", "pixels", "test", 10): 0.93,
        ("toy", "sparse_ae", "test", 10): 0.71,
    }

    assert sentence(variants, stabilities=stabilities) == (
        "Without known classes no score says which clusters of 1,359 images are right: clusterings "
        "from other seeds agree by 0.93 for pixels and 0.71 for sparse_ae (adjusted Rand index); "
        "in the space of the pixels the silhouette is 0.15 for pixels and 0.17 for sparse_ae; "
        "clusters hold 12 to 40 images."
    )
