"""What a light installation lacks: told in one line, with the command that brings it.

`pip install aecluster` brings what K-Means, the indices and the stores need. Any other module of
this package says of itself what it needs, by its import statements; where one of them fails, the
error is told anew with the extra that would have helped.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

_PACKAGE = "aecluster"
# What an extra of its own brings; all else is brought by `workflow`.
_EXTRAS = {"umap": "umap"}


class MissingExtraError(ModuleNotFoundError):
    """A package that an extra brings is not installed."""


def missing_extra(error: ModuleNotFoundError, needed_by: str) -> ModuleNotFoundError:
    """Return the error that names the extra, or the same error where no extra would help.

    Parameters
    ----------
    error : ModuleNotFoundError
        As an import statement raised it.
    needed_by : str
        Module or command that begins the message.

    Examples
    --------
    >>> print(missing_extra(ModuleNotFoundError(name="keras.ops"), "aecluster.autoencoder"))
    aecluster.autoencoder needs keras, which is not installed: pip install "aecluster[workflow]"
    """
    package = (error.name or "").partition(".")[0]
    if isinstance(error, MissingExtraError) or package in ("", _PACKAGE):
        return error
    extra = _EXTRAS.get(package, "workflow")
    return MissingExtraError(
        f'{needed_by} needs {package}, which is not installed: pip install "{_PACKAGE}[{extra}]"',
        name=error.name,
    )


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        try:
            super().exec_module(module)
        except ModuleNotFoundError as error:
            raise missing_extra(error, module.__name__) from None


class _Finder:
    """Finds what Python itself would find of this package, to be loaded by `_Loader`."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith(f"{_PACKAGE}."):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin and type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(name, spec.origin)
        return spec


def tell_what_is_missing() -> None:
    """Name the extra wherever an import of this package fails for want of it."""
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)
