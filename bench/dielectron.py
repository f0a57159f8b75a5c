"""The event loop of the benchmark: simulated electrons in a tree, and the mass of the two leading ones."""

from pathlib import Path
from typing import Any

import numpy as np

TREE = "Events"
COLUMNS = tuple(f"Electron_{name}" for name in ("pt", "eta", "phi", "mass", "charge"))
_OTHERS = ("dxy", "dz", "iso", "r9", "mva")
_BASKET = 100_000  # entries, as NanoAOD has about
_Z_GEV, _MASS_GEV = 91.2, 0.000511


def write(path: Path, entries: int, seed: int) -> None:
    """Write a tree as NanoAOD has them: lists of electrons, ten columns each, 12 bits of precision."""
    import uproot

    random = np.random.default_rng(seed)
    lists = ("var * float32",) * 4
    kinds = dict(zip(COLUMNS, (*lists, "var * int32"), strict=True))
    kinds |= dict.fromkeys((f"Electron_{name}" for name in _OTHERS), "var * float32")
    kinds |= {"MET_pt": "float32", "run": "uint32", "luminosityBlock": "uint32", "event": "uint64"}
    with uproot.recreate(path, compression=uproot.ZSTD(5)) as file:
        tree = file.mktree(TREE, kinds, counter_name=lambda _: "nElectron")
        for start in range(0, entries, _BASKET):
            tree.extend(_events(random, start, min(_BASKET, entries - start)))


def _events(random: np.random.Generator, first: int, entries: int) -> dict[str, Any]:
    met = _cut(random.exponential(30, entries))
    event = np.arange(first, first + entries, dtype=np.uint64)
    run, block = (np.full(entries, number, np.uint32) for number in (362_760, 1))
    return {
        **_electrons(random, entries),
        "MET_pt": met,
        "run": run,
        "luminosityBlock": block,
        "event": event,
    }


def _electrons(random: np.random.Generator, entries: int) -> dict[str, Any]:
    import awkward as ak

    pair = random.random(entries) < 0.4
    counts = np.where(pair, 2, random.integers(0, 3, entries))
    total = int(counts.sum())
    first = np.cumsum(counts) - counts
    pt = random.exponential(20, total) + 5
    pt[first[pair]] = pt[first[pair] + 1] = random.normal(_Z_GEV / 2, 4, int(pair.sum()))
    phi = random.uniform(-np.pi, np.pi, total)
    phi[first[pair] + 1] = np.remainder(phi[first[pair]] + 2 * np.pi, 2 * np.pi) - np.pi
    charge = random.choice(np.array([-1, 1], np.int32), total)
    values = [
        _cut(pt),
        _cut(random.normal(0, 1.2, total)),
        _cut(phi),
        np.full(total, _MASS_GEV, np.float32),
        charge,
    ]
    values += [_cut(random.normal(0, 1, total)) for _ in _OTHERS]
    names = (*COLUMNS, *(f"Electron_{name}" for name in _OTHERS))
    return {name: ak.unflatten(one, counts) for name, one in zip(names, values, strict=True)}


def _cut(values: Any, bits: int = 12) -> Any:
    """Round to so many bits of the mantissa, which is what makes such a column compressible."""
    mantissa, exponent = np.frexp(values)
    return np.ldexp(np.round(mantissa * 2**bits) / 2**bits, exponent).astype(np.float32)


def masses(offsets: Any, pt: Any, eta: Any, phi: Any, mass: Any, charge: Any) -> Any:
    """Histogram of the mass of the two leading electrons: opposite charges, pt > 20 GeV, |eta| < 2.5."""
    one = offsets[:-1][np.diff(offsets) > 1]
    two = one + 1
    good = (pt[one] > 20) & (pt[two] > 20) & (charge[one] != charge[two])
    good &= (np.abs(eta[one]) < 2.5) & (np.abs(eta[two]) < 2.5)
    one, two = one[good], two[good]
    total = np.zeros((4, len(one)))
    for at in (one, two):
        p, y, angle, m = (column[at].astype(np.float64) for column in (pt, eta, phi, mass))
        z = p * np.sinh(y)
        total += np.stack([np.sqrt(p * p + z * z + m * m), p * np.cos(angle), p * np.sin(angle), z])
    squared = total[0] ** 2 - (total[1:] ** 2).sum(axis=0)
    return np.histogram(np.sqrt(np.maximum(squared, 0)), bins=120, range=(0, 240))[0]
