"""The code of a cell as a function of the events of one chunk."""

import ast
import copy
from collections.abc import Callable
from typing import Any

from IPython.core.error import UsageError

NAME, GIVEN = "cell", "events"
"""Name of the function that a cell becomes, and of what it takes."""
_INDENT = "    "


def function_of(cell: str, namespace: dict[str, Any], named: Callable[[str], str]) -> Callable[[Any], Any]:
    """Make a function of a cell: of its last ``def``, or of all its code.

    Parameters
    ----------
    cell
        Ends with a ``def``: it is run as it is, and that function is taken. Ends with an expression: the code
        is the body of a function of ``events``, and the expression its value.
    namespace
        In which it is run, and from which the function reads what it does not define.
    named
        Keeps a text for tracebacks and gives the name of its file.

    Raises
    ------
    UsageError
        It is no Python, or ends with neither.
    """
    tree = _parsed(cell)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.FunctionDef):
        exec(_compiled(tree, named(cell)), namespace)  # noqa: S102  # a cell of the user's
        function: Callable[[Any], Any] = namespace[last.name]
        return function
    if not isinstance(last, ast.Expr | ast.Return):
        msg = (
            f"the cell has no value: end it with an expression of {GIVEN}, such as a histogram, "
            f"or with a function: def fill({GIVEN})"
        )
        raise UsageError(msg)
    text = _as_function(cell, tree)
    made: dict[str, Any] = {}
    exec(_compiled(ast.parse(text), named(text)), namespace, made)  # noqa: S102  # defines it, and runs nothing
    return made[NAME]  # type: ignore[no-any-return]


def _parsed(cell: str) -> ast.Module:
    try:
        return ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise _unreadable(error, 1) from error


def _compiled(tree: ast.Module, file: str) -> Any:
    try:
        return compile(tree, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise _unreadable(error, 0) from error


def _unreadable(error: Exception, above: int) -> UsageError:
    """Say what is wrong, and where in the cell, whose first line is the magic's."""
    line = (getattr(error, "lineno", None) or 0) + above
    said = getattr(error, "msg", None) or type(error).__name__
    where = f"line {line} of the cell" if line > above else "the cell"
    return UsageError(f"{where} is no Python for workers: {said}")


def _as_function(cell: str, tree: ast.Module) -> str:
    """Text of the function, on the lines of the cell with the ``def`` in place of the magic."""
    written = _indented(cell, tree.body[-1])
    meant = _meant(tree)
    try:
        same = ast.dump(ast.parse(written)) == ast.dump(meant)
    except SyntaxError:
        same = False
    return written if same else ast.unparse(meant)  # a string over several lines, which indenting changes


def _indented(cell: str, last: ast.stmt) -> str:
    lines = cell.splitlines()
    if isinstance(last, ast.Expr):
        first, end = last.lineno - 1, (last.end_lineno or last.lineno) - 1
        lines[end] = _put(lines[end], last.end_col_offset or 0, ")")
        lines[first] = _put(lines[first], last.col_offset, "return (")
    return "\n".join([f"def {NAME}({GIVEN}):", *(_INDENT + line for line in lines)]) + "\n"


def _put(line: str, at: int, what: str) -> str:
    """Insert into a line, at a place counted in bytes of UTF-8 as the parser counts."""
    raw = line.encode()
    return (raw[:at] + what.encode() + raw[at:]).decode()


def _meant(tree: ast.Module) -> ast.Module:
    body = copy.deepcopy(tree.body)
    if isinstance(body[-1], ast.Expr):
        body[-1] = ast.Return(body[-1].value)
    meant = ast.parse(f"def {NAME}({GIVEN}): pass")
    meant.body[0].body = body  # type: ignore[attr-defined]  # a def
    return ast.fix_missing_locations(meant)
