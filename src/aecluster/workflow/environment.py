"""Variables of the user's shell that change every Python program, kept from the jobs.

Those of single packages need no place here: each part sees to what it uses, so that it holds
outside the workflow too, as `aecluster.networks.backend` does for Keras.
"""

from collections.abc import MutableMapping

# An error of each warning that some package gives; no docstrings, without which TensorFlow cannot
# be imported.
_KEPT_FROM_JOBS = ("PYTHONWARNINGS", "PYTHONOPTIMIZE")


def shield_jobs(environment: MutableMapping[str, str]) -> None:
    """Remove the variables by which a job might end otherwise than without them.

    Parameters
    ----------
    environment : mutable mapping of str to str
        That of the process which starts the jobs, changed in place.

    Examples
    --------
    >>> environment = {"PYTHONWARNINGS": "error", "PATH": "/bin"}
    >>> shield_jobs(environment)
    >>> environment
    {'PATH': '/bin'}
    """
    for name in _KEPT_FROM_JOBS:
        environment.pop(name, None)
