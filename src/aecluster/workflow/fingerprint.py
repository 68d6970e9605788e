"""What code a step depends on, as one hash.

Snakemake follows changed parameters and inputs, but not the library that a script calls. The
fingerprint closes the gap: it covers the script and every module of the package that the script
reaches by imports, as syntax trees without docstrings, so that a comment, a docstring or formatting
changes nothing.
"""

import ast
import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path

import grimp

from aecluster.errors import ConfigError

_PACKAGE = "aecluster"
_ROOT = Path(__file__).parents[1]


def fingerprint(script: str | Path, *modules: str) -> str:
    """Return one hash over the code that a script reaches.

    A script that imports from a subpackage reaches all of it, since a subpackage may load its
    modules lazily, out of sight of its import statements.

    Parameters
    ----------
    script : path-like
        A Python file that imports modules of the package by `from aecluster... import ...`.
    *modules : str
        Modules of the package that it imports by a name that it is told.

    Returns
    -------
    str
        32 hexadecimal digits: equal for code that differs only in comments, docstrings and
        formatting.

    Examples
    --------
    >>> fingerprint(__file__) == fingerprint(__file__)
    True
    """
    script = Path(script)
    tree = ast.parse(script.read_bytes())
    sha256 = hashlib.sha256(_canonical(tree))
    for module in sorted(_reached(frozenset(_imported(tree)) | set(modules))):
        sha256.update(module.encode())
        sha256.update(_module_hash(module))
    return sha256.hexdigest()[:32]


def script_digest(path: str | Path) -> str:
    """Return the hash of one Python file as a syntax tree.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    str
        32 hexadecimal digits, as for `fingerprint`.

    Raises
    ------
    ConfigError
        If there is no such file, or it holds no Python code.
    """
    try:
        tree = ast.parse(Path(path).read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}, expected a Python file") from None
    except (SyntaxError, ValueError) as error:
        raise ConfigError(f"{path}: {error}, expected Python code") from None
    return hashlib.sha256(_canonical(tree)).hexdigest()[:32]


def modules_reached(script: str | Path, *modules: str) -> list[str]:
    """Return the names of the package's modules that a fingerprint covers, sorted."""
    imported = _imported(ast.parse(Path(script).read_bytes()))
    return sorted(_reached(frozenset(imported | set(modules))))


def _imported(tree: ast.Module) -> set[str]:
    modules = _graph().modules
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        found.update(name for name in names if name in modules)
    return found


@functools.cache
def _reached(imported: frozenset[str]) -> frozenset[str]:
    graph = _graph()
    seen: set[str] = set()
    waiting = _with_lazy_parts(imported)
    while waiting:
        module = waiting.pop()
        seen.add(module)
        # Importing a module runs its packages too, but loads no sibling.
        packages = {module.rpartition(".")[0]} - {""}
        named = graph.find_modules_directly_imported_by(module)
        waiting |= (packages | _with_lazy_parts(named)) - seen
    return frozenset(seen)


def _with_lazy_parts(modules: Iterable[str]) -> set[str]:
    graph = _graph()
    return set(modules).union(*(graph.find_descendants(m) for m in modules if m != _PACKAGE))


@functools.cache
def _graph() -> grimp.ImportGraph:
    # No cache folder: the graph is built in less time than a stale cache takes to explain.
    return grimp.build_graph(_PACKAGE, exclude_type_checking_imports=True, cache_dir=None)


@functools.cache
def _module_hash(module: str) -> bytes:
    path = _ROOT.joinpath(*module.split(".")[1:])
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return hashlib.sha256(_canonical(ast.parse(source.read_bytes()))).digest()


def _canonical(tree: ast.Module) -> bytes:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            del node.body[0]
    return ast.dump(tree, annotate_fields=False).encode()
