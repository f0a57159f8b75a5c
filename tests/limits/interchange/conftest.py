"""Sample files of each format, and curves of every kind to be sent through them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st

from tests.limits.conftest import HOSTILE, make
from vre_dm.limits.column import Column
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import (
    PARAMETERS,
    UNKNOWN,
    Assumptions,
    Headline,
    Provenance,
    Reference,
    Scaling,
    Validity,
)
from vre_dm.limits.quantities import QUANTITIES, header

SAMPLES = Path(__file__).parent / "samples"

words = st.one_of(
    st.text(min_size=1, max_size=40), st.sampled_from([HOSTILE, "1e-3", "true", "null", " x ", "a: b"])
)
scalars = st.one_of(words, st.floats(-1e9, 1e9), st.integers(-(10**9), 10**9))
positive = st.floats(1e-6, 1e6)
references = st.builds(
    Reference,
    arxiv=st.sampled_from([UNKNOWN, "2410.17036", "hep-ex/0702006"]),
    arxiv_version=st.sampled_from([UNKNOWN, "v2"]),
    doi=st.sampled_from([UNKNOWN, "10.1000/toy(2020)1<2>"]),
    figure=words,
)
provenances = st.builds(
    Provenance,
    type=st.sampled_from(["unknown", "digitised", "collaboration file"]),
    source=words,
    error_dex=st.none() | st.floats(0, 1),
    inputs=st.lists(words, max_size=3).map(tuple),
    treatment=st.text(max_size=40),
)
scalings = st.builds(Scaling, st.sampled_from(sorted(PARAMETERS)), positive, st.floats(-2, 2))


@st.composite
def curves(draw: st.DrawFn, quantities: tuple[str, ...] = tuple(QUANTITIES), bands: bool = True) -> Curve:
    """Any curve that the schema allows, with magnitudes that its quantity has."""
    quantity = QUANTITIES[draw(st.sampled_from(quantities))]
    masses = sorted(draw(st.sets(st.floats(1e-9, 1e5), min_size=2, max_size=6)))
    exponents = st.floats(np.log10(quantity.low) + 0.1, np.log10(quantity.high) - 0.1)
    stems = [
        "limit",
        *draw(st.sets(st.sampled_from(["median", "sensitivity_p1sigma"])) if bands else st.just([])),
    ]
    columns = [Column("m_GeV", "GeV", np.array(masses))]
    for stem in stems:
        values = [10**e for e in draw(st.lists(exponents, min_size=len(masses), max_size=len(masses)))]
        columns.append(Column(header(stem, quantity.unit), quantity.unit, np.array(values)))
    return make(
        id=draw(st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,20}", fullmatch=True)),
        label=draw(words),
        experiment=draw(words),
        year=draw(st.none() | st.integers(1970, 2100)),
        quantity=quantity.name,
        channel=draw(st.sampled_from(["", *quantity.channels])),
        columns=tuple(columns),
        kind=draw(st.sampled_from(["observed", "expected", "projection", "theory", "signal region"])),
        geometry="contour" if quantity.excludes == "inside" else "line",
        cl=draw(st.none() | st.floats(0.5, 0.999)),
        statistic=draw(words),
        reference=draw(references),
        provenance=draw(provenances),
        assumptions=Assumptions(
            draw(
                st.dictionaries(st.from_regex(r"[a-z][a-zA-Z0-9_]{0,9}", fullmatch=True), scalars, max_size=5)
            )
        ),
        validity=draw(st.none() | st.builds(Validity, positive, positive, words)),
        scalings=tuple(draw(st.lists(scalings, max_size=2))),
        licence=draw(words),
        supersedes=draw(st.text(max_size=20)),
        headline=draw(st.none() | st.builds(Headline, positive, positive, st.floats(0.01, 0.5), words)),
        notes=draw(st.text(max_size=60)),
    )


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a text to a file of this name."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write
