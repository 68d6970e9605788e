"""The HDF5 files: one layout for every representation, one for every clustering.

A store holds one vector or image per row, for each split::

    /              attrs: format_version, dataset, representation, source_digest
    ├── train      attrs: class_names (where labels exist)
    │   ├── X      [n, ...] uint8 with attribute `scale`, or float32; chunked by rows
    │   ├── y      [n] int64, where labels exist
    │   └── names  [n] UTF-8 text: what each row is called in its source, where it has names there
    ├── test       as train
    ├── all        both, train first: views of the two, which take no room; attrs: note, for whoever
                   reads them by a program that knows no virtual datasets
    └── atoms      [rows, columns, h, w, c] float32, 0..1: pictures that the vectors are built from,
                   where they are

A pixel of a uint8 `X` means `X * scale`. What does not know `names` reads the rest all the same, so
they are part of format version 1, and a store without them is whole.

A clustering is one K-Means run on one split::

    /              attrs: format_version, dataset, representation, split, k, seed
    ├── labels     [n] int32
    ├── centroids  [k, d] float32
    └── fitted_centroids  [k, d] float64 with attribute `scale`, where float32 changes them: what
                   the labels are by, in the unit of the rows that were clustered

Silhouettes are those of the points of one clustering::

    /                attrs: format_version
    └── silhouettes  [n] float32

Reconstructions are some images and what an autoencoder makes of them::

    /                    attrs: format_version
    ├── images           [n, h, w, c] float32, 0..1
    └── reconstructions  [n, h, w, c] float32

All names are imported from here, ``from aecluster.store import Store``. Inside, `store` reads what
`writer` has written, `arrays` holds the small files, and `streaming` takes rows in random order.
"""

from aecluster.store._file import FORMAT_VERSION
from aecluster.store.arrays import (
    Subject,
    read_clustering,
    read_fitted_centroids,
    read_reconstructions,
    read_silhouettes,
    read_subject,
    write_clustering,
    write_reconstructions,
    write_silhouettes,
)
from aecluster.store.store import MOST_IN_MEMORY, Split, Store
from aecluster.store.streaming import StreamedRows, shuffled
from aecluster.store.writer import StoreWriter, printable

__all__ = [
    "FORMAT_VERSION",
    "MOST_IN_MEMORY",
    "Split",
    "Store",
    "StoreWriter",
    "StreamedRows",
    "Subject",
    "printable",
    "read_clustering",
    "read_fitted_centroids",
    "read_reconstructions",
    "read_silhouettes",
    "read_subject",
    "shuffled",
    "write_clustering",
    "write_reconstructions",
    "write_silhouettes",
]
