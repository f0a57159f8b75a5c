"""Reads raw inputs so that every number keeps its last bit; lists the numbers of a text independently."""

import gzip
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.csv

NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w])")


def text(path: Path) -> str:
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")


def csv(path: Path) -> pd.DataFrame:
    """Read a CSV table, also gzipped, through Arrow: pandas' own parser may miss the last bit."""
    return pyarrow.csv.read_csv(path).to_pandas()


def rows(path: Path) -> list[list[str]]:
    """Fields of a whitespace-separated table, without comments and empty lines."""
    lines = (line.partition("#")[0].split() for line in text(path).splitlines())
    return [line for line in lines if line]


def matrix(path: Path) -> np.ndarray:
    """Read a whitespace-separated table of numbers, shape (rows, columns)."""
    return np.array([[float(field) for field in row] for row in rows(path)])


def numbers(path: Path) -> set[float]:
    """Every number written in a text file outside its comments, found without knowing its layout."""
    if path.suffix == ".md":
        return {float(found) for found in NUMBER.findall(text(path))}
    found = set()
    for line in text(path).splitlines():
        for field in re.split(r"[,\s]+", line.partition("#")[0]):
            try:
                found.add(float(field))
            except ValueError:
                continue
    return {number for number in found if number == number}
