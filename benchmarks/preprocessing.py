"""Time and memory of preprocessing 60,000 to 200,000 images, against the straightforward way.

The straightforward way: unpickle the batches, or open the images one by one, turn each gray with
Pillow, keep all in memory, and write them at the end. The images are noise with the spread of
photographs, in the official layout of CIFAR-10, as JPEG files in a tar and in a folder, and as
small PNG files in one folder. A second table has the JPEG files by one process and by two.
"""

import io
import pickle
import sys
import tarfile
import tempfile
from functools import partial
from pathlib import Path

import h5py
import numpy as np
from measure import interleaved, machine, markdown, peak_memory
from PIL import Image

from aecluster.data.preprocessing import preprocess

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from cifar_files import BATCHES, LABEL_NAMES, batch, python2_pickle

N_BATCH = 10_000
N_PNG = 200_000
N_RUNS = 3


def main() -> None:
    """Measure all and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        out_path = Path(folder, "store.h5")
        official = write_official(Path(folder, "cifar-10-python.tar.gz"))
        pictures = write_pictures(Path(folder, "pictures.tar"))
        with tarfile.open(pictures) as tar:
            tar.extractall(Path(folder, "pictures"), filter="data")
        small = write_png(Path(folder, "png"))
        sides = {
            "official layout": (
                partial(stream, out_path, "cifar10", official),
                partial(straight_official, out_path, official),
                5,
            ),
            "JPEG files in a tar": (
                partial(stream, out_path, "images", pictures),
                partial(straight_pictures, out_path, pictures),
                60,
            ),
            f"{N_PNG:,} PNG in a folder": (
                partial(stream, out_path, "images", small),
                partial(straight_png, out_path, small),
                60,
            ),
        }
        rows = []
        for name, (ours, straight, bar_s) in sides.items():
            memory = [f"{peak_memory(side) / 1e6:.0f} MB" for side in (ours, straight)]
            timings = interleaved(
                {"ours": lambda _, side=ours: side(), "straight": lambda _, side=straight: side()},
                N_RUNS,
            )
            rows.append((name, *timings.values(), *memory, f"{bar_s} s, 300 MB"))
        by_process = []
        for path in (Path(folder, "pictures.tar"), Path(folder, "pictures")):
            one, two = (partial(stream, out_path, "images", path, threads=n) for n in (1, 2))
            timings = interleaved(
                {"one": lambda _, one=one: one(), "two": lambda _, two=two: two()}, N_RUNS
            )
            ratio = timings["one"].median / timings["two"].median
            place = "folder" if path.is_dir() else "tar"
            by_process.append((f"JPEG files in a {place}", *timings.values(), f"{ratio:.2f}"))
    header = ["60,000 images", "time", "straight", "memory", "straight", "asked for"]
    sys.stdout.write(f"{machine()}\n\n{markdown(header, rows)}\n")
    header = ["60,000 images", "one process", "two", "ratio"]
    sys.stdout.write(f"{markdown(header, by_process)}\n")


def write_official(path: Path) -> Path:
    """Write the official layout; pixels that are not uniform are compressed as real ones are."""
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        for seed, name in enumerate((*BATCHES, "test_batch")):
            pixels = noise(seed, (N_BATCH, 3072))
            add(tar, name, python2_pickle(batch(N_BATCH, seed) | {b"data": pixels}))
        names = [name.encode() for name in LABEL_NAMES]
        add(tar, "batches.meta", python2_pickle({b"label_names": names}))
    return path


def write_pictures(path: Path) -> Path:
    """Write JPEG files in folders of splits and classes."""
    with tarfile.open(path, "w") as tar:
        for number in range(6 * N_BATCH):
            split = "train" if number < 5 * N_BATCH else "test"
            picture = io.BytesIO()
            Image.fromarray(noise(number, (32, 32, 3))).save(picture, "JPEG")
            name = f"{split}/{LABEL_NAMES[number % 10]}/{number}.jpg"
            add(tar, name, picture.getvalue())
    return path


def write_png(folder: Path) -> Path:
    """Write small PNG files into one folder."""
    folder.mkdir()
    for number in range(N_PNG):
        Image.fromarray(noise(number, (32, 32, 3))).save(folder / f"{number:06}.png")
    return folder


def noise(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    """Return random levels with mean and spread of CIFAR-10."""
    values = np.random.default_rng(seed).normal(120, 64, shape)
    return values.clip(0, 255).astype(np.uint8)


def add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    """Add a file to a tar."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def stream(out_path: Path, source: str, path: Path, threads: int = 1) -> None:
    """Preprocess as the workflow does."""
    preprocess(out_path, dataset="bench", source=source, path=path, threads=threads)


def straight_official(out_path: Path, path: Path) -> None:
    """Unpickle all batches, turn their images gray one by one, write them at the end."""
    images, labels = [], []
    with tarfile.open(path) as tar:
        for name in (*BATCHES, "test_batch"):
            content = pickle.load(tar.extractfile(name), encoding="bytes")  # noqa: S301 - our own
            for image in content[b"data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1):
                images.append(np.asarray(Image.fromarray(image).convert("L")))
            labels += content[b"labels"]
    write(out_path, images, labels)


def straight_pictures(out_path: Path, path: Path) -> None:
    """Open all images one by one, write them at the end."""
    images, labels = [], []
    with tarfile.open(path) as tar:
        for member in tar:
            images.append(np.asarray(Image.open(tar.extractfile(member)).convert("L")))
            labels.append(LABEL_NAMES.index(member.name.split("/")[1]))
    write(out_path, images, labels)


def straight_png(out_path: Path, folder: Path) -> None:
    """Open all images of a folder one by one, write them at the end."""
    paths = sorted(folder.iterdir())
    images = [np.asarray(Image.open(path).convert("L")) for path in paths]
    write(out_path, images, [0] * len(images))


def write(out_path: Path, images: list[np.ndarray], labels: list[int]) -> None:
    """Write all images at once, with what h5py chooses."""
    with h5py.File(out_path, "w") as file:
        file["X"] = np.stack(images)
        file["y"] = np.array(labels)


if __name__ == "__main__":
    main()
