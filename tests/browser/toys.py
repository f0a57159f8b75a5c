"""A small model with one curve of every sort, so that a test can name each number it expects."""

from copy import deepcopy
from typing import Any

from vre_dm.limits.plot.model import Model

MASSES = [1.0, 10.0, 100.0, 1000.0]


def line(name: str, values: list[float], **changes: Any) -> dict[str, Any]:
    """One curve; `assumptions` and `text` are added to the defaults."""
    text = {"experiment": name.split()[0], "year": "2020", "kind": "observed", "CL": "90%"}
    text |= {
        "statistic": "unknown",
        "reference": "arXiv:2001.00001v2",
        "DOI": "unknown",
        "figure or table": "unknown",
    }
    text |= {"provenance": "collaboration file", "licence": "CC0-1.0", "assumptions": "halo SHM"}
    text |= {"channel": "none", "facts known": "5 of 10"}
    fields: dict[str, Any] = {
        "id": name.lower().replace(" ", "_"),
        "label": name,
        "experiment": text["experiment"],
        "technique": "direct detection",
        "kind": "observed",
        "geometry": "line",
        "year": 2020,
        "cl": 0.9,
        "own": False,
        "x": list(MASSES),
        "y": values,
        "style": 0,
        "style_technique": 0,
        "fill": "above",
        "visible": True,
        "label_at": None,
        "band": None,
        "valid": None,
        "superseded_by": "",
        "scalings": [{"parameter": "rho0", "reference": 0.3, "power": -1.0, "form": "power"}],
    }
    assumptions = {"CL": "90%", "statistic": "unknown", "halo": "SHM", "figure": "unknown"}
    assumptions |= changes.pop("assumptions", {})
    text |= changes.pop("text", {})
    return fields | {"assumptions": assumptions, "text": text} | changes


ALPHA = line(
    "ALPHA 2020",
    [1e-42, 1e-44, 1e-44, 1e-42],
    valid={"low": 3.0, "high": 300.0, "reason": "efficiency not known"},
    superseded_by="BETA 2024 (beta_2024): more exposure",
    text={"year": "2020"},
)
BETA = line(
    "BETA 2024",
    [1e-43, 1e-46, 1e-46, 1e-45],
    year=2024,
    cl=0.95,
    style=1,
    style_technique=0,
    assumptions={"CL": "95%", "halo": "SHM++"},
    band={
        "name": "±1σ expected",
        "x": MASSES,
        "low": [5e-44, 5e-47, 5e-47, 5e-46],
        "high": [2e-43, 2e-46, 2e-46, 2e-45],
    },
)
FOG = line(
    "fog",
    [1e-48, 1e-49, 1e-49, 1e-48],
    year=None,
    cl=None,
    kind="theory",
    technique="theory",
    style=2,
    style_technique=1,
    fill="below",
    scalings=[],
)
SPOT = line(
    "SPOT 2010",
    [1e-41, 1e-40, 1e-41, 1e-42, 1e-41],
    x=[30.0, 60.0, 120.0, 60.0, 30.0],
    geometry="contour",
    kind="signal region",
    year=2010,
    fill="inside",
    style=3,
    style_technique=0,
)
OWN = line("mine", [1e-40, 1e-45, 3e-46, 3e-45], own=True, style=-1, style_technique=-1, fill="none")


def model(**changes: Any) -> Model:
    """Version 2 of the overlay's data."""
    fields: dict[str, Any] = {
        "version": 2,
        "title": "Toy limits",
        "theme": "auto",
        "x": axis("dark-matter mass", "GeV", [0.5, 2000.0], MeV=1e3, TeV=1e-3),
        "y": axis("σ SI (nucleon)", "cm²", [1e-50, 1e-39], pb=1e36, zb=1e45),
        "curves": [ALPHA, BETA, FOG, SPOT, OWN],
        "sliders": [
            {"parameter": "rho0", "symbol": "ρ₀", "unit": "GeV/cm³", "value": 0.3, "low": 0.1, "high": 1.0}
        ],
        "years": [2010, 2024],
        "notes": ["90 % and 95 % confidence levels are mixed"],
        "colour_by": "experiment",
        "palette": ["#0a61c3", "#af4e00", "#208c59", "#d75898", "#10a0cc", "#b48a23", "#851f38", "#3a2a8d"],
        "palette_dark": [
            "#5c83ae",
            "#f3802f",
            "#20bc90",
            "#ec98c7",
            "#61e3ff",
            "#ffd84a",
            "#d63f61",
            "#a884ff",
        ],
        "dashes": [[], [6, 3], [2, 2]],
    }
    found: Model = deepcopy(fields | changes)  # type: ignore[assignment]
    return found


def axis(label: str, unit: str, view: list[float], **others: float) -> dict[str, Any]:
    """An axis and the units it can be shown in."""
    units = [{"name": unit, "factor": 1.0}, *({"name": name, "factor": f} for name, f in others.items())]
    return {"label": label, "unit": unit, "range": view, "units": units}
