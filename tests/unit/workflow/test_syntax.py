import hashlib
import textwrap

import pytest

from aecluster.workflow.syntax import canonical

SAME = {
    "a comment": ("x = 1", "x = 1  # one"),
    "formatting": ("f(a, b)", "f(\n    a,\n    b,\n)"),
    "a docstring": ("def f():\n    return 1", "def f():\n    'One.'\n    return 1"),
    "hints of a function": ("def f(x):\n    return x", "def f(x: int) -> int:\n    return x"),
    "the hint of a variable": ("x = 1", "x: int = 1"),
    "a hint without a value": ("def f():\n    x = 1", "def f():\n    x: int\n    x = 1"),
    "imports for hints": (
        "x = 1",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import os\nx = 1",
    ),
    "a variable's name": (
        "def f(x):\n    y = x\n    return y",
        "def f(x):\n    z = x\n    return z",
    ),
    "names in comprehensions": (
        "def f(x):\n    return [a for a in x]",
        "def f(x):\n    return [b for b in x]",
    ),
    "names in a function in a function": (
        "def f():\n a = 1\n def g():\n  nonlocal a\n  a = 2\n g()\n return a",
        "def f():\n b = 1\n def h():\n  nonlocal b\n  b = 2\n h()\n return b",
    ),
    "the name of a caught error": (
        "def f():\n    try:\n        g()\n    except E as e:\n        h(e)",
        "def f():\n    try:\n        g()\n    except E as error:\n        h(error)",
    ),
    "the name of a match": (
        "def f(x):\n    match x:\n        case [a, *b]:\n            return a, b",
        "def f(x):\n    match x:\n        case [c, *d]:\n            return c, d",
    ),
    "order of imports": ("import a\nimport b\na, b", "import b\nimport a\na, b"),
    "an unused import": ("import a\na", "import a\nimport b\na"),
    "a line in the log": ("def f():\n    g()", "def f():\n    g()\n    _LOG.info('done')"),
    "the text of an error": ("raise ValueError('a')", "raise ValueError(f'found {b}')"),
    "the text of a warning": ("warnings.warn('a', W)", "warnings.warn('b', W)"),
}
DIFFERENT = {
    "a number": ("x = 1", "x = 2"),
    "the type of a number": ("x = 1", "x = 1.0"),
    "a text": ("x = 'a'", "x = 'b'"),
    "text and bytes": ("x = 'a'", "x = b'a'"),
    "an operator": ("x = a + b", "x = a - b"),
    "order of statements": ("a()\nb()", "b()\na()"),
    "a parameter's name": ("def f(x):\n    return x", "def f(y):\n    return y"),
    "a default": ("def f(x=1): pass", "def f(x=2): pass"),
    "a decorator": ("def f(): pass", "@g\ndef f(): pass"),
    "a function's name": ("def f(): pass", "def g(): pass"),
    "the name of a module's variable": ("x = 1", "y = 1"),
    "which variable": (
        "def f():\n    a = 1\n    b = 2\n    return a",
        "def f():\n    a = 1\n    b = 2\n    return b",
    ),
    "own variable or the module's": (
        "a = 0\ndef f():\n    b = 1\n    return a",
        "a = 0\ndef f():\n    a = 1\n    return a",
    ),
    "own variable or a builtin": (
        "def f():\n    g = 1\n    return max",
        "def f():\n    max = 1\n    return max",
    ),
    "a comprehension's variable or the module's": (
        "x = 0\ndef f(y):\n    return [z for z in y], x",
        "x = 0\ndef f(y):\n    return [x for x in y], x",
    ),
    "names that are looked up": (
        "def f():\n    a = 1\n    return locals()",
        "def f():\n    b = 1\n    return locals()",
    ),
    "a field's type": ("class A:\n    x: int = 1", "class A:\n    x: float = 1"),
    "the name of a field": ("class A:\n    x: int", "class A:\n    y: int"),
    "a method of a local class": (
        "def f():\n    class A:\n        x = 1\n    return A",
        "def f():\n    class A:\n        y = 1\n    return A",
    ),
    "where a name is from": ("from a import x\nx", "from b import x\nx"),
    "the kind of an error": ("raise ValueError('a')", "raise OSError('a')"),
    "a number in an error": ("raise Collapsed(0)", "raise Collapsed(1)"),
    "what an f-string shows": ("x = f'{a}b'", "x = f'{c}b'"),
    "how an f-string shows it": ("x = f'{a:.2f}'", "x = f'{a:.3f}'"),
    "a condition": ("if a:\n    b()", "if not a:\n    b()"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_what_changes_no_result_is_written_alike(one, other):
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_may_change_a_result_is_told_apart(one, other):
    assert canonical(one) != canonical(other)


def test_package_hands_on_all_that_it_imports():
    one, other = "from a import x", "from a import x, y"

    assert canonical(one) == canonical(other)
    assert canonical(one, is_package=True) != canonical(other, is_package=True)


def test_every_version_of_python_writes_the_same():
    source = """
    from dataclasses import dataclass
    import numpy as np

    @dataclass(frozen=True)
    class A:
        x: int = 1

    async def f(a, /, b=1.5, *c, d=None, **e):
        with open(a) as file, g() as (h, i):
            lines = [line for line in file if (n := len(line)) > 2]
        try:
            yield f"{a!r:>{b}} 'x' {'y'}" f"{np.e}"
        except ValueError as error:
            del lines
        match a:
            case {"k": [1, *rest], **others} | A(x=1):
                pass
        other = lambda x: x[1:, ..., ::2] if -x else {**e, "a": {1, 2}}
    """

    digest = hashlib.sha256(canonical(textwrap.dedent(source))).hexdigest()

    # The same under Python 3.11, 3.12 and 3.13.
    assert digest[:32] == "b7bcd2ebd7b7d1562c3d9c4fe4dd44bd"


def test_what_a_session_has_put_among_the_builtins_changes_nothing(monkeypatch):
    source = "def f(x):\n    first, _ = x\n    return first\n"
    before = canonical(source)
    monkeypatch.setattr("builtins._", 1, raising=False)

    assert canonical(source) == before


def test_builtin_that_an_inner_function_calls_is_told_from_a_variable():
    lines = ["def f(x):", " def g():", "  return open(x)", " def h():", "  {} = x", " return g"]
    inner = "\n".join(lines)

    assert "id='open'" in canonical(inner.format("open")).decode()
    assert canonical(inner.format("other")) != canonical(inner.format("open"))
