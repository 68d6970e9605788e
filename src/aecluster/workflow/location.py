"""Where the workflow is that belongs to this package."""

from pathlib import Path

from aecluster.errors import AeclusterError

_PACKAGE = Path(__file__).parents[1]
# A wheel has the workflow inside, a clone beside the package.
_HOMES = (_PACKAGE / "bundled", _PACKAGE.parents[1])


def home() -> Path:
    """Return the folder with the Snakefile, `workflow`, `config` and `profiles`.

    Raises
    ------
    AeclusterError
        If the package is installed without them.
    """
    for folder in _HOMES:
        if (folder / "Snakefile").is_file() and (folder / "workflow").is_dir():
            return folder
    raise AeclusterError(f"{_HOMES[0]}: not there, expected the workflow: install aecluster anew")


def snakefile() -> str:
    """Return the path of the Snakefile, for `module` in the Snakefile of another workflow."""
    return str(home() / "Snakefile")
