"""The numbers of the seed data: equal to values typed from the raw tables, and obeying what they must."""

import numpy as np
import pandas as pd
import pytest
import uproot
from astropy.io import fits

from vre_dm.sandbox import seed

SEED = seed.load()
FILES = {f"{file.scope}:{file.name}": file for file in SEED.files}
DATASETS = {f"{dataset.scope}:{dataset.name}": dataset for dataset in SEED.datasets}


def table(did):
    return pd.read_parquet(FILES[did].path)


def test_there_are_48_fermi_targets_of_24_bins_and_25_fluxes():
    files = [FILES[f"fermi:{name}"] for name in DATASETS["fermi:dsph.likelihoods"].files]
    assert len({file.metadata["target"] for file in files}) == 48
    for file in files:
        found = pd.read_parquet(file.path)
        assert found.groupby("e_min_MeV").size().tolist() == [25] * 24
        assert found.groupby("e_min_MeV")["eflux"].apply(lambda flux: flux.is_monotonic_increasing).all()


def test_draco_reads_as_released():
    draco = table("fermi:dsph.likelihood.draco.parquet")
    assert draco.iloc[0].tolist() == [500, 666.760716, 0, -0.386092833]
    assert draco.iloc[1].tolist() == [500, 666.760716, 1.77215601e-10, -0.382680352]
    assert draco.iloc[297].tolist() == [11856.8685, 15811.3883, 3.15138854e-05, -726.10439]
    assert draco.iloc[-1].tolist() == [374947.105, 500000, 9.96556558e-05, -71.7040823]
    factors = table("fermi:dsph.jfactors.parquet").set_index("target")
    assert (factors.log10J["draco"], factors.sigma_dex["draco"]) == (18.8401, 0.13)


def test_every_target_with_a_j_factor_has_a_likelihood():
    targets = {FILES[f"fermi:{name}"].metadata["target"] for name in DATASETS["fermi:dsph.likelihoods"].files}
    factors = table("fermi:dsph.jfactors.parquet")
    assert len(factors) == 41
    assert set(factors.target) <= targets


def test_the_xenon1t_response_is_a_matrix_over_the_bins():
    response, binning = table("xenon:s2only.response.parquet"), table("xenon:s2only.binning.parquet")
    matrix = np.stack(response["response"])
    assert matrix.shape == (len(response), len(binning))
    assert (response.energy_keV[0], matrix[0, 0]) == (0.4, 1.8331500650572722e-06)
    assert (response.energy_keV.iloc[-1], matrix[-1, -1]) == (50.0, 0.00014827649415722003)
    assert (response.energy_lo_keV[1:].to_numpy() == response.energy_hi_keV[:-1].to_numpy()).all()
    assert (matrix >= 0).all()
    assert (matrix.sum(axis=1) < 1).all()


def test_the_published_xenon1t_limits_are_there():
    limits = table("xenon:s2only.limits.parquet")
    assert len(limits) == 38
    assert limits.limit_cm2[0] == 9.288431945297945e-40
    assert DATASETS["xenon:s2only.limits"].metadata["cl"] == 0.9


def test_atlas_limits_are_in_femtobarn_wherever_they_ship():
    limits, curve = (
        table("atlas:dilepton.2018.limits.parquet"),
        pd.read_csv(FILES["limits:xs_atlas_2019_dilepton139.csv"].path),
    )
    assert limits.set_index("mass_GeV")["limit_fb_width0"][250] == 3.57303
    assert limits.set_index("mass_GeV")["limit_fb_width10"][6000] == 0.0181133
    assert (limits["limit_fb_width0"] == curve["limit_fb"]).all()
    assert not [name for name in curve.columns if name.endswith("_pb")]


def test_counts_of_the_learnt_backgrounds_are_whole_numbers():
    counts = table("fermi:mlfermi.counts.parquet")
    assert np.allclose(np.log(counts.counts), counts.ln_counts, atol=1e-9)
    assert counts.counts[:6].tolist() == [29, 19, 18, 9, 14, 13]
    assert np.stack(table("fermi:mlfermi.dwarfs.parquet").exposure).shape == (25, 24)


def test_madhat_probabilities_sum_to_one():
    found = table("madhat:madhat.backgrounds.parquet")
    assert found.groupby("dwarf_id").size().tolist() == [16] * 93
    assert np.allclose(np.stack(found.probability).sum(axis=1), 1, atol=1e-9)


def test_photon_spectra_cover_their_mass_range_on_a_full_grid():
    for name in ("gamma.ew", "gamma.noew", "numu.ew"):
        spectra = table(f"pppc4dmid:pppc4dmid.{name}.parquet")
        assert (spectra.mDM_GeV.min(), spectra.mDM_GeV.max()) == (5, 100_000)
        assert spectra.groupby("mDM_GeV").size().nunique() == 1
    ew = table("pppc4dmid:pppc4dmid.gamma.ew.parquet").set_index(["mDM_GeV", "log10x"])
    assert (ew.bb[100, -1], ew.tautau[5000, -1]) == (3.2471, 1.81246)


def test_the_cms_muon_pairs_have_the_mass_they_say():
    with uproot.open(FILES["cms:zmumu.2010.root"].path) as opened:
        muons = opened["events"].arrays(library="np")
    total = [sum(muons[f"muon{which}_{part}"] for which in (1, 2)) for part in ("E", "px", "py", "pz")]
    mass = np.sqrt(total[0] ** 2 - total[1] ** 2 - total[2] ** 2 - total[3] ** 2)
    assert np.allclose(mass, muons["mass"], rtol=1e-6)
    assert 90 < np.median(mass) < 92


def test_instrument_responses_are_gadf_tables():
    arrays = {"aeff": "EFFAREA", "psf": "RPSF", "edisp": "MATRIX", "bkg.nu": "BKG", "bkg.mu": "BKG"}
    axes = {
        "aeff": "ENERG THETA",
        "psf": "ENERG THETA RAD",
        "edisp": "ENERG MIGRA THETA",
        "bkg.nu": "ENERG THETA",
    }
    for name, array in arrays.items():
        file = FILES[f"km3net:arca230.{name}.fits"]
        with fits.open(file.path) as opened:
            irf = opened[file.metadata["extension"]]
            assert irf.header["HDUCLASS"] == "GADF"
            assert "arXiv:2309.03007" in irf.header["CITATION"]
            assert irf.header["LICENCE"] == "BSD-3-Clause"
            shape = [irf.data[f"{axis}_LO"].shape[1] for axis in axes.get(name, "ENERG THETA").split()]
            assert irf.data[array].shape == (1, *reversed(shape))


def test_the_horizon_and_the_sky_below_it_are_where_atmospheric_muons_and_neutrinos_are():
    def rate(name):
        with fits.open(FILES[f"km3net:arca230.bkg.{name}.fits"].path) as opened:
            return opened[1].data["BKG"][0].sum(axis=1)  # over energy: one value a zenith bin

    assert np.flatnonzero(rate("mu")).tolist() == [5]
    assert (rate("nu")[5:] > rate("nu")[:5].max()).all()


def test_the_lz_curve_has_its_published_minimum():
    curve = pd.read_csv(FILES["limits:si_lz_2024.csv"].path).set_index("m_GeV")
    assert curve.limit_cm2[40] == pytest.approx(2.2e-48, rel=0.02)


def test_darkside_inputs_are_the_published_ones():
    inputs = table("darkside:ds50.highmass.inputs.parquet").set_index("name")
    assert inputs["value"].to_dict() == {
        "exposure": 16660.0,
        "observed_events": 0.0,
        "expected_background": 0.09,
        "light_yield": 8.0,
        "W": 19.5,
    }
    acceptance = table("darkside:ds50.highmass.acceptance.overall.s1.parquet")
    assert acceptance.acceptance.between(0, 1).all()
