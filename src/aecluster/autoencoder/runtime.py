"""How TensorFlow runs here: threads and repeatability."""

from __future__ import annotations

import keras
import tensorflow as tf


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


def make_repeatable(seed: int) -> None:
    """Seed Python, NumPy and Keras, and let TensorFlow use deterministic kernels only.

    Parameters
    ----------
    seed : int
        Between 0 and 2**32 - 1.
    """
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
