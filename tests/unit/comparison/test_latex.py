from aecluster.comparison.latex import latex_tables
from aecluster.comparison.statistics import Estimate, Summary


def summary(representation, score, mean, half=None, k=10):
    interval = (half, mean - half, mean + half) if half else ()
    estimate = Estimate(3 if half else 1, mean, *interval)
    return Summary("toy", representation, "test", k, score, estimate)


def test_latex_has_the_best_in_bold_only_where_scores_compare():
    text = latex_tables(
        [
            summary("pixels", "silhouette", 0.9, 0.01),
            summary("pixels", "nmi", 0.1, 0.01),
            summary("sparse_ae", "silhouette", 0.1, 0.01),
            summary("sparse_ae", "nmi", 0.2, 0.012),
        ]
    )

    assert text.splitlines()[1:] == [
        "% toy, test, k = 10",
        r"\begin{tabular}{lrr}",
        r"\toprule",
        r" & pixels & sparse\_ae \\",
        r"\midrule",
        r"silhouette $\uparrow$ & $0.9000 \pm 0.0100$ & $0.1000 \pm 0.0100$ \\",
        r"NMI $\uparrow$ & $0.1000 \pm 0.0100$ & $\mathbf{0.2000 \pm 0.0120}$ \\",
        r"\bottomrule",
        r"\end{tabular}",
    ]


def test_latex_marks_the_lower_where_lower_is_better_and_leaves_gaps():
    text = latex_tables(
        [
            summary("pixels", "davies_bouldin_in_pixels", 2.0),
            summary("pca", "davies_bouldin_in_pixels", 3.0),
            summary("pca", "ari", 0.5),
        ]
    )

    row = r"Davies-Bouldin in pixels $\downarrow$ & $\mathbf{2.0000}$ & $3.0000$ \\"
    assert row in text.splitlines()
    assert r"ARI $\uparrow$ &  & $0.5000$ \\" in text.splitlines()


def test_every_k_has_a_table_of_its_own():
    text = latex_tables([summary("pixels", "nmi", 0.1, k=k) for k in (5, 10)])

    assert text.count(r"\begin{tabular}") == 2
