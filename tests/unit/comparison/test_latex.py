from aecluster.comparison.latex import latex_tables
from aecluster.comparison.statistics import summarize


def rows(representation, k=10, **scores):
    subject = {"dataset": "toy", "representation": representation, "split": "test", "k": str(k)}
    return [
        subject | {"seed": str(seed)} | {name: str(of[seed]) for name, of in scores.items()}
        for seed in range(len(next(iter(scores.values()))))
    ]


def tables(variants):
    return latex_tables(summarize(variants), variants)


def test_latex_has_the_best_in_bold_only_where_scores_compare():
    text = tables(
        [
            *rows("pixels", silhouette=[0.89, 0.9, 0.91], nmi=[0.09, 0.10, 0.11]),
            *rows("sparse_ae", silhouette=[0.09, 0.1, 0.11], nmi=[0.19, 0.20, 0.21]),
        ]
    )

    assert text.splitlines()[1:] == [
        "% toy, test, k = 10",
        r"\begin{tabular}{lrr}",
        r"\toprule",
        r" & pixels & sparse\_ae \\",
        r"\midrule",
        r"silhouette $\uparrow$ & $0.9000 \pm 0.0248$ & $0.1000 \pm 0.0248$ \\",
        r"NMI $\uparrow$ & $0.1000 \pm 0.0248$ & $\mathbf{0.2000 \pm 0.0248}$ \\",
        r"\bottomrule",
        r"\end{tabular}",
    ]


def test_latex_marks_the_lower_where_lower_is_better_and_leaves_gaps():
    text = tables(
        [
            *rows("pixels", davies_bouldin_in_pixels=[2.0, 2.0]),
            *rows("pca", davies_bouldin_in_pixels=[3.0, 3.0], ari=[0.5, 0.5]),
        ]
    )

    row = (
        r"Davies-Bouldin in pixels $\downarrow$ & $\mathbf{2.0000 \pm 0.0000}$ & "
        r"$3.0000 \pm 0.0000$ \\"
    )
    assert row in text.splitlines()
    assert r"ARI $\uparrow$ &  & $0.5000 \pm 0.0000$ \\" in text.splitlines()


def test_latex_gives_the_ends_of_an_interval_that_the_range_cuts():
    text = tables(rows("pixels", accuracy=[0.9, 1.0]))

    assert r"accuracy $\uparrow$ & $0.9500\ (0.3147\mbox{ to }1.0000)$ \\" in text.splitlines()


def test_nothing_is_bold_of_one_seed():
    assert "mathbf" not in tables([*rows("pixels", nmi=[0.1]), *rows("pca", nmi=[0.9])])


def test_every_k_has_a_table_of_its_own():
    text = tables([*rows("pixels", 5, nmi=[0.1]), *rows("pixels", 10, nmi=[0.1])])

    assert text.count(r"\begin{tabular}") == 2
