"""Every cause that the engine can give has somebody who can act and a next step."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.lake import transfer
from vre_dm.lake.transfer.advice import LATER, YOU, advice, known
from vre_dm.lake.transfer.sources import NO_REPLICA

THEIRS, LAKE, OWNER = "the admins of RSE-1", "the admins of the lake", "the dataset's owner"

CAUSES = {
    "HTTP 401 Unauthorized": (YOU, "log in again"),
    "HTTP 403 Forbidden": (THEIRS, "ask them for the right"),
    "HTTP 404 Not Found": (THEIRS, "lost"),
    "HTTP 410 Gone": (THEIRS, "lost"),
    "HTTP 418 I'm a teapot": (THEIRS, "another storage element"),
    "HTTP 429 Too Many Requests": (LATER, "run again later"),
    "HTTP 503 Service Unavailable": (LATER, "run again later"),
    "HTTP 503 Service Unavailable, asks to come back in 3600 s": (LATER, "run again in 3600 s"),
    "a web page came instead of the file (a login or an error?)": (YOU, "log in again"),
    "the answer is packed as 'gzip' though the plain bytes were asked for": (THEIRS, "as they are stored"),
    "checksum adler32 00000001 instead of 00000002": (THEIRS, "damaged"),
    "checksum md5 aa instead of bb": (THEIRS, "damaged"),
    "5 bytes instead of 6": (THEIRS, "damaged"),
    "5 bytes are offered where 6 are registered": (THEIRS, "another file than registered"),
    "more than the 6 registered bytes came": (THEIRS, "another file than registered"),
    "the file ended after 5 bytes": (THEIRS, "shorter than registered"),
    "the answer ended after 5 of 6 bytes": (LATER, "what came is kept"),
    "the server has no such range; begun again": (LATER, "run again"),
    "the server sent another range than asked; begun again": (LATER, "run again"),
    "the object changed meanwhile; begun again": (LATER, "when nobody writes"),
    "redirect to h.example, whose name is unknown": (THEIRS, "network"),
    "redirect to the private address h (10.0.0.1) refused": (LAKE, "as a protocol of RSE-1"),
    "redirect from https to http:// refused": (THEIRS, "leads away"),
    "redirects in a circle (at https://h/x)": (THEIRS, "leads away"),
    "the certificate of h is not trusted (certificate has expired)": (THEIRS, "clock"),
    "the certificate of h is not trusted (self-signed certificate)": (YOU, "certificate authority"),
    "no connection to h:1 ([Errno -2] Name or service not known)": (YOU, "network and VPN"),
    "no connection to h:1 ([Errno 111] Connection refused)": (LATER, "run again"),
    "h:1 did not answer in time": (LATER, "run again"),
    "h:1 stopped sending": (LATER, "run again"),
    "h:1 stopped taking bytes": (LATER, "run again"),
    "h:1 broke the connection (peer closed)": (LATER, "run again"),
    "only 12 bytes came in 30 s": (LATER, "run again"),
    "Permission denied": (YOU, "right to read"),
    "No such file or directory": (THEIRS, "lost"),
    "the mount /eos does not answer": (YOU, "mount the storage again"),
    "Stale file handle": (YOU, "mount the storage again"),
    "Input/output error": (YOU, "mount the storage again"),
    "not a plain file": (THEIRS, "another storage element"),
    "cannot be opened": (THEIRS, "another storage element"),
    "root:// cannot be read from here": (YOU, "https"),
    "https://h/x is on no storage element of the lake": (LAKE, "address"),
    "https://h:99999/x is no address": (LAKE, "broken"),
    "has neither size nor checksum of s:n; ask its owner to register them": (OWNER, "registered"),
    NO_REPLICA[1]: (OWNER, "dataset.replicate"),
    "not tried": (LATER, "run again"),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_each_cause_names_who_can_act_and_the_next_step(cause: str):
    who, step = CAUSES[cause]
    found = advice(cause, "RSE-1")
    assert known(cause)
    assert found.who == who
    assert step in found.step


def raised() -> Iterator[tuple[str, str]]:
    """Texts of all `SourceFailed` in the package, with 7 for each value in them."""
    for path in sorted(Path(transfer.__file__).parent.glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                yield from ((path.name, text) for text in texts(function))


def texts(function: ast.FunctionDef) -> Iterator[str]:
    assigned: list[ast.Assign] = []
    for node in sorted((n for n in ast.walk(function) if hasattr(n, "lineno")), key=lambda n: n.lineno):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned.append(node)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "SourceFailed":
            value = node.args[0]
            if isinstance(value, ast.Name):
                named = [each.value for each in assigned if each.targets[0].id == value.id]
                value = named[-1] if named else value
            yield from spelt(value)


def spelt(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.BoolOp):
        for each in value.values:
            yield from spelt(each)
    elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "strip":
        yield from spelt(value.func.value)
    elif isinstance(value, ast.Constant):
        yield str(value.value)
    elif isinstance(value, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in value.values)


def test_no_cause_was_added_to_the_engine_without_advice():
    found = list(raised())
    assert len(found) > 20
    assert [(where, text) for where, text in found if not known(text)] == []


@given(st.text(max_size=100))
def test_whatever_a_server_says_there_is_somebody_to_tell(words: str):
    found = advice(words, "{rse}")
    assert found.who
    assert found.step
    assert advice(f"HTTP 404 {words.replace(', asks', '')}", "RSE-1").who == THEIRS
