"""Time contrastive training against the plain float32 Keras layers of the same network.

All sides start from the same weights and see the same views of the same images, a step in turn, so
that the losses of those in float32 must agree to rounding. The images are noise of CIFAR-10's
shape: what they show does not change the time.
"""

import os
import sys

import measure
import numpy as np

from aecluster.contrastive.trainer import ContrastiveTrainer
from aecluster.networks.runtime import configure_threads, has_fast_bfloat16, make_repeatable

SHAPE = (32, 32, 3)
BATCH_SIZE = 512
N_STEPS = 5
# What a training of the defaults on CIFAR-10 consists of.
N_IMAGES, N_EPOCHS = 50_000, 30


def main() -> None:
    """Print a table in Markdown: time of a step, views a second and loss of every side."""
    configure_threads(len(os.sched_getaffinity(0)))
    images = np.random.default_rng(0).integers(0, 256, (BATCH_SIZE, *SHAPE), dtype=np.uint8)
    order = np.arange(BATCH_SIZE)
    kinds = {"Keras, float32": ("float32", False), "aecluster, float32": ("float32", True)}
    if has_fast_bfloat16():
        kinds["Keras, bfloat16"] = ("bfloat16", False)
        kinds["aecluster, bfloat16"] = ("bfloat16", True)
    trainers = {name: _trainer(*kind) for name, kind in kinds.items()}
    losses = {}

    def step_of(name: str) -> None:
        losses[name] = trainers[name].run_epoch(images, order, BATCH_SIZE, "").loss

    sides = {name: (lambda _, name=name: step_of(name)) for name in kinds}
    timings = measure.interleaved(sides, N_STEPS)
    slowest = timings["Keras, float32"].median
    header = [
        *("training", "ms per step", "views per second", "times as fast", "loss"),
        f"min for {N_EPOCHS} epochs of {N_IMAGES:,}",
    ]
    rows = []
    for name, timing in timings.items():
        minutes = N_EPOCHS * (N_IMAGES // BATCH_SIZE) * timing.median / 60
        views, ratio = 2 * BATCH_SIZE / timing.median, slowest / timing.median
        numbers = f"{1000 * timing.median:.0f}", f"{views:,.0f}", f"{ratio:.1f}"
        rows.append([name, *numbers, f"{losses[name]:.4f}", f"{minutes:.0f}"])
    sys.stdout.write(f"{measure.machine()}\n\n{measure.markdown(header, rows)}\n")


def _trainer(precision: str, fused: bool) -> ContrastiveTrainer:
    make_repeatable(0)
    options = {"width": 64, "temperature": 0.2, "learning_rate": 1e-3, "seed": 0}
    return ContrastiveTrainer(SHAPE, precision=precision, fused=fused, **options)


if __name__ == "__main__":
    main()
