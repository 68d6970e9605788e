"""Which scores are drawn against k, and in which order."""

import pytest

from aecluster.comparison.curves import panels_of
from aecluster.comparison.statistics import Estimate, Summary


def test_panels_that_compare_come_first_with_their_direction():
    estimate = Estimate(3, 0.5, 0.1, 0.4, 0.6)
    names = ["silhouette", "davies_bouldin_in_pixels", "nmi"]

    panels = panels_of([Summary("d", "pca", "test", 2, name, estimate) for name in names])

    assert [(panel.title, panel.is_comparable) for panel in panels] == [
        ("NMI ↑", True),
        ("Davies-Bouldin in pixels ↓", True),
        ("silhouette ↑", False),
    ]
    assert panels[0].lines == {"pca": [(2, 0.5, pytest.approx(0.1))]}


def test_panels_are_those_of_one_data_set_each():
    estimates = {"a": Estimate(1, 0.5), "b": Estimate(1, 0.7)}

    panels = panels_of(
        [Summary(name, "pca", "test", 2, "nmi", found) for name, found in estimates.items()]
    )

    assert [(panel.title, panel.lines) for panel in panels] == [
        ("a: NMI ↑", {"pca": [(2, 0.5, None)]}),
        ("b: NMI ↑", {"pca": [(2, 0.7, None)]}),
    ]
