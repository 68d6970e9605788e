"""The labels that lie in a file of their own beside one of images, as `.npy` and IDX have them.

They are looked for while the workflow is parsed, so nothing here imports more than the standard
library.
"""

from pathlib import Path

# What the name of a file of images becomes for that of its labels, in this order.
_WORDS = (("images", "labels"), ("image", "label"), ("data", "labels"), ("X", "y"), ("x", "y"))


def label_file(path: Path) -> Path | None:
    """Return the file of labels that belongs to a file of images.

    Parameters
    ----------
    path : Path
        A file of images: `.npy`, or IDX, gzipped or not. Others have none.

    Returns
    -------
    Path or None
        The file in the same folder of which the name says labels where that of the images says
        images or data; else `labels.npy` or `y.npy`, which CIFAR-10-C has for all its files.
    """
    name = path.name
    if name.endswith(".npy"):
        names = [name.replace(images, labels) for images, labels in _WORDS]
        names += ["labels.npy", "y.npy"]
    elif "idx3" in name:
        names = [name.replace("images", "labels").replace("idx3", "idx1")]
    else:
        return None
    for found in names:
        if found != name and path.with_name(found).is_file():
            return path.with_name(found)
    return None
