"""What all tests rely on."""

import os
import signal

from hypothesis import settings

# A shell's background jobs ignore Ctrl-C, and so would every process that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Digits are compared that a GPU would not compute by itself, in other processes too.
os.environ.setdefault("NVIDIA_TF32_OVERRIDE", "0")

# No test is timed: on a busy machine the first example may take longer than Hypothesis allows.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
