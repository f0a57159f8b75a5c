"""An autoencoder in the manner of Baler, with its model in the bytes; PyTorch trains it, NumPy reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from numbers import Integral
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from vre_dm.errors import MissingExtra, OutOfRange
from vre_dm.limits.spelling import shown
from vre_dm.physics.compression.blocks import joined, parted, shuffled, unshuffled
from vre_dm.physics.compression.packing import BitRounding, table_of

Array = NDArray[np.float64]
Single = NDArray[np.float32]
HIDDEN = (200, 100, 50)
BATCH, RATE = 512, 5e-3
FLOAT = np.dtype(np.float32)
LEAK = FLOAT.type(0.01)  # slope of LeakyReLU below zero, as PyTorch has it unless told otherwise
LOSSLESS = BitRounding()


@dataclass(frozen=True, slots=True)
class Autoencoder:
    """A network that is trained on the very events it compresses, down to a few numbers an event.

    Layers of 200, 100 and 50 neurons with leaky ReLU on the way in and back on the way out, columns scaled
    to 0..1 by their extremes, Adam, batches of 512 as Baler's example for CMS has them; but the learning rate
    rises to 0.005 and falls again, and the L1 penalty on activations is left out. The bytes hold what reading
    them takes: extremes, decoder and latent numbers in single precision. Whole numbers are kept as
    they are. **No error bound holds.**

    Attributes
    ----------
    latent
        Numbers that are kept of each event; from 1 to the number of columns of floats.
    rng
        Where the first weights and the order of events come from.
    epochs
        How often training sees each event.

    Raises
    ------
    OutOfRange
        No epoch, or no latent number.

    References
    ----------
    arXiv:2305.02283; layers and training as in github.com/baler-collaboration/baler, commit be8f0c0
    """

    latent: int
    rng: np.random.Generator
    epochs: int = 25

    def __post_init__(self) -> None:
        if not all(isinstance(number, Integral) and number >= 1 for number in (self.latent, self.epochs)):
            told = f"latent numbers {shown(self.latent)} and epochs {shown(self.epochs)}"
            msg = f"autoencoder: {told} must both be whole and at least 1"
            raise OutOfRange(msg)

    @property
    def name(self) -> str:
        """What it keeps, and how long it learns."""
        return f"autoencoder, {self.latent} latent, {self.epochs} epochs"

    def compress(self, events: xr.Dataset) -> bytes:
        """Train, and write latent numbers and decoder.

        Raises
        ------
        OutOfRange
            What `BitRounding.compress` refuses, no column of floats, a number that is not finite, or more
            latent numbers than columns of floats.
        MissingExtra
            PyTorch is not installed.
        """
        floats = [name for name, values in table_of(events).items() if values.dtype.kind == "f"]
        if not self.latent <= len(floats):
            msg = f"{self.latent} latent numbers, but {len(floats)} columns of floats; give at most as many"
            raise OutOfRange(msg)
        low, span, scaled = _scaled(events, floats)
        weights, latent = self._trained(scaled)
        about = [[name, events[name].dtype.str.lstrip("<>=|"), dict(events[name].attrs)] for name in floats]
        header = {
            "model": about,
            "latent": self.latent,
            "order": [str(name) for name in events.data_vars],
            "attrs": dict(events.attrs),
            "dimension": str(next(iter(events.sizes))),
        }
        whole = events.drop_vars(floats)
        kept = LOSSLESS.compress(whole) if whole.data_vars else b""
        numbers = [shuffled(array) for array in (np.stack([low, span]).ravel(), weights, latent.T.ravel())]
        return joined(header, [kept, *numbers], LOSSLESS.codec)

    def decompress(self, data: bytes) -> xr.Dataset:
        """Have the events back, as well as the network remembers them.

        Raises
        ------
        OutOfRange
            Other bytes than those of `compress`, cut off or damaged.
        """
        header, blocks = parted(data)
        if "model" not in header:
            msg = "these events were not compressed by an autoencoder; use decompress() of what wrote them"
            raise OutOfRange(msg)
        try:
            return _read(header, blocks)
        except (ValueError, TypeError, KeyError, IndexError) as error:
            msg = f"compressed events are damaged: {type(error).__name__} in the model; write them anew"
            raise OutOfRange(msg) from error

    def _trained(self, scaled: Single) -> tuple[Single, Single]:
        """Weights of the decoder, as `_decoded` takes them, and latent numbers of shape (n, latent)."""
        torch = _torch()
        features, events = scaled.shape[1], torch.from_numpy(scaled)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(self.rng.integers(2**31)))
            encoder = _network((features, *HIDDEN, self.latent))
            decoder = _network((self.latent, *reversed(HIDDEN), features))
            self._train(torch.nn.Sequential(encoder, decoder), events)
        with torch.no_grad():
            weights = torch.nn.utils.parameters_to_vector(decoder.parameters())
            return weights.numpy(), encoder(events).numpy()

    def _train(self, both: Any, events: Any) -> None:
        torch = _torch()
        adam = torch.optim.Adam(both.parameters())
        rate = torch.optim.lr_scheduler.OneCycleLR(
            adam, max_lr=RATE, total_steps=self.epochs * -(-len(events) // BATCH)
        )
        for _ in range(self.epochs):
            for batch in torch.randperm(len(events)).split(BATCH):
                adam.zero_grad()
                loss = torch.nn.functional.mse_loss(both(events[batch]), events[batch])
                loss.backward()
                adam.step()
                rate.step()


def _read(header: dict[str, Any], blocks: Sequence[bytes]) -> xr.Dataset:
    kept = LOSSLESS.decompress(blocks[0]) if blocks[0] else xr.Dataset()
    low, span = unshuffled(blocks[1], np.dtype(np.float64)).reshape(2, -1)
    weights = unshuffled(blocks[2], FLOAT)
    latent = unshuffled(blocks[3], FLOAT).reshape(header["latent"], -1).T
    scaled = _decoded(latent, weights, len(header["model"])).astype(np.float64)
    columns = {
        name: (header["dimension"], values.astype(kind), attrs)
        for (name, kind, attrs), values in zip(header["model"], (low + span * scaled).T, strict=True)
    }
    events: xr.Dataset = kept.assign(columns)[header["order"]].assign_attrs(header["attrs"])
    return events


def _network(widths: Sequence[int]) -> Any:
    torch = _torch()
    layers: list[Any] = []
    for before, after in pairwise(widths):
        layers += [torch.nn.Linear(before, after), torch.nn.LeakyReLU()]
    return torch.nn.Sequential(*layers[:-1])


def _decoded(latent: Single, weights: Single, columns: int) -> Single:
    """What the decoder makes of latent numbers of shape (n, latent): shape (n, columns).

    ``weights`` are PyTorch's, one layer after the other: a matrix (after, before), row by row, and a shift.
    """
    values, rest = latent, weights
    for before, after in pairwise((latent.shape[1], *reversed(HIDDEN), columns)):
        if rest is not weights:
            values = np.where(values > 0, values, LEAK * values)
        matrix, shift, rest = np.split(rest, [after * before, after * before + after])
        values = values @ matrix.reshape(after, before).T + shift
    return values


def _scaled(events: xr.Dataset, floats: Sequence[str]) -> tuple[Array, Array, Single]:
    """Minimum and range of each column, and the columns as 0..1 between them, shape (n, columns)."""
    values = np.stack([events[name].to_numpy().astype(np.float64) for name in floats], axis=1)
    for name, column in zip(floats, values.T, strict=True):
        if not np.all(finite := np.isfinite(column)):
            msg = f"column {name}, row {int(np.argmin(finite)) + 1}: not finite; no network learns from it"
            raise OutOfRange(msg)
    low, span = values.min(axis=0), np.ptp(values, axis=0)
    return low, span, ((values - low) / np.where(span > 0, span, 1.0)).astype(np.float32)


def _torch() -> Any:
    try:
        import torch
    except ImportError as error:
        msg = f"an autoencoder is trained with PyTorch, which cannot be imported ({error}); pip install torch"
        raise MissingExtra(msg) from error
    return torch
