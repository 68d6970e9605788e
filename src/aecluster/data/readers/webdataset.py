"""Shards of webdataset: tars in which the files of an image lie one behind the other.

What precedes the first dot of a name, with its folder, is the key of an image; what follows says
what a file is::

    00.png    00.cls    01.png    01.cls      image and label of 00, then of 01
    00.jpg    00.json                         label in a JSON object

Names of shards, or of the folders that they are in, say the split. Of packed shards the images are
kept in one nameless temporary file, from which they are read in any order.
"""

import hashlib
import json
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from aecluster.data.files import DAMAGED, check_end, tar_stream
from aecluster.data.passed import PassedOver
from aecluster.data.readers.base import Dataset, Request
from aecluster.data.readers.encoded import Encoded, encoded_split
from aecluster.data.readers.labels import numbered
from aecluster.data.readers.splits import WHOLE, joined_splits, split_of
from aecluster.data.readers.tables import LABELS
from aecluster.data.sources import is_image_name
from aecluster.errors import DataError

# A label, or what describes an image, is shorter; an image is no larger.
_MOST_TEXT_BYTES = 2**20
_MOST_IMAGE_BYTES = 2**28

_SHARD = re.compile(r"\.(tar(\.(gz|bz2|xz))?|tgz)$", re.IGNORECASE)


@dataclass
class _Sample:
    """An image of a shard: where its bytes are, in the shard or unpacked, and its label."""

    shard: Path
    name: str
    is_unpacked: bool = False
    start: int = 0
    size: int = 0
    label: str | int | None = None
    texts: dict[str, bytes] = field(default_factory=dict)


@contextmanager
def open_webdataset(request: Request) -> Iterator[Dataset]:
    """Open a shard, or a folder of shards.

    Yields
    ------
    Dataset

    Raises
    ------
    DataError
        If there are no shards, or one is damaged or has no images.
    """
    with ExitStack() as spools:
        yield _dataset(request, spools)


def _dataset(request: Request, spools: ExitStack) -> Dataset:
    path = request.path
    shards = [path]
    if path.is_dir():
        shards = sorted(found for found in path.rglob("*.t*") if _SHARD.search(found.name))
    if not shards:
        raise DataError(f"{path}: no .tar or .tar.gz in it, expected shards of webdataset")
    unpacked = spools.enter_context(tempfile.TemporaryFile(dir=request.scratch))  # noqa: SIM115
    passed = PassedOver()
    by_split: dict[str, list[_Sample]] = {}
    for shard in shards:
        name = str(shard.relative_to(path)) if path.is_dir() else shard.name
        by_split.setdefault(split_of(name), []).extend(_samples(shard, request, unpacked, passed))
    notes = passed.lines()
    made_of = joined_splits(by_split, str(path), notes)
    samples = {
        split: [sample for part in parts for sample in by_split[part]]
        for split, parts in made_of.items()
    }
    y, class_names = numbered(
        str(path), {split: [sample.label for sample in of] for split, of in samples.items()}
    )
    if WHOLE in samples:
        whole, labels = samples.pop(WHOLE), y.pop(WHOLE)
        for split, rows in request.split(len(whole), labels).items():
            samples[split] = [whole[row] for row in rows]
            y[split] = None if labels is None else labels[rows]
    splits = {
        split: encoded_split(
            request,
            partial(_images, of, unpacked),
            y[split],
            n=len(of),
            names=[sample.name for sample in of],
            spools=spools,
        )
        for split, of in samples.items()
    }
    return Dataset(splits, class_names, partial(_digest, shards), notes)


def _samples(
    shard: Path, request: Request, unpacked: BinaryIO, passed: PassedOver
) -> list[_Sample]:
    samples: dict[str, _Sample] = {}
    try:
        with (
            tar_stream(shard, request.progress) as (stream, is_packed),
            tarfile.open(fileobj=stream, mode="r:") as tar,
        ):
            for member in tar:
                if member.isreg():
                    to = unpacked if is_packed else None
                    _take(samples, _Sample(shard, member.name), tar, member, to, passed)
            check_end(tar, stream)
    except DAMAGED as error:
        reason = " ".join(str(error).split())
        raise DataError(f"{shard}: cannot be read as a whole tar ({reason})") from None
    found = [sample for sample in samples.values() if sample.size]
    if not found:
        raise DataError(f"{shard}: no images in it, expected such as 00.png beside 00.cls")
    for sample in found:
        sample.label = _label(sample, request.label_column)
    return found


def _take(
    samples: dict[str, _Sample],
    new: _Sample,
    tar: tarfile.TarFile,
    member: tarfile.TarInfo,
    unpacked: BinaryIO | None,
    passed: PassedOver,
) -> None:
    """Add a file to its sample; an image is written to `unpacked`, if it is given."""
    folder, _, name = member.name.rpartition("/")
    key, _, kind = name.partition(".")
    if not key:
        passed.add("that are hidden", member.name)
        return
    sample = samples.setdefault(f"{folder}/{key}", new)
    kind = kind.lower()
    if is_image_name(member.name):
        if sample.size or member.size > _MOST_IMAGE_BYTES:
            passed.add("that are second images of a sample, or above 256 MiB", member.name)
            return
        sample.name, sample.start, sample.size = member.name, member.offset_data, member.size
        if unpacked:
            sample.is_unpacked, sample.start = True, unpacked.tell()
            shutil.copyfileobj(tar.extractfile(member), unpacked)
    elif kind in ("cls", "json", "label", "txt") and member.size <= _MOST_TEXT_BYTES:
        sample.texts[kind] = tar.extractfile(member).read()
    else:
        passed.add(f".{kind}", member.name)


def _label(sample: _Sample, asked: str | None) -> str | int | None:
    """Return the label of a sample: of its JSON where a column is asked for, else of `cls`."""
    for kind in ("cls", "label"):
        if asked is None and kind in sample.texts:
            return _number(sample.texts[kind].decode(errors="backslashreplace").strip())
    if "json" not in sample.texts:
        return None
    try:
        described = json.loads(sample.texts["json"])
    except ValueError:
        raise DataError(f"{sample.shard}: {sample.name}: its .json is no JSON") from None
    names = LABELS if asked is None else (asked,)
    found = described if isinstance(described, dict) else {}
    label = next((found[name] for name in names if name in found), None)
    return label if isinstance(label, (str, int)) or label is None else str(label)


def _number(text: str) -> str | int:
    return int(text) if text.removeprefix("-").isdecimal() else text


def _images(samples: list[_Sample], unpacked: BinaryIO) -> Iterator[Encoded]:
    shard, file = None, unpacked
    with ExitStack() as opened:
        for sample in samples:
            if sample.shard != shard:
                opened.close()
                shard, file = sample.shard, unpacked
                if not sample.is_unpacked:
                    file = opened.enter_context(shard.open("rb"))
            file.seek(sample.start)
            yield f"{sample.shard}: {sample.name}", file.read(sample.size)


def _digest(shards: list[Path]) -> str:
    digest = hashlib.sha256()
    for shard in shards:
        with shard.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
