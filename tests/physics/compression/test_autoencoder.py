"""The autoencoder carries its model in its bytes, which NumPy reads; training wants PyTorch and says so."""

import sys
from itertools import pairwise

import numpy as np
import pytest
import xarray as xr

from vre_dm.errors import MissingExtra, OutOfRange
from vre_dm.physics.compression.autoencoder import HIDDEN, Autoencoder
from vre_dm.physics.compression.blocks import joined, parted
from vre_dm.physics.compression.packing import BitRounding
from vre_dm.physics.compression.trade import largest_errors

NOT_LOCKED = "PyTorch is not locked (docs/dependencies.md); pip install torch to try training"


def seeded(latent: int, epochs: int = 2) -> Autoencoder:
    return Autoencoder(latent, np.random.default_rng(15), epochs)


def without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)


def test_without_pytorch_it_says_what_to_install(toy: xr.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch)
    with pytest.raises(MissingExtra, match=r"trained with PyTorch.*pip install torch"):
        seeded(10).compress(toy)


class Known(Autoencoder):
    """A network that needs no training: each latent number goes through to its column."""

    sign = 1

    def _trained(self, scaled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        layers = pairwise((self.latent, *reversed(HIDDEN), scaled.shape[1]))
        weights = [
            np.r_[np.eye(after, before).ravel(), np.zeros(after)].astype(np.float32)
            for before, after in layers
        ]
        return np.concatenate(weights), np.float32(self.sign) * scaled


class Leaking(Known):
    sign = -1


def test_a_known_network_is_read_without_pytorch(toy: xr.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch)
    some = toy.isel(candidate=slice(300))
    known, leaking = (kind(15, np.random.default_rng(15)) for kind in (Known, Leaking))
    through = known.decompress(known.compress(some))
    leaked = known.decompress(leaking.compress(some))
    assert list(through.data_vars) == list(some.data_vars)
    assert through["mass"].attrs == some["mass"].attrs
    for name, column in some.items():
        if column.dtype.kind != "f":
            np.testing.assert_array_equal(through[name], column)
            continue
        span = float(column.max() - column.min())
        np.testing.assert_allclose(through[name], column, rtol=0, atol=1e-6 * span)
        # Three times through a slope of a hundredth: next to nothing is left above the smallest value.
        np.testing.assert_allclose(leaked[name], column.min(), rtol=0, atol=2e-6 * span)


def test_a_model_that_does_not_fit_its_header_is_refused(toy: xr.Dataset) -> None:
    known = Known(15, np.random.default_rng(15))
    header, blocks = parted(known.compress(toy.isel(candidate=slice(9))))
    for wrong in (header | {"latent": 7}, header | {"model": header["model"][:-1]}, header | {"latent": "a"}):
        with pytest.raises(OutOfRange, match="compressed events are damaged"):
            known.decompress(joined(wrong, blocks, "zlib"))


@pytest.mark.parametrize(("latent", "epochs"), [(0, 5), (-1, 5), (3, 0), (2.5, 5)])
def test_numbers_that_make_no_network_are_refused(latent: int, epochs: int) -> None:
    with pytest.raises(OutOfRange, match="must both be whole and at least 1"):
        seeded(latent, epochs)


def test_bytes_hold_the_model_and_give_the_events_back(toy: xr.Dataset) -> None:
    pytest.importorskip("torch", reason=NOT_LOCKED)
    some = toy.isel(candidate=slice(2000))
    data, same = (seeded(8).compress(some) for _ in range(2))
    assert data == same, "the same seed gives the same bytes"
    _, blocks = parted(data)
    widths = [8, *reversed(HIDDEN), 15]
    weights = sum((first + 1) * second for first, second in pairwise(widths))
    assert [len(block) for block in blocks[1:]] == [8 * 2 * 15, 4 * weights, 4 * 8 * 2000]
    back = seeded(3).decompress(data)
    assert list(back.data_vars) == list(some.data_vars)
    largest_errors(some, back)  # whole numbers are as they were
    assert back["mass"].attrs == some["mass"].attrs


def test_training_brings_the_events_closer(toy: xr.Dataset) -> None:
    pytest.importorskip("torch", reason=NOT_LOCKED)
    errors = []
    for epochs in (1, 30):
        network = seeded(10, epochs)
        back = network.decompress(network.compress(toy.isel(candidate=slice(2000))))
        errors.append(float(np.abs(back["muon1_pt"] - toy["muon1_pt"][:2000]).mean()))
    assert errors[1] < 0.7 * errors[0]


def test_what_a_network_cannot_learn_or_read_is_refused(toy: xr.Dataset) -> None:
    with pytest.raises(OutOfRange, match="16 latent numbers, but 15 columns of floats"):
        seeded(16).compress(toy)
    with pytest.raises(OutOfRange, match="column mass, row 1: not finite"):
        seeded(3).compress(toy.isel(candidate=slice(9)).assign(mass=("candidate", np.full(9, np.nan))))
    with pytest.raises(OutOfRange, match="not compressed by an autoencoder"):
        seeded(3).decompress(BitRounding().compress(toy.isel(candidate=slice(9))))
