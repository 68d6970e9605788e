"""What code a step depends on, as one hash.

Snakemake follows changed parameters and inputs, but not the library that a script calls. The
fingerprint closes the gap: it covers the script and every module of the package that the script
reaches by imports. `aecluster.workflow.syntax` says what of a source counts.
"""

import ast
import functools
import hashlib
import json
import re
import sysconfig
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.util import cache_from_source, find_spec
from pathlib import Path
from typing import Any

import grimp

from aecluster.atomic import atomic_write
from aecluster.errors import ConfigError
from aecluster.workflow import syntax
from aecluster.workflow.syntax import canonical

_PACKAGE = "aecluster"
_ROOT = Path(__file__).parents[1]
# Beside the bytecode of the package, which Python keeps for the same reason.
_KEPT = Path(cache_from_source(str(_ROOT / "fingerprints.py"))).with_name("fingerprints.json")
_NAMED = re.compile(rf"(?P<module>{_PACKAGE}(\.\w+)+):\w+")


def fingerprint(script: str | Path, *modules: str) -> str:
    """Return one hash over the code that a script reaches, modules beside it included.

    A script that imports from a subpackage reaches all of it and all modules that its `__init__`
    names in texts, since it may load them lazily, out of sight of its import statements.

    Parameters
    ----------
    script : path-like
        A Python file that imports modules of the package by `from aecluster... import ...`.
    *modules : str
        Modules of the package that it imports by a name that it is told.

    Returns
    -------
    str
        32 hexadecimal digits: equal for code that differs only in what changes no result, and the
        same under every version of Python.

    Examples
    --------
    >>> fingerprint(__file__) == fingerprint(__file__)
    True
    """
    sha256, imported = hashlib.sha256(), set(modules)
    for path in _with_own_modules(Path(script)):
        source = path.read_bytes()
        sha256.update(canonical(source, is_package=path.name == "__init__.py"))
        imported |= _imported(ast.parse(source))
    for module in sorted(_reached(frozenset(imported))):
        sha256.update(module.encode())
        sha256.update(_module_hash(module))
    _kept_hashes().save()
    return sha256.hexdigest()[:32]


def modules_named(values: object) -> set[str]:
    """Return the modules of the package that options name as ``<module>:<function>``.

    Examples
    --------
    >>> modules_named({"made_by": "aecluster.transforms.pca:principal_components", "seed": 0})
    {'aecluster.transforms.pca'}
    """
    if isinstance(values, Mapping):
        return set().union(*map(modules_named, values.values()))
    if isinstance(values, list):
        return set().union(*map(modules_named, values))
    found = _NAMED.fullmatch(values) if isinstance(values, str) else None
    return {found["module"]} if found else set()


def script_digest(path: str | Path) -> str:
    """Return the hash of a user's Python file, and of the user's own modules that it imports.

    Parameters
    ----------
    path : path-like
        Its imports are looked up in its own folder; what is not there belongs to no user.

    Returns
    -------
    str
        32 hexadecimal digits, as for `fingerprint`.

    Raises
    ------
    ConfigError
        If there is no such file, or one of them holds no Python code.
    """
    return _digest_of(_with_own_modules(Path(path)))


def _digest_of(modules: Iterable[Path]) -> str:
    sha256 = hashlib.sha256()
    for module in modules:
        try:
            text = canonical(module.read_bytes(), is_package=module.name == "__init__.py")
        except OSError as error:
            raise ConfigError(f"{module}: {error.strerror}, expected a Python file") from None
        except (SyntaxError, ValueError) as error:
            raise ConfigError(f"{module}: {error}, expected Python code") from None
        sha256.update(hashlib.sha256(text).digest())
    return sha256.hexdigest()[:32]


def own_digest(options: Mapping[str, Any]) -> str | None:
    """Return the hash of the user's code that a step's options name, None if they name none.

    Parameters
    ----------
    options : mapping
        With `path` and `function` of a Python file, or `transformer`, the path of a class.

    Raises
    ------
    ConfigError
        As for `script_digest`.
    """
    if "function" in options:
        return script_digest(options["path"])
    if "transformer" in options:
        return _class_digest(options["transformer"])
    return None


def _class_digest(path: str) -> str | None:
    """Return the hash of the module of a class, None if it belongs to an installed package."""
    module = path.rpartition(".")[0]
    top = module.partition(".")[0]
    found = find_spec(top) if top else None
    if found is None or found.origin is None:
        return None  # the step itself says that there is no such class
    origin = Path(found.origin)
    installed = {Path(folder) for folder in sysconfig.get_paths().values()}
    if installed & set(origin.parents):
        return None
    root = origin.parents[1] if origin.name == "__init__.py" else origin.parent
    files = _files_of(root, module)
    return _digest_of(sorted(files.union(*(_with_own_modules(file, root) for file in files))))


def _with_own_modules(path: Path, root: Path | None = None) -> list[Path]:
    """Return a file, then the files that it and they import from a folder, by default its own."""
    folder, found, waiting = root or path.parent, {path}, [path]
    while waiting:
        file = waiting.pop()
        try:
            tree = ast.parse(file.read_bytes())
        except (OSError, SyntaxError, ValueError):
            continue  # whoever reads it for its content says what is wrong
        for name in _names_imported(tree):
            for own in _files_of(folder, name) - found:
                found.add(own)
                waiting.append(own)
    return [path, *sorted(found - {path})]


def _files_of(folder: Path, module: str) -> set[Path]:
    """Return the files that an import of a module runs, if it lies in a folder."""
    parts = module.split(".")
    files = [folder.joinpath(*parts[:n], "__init__.py") for n in range(1, len(parts) + 1)]
    files.append(folder.joinpath(*parts).with_suffix(".py"))
    return {file for file in files if file.is_file()}


def modules_reached(script: str | Path, *modules: str) -> list[str]:
    """Return the names of the package's modules that a fingerprint covers, sorted."""
    imported = _imported(ast.parse(Path(script).read_bytes()))
    return sorted(_reached(frozenset(imported | set(modules))))


def _imported(tree: ast.Module) -> set[str]:
    return _names_imported(tree) & _graph().modules


def _names_imported(tree: ast.Module) -> set[str]:
    """Return what import statements name, wherever they stand: modules, or names in modules."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


@functools.cache
def _reached(imported: frozenset[str]) -> frozenset[str]:
    graph = _graph()
    seen: set[str] = set()
    waiting = _with_lazy_parts(imported)
    while waiting:
        module = waiting.pop()
        seen.add(module)
        # Importing a module runs its packages too, but loads no sibling; the package of all only
        # hands names on, to people.
        packages = {module.rpartition(".")[0]} - {"", _PACKAGE}
        named = graph.find_modules_directly_imported_by(module)
        waiting |= (packages | _with_lazy_parts(named)) - seen
    return frozenset(seen)


def _with_lazy_parts(modules: Iterable[str]) -> set[str]:
    return set(modules).union(*(_lazy_parts(module) for module in modules if module != _PACKAGE))


@functools.cache
def _lazy_parts(module: str) -> frozenset[str]:
    parts = _graph().find_descendants(module)
    if parts:
        nodes = ast.walk(ast.parse(_source_of(module).read_bytes()))
        texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
        parts = parts | (texts & _graph().modules)
    return frozenset(parts)


@functools.cache
def _graph() -> grimp.ImportGraph:
    # No cache folder: the graph is built in less time than a stale cache takes to explain.
    return grimp.build_graph(_PACKAGE, exclude_type_checking_imports=True, cache_dir=None)


@functools.cache
def _module_hash(module: str) -> bytes:
    file = _source_of(module)
    source, is_package = file.read_bytes(), file.name == "__init__.py"
    # What a source comes down to depends on nothing but itself and how it is read.
    content = hashlib.sha256(_kept_hashes().reading + bytes([is_package]) + source).hexdigest()
    kept = _kept_hashes().of(module, content)
    if kept is None:
        kept = hashlib.sha256(canonical(source, is_package=is_package)).hexdigest()
        _kept_hashes().keep(module, content, kept)
    return bytes.fromhex(kept)


class _KeptHashes:
    """The hash of each module by the content that it was taken of, kept from one start to the next.

    Reading the syntax trees of the package takes as long as all else that Snakemake does before it
    knows what to run. A hash is taken from here for the very same content only, so nothing here can
    be out of date; what cannot be read or written is done without.
    """

    def __init__(self) -> None:
        self.reading = hashlib.sha256(Path(syntax.__file__).read_bytes()).digest()
        self._of_modules: dict[str, list[str]] = {}
        self._is_saved = True
        with suppress(OSError, ValueError, TypeError):
            self._of_modules = dict(json.loads(_KEPT.read_bytes()))

    def of(self, module: str, content: str) -> str | None:
        """Return the hash of a module, None if it is kept for no such content."""
        kept = self._of_modules.get(module)
        return kept[1] if kept and kept[0] == content else None

    def keep(self, module: str, content: str, taken: str) -> None:
        """Take note of a module's hash in the place of an older one."""
        self._of_modules[module] = [content, taken]
        self._is_saved = False

    def save(self) -> None:
        """Write what is new."""
        if self._is_saved:
            return
        self._is_saved = True
        with suppress(OSError), atomic_write(_KEPT) as temporary:
            temporary.write_text(json.dumps(self._of_modules))


@functools.cache
def _kept_hashes() -> _KeptHashes:
    return _KeptHashes()


def _source_of(module: str) -> Path:
    path = _ROOT.joinpath(*module.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
