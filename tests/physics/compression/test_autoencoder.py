"""The autoencoder carries its model in its bytes; without PyTorch it says what to install."""

import sys
from itertools import pairwise

import numpy as np
import pytest
import xarray as xr

from vre_dm.errors import MissingExtra, OutOfRange
from vre_dm.physics.compression.autoencoder import HIDDEN, Autoencoder
from vre_dm.physics.compression.blocks import parted
from vre_dm.physics.compression.packing import BitRounding
from vre_dm.physics.compression.trade import largest_errors


def seeded(latent: int, epochs: int = 2) -> Autoencoder:
    return Autoencoder(latent, np.random.default_rng(15), epochs)


def test_without_pytorch_it_says_what_to_install(toy: xr.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra, match=r"needs PyTorch.*pip install torch"):
        seeded(10).compress(toy)
    with pytest.raises(MissingExtra, match=r"needs PyTorch.*pip install torch"):
        seeded(10).decompress(b"")


@pytest.mark.parametrize(("latent", "epochs"), [(0, 5), (-1, 5), (3, 0), (2.5, 5)])
def test_numbers_that_make_no_network_are_refused(latent: int, epochs: int) -> None:
    with pytest.raises(OutOfRange, match="must both be whole and at least 1"):
        seeded(latent, epochs)


def test_bytes_hold_the_model_and_give_the_events_back(toy: xr.Dataset) -> None:
    pytest.importorskip("torch")
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
    pytest.importorskip("torch")
    errors = []
    for epochs in (1, 30):
        network = seeded(10, epochs)
        back = network.decompress(network.compress(toy.isel(candidate=slice(2000))))
        errors.append(float(np.abs(back["muon1_pt"] - toy["muon1_pt"][:2000]).mean()))
    assert errors[1] < 0.7 * errors[0]


def test_what_a_network_cannot_learn_or_read_is_refused(toy: xr.Dataset) -> None:
    pytest.importorskip("torch")
    with pytest.raises(OutOfRange, match="16 latent numbers, but 15 columns of floats"):
        seeded(16).compress(toy)
    with pytest.raises(OutOfRange, match="column mass, row 1: not finite"):
        seeded(3).compress(toy.isel(candidate=slice(9)).assign(mass=("candidate", np.full(9, np.nan))))
    with pytest.raises(OutOfRange, match="not compressed by an autoencoder"):
        seeded(3).decompress(BitRounding().compress(toy.isel(candidate=slice(9))))
