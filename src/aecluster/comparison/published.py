"""What others report of the same images, with where it was seen; `docs/published.md` says more."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

_CIFAR10 = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)

_TABLE = (
    "*Representation Learning Based on Autoencoder and Deep Adaptive Clustering for Image "
    "Clustering*, Mathematical Problems in Engineering (2021), article 3742536, table 2"
)
_HYBRID = (
    "*A Hybrid Autoencoder Network for Unsupervised Image Clustering*, Algorithms 12 (2019), "
    "article 122"
)
_OPEN = (
    "github.com/zhoushengisnoob/OpenDeepClustering, exps/cifar10/*/*_results.json at commits "
    "0ef14f4 and 79183a3: runs of its authors, 50,000 train images"
)


@dataclass(frozen=True)
class Published:
    """What somebody reports.

    Attributes
    ----------
    classes : tuple of str
        Names of the classes, by which the images are known.
    method : str
    nmi, accuracy, ari : float
    source : str
    how : {"measured", "repeated", "not verified"}
        Whether the source ran the method itself, or repeats another table.
    """

    classes: tuple[str, ...]
    method: str
    nmi: float
    accuracy: float
    ari: float
    source: str
    how: Literal["measured", "repeated", "not verified"]


PUBLISHED = [
    Published(_CIFAR10, "K-Means", 0.087, 0.229, 0.049, _TABLE, "repeated"),
    Published(_CIFAR10, "DEC", 0.257, 0.301, 0.161, _TABLE, "repeated"),
    Published(_CIFAR10, "K-Means", 0.059, 0.198, 0.030, _HYBRID, "not verified"),
    Published(
        _CIFAR10, "convolutional autoencoder + K-Means", 0.087, 0.223, 0.045, _HYBRID,
        "not verified",
    ),
    Published(_CIFAR10, "DEC", 0.046, 0.181, 0.025, _HYBRID, "not verified"),
    Published(_CIFAR10, "DEC", 0.087, 0.211, 0.054, _OPEN, "measured"),
    Published(_CIFAR10, "IDEC", 0.085, 0.212, 0.054, _OPEN, "measured"),
]  # fmt: skip


def published_of(classes: Iterable[str]) -> list[Published]:
    """Return what is published of images with these classes, in any order."""
    return [found for found in PUBLISHED if set(found.classes) == set(classes)]
