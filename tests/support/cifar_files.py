"""Writes batches as Python 2 pickled them for the official archives of CIFAR-10 and CIFAR-100.

Python 3 pickles bytes and arrays under other names than those of the official files, so the
opcodes are put down one by one.
"""

import io
import pickle
import struct
import tarfile
from pathlib import Path

import numpy as np

LABEL_NAMES = [
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
]
BATCHES = ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5")
SPLITS_100 = ("train", "test")


def python2_pickle(value: object) -> bytes:
    """Return a protocol 2 pickle of dicts, lists, bytes, integers and 2-D uint8 arrays."""
    return pickle.PROTO + b"\x02" + _opcodes(value) + pickle.STOP


def _opcodes(value: object) -> bytes:
    match value:
        case dict():
            items = b"".join(_opcodes(part) for item in value.items() for part in item)
            return pickle.EMPTY_DICT + pickle.MARK + items + pickle.SETITEMS
        case list():
            entries = b"".join(map(_opcodes, value))
            return pickle.EMPTY_LIST + pickle.MARK + entries + pickle.APPENDS
        case bytes() if len(value) < 256:
            return pickle.SHORT_BINSTRING + bytes([len(value)]) + value
        case bytes():
            return pickle.BINSTRING + struct.pack("<i", len(value)) + value
        case int():
            return pickle.BININT + struct.pack("<i", value)
        case np.ndarray():
            return _array_opcodes(value)
    raise TypeError(type(value))


def _array_opcodes(array: np.ndarray) -> bytes:
    code = array.dtype.str.lstrip("|").encode()
    dtype = (
        b"cnumpy\ndtype\n"
        + _opcodes(code) + b"K\x00K\x01\x87R"
        + b"(K\x03" + _opcodes(b"|") + b"NNN" + _opcodes(-1) + _opcodes(-1) + b"K\x00tb"
    )  # fmt: skip
    shape = pickle.MARK + b"".join(map(_opcodes, array.shape)) + pickle.TUPLE
    return (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        + b"(K\x01" + shape + dtype + pickle.NEWFALSE + _opcodes(array.tobytes()) + b"tb"
    )  # fmt: skip


def batch(n: int, seed: int) -> dict[bytes, object]:
    """Return a batch of random images with labels."""
    rng = np.random.default_rng(seed)
    return {
        b"batch_label": b"a batch",
        b"labels": rng.integers(0, 10, n).tolist(),
        b"data": rng.integers(0, 256, (n, 3072)).astype(np.uint8),
        b"filenames": [b"%d.png" % number for number in range(n)],
    }


def official_files(n: int = 10) -> dict[str, bytes]:
    """Return the files of the archive by name, with `n` images a batch."""
    files = {
        name: python2_pickle(batch(n, seed)) for seed, name in enumerate((*BATCHES, "test_batch"))
    }
    label_names = [name.encode() for name in LABEL_NAMES]
    files["batches.meta"] = python2_pickle({b"num_vis": 3072, b"label_names": label_names})
    return files


def batch_100(n: int, seed: int) -> dict[bytes, object]:
    """Return a batch of CIFAR-100 of random images with labels."""
    found = batch(n, seed)
    fine = np.random.default_rng(seed).integers(0, 100, n)
    del found[b"labels"]
    return found | {b"fine_labels": fine.tolist(), b"coarse_labels": (fine // 5).tolist()}


def official_files_100(n: int = 10) -> dict[str, bytes]:
    """Return the files of the archive of CIFAR-100 by name, with `n` images a split."""
    files = {name: python2_pickle(batch_100(n, seed)) for seed, name in enumerate(SPLITS_100)}
    names = {
        b"fine_label_names": [b"fine %d" % label for label in range(100)],
        b"coarse_label_names": [b"coarse %d" % label for label in range(20)],
    }
    return files | {"meta": python2_pickle(names), "file.txt~": b""}


def write_archive(path: Path, files: dict[str, bytes]) -> Path:
    """Write files as the official archives hold them, in an order that is not that of names."""
    folder = "cifar-10-batches-py" if "batches.meta" in files else "cifar-100-python"
    with tarfile.open(path, "w:gz") as tar:
        for name, content in sorted(files.items(), reverse=True):
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path
