"""What ``values.yaml`` of the chart says of each value: its key, its default, and the comment above it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

_KEY = re.compile(r"(?P<indent> *)(?P<key>[A-Za-z0-9_-]+):( .*)?$")
_STEP = 2  # spaces of one level


@dataclass(frozen=True)
class Value:
    """A line of the table: a key with a comment."""

    path: tuple[str, ...]
    text: str
    default: Any

    @property
    def name(self) -> str:
        return ".".join(self.path)

    @property
    def shown(self) -> str:
        """The default as YAML on one line; empty for what has lines of its own."""
        if isinstance(self.default, dict) and self.default:
            plain = all(not isinstance(each, dict | list) for each in self.default.values())
            return yaml.safe_dump(self.default, default_flow_style=True, width=1000).strip() if plain else ""
        return yaml.safe_dump(self.default, default_flow_style=True, width=1000).split("\n")[0]


def described(text: str) -> list[Value]:
    """Every key that has a comment right above it, in the order of the file."""
    content = yaml.safe_load(text)
    found = []
    for path, said in _commented(text):
        default = content
        for key in path:
            default = default[key]
        found.append(Value(path, said, default))
    return found


def bare(text: str, *, without: tuple[str, ...]) -> list[str]:
    """Values that no comment describes, neither their own nor that of a sibling of the same name.

    Parameters
    ----------
    without
        Sections that belong to other charts.
    """
    values = described(text)
    told = {value.path for value in values}
    alike = {(path[0], path[-1]) for path in told}
    leaves = [path for path in _leaves(yaml.safe_load(text)) if path[0] not in without]
    return [
        ".".join(path)
        for path in leaves
        if not any(path[:depth] in told for depth in range(2, len(path) + 1))
        and (path[0], path[-1]) not in alike
    ]


def _commented(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    path: list[str] = []
    comment: list[str] = []
    block = -1  # indent of a key whose text follows in lines of its own
    for line in text.splitlines():
        bare_line = line.strip()
        indent = len(line) - len(line.lstrip())
        if 0 <= block < indent or not bare_line:
            comment = []
            continue
        block = -1
        if bare_line.startswith("# "):
            comment.append(bare_line[2:])
            continue
        if key := _KEY.fullmatch(line):
            path[indent // _STEP :] = [key["key"]]
            if comment:
                yield tuple(path), " ".join(comment)
            block = indent if line.endswith("|") else -1
        comment = []


def _leaves(content: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(content, dict) and content:
        for key, value in content.items():
            yield from _leaves(value, (*path, key))
    else:
        yield path
