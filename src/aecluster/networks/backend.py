"""Keras as every network here uses it: on TensorFlow, in float32, with the channels last.

Which backend, number type and data format Keras takes by default is a matter of the user's variable
`KERAS_BACKEND` and file `~/.keras/keras.json`, made for other programs. Results must not depend on
them, so this module alone imports Keras, and all others take `keras` from here.
"""

import os
import sys
import warnings

from aecluster.errors import AeclusterError

__all__ = ["keras"]

_BACKEND, _FLOATX = "tensorflow", "float32"
_VARIABLE = "KERAS_BACKEND"

if sys.flags.optimize > 1:
    raise AeclusterError(
        f"Python: found optimization {sys.flags.optimize} (PYTHONOPTIMIZE or -OO), expected at "
        "most 1: TensorFlow cannot be imported without docstrings"
    )
# As Python has it by default; the user's `-W error` cannot be meant for the inside of packages.
warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"(keras|tensorflow)\b")
_was_imported = "keras" in sys.modules
_users_backend = os.environ.get(_VARIABLE)
os.environ[_VARIABLE] = _BACKEND
try:
    import keras
finally:
    # What the process starts is not ours.
    if _users_backend is None:
        del os.environ[_VARIABLE]
    else:
        os.environ[_VARIABLE] = _users_backend

if _was_imported:
    # Somebody's own networks may depend on what is set.
    for _what, _found, _expected in (
        ("backend", keras.config.backend(), _BACKEND),
        ("floatx", keras.config.floatx(), _FLOATX),
        ("dtype policy", keras.config.dtype_policy().name, _FLOATX),
    ):
        if _found != _expected:
            raise AeclusterError(
                f"Keras: found {_what} {_found}, expected {_expected}; import "
                "aecluster.networks.backend before keras, or set it in KERAS_BACKEND or keras.json"
            )
else:
    keras.config.set_floatx(_FLOATX)
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")
