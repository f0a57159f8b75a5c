"""Combined limits: closed forms, iminuit on the same likelihood, splitting, shared and other J, errors."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.physics.combination.conftest import MASSES, SIGMA_V, J
from vre_dm.errors import OutOfRange
from vre_dm.limits.catalogue import load
from vre_dm.limits.scaffold import write_pairs
from vre_dm.physics.combination import Combination, combined_curve, on_one_grid
from vre_dm.physics.dwarfs.roster import JFactor

DRACO = {"draco": J["draco"]}
EXACT = {"draco": JFactor(18.8, 0.0)}
Z2 = 2.7055


def test_without_uncertainty_of_j_the_limit_is_that_of_the_gaussian(toys: Any) -> None:
    limit = Combination([toys.table("A", EXACT, seen=0.0)]).scan()["limit"].to_numpy()
    np.testing.assert_allclose(limit, np.sqrt(Z2) * 1e-25 / 10**0.8 * MASSES / 100, rtol=1e-4)


def test_an_instrument_split_in_two_gives_the_limit_of_the_whole(toys: Any) -> None:
    whole = toys.table("A", J)
    parts = [
        replace(whole, instrument=name, lnl=share * whole.lnl) for name, share in (("a", 0.3), ("b", 0.7))
    ]
    expected = Combination([whole]).scan()
    found = Combination(parts).scan()
    np.testing.assert_allclose(found["limit"], expected["limit"], rtol=1e-9)
    np.testing.assert_allclose(found["ts"], expected["ts"], atol=1e-9)


def test_a_target_that_two_instruments_share_has_one_j(toys: Any) -> None:
    """Two instruments with the same table are one with twice ln L; two J of their own would allow more."""
    table = toys.table("A", DRACO)
    shared = Combination([table, replace(table, instrument="B")]).scan()["limit"].to_numpy()
    renamed = replace(
        table,
        instrument="B",
        lnl=table.lnl.assign_coords(target=["draco again"]),
        jfactors={"draco again": J["draco"]},
    )
    apart = Combination([table, renamed]).scan()["limit"].to_numpy()
    doubled = Combination([replace(table, lnl=2 * table.lnl)]).scan()["limit"].to_numpy()
    np.testing.assert_allclose(shared, doubled, rtol=1e-9)
    assert np.all(shared > apart * 1.02)


def test_iminuit_finds_the_drop_of_the_same_likelihood_at_the_limit(toys: Any) -> None:
    """Minuit knows the closed form, with one J for each target; the combination only sees the tables."""
    from iminuit import Minuit

    tables = [toys.table("A", J), toys.table("B", DRACO, seen=1.2, scale=3e-25)]
    limit = Combination(tables).scan()["limit"].to_numpy()[0]
    terms = [(0, 0.3, 1e-25), (1, 0.3, 1e-25), (0, 1.2, 3e-25)]  # target, seen, scale
    spread = [factor.sigma_dex for factor in J.values()]
    central = [factor.log10_j for factor in J.values()]

    def twice_nll(log_sigma_v: float, first: float, second: float) -> float:
        off = (first, second)
        pulls = sum((d / s) ** 2 for d, s in zip(off, spread, strict=True))
        flux = [10 ** (j + d - 18 + log_sigma_v) for j, d in zip(central, off, strict=True)]
        return pulls + sum((flux[target] / scale - seen) ** 2 for target, seen, scale in terms)

    fit = Minuit(twice_nll, log_sigma_v=-26.0, first=0.0, second=0.0)
    fit.errordef = Minuit.LEAST_SQUARES
    fit.strategy = 2
    best = fit.migrad().fval
    fit.values["log_sigma_v"], fit.fixed["log_sigma_v"] = np.log10(limit), True
    assert fit.migrad().fval - best == pytest.approx(Z2, abs=0.004)


def test_another_j_for_all_shifts_the_table_in_sigma_v(toys: Any) -> None:
    table = toys.table("A", DRACO)
    larger = {"draco": JFactor(19.1, 0.2)}
    as_made = Combination([toys.table("A", larger)]).scan()["limit"]
    shifted = Combination([table], larger).scan()["limit"]
    np.testing.assert_allclose(shifted, as_made, rtol=2e-4)
    np.testing.assert_allclose(shifted, Combination([table]).scan()["limit"] / 10**0.3, rtol=2e-4)


def test_different_j_are_refused_until_somebody_says_how(toys: Any) -> None:
    here, there = toys.table("A", DRACO), toys.table("B", {"draco": JFactor(18.6, 0.2)})
    with pytest.raises(OutOfRange, match=r"draco: A assumes log10 J = 18\.8 ± 0\.2, B 18\.6 ± 0\.2"):
        Combination([here, there])
    region = Combination([here, there], own_regions=("draco",)).likelihood()
    both = (here.lnl + there.lnl).to_numpy()[0, 0]
    inner = np.interp(np.log(region["sigma_v"]), np.log(SIGMA_V), both - both[0])
    np.testing.assert_allclose(region.to_numpy()[0, 0], inner, rtol=0.02, atol=0.01)
    same = Combination([here, there], {"draco": J["draco"]}).scan()["limit"]
    remade = Combination([here, toys.table("B", DRACO)]).scan()["limit"]
    np.testing.assert_allclose(same, remade, rtol=2e-4)


def test_each_mass_has_the_instruments_that_reach_it(toys: Any) -> None:
    low = toys.table("Low", DRACO, masses=np.array([10.0, 100.0]))
    high = toys.table("High", DRACO, masses=np.array([100.0, 1000.0]))
    both = Combination([low, high]).scan()
    assert both["instruments"].to_numpy().tolist() == ["Low", "Low, High", "High"]
    np.testing.assert_allclose(both["limit"][0], Combination([low]).scan()["limit"][0], rtol=1e-9)


def test_tables_on_other_cross_sections_go_together_on_one_grid(toys: Any) -> None:
    fine, coarse = toys.table("A", J), toys.table("B", J, sigma_v=np.geomspace(1e-28, 1e-21, 141))
    with pytest.raises(OutOfRange, match="A and B have other cross sections, 451 of 1e-29 to 1e-20"):
        Combination([fine, coarse])
    expected = Combination([fine, toys.table("B", J)]).scan()["limit"]
    np.testing.assert_allclose(Combination(on_one_grid([fine, coarse])).scan()["limit"], expected, rtol=5e-4)
    with pytest.raises(OutOfRange, match="no range of sigma_v in common"):
        on_one_grid(
            [
                toys.table("A", J, sigma_v=np.geomspace(1e-30, 1e-27, 99)),
                toys.table("B", J, sigma_v=np.geomspace(1e-26, 1e-20, 99), scale=1e-20),
            ]
        )


def test_a_limit_beyond_the_tables_is_refused(toys: Any) -> None:
    short = toys.table("A", EXACT, sigma_v=np.geomspace(1e-29, 1e-26, 200))
    with pytest.raises(OutOfRange, match="does not fall far enough at 100 GeV"):
        Combination([short]).scan()
    table = toys.table("A", DRACO)
    ended = table.lnl.where(table.lnl["sigma_v"] < 3.5e-26, -np.inf)
    with pytest.raises(OutOfRange, match=r"draco at 1000 GeV: a table ends at sigma_v = 3\..*e-26"):
        Combination([replace(table, lnl=ended)]).scan()


def test_what_does_not_go_together_is_refused(toys: Any) -> None:
    table = toys.table("A", DRACO)
    other = toys.table("B", DRACO, channel="tautau")
    with pytest.raises(OutOfRange, match="A is of channel bb, B of channel tautau"):
        Combination([table, other])
    with pytest.raises(OutOfRange, match="A is of kind observed, B of kind expected"):
        Combination([table, replace(table, instrument="B", kind="expected")])
    with pytest.raises(OutOfRange, match="A is there twice"):
        Combination([table, table])
    with pytest.raises(OutOfRange, match="at least one instrument"):
        Combination([])
    in_mev = toys.table("B", DRACO, masses=1000 * MASSES)
    with pytest.raises(OutOfRange, match=r"no other instrument has one of the masses of .* are they in GeV"):
        Combination([table, in_mev])
    wide = toys.table("B", DRACO, masses=np.array([50.0, 2000.0]))
    with pytest.raises(OutOfRange, match="B has no likelihood at 100 GeV, between its 50 and 2000 GeV"):
        Combination([table, wide])
    with pytest.raises(OutOfRange, match="unknown target of the combination 'drako'; near it: draco"):
        Combination([table], {"drako": J["draco"]})
    with pytest.raises(OutOfRange, match="draco: either a J factor is given"):
        Combination([table], {"draco": J["draco"]}, ("draco",))


def test_a_table_with_a_gap_or_a_late_start_is_refused(toys: Any) -> None:
    table = toys.table("A", DRACO)
    holed = table.lnl.copy()
    holed[0, 1, 200] = np.nan
    with pytest.raises(OutOfRange, match="A, bb, draco at 1000 GeV: ln L is nan at sigma_v = 1e-25"):
        replace(table, lnl=holed)
    holed[0, 1, 200] = -np.inf  # known again after it
    with pytest.raises(OutOfRange, match="a table has no gaps"):
        replace(table, lnl=holed)
    with pytest.raises(OutOfRange, match=r"sigma_v = 1e-25 cm3/s is a signal already"):
        toys.table("A", DRACO, sigma_v=np.geomspace(1e-25, 1e-20, 251))
    with pytest.raises(OutOfRange, match=r"5 or more values, at most 0\.1 dex apart"):
        toys.table("A", DRACO, sigma_v=np.geomspace(1e-29, 1e-20, 40))
    with pytest.raises(OutOfRange, match="mass must rise and be in GeV"):
        toys.table("A", DRACO, masses=MASSES[::-1])
    with pytest.raises(OutOfRange, match="no J factor of draco"):
        replace(table, jfactors={})
    with pytest.raises(OutOfRange, match="unknown channel 'b-quarks'"):
        replace(table, channel="b-quarks")
    with pytest.raises(OutOfRange, match="mass must rise and be in GeV, not in 'TeV'"):
        replace(table, lnl=table.lnl.assign_coords(mass=("mass", MASSES / 1e3, {"units": "TeV"})))


def test_the_curve_says_who_took_part_and_with_which_j(toys: Any) -> None:
    tables = [toys.table("Fermi-LAT", J), toys.table("VERITAS", DRACO, seen=-0.5)]
    curve = combined_curve(Combination(tables), inputs=("a.parquet", "b.parquet"))
    assert (curve.quantity, curve.channel, curve.id) == ("sigmav", "bb", "sv_fermi-lat_veritas_bb")
    assert curve.experiment == "Fermi-LAT + VERITAS"
    assert "draco 18.8 ± 0.2" in str(curve.assumptions["J_factor"])
    assert curve.provenance.inputs[:2] == ("file 1 = a.parquet", "file 2 = b.parquet")
    np.testing.assert_allclose(curve.y, Combination(tables).scan()["limit"])


@pytest.mark.parametrize(
    "names",
    [("Fermi–LAT (x)",), ("日本",), (f"A telescope on a mountain, number {n}" for n in range(5))],
)
def test_whoever_took_part_the_curve_can_be_written_and_its_channel_stays_in_the_id(
    names: Iterable[str], toys: Any, tmp_path: Path
) -> None:
    curve = combined_curve(Combination([toys.table(name, DRACO) for name in names]))
    assert curve.id.endswith("_bb")
    write_pairs([curve], tmp_path)
    assert load(tmp_path).ids == [curve.id]
