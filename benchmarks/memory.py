"""Memory and time of every step on data that is larger than the memory it may have.

Synthetic gray images of 32 x 32, 2,000,000 by default, are 2 GB in their store. Each step runs in a
process of its own that may hold 1 GB: in a cgroup where this process may make one, which counts
the pages of files as well and takes them back under pressure, else by a limit on its data segment.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from measure import machine, markdown_row

from aecluster.store import Store

LIMIT = 10**9
N_CLASSES = 10
BLOCK = 4096
KMEANS = {"init": "k-means++", "n_init": 1, "max_iter": 10, "tol": 1e-4}


def main() -> None:
    """Measure all steps and print a table row by row."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("n", type=int, nargs="?", default=2_000_000, help="number of images")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        run(options.step, options.folder)
        return
    Path("results/benchmarks").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir="results/benchmarks") as folder:
        write_store(Path(folder, "pixels.h5"), options.n)
        n_bytes = Path(folder, "pixels.h5").stat().st_size
        sys.stdout.write(f"{machine()}; {options.n:,} images, {n_bytes / 1e9:.2f} GB\n\n")
        for row in (["step", "time", "peak", "of which not of files"], ["---"] * 4):
            sys.stdout.write(markdown_row(row))
        for step in STEPS:
            sys.stdout.write(markdown_row(measured(step, folder)))
            sys.stdout.flush()


def measured(step: str, folder: str) -> list[str]:
    """Run a step under the limit; return its row of the table."""
    with memory_group(LIMIT) as group:
        done = subprocess.run(  # noqa: S603 - this file
            [sys.executable, __file__, "--step", step, "--folder", folder],
            capture_output=True,
            text=True,
            preexec_fn=lambda: enter(group),
        )
    if done.returncode:
        sys.exit(f"{step}: ended with {done.returncode}\n{done.stderr[-2000:]}")
    return [step, *done.stdout.splitlines()[-1].split("\t")]


@contextmanager
def memory_group(n_bytes: int) -> Iterator[Path | None]:
    """Yield a new cgroup that may hold so many bytes, or None where none can be made."""
    for parent, limit in (
        ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
        ("/sys/fs/cgroup", "memory.max"),
    ):
        group = Path(parent, f"aecluster-{os.getpid()}")
        try:
            group.mkdir()
            (group / limit).write_text(str(n_bytes))
        except OSError:
            if group.exists():
                group.rmdir()
            continue
        try:
            yield group
        finally:
            group.rmdir()
        return
    yield None


def enter(group: Path | None) -> None:
    """Put this process under its limit."""
    if group is None:
        resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT))
    else:
        (group / "cgroup.procs").write_text(str(os.getpid()))


def run(step: str, folder: Path) -> None:
    """Run a step in this process and print seconds and peaks."""
    started = time.perf_counter()
    with sampled_anonymous() as anonymous:
        STEPS[step](folder)
    seconds = time.perf_counter() - started
    sys.stdout.write(
        f"\n{seconds:.0f} s\t{status('VmHWM') / 1e6:.0f} MB\t{anonymous() / 1e6:.0f} MB\n"
    )


@contextmanager
def sampled_anonymous() -> Iterator[Callable[[], int]]:
    """Yield what returns the most bytes that were this process' own, looked at ten times a second.

    Pages of files, which programs and libraries are, are not: the kernel drops and rereads them.
    """
    peak, ended = [0], threading.Event()

    def look() -> None:
        while not ended.wait(0.1):
            peak[0] = max(peak[0], status("RssAnon"))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield lambda: max(peak[0], status("RssAnon"))
    finally:
        ended.set()
        watcher.join()


def status(key: str) -> int:
    """Return a size in bytes that the kernel tells of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(f"{key}:"))


def write_store(path: Path, n: int) -> None:
    """Write noisy copies of ten smooth patterns; a fiftieth of them is `test`."""
    with Store.create(path, dataset="synthetic", representation="pixels", source_digest="") as new:
        for seed, (name, m) in enumerate((("train", n - n // 50), ("test", n // 50))):
            new.add_split(name, images(m, seed), n=m, scale=1 / 255)


def images(n: int, seed: int) -> Iterator[np.ndarray]:
    """Yield `n` images in blocks; the noise is drawn once and shifted, which is fast."""
    patterns = np.random.default_rng(0).integers(40, 216, (N_CLASSES, 8, 8))
    patterns = patterns.repeat(4, axis=1).repeat(4, axis=2).reshape(N_CLASSES, -1)
    rng = np.random.default_rng([seed, 1])
    noise = rng.integers(-20, 21, (BLOCK, 1024), dtype=np.int16)
    for start in range(0, n, BLOCK):
        m = min(BLOCK, n - start)
        shifted = np.roll(noise, rng.integers(1024), axis=1)[rng.permutation(BLOCK)[:m]]
        block = patterns[rng.integers(N_CLASSES, size=m)] + shifted
        yield block.clip(0, 255).astype(np.uint8).reshape(m, 32, 32, 1)


def kmeans(folder: Path) -> None:
    """Cluster the train images."""
    from aecluster.steps.kmeans import cluster
    from aecluster.store import write_clustering

    found = cluster(folder / "pixels.h5", "train", k=N_CLASSES, seed=0, **KMEANS)
    write_clustering(folder / "k10.h5", found.labels, found.centroids, scale=found.scale)


def evaluate(folder: Path) -> None:
    """Score that clustering, the silhouette by a sample."""
    from aecluster.steps.evaluate import evaluate

    evaluate(folder / "pixels.h5", folder / "k10.h5", "train", {})


def pca(folder: Path) -> None:
    """Make 64 principal components of all images."""
    from aecluster.steps.transform import transform

    transform(
        [folder / "pixels.h5"],
        folder / "pca.h5",
        representation="pca",
        made_by="aecluster.transforms.pca:principal_components",
        n_components=64,
        whiten=False,
        seed=0,
    )


def train(folder: Path) -> None:
    """Train the autoencoder for an epoch."""
    from aecluster.autoencoder import train_autoencoder
    from aecluster.networks.model import save_model

    with Store(folder / "pixels.h5") as pixels:
        splits = pixels["train"].images(), pixels["test"].images()
        save_model(train_autoencoder(*splits, epochs=1, threads=2).model, folder / "model.keras")


def embed(folder: Path) -> None:
    """Write the code of every image."""
    from aecluster.networks.model import load_model
    from aecluster.steps.embed import embed

    model = load_model(folder / "model.keras")
    embed(model, folder / "pixels.h5", folder / "code.h5", representation="code")


def kmeans_of_code(folder: Path) -> None:
    """Cluster the codes of the train images."""
    from aecluster.steps.kmeans import cluster

    cluster(folder / "code.h5", "train", k=N_CLASSES, seed=0, **KMEANS)


STEPS: dict[str, Callable[[Path], None]] = {
    "kmeans": kmeans,
    "evaluate": evaluate,
    "pca": pca,
    "train": train,
    "embed": embed,
    "kmeans of the code": kmeans_of_code,
}


if __name__ == "__main__":
    main()
