"""What of a Python source decides what it computes, as bytes to hash.

The syntax tree is written out field by field, so that the same source gives the same bytes under
every version of Python. Left out, or written alike, is what changes no result:

- comments, formatting, docstrings;
- type hints of parameters, results and variables (not of a class's fields, which models and
  dataclasses read), and what stands under ``if TYPE_CHECKING:``;
- the names of a function's own variables (not of its parameters, which callers may name);
- the order of a module's imports, and imports that nothing uses (not those of an ``__init__``);
- what is logged, and the texts of errors and warnings.
"""

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# Fields that say how a node is used or was written, which follows from where it stands.
_REDUNDANT = {"ctx", "kind", "type_comment", "type_ignores"}
_LOGGERS = {"_LOG", "logger", "logging"}
_LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
# Functions that find variables by their names.
_BY_NAME = {"locals", "vars", "eval", "exec", "dir"}
# Where a variable's name is a field of a node.
_NAMING = {
    "Name": ("id",),
    "FunctionDef": ("name",),
    "AsyncFunctionDef": ("name",),
    "ExceptHandler": ("name",),
    "MatchAs": ("name",),
    "MatchStar": ("name",),
    "MatchMapping": ("rest",),
    "Nonlocal": ("names",),
}
_TEXT = ast.Constant("text")
# Python's own, not what a session, a doctest or a package has put beside them in this process.
_BUILTINS = {
    name
    for name, value in vars(builtins).items()
    if not name.startswith("_") and getattr(value, "__module__", None) in ("builtins", "io", "_io")
}


def canonical(source: str | bytes, *, is_package: bool = False) -> bytes:
    r"""Return what decides what a Python source computes.

    Parameters
    ----------
    source : str or bytes
    is_package : bool, default=False
        Whether it is an ``__init__.py``, whose imports are for others.

    Returns
    -------
    bytes
        Equal for sources that differ only in what the module's docstring lists.

    Raises
    ------
    SyntaxError, ValueError
        If the source is no Python.

    Examples
    --------
    >>> canonical("def f(x):\n    y = x + 1\n    return y") == canonical(
    ...     "def f(x: int) -> int:\n    'Add one.'\n    z = x + 1  # one\n    return z")
    True
    >>> canonical("x = 1") == canonical("x = 2")
    False
    """
    tree = _Stripped().visit(ast.parse(source))
    imports, rest = _without_imports(tree, is_package=is_package)
    writer = _Writer(_known_outside(tree))
    return "\n".join([*imports, *map(writer.write, rest)]).encode()


class _Stripped(ast.NodeTransformer):
    """Take out of a tree what no result depends on, but for names and imports."""

    def __init__(self) -> None:
        self._is_in_class = False

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self._body(node, is_class=False)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._body(node, is_class=True)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self._body(node, is_class=False)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the name that `NodeVisitor` calls

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        self.generic_visit(node)
        if self._is_in_class:
            return node
        if node.value is None:
            return None
        return ast.Assign([node.target], node.value)

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.AST] | None:
        self.generic_visit(node)
        test = node.test
        name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", None)
        return (node.orelse or None) if name == "TYPE_CHECKING" else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        self.generic_visit(node)
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            owner = getattr(call.func.value, "id", "")
            if owner in _LOGGERS and call.func.attr in _LEVELS:
                return None
            if owner == "warnings" and call.func.attr == "warn":
                node.value = _without_texts(call)
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.exc, ast.Call):
            node.exc = _without_texts(node.exc)
        return node

    def _body(self, node: Any, *, is_class: bool) -> ast.AST:
        if ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
        outside, self._is_in_class = self._is_in_class, is_class
        self.generic_visit(node)
        self._is_in_class = outside
        return node


def _without_texts(call: ast.Call) -> ast.Call:
    """Return a call with one text in the place of every text among its arguments."""

    def blank(argument: ast.expr) -> ast.expr:
        is_text = isinstance(argument, ast.JoinedStr) or (
            isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        )
        return _TEXT if is_text else argument

    keywords = [ast.keyword(word.arg, blank(word.value)) for word in call.keywords]
    return ast.Call(call.func, [blank(argument) for argument in call.args], keywords)


def _without_imports(tree: ast.Module, *, is_package: bool) -> tuple[list[str], list[ast.stmt]]:
    """Return a module's own imports that are used, as sorted texts, and its other statements."""
    rest = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    used = {n.id for node in rest for n in ast.walk(node) if isinstance(n, ast.Name)}
    # Names that a module hands on, or that are looked up in it, stand in it as texts.
    used |= {
        n.value
        for node in rest
        for n in ast.walk(node)
        if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }
    found = set()
    for node in tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        origin = "." * getattr(node, "level", 0) + (getattr(node, "module", None) or "")
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            if is_package or alias.name == "*" or bound in used:
                kind = type(node).__name__
                found.add(f"{kind} {origin} {alias.name} {alias.asname or ''}")
    return sorted(found), rest


def _known_outside(tree: ast.Module) -> frozenset[str]:
    """Return the names that mean something to a function that does not give them a value."""
    known = set(_BUILTINS)
    for node in tree.body:
        for inner in ast.walk(node):
            if isinstance(inner, ast.alias):
                known.add(inner.asname or inner.name.partition(".")[0])
            elif isinstance(inner, ast.Global):
                known.update(inner.names)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            known.add(node.name)
        else:
            known.update(_stored(node))
            known.update(n.name for n in ast.walk(node) if isinstance(n, ast.ClassDef))
    return frozenset(known)


def _own_names(function: ast.AST, known: frozenset[str]) -> dict[str, str]:
    """Return the names of a function's own variables, each with one that says only which it is.

    One name stands for one variable in all of the function, whatever functions are in it. So names
    that could also mean something outside of it keep their names, and parameters do.
    """
    nodes = list(ast.walk(function))
    if any(isinstance(node, ast.Name) and node.id in _BY_NAME for node in nodes):
        return {}
    kept = set(known)
    for node in nodes:
        match node:
            case ast.arg(arg=name):
                kept.add(name)
            case ast.alias():
                kept.add(node.asname or node.name.partition(".")[0])
            case ast.Global():
                kept.update(node.names)
            case ast.ClassDef():
                kept.update(_stored(node))
    stored = (name for node in function.body for name in _stored(node))
    return {
        name: f"v{i}" for i, name in enumerate(dict.fromkeys(n for n in stored if n not in kept))
    }


def _stored(node: ast.AST) -> Iterator[str]:
    """Yield the names that are given a value in a statement, in the order of its fields."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            yield name
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name
    for child in ast.iter_child_nodes(node):
        yield from _stored(child)


class _Writer:
    """Write nodes as text, with the variables of every outermost function renamed."""

    def __init__(self, known: frozenset[str]):
        self._known = known
        self._names: Mapping[str, str] | None = None

    def write(self, value: object) -> str:
        """Return a node, a list of them or a plain value as text."""
        if isinstance(value, list):
            return f"[{','.join(map(self.write, value))}]"
        if not isinstance(value, ast.AST):
            return repr(value)
        is_outermost = self._names is None and isinstance(
            value, ast.FunctionDef | ast.AsyncFunctionDef
        )
        if not is_outermost:
            return self._node(value)
        # Its own name, and what its decorators and defaults say, is of the outside.
        inside = _own_names(value, self._known | {value.name})
        self._names = inside
        text = self._node(value)
        self._names = None
        return text

    def _node(self, node: ast.AST) -> str:
        if isinstance(node, ast.JoinedStr):
            node = ast.JoinedStr(list(_merged(node.values)))
        fields = []
        for name in node._fields:
            value = getattr(node, name, None)
            if name in _REDUNDANT or value is None or value == []:
                continue
            if self._names and name in _NAMING.get(type(node).__name__, ()):
                value = [self._name(n) for n in value] if type(value) is list else self._name(value)
            fields.append(f"{name}={self.write(value)}")
        return f"{type(node).__name__}({','.join(fields)})"

    def _name(self, name: str) -> str:
        return self._names.get(name, name)


def _merged(parts: Iterable[ast.expr]) -> Iterator[ast.expr]:
    """Yield the parts of an f-string; versions of Python differ in how they divide its texts."""
    text = ""
    for part in parts:
        if isinstance(part, ast.Constant):
            text += part.value
            continue
        if text:
            yield ast.Constant(text)
        text = ""
        yield part
    if text:
        yield ast.Constant(text)
