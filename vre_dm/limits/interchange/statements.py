"""What free text states about a limit: reference, confidence level, kind. Two different answers are none."""

import re

from vre_dm.limits.curve import Kind

_ARXIV = re.compile(
    r"(?:arxiv[.:/]*(?:org/)?(?:abs/|pdf/)?|(?<![\w./]))((?:\d{4}\.\d{4,5})|(?:[a-z-]{2,20}/\d{7}))(v\d{1,2})?(?![\d])",
    re.IGNORECASE,
)
_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s\"'<>{},;]{1,200}[^\s\"'<>{},;.)\]])")
_CL = re.compile(r"(\d{2}(?:\.\d+)?)\s*\\?%\s*(?:C\.?\s?L\b|confidence)", re.IGNORECASE)
_YEAR = re.compile(r"(?:^|[,{\s])year\s*=\s*[\"{]?\s*(\d{4})", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(r"<[^<>]{0,500}>")

Facts = dict[str, str | float | None]


def reference(text: str) -> Facts:
    """Identifier on arXiv with its version, and DOI, as far as the text names exactly one of each."""
    found: Facts = {}
    papers = {match.group(1) for match in _ARXIV.finditer(text)}
    if len(papers) == 1:
        found["reference.arxiv"] = papers.pop().lower()
        versions = {match.group(2) for match in _ARXIV.finditer(text) if match.group(2)}
        if len(versions) == 1:
            found["reference.arxiv_version"] = versions.pop().lower()
    dois = {match.group(1) for match in _DOI.finditer(text)}
    if len(dois) == 1:
        found["reference.doi"] = dois.pop()
    return found


def bibtex(text: str) -> Facts:
    """Reference and year of one BibTeX entry."""
    years = set(_YEAR.findall(text))
    year: Facts = {"year": int(years.pop())} if len(years) == 1 else {}
    return {**reference(text), **year}


def confidence(text: str) -> Facts:
    """Confidence level, when the text states exactly one: ``90% CL``."""
    levels = {float(level) / 100 for level in _CL.findall(text)}
    level = levels.pop() if len(levels) == 1 else 0.0
    return {"cl": level} if 0 < level < 1 else {}


def kind(text: str) -> Kind | None:
    """``observed``, ``expected`` or ``projection``, when the text says exactly one of them."""
    words: dict[str, Kind] = {
        "observed": "observed", "expected": "expected", "projection": "projection", "projected": "projection"
    }  # fmt: skip
    said = {word for pattern, word in words.items() if re.search(rf"\b{pattern}", text, re.IGNORECASE)}
    return said.pop() if len(said) == 1 else None


def plain(text: str) -> str:
    """The text without markup, in one line."""
    return " ".join(_TAG.sub(" ", text).split())
