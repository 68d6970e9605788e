"""From the names of image files to splits and classes.

The folders say both::

    train/cat/1.png   test/cat/7.png        splits and classes
    train/1.png       test/7.png            splits, no classes
    cat/1.png         dog/2.png             classes
    1.png             2.png                 neither

A folder around all others is passed over. Of `images` beside folders of annotations, which may be
images too, as masks are, only the former counts. Splits are known under these names, in any case of
letters and with words such as `set` or a year beside them::

    train, training                 train
    val, valid, validation, dev     test where there is no test; else they join train
    test, testing                   test
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from aecluster.data.readers.splits import SPLIT_WORDS
from aecluster.errors import DataError

# Words beside the name of a split that do not change it.
_FILLERS = frozenset(
    {"set", "data", "dataset", "images", "image", "imgs", "img", "split", "folder"}
)

_IMAGE_FOLDERS = frozenset({"images", "image", "imgs", "img", "jpegimages", "jpegs", "pictures"})
_ANNOTATION_FOLDERS = frozenset(
    {
        *("annotations", "annotation", "annots", "labels", "label", "masks", "mask", "trimaps"),
        *(
            "segmentations",
            "segmentation",
            "segmentationclass",
            "segmentationobject",
            "groundtruth",
        ),
        *("ground_truth", "ground-truth", "gt", "bboxes"),
    }
)

_MOST_NAMED = 8


@dataclass(frozen=True)
class Layout:
    """What the folders say.

    Attributes
    ----------
    names : dict of str to list of str
        The image files of each split, in order: those of `train` and `test`, or all of them under
        the empty name, where the folders make no splits.
    classes : dict of str to list of str, or None
        The class of each of these files, where the split has classes.
    class_names : tuple of str
        Sorted.
    notes : list of str
        What is to be said of it.
    passed : list of str
        Files that are annotations.
    """

    names: dict[str, list[str]]
    classes: dict[str, list[str] | None]
    class_names: tuple[str, ...]
    notes: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)


def layout_of(names: Sequence[str]) -> Layout:
    """Return the splits and classes of image files.

    Parameters
    ----------
    names : sequence of str
        Relative names with slashes, sorted.

    Raises
    ------
    DataError
        If folders look like splits and cannot be used as such, or some images lie beside the
        folders of classes or splits. The message begins with the name of a file or folder.

    Examples
    --------
    >>> layout = layout_of(["Train/cat/1.png", "Train/dog/1.png", "val/cat/2.png"])
    >>> layout.names
    {'train': ['Train/cat/1.png', 'Train/dog/1.png'], 'test': ['val/cat/2.png']}
    >>> layout.class_names
    ('cat', 'dog')
    """
    files = [(name, name.split("/")[:-1]) for name in names]
    files, passed = _unwrapped(files)
    notes: list[str] = []
    by_split = _split(files, notes)
    inner = {}
    for split, members in by_split.items():
        inner[split], more = _unwrapped(members, into_splits=False)
        passed += more
    for members in inner.values():
        _refuse_inner_splits(members)
    classes = {split: _classes(members) for split, members in inner.items()}
    found = Counter(folder[0] for members in inner.values() for _, folder in members if folder)
    spelled = _one_spelling(found, notes)
    return Layout(
        names={split: [name for name, _ in members] for split, members in inner.items()},
        classes={
            split: None if some is None else [spelled[name] for name in some]
            for split, some in classes.items()
        },
        class_names=tuple(sorted(set(spelled.values()))),
        notes=notes,
        passed=passed,
    )


_Files = list[tuple[str, list[str]]]


def _unwrapped(files: _Files, *, into_splits: bool = True) -> tuple[_Files, list[str]]:
    """Return the files without the folders around all of them, and those that are annotations."""
    passed: list[str] = []
    while files and all(folder for _, folder in files):
        tops = {folder[0] for _, folder in files}
        images = [top for top in tops if top.lower() in _IMAGE_FOLDERS]
        others = [top for top in tops if top not in images]
        if len(images) == 1 and others and {top.lower() for top in others} <= _ANNOTATION_FOLDERS:
            passed += [name for name, folder in files if folder[0] in others]
            files = [(name, folder) for name, folder in files if folder[0] in images]
        elif len(tops) > 1 or (into_splits and tops.pop().lower() in SPLIT_WORDS):
            break
        elif not into_splits and not images:
            break  # a single class
        files = [(name, folder[1:]) for name, folder in files]
    return files, passed


def _split(files: _Files, notes: list[str]) -> dict[str, _Files]:
    tops = sorted({folder[0] for _, folder in files if folder})
    known = {top: split for top in tops if (split := split_name(top))}
    alike = [top for top in tops if _looks_like_split(top)]
    if not (len(alike) > 1 or (alike and len(tops) == 1)):
        return {"": files}
    listed = _listed(tops)
    if set(known) != set(tops):
        unknown = _listed([top for top in tops if top not in known])
        raise DataError(
            f"{listed} on top look like splits, expected train, val and test alone, found {unknown}"
        )
    loose = [name for name, folder in files if not folder]
    if loose:
        raise DataError(f"{loose[0]}: lies beside {listed}, expected all images in them")
    twice = [split for split, n in Counter(known.values()).items() if n > 1]
    if twice:
        same = _listed([top for top in tops if known[top] == twice[0]])
        raise DataError(f"{same} on top are one split, expected one folder for {twice[0]}")
    found = set(known.values())
    if "train" not in found or len(found) == 1:
        raise DataError(
            f"{listed} on top, expected train and test, train and val, or all three; put the "
            "classes on top to have them split"
        )
    into = {"train": "train", "test": "test", "val": "train" if "test" in found else "test"}
    said = [f"{top} is {into[split]}" for top, split in known.items() if top != into[split]]
    if said:
        notes.append(f"splits: {', '.join(said)}")
    by_split: dict[str, _Files] = {"train": [], "test": []}
    for name, folder in files:
        by_split[into[known[folder[0]]]].append((name, folder[1:]))
    return by_split


def _words(name: str) -> list[str]:
    words = re.findall(r"[^\W\d_]+|\d+", name.lower())
    return [word for word in words if word not in _FILLERS and not re.fullmatch(r"\d{4}", word)]


def split_name(name: str) -> str | None:
    """Return the split that a folder of this name is, or None if it is none.

    Examples
    --------
    >>> split_name("Training_Set"), split_name("val2017"), split_name("cat")
    ('train', 'val', None)
    """
    words = _words(name)
    return SPLIT_WORDS.get(words[0]) if len(words) == 1 else None


def _looks_like_split(name: str) -> bool:
    return any(word in SPLIT_WORDS for word in _words(name))


def _refuse_inner_splits(files: _Files) -> None:
    """Raise an error if the splits are inside the classes, where copies would be in both."""
    inner = {folder[1] for _, folder in files if len(folder) > 1}
    splits = {split_name(name) for name in inner}
    if len(splits) > 1 and None not in splits:
        name = next(name for name, folder in files if len(folder) > 1)
        raise DataError(
            f"{name}: {_listed(sorted(inner))} inside of classes look like splits, expected the "
            "splits on top and the classes in them"
        )


def _classes(files: _Files) -> list[str] | None:
    """Return the class folder of each file, or None if none of the files is in one."""
    if not any(folder for _, folder in files):
        return None
    for name, folder in files:
        if not folder:
            raise DataError(f"{name}: lies beside class folders, expected it in one of them")
    return [folder[0] for _, folder in files]


def _one_spelling(found: Counter, notes: list[str]) -> dict[str, str]:
    """Return the name of the class of each folder: that in composed Unicode."""
    spelled = {name: unicodedata.normalize("NFC", name) for name in found}
    together = Counter(spelled.values())
    for name, n in together.items():
        if n > 1:
            parts = sorted(other for other in spelled if spelled[other] == name)
            shown = " and ".join(ascii(part) for part in parts)
            notes.append(f"class {name}: {shown} are one class, spelled in two forms of Unicode")
    folded: dict[str, list[str]] = {}
    for name in sorted(together):
        folded.setdefault(name.casefold(), []).append(name)
    for names in folded.values():
        if len(names) > 1:
            notes.append(f"classes {' and '.join(names)} differ in the case of letters alone")
    return spelled


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = [f"{len(names) - _MOST_NAMED} more"] if len(names) > _MOST_NAMED else []
    return ", ".join([*names[:_MOST_NAMED], *more])
