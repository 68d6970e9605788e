"""How TensorFlow runs here: threads, repeatability, and what the hardware is fast in."""

from __future__ import annotations

import os
from pathlib import Path

import tensorflow as tf

from aecluster.networks.backend import keras

_COMPILED_PARTS = "--xla_cpu_parallel_codegen_split_count"


def configure_threads(threads: int) -> None:
    """Let TensorFlow use `threads` threads within an operation, and one operation at a time.

    Must run before TensorFlow has computed anything in the process; a second call with the same
    number is harmless.

    Parameters
    ----------
    threads : int
        At least 1.

    Raises
    ------
    ValueError
        If `threads` is below 1.
    RuntimeError
        If TensorFlow already runs with another number of threads.
    """
    if threads < 1:
        raise ValueError(f"threads={threads}: expected at least 1")
    if tf.config.threading.get_intra_op_parallelism_threads() == threads:
        return
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError as error:
        raise RuntimeError(
            f"threads={threads}: TensorFlow has already started with "
            f"{tf.config.threading.get_intra_op_parallelism_threads() or 'all'} threads; "
            "configure threads first, or train in a process of its own"
        ) from error
    # XLA compiles on every core unless it has no more parts to compile than there are threads. It
    # reads this when it compiles for the first time.
    flags = os.environ.get("XLA_FLAGS", "")
    if _COMPILED_PARTS not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} {_COMPILED_PARTS}={threads}".strip()


def make_repeatable(seed: int) -> None:
    """Seed Python, NumPy and Keras; let TensorFlow use deterministic kernels and all of float32.

    Parameters
    ----------
    seed : int
        Between 0 and 2**32 - 1.
    """
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    # Left to itself, a GPU multiplies float32 with the 10 bits of TensorFloat-32.
    tf.config.experimental.enable_tensor_float_32_execution(False)


def policy_of(precision: str) -> str:
    """Return Keras' name of the policy that computes in a precision."""
    return {"float32": "float32", "bfloat16": "mixed_bfloat16"}[precision]


def seed_of_step(seed: int, optimizer: keras.optimizers.Optimizer) -> tf.Tensor:
    """Return the seed of what a step draws at random.

    The number of the step is part of a checkpoint, so that a resumed training draws what it would
    have drawn unbroken.

    Returns
    -------
    tensor of shape (2,), int64
    """
    step = tf.cast(optimizer.iterations.value, tf.int64)
    return tf.stack([tf.constant(seed, tf.int64), step])


def has_fast_bfloat16() -> bool:
    """Return whether the GPU, or without one the processor, multiplies matrices of bfloat16.

    A GPU of NVIDIA does from compute capability 8.0 on, a processor with AMX.
    """
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        details = tf.config.experimental.get_device_details(gpus[0])
        return details.get("compute_capability", (0, 0)) >= (8, 0)
    about = Path("/proc/cpuinfo")
    return about.exists() and "amx_bf16" in about.read_text()
