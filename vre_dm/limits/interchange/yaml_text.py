"""YAML of unknown origin: plain values only, no anchors, no depth without end."""

from typing import Any

from vre_dm.errors import InvalidCurve

DEEPEST = 40
LONGEST = 10_000
"""Letters of one value; YAML 1.1 reads ``1:1:1…`` as a number, in the square of its length."""


def documents(text: str, where: str) -> list[Any]:
    """All documents of a YAML stream.

    Raises
    ------
    InvalidCurve
        It is no YAML, nests deeper than any table does, has a value longer than any text, or uses aliases.
    """
    import yaml  # late: few need it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        depth = 0
        # Events come one by one, so neither depth nor aliases hurt; building values recurses.
        for event in yaml.parse(text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            long = isinstance(event, yaml.ScalarEvent) and len(event.value) > LONGEST
            if long or depth > DEEPEST or isinstance(event, yaml.AliasEvent):
                what = "nests too deep" if depth > DEEPEST else "uses an alias; write the value out"
                what = f"has a value of more than {LONGEST} letters" if long else what
                line = event.start_mark.line + 1 if event.start_mark else "unknown"
                msg = f"{where} {what} (line {line})"
                raise InvalidCurve(msg)
        return list(yaml.load_all(text, Loader=loader))
    except (yaml.YAMLError, ValueError, OverflowError, TypeError) as error:
        if isinstance(error, InvalidCurve):
            raise
        msg = f"{where} is not YAML: {' '.join(str(error).split())[:200]}"
        raise InvalidCurve(msg) from None


def dump(values: list[Any]) -> str:
    """YAML stream of plain values; numbers read back exactly."""
    import yaml

    text = yaml.safe_dump_all(values, sort_keys=False, allow_unicode=False, width=10_000, explicit_start=True)
    return str(text)
