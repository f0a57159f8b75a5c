"""What a builder hands over before anything is written: columns with units, files, datasets, containers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

RSES = ("CERN-EOSPILOT", "CNAF-STORM", "DESY-DCACHE")
UNKNOWN = "unknown"

Metadata = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """One column: a value per row, or an array per row when ``values`` has two dimensions.

    ``derived`` marks numbers that the raw input does not hold literally (an index, a repeated label).
    """

    name: str
    unit: str
    description: str
    values: np.ndarray
    derived: bool = False

    @property
    def doc(self) -> dict[str, str]:
        return {"name": self.name, "unit": self.unit, "description": self.description}


@dataclass(frozen=True)
class File:
    """One file to write; its suffix says the format, ``header`` holds keywords that only FITS has."""

    name: str
    columns: tuple[Column, ...]
    raw: str  # path of the raw input, relative to the source folder
    metadata: Metadata = field(default_factory=dict)
    header: dict[str, str] = field(default_factory=dict)
    content: bytes = b""  # of a file that ships as it is; its columns only say what it holds
    implied: frozenset[float] = frozenset()  # numbers of the raw input that a position in an array stands for


@dataclass(frozen=True)
class Dataset:
    scope: str
    name: str
    rses: tuple[str, ...]
    metadata: Metadata
    files: tuple[File, ...]

    def record(self, file: File) -> Metadata:
        """Everything known about one file: the dataset's record overlaid with the file's own."""
        return self.metadata | file.metadata


@dataclass(frozen=True)
class Container:
    scope: str
    name: str
    children: tuple[str, ...]
    metadata: Metadata


@dataclass(frozen=True)
class Source:
    """All that one builder module contributes."""

    scopes: dict[str, str]
    datasets: tuple[Dataset, ...]
    containers: tuple[Container, ...] = ()

    def files(self) -> Iterator[tuple[Dataset, File]]:
        for dataset in self.datasets:
            for file in dataset.files:
                yield dataset, file


def record(
    *,
    title: str,
    description: str,
    experiment: str,
    technique: str,
    kind: str,
    year: int,
    licence: str,
    source: str,
    citation: str,
    arxiv: str = UNKNOWN,
    arxiv_version: str = UNKNOWN,
    doi: str = UNKNOWN,
    simulated: bool = False,
    **more: Any,
) -> Metadata:
    """Make the metadata every dataset carries; what a source does not state is ``unknown``.

    ``arxiv`` is the identifier without its version, so that a filter on it finds every dataset of a paper.
    """
    return {
        "title": title,
        "description": description,
        "experiment": experiment,
        "technique": technique,
        "product": kind,
        "year": year,
        "arxiv": arxiv,
        "arxiv_version": arxiv_version,
        "doi": doi,
        "licence": licence,
        "source": source,
        "citation": citation,
        "simulated": simulated,
        **more,
    }
