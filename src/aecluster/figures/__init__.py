"""Every picture, drawn from records and stores to a PNG file.

Each function is pure: the same arrays give the same file. None needs TensorFlow, MLflow or a
display. Pictures have twice a screen's resolution, colours that colour-blind readers tell apart
(Okabe and Ito, https://jfly.uni-koeln.de/color/), and appear whole or not at all.
"""

from aecluster.figures.architecture import draw_architecture
from aecluster.figures.atoms import draw_atoms
from aecluster.figures.cluster_images import draw_centroids, draw_clusters, draw_nearest
from aecluster.figures.confusion import draw_confusion
from aecluster.figures.contact_sheet import draw_contact_sheet
from aecluster.figures.curves import draw_agreement
from aecluster.figures.map import draw_map
from aecluster.figures.reconstructions import draw_curves, draw_reconstructions
from aecluster.figures.scores import Panel, draw_scores
from aecluster.figures.silhouettes import draw_silhouettes

__all__ = [
    "Panel",
    "draw_agreement",
    "draw_architecture",
    "draw_atoms",
    "draw_centroids",
    "draw_clusters",
    "draw_confusion",
    "draw_contact_sheet",
    "draw_curves",
    "draw_map",
    "draw_nearest",
    "draw_reconstructions",
    "draw_scores",
    "draw_silhouettes",
]
