"""The shipped curves that are computed: conversions make them from published numbers and other curves."""

import dataclasses
from collections.abc import Iterator

from vre_dm.limits.convert import higgs_portal, mediator_contours, thermal_relic
from vre_dm.limits.convert.derived import Origin
from vre_dm.limits.convert.simplified_model import Mediator, SimplifiedModel
from vre_dm.limits.curve import Curve
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.metadata import Reference

# (start of the ids, limit on BR(H → inv) at 95 % CL, who states it).
INVISIBLE_HIGGS = (
    (
        "si_atlas_2023_hinv",
        0.107,
        Origin(
            experiment="ATLAS",
            label="ATLAS 2023",
            year=2023,
            cl=0.95,
            reference=Reference(
                "2301.10731",
                doi="10.1016/j.physletb.2023.137963",  # public texts that cite title, volume and DOI
                authors="ATLAS Collaboration",
                title="Combination of searches for invisible decays of the Higgs boson using 139 fb⁻¹ of "
                "proton-proton collision data at √s = 13 TeV collected with the ATLAS experiment",
            ),
            licence="CC0-1.0",
        ),
    ),
    (
        "si_cms_2022_hinv",
        0.18,
        Origin(
            experiment="CMS",
            label="CMS 2022",
            year=2022,
            cl=0.95,
            reference=Reference(
                "2201.11585",
                doi="10.1103/PhysRevD.105.092007",  # journal, volume and number in the HEPData record
                authors="CMS Collaboration",
                title="Search for invisible decays of the Higgs boson produced via vector boson fusion in "
                "proton-proton collisions at √s = 13 TeV",
            ),
            licence="CC0-1.0",
        ),
    ),
    (
        "si_fccee_2026_hinv",
        0.0015,
        Origin(
            experiment="FCC-ee",
            label="FCC-ee 2026",
            year=2026,
            kind="projection",
            cl=0.95,
            reference=Reference(
                "2605.13180",
                authors="Desai, Aman and Jackson, Paul",
                title="Prospects for Measuring H → invisible at the FCCee",
            ),
            licence="CC0-1.0",
        ),
    ),
)
PARTICLES: tuple[higgs_portal.Particle, ...] = ("scalar", "Majorana", "Dirac", "vector")
RELICS: tuple[tuple[str, thermal_relic.Particle, float], ...] = (
    ("sv_thermal_relic_oh2_0p12", "Majorana", 0.12),
    ("sv_thermal_relic_oh2_0p11", "Majorana", 0.11),
    ("sv_thermal_relic_oh2_0p12_dirac", "Dirac", 0.12),
)
MONOPHOTONS: tuple[tuple[str, str, Mediator], ...] = (
    ("mm_atlas_2017_monophoton_v1", "si_atlas_2017_monophoton_v1", "vector"),
    ("mm_atlas_2017_monophoton_a1", "sdp_atlas_2017_monophoton_a1", "axial"),
)
STATED = "95 % CL is stated in the article"
NOTES = {
    "vector": "the vector portal is an effective theory; a complete model changes it",
    "FCC-ee": "close to the Standard-Model BR(H → ZZ → 4ν) of 1.06e-3",
}


def derived(published: CurveSet) -> Iterator[Curve]:
    """Every computed curve of the catalogue; some start from published ones."""
    yield from invisible_higgs()
    yield from thermal_relics()
    yield from monophotons(published)


def invisible_higgs() -> Iterator[Curve]:
    """σ_SI from limits on invisible Higgs decays, for four kinds of dark matter."""
    for start, limit, origin in INVISIBLE_HIGGS:
        for particle in PARTICLES:
            curve = higgs_portal.from_branching_ratio(
                limit, origin, particle, id=f"{start}_{particle.lower()}"
            )
            said = (*(NOTES.get(key) for key in (particle, origin.experiment)), STATED)
            yield dataclasses.replace(curve, notes="; ".join(filter(None, said)))


def thermal_relics() -> Iterator[Curve]:
    """⟨σv⟩ that gives the observed abundance, and the one of older papers."""
    for name, particle, abundance in RELICS:
        curve = thermal_relic.curve(particle=particle, abundance=abundance)
        label = f"thermal relic, {particle}, Ωh² = {abundance:g}"
        yield dataclasses.replace(curve, id=name, label=label)


def monophotons(published: CurveSet) -> Iterator[Curve]:
    """The area that a mono-photon search excludes in the mass plane, as cross sections on a nucleon."""
    for source, name, mediator in MONOPHOTONS:
        if source not in published.ids:
            continue
        model = SimplifiedModel(mediator=mediator, g_q=0.25, g_dm=1.0)
        curve = mediator_contours.to_cross_section(published[source], model, id=name)
        yield dataclasses.replace(curve, notes=STATED.replace("article", "HEPData table"))
