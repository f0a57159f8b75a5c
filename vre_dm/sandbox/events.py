"""Simulated Drell-Yan and Z′ events as ROOT ntuples of any size, for scale tests, benchmarks and exercises.

They are *simulated* and say so in each file. The physics is that of `collisions` and `detector`: sensible
shapes, no generator, no experiment's simulation. Never compare them with data.
"""

import errno
import json
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import uproot

from vre_dm.errors import SandboxError
from vre_dm.sandbox.collisions import (
    CONTINUUM_FB,
    Z_FB,
    Dileptons,
    Floats,
    Integers,
    Model,
    dileptons,
    process_counts,
)
from vre_dm.sandbox.detector import ELECTRON_MASS, MUON_MASS, Reconstructed, reconstruct

BASKET = 50_000  # events drawn and written at a time; memory does not grow beyond it
BYTES_AN_EVENT = 60  # measured: 47 in a million events, 50 in 20 000
LEPTON = "var * {pt: float32, eta: float32, phi: float32, charge: int32, mass: float32}"
BRANCHES = {
    "event": ("int64", "1", "number of the event, unique over all files of one call"),
    "weight": (
        "float64",
        "1",
        "expected events at the stated luminosity; on average the sum over all files is the expected yield",
    ),
    "truth_mass": ("float64", "GeV", "mass of the lepton pair before the detector"),
    "truth_process": ("int32", "1", "0 Drell-Yan continuum, 1 Z, 2 Z′"),
    "MET_pt": ("float32", "GeV", "missing transverse momentum"),
    "MET_phi": ("float32", "rad", "azimuth of the missing momentum"),
    "Electron": (LEPTON, "GeV, rad, e", "electrons, hardest first: pt, eta, phi, charge, mass"),
    "Muon": (LEPTON, "GeV, rad, e", "muons, hardest first: pt, eta, phi, charge, mass"),
}


def generate(folder: Path, *, files: int, events: int, seed: int, model: Model | None = None) -> list[Path]:
    """Write simulated events, all files or none.

    Parameters
    ----------
    folder
        Existing folder; files of the same name are replaced.
    files
        Number of files, at least 1.
    events
        Events in each file, at least 1.
    seed
        Not negative. Seed, file number and model decide the content of a file; its bytes also hold the time.
    model
        Masses, width, signal fraction, luminosity.

    Returns
    -------
    list of Path
        ``zprime.simulated.<seed>.<number>.root``, each with a TTree ``Events`` (branches as in NanoAOD:
        ``nElectron``, ``Electron_pt`` … ``MET_pt``, ``weight``) and a TObjString ``metadata`` in JSON.

    Raises
    ------
    SandboxError
        An argument is out of range, the folder cannot be written or has no room; nothing is left behind.
    """
    model = model or Model()
    _check(folder, files, events, seed)
    temporary = None
    try:
        temporary = Path(tempfile.mkdtemp(prefix=".events-", dir=folder))
        names = [f"zprime.simulated.{seed}.{number:05d}.root" for number in range(files)]
        for number, name in enumerate(names):
            _write(temporary / name, model, events=events, seed=seed, number=number, files=files)
        return [(temporary / name).replace(folder / name) for name in names]
    except OSError as error:
        why = "no space left" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror or str(error)
        msg = f"cannot write events into {folder}: {why}; nothing was kept"
        raise SandboxError(msg) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def _check(folder: Path, files: int, events: int, seed: int) -> None:
    for name, value, least in (("files", files, 1), ("events", events, 1), ("seed", seed, 0)):
        if value < least:
            msg = f"{name} is {value}, it must be at least {least}"
            raise SandboxError(msg)
    if not folder.is_dir():
        msg = f"cannot write events into {folder}: it is not a folder; make it first"
        raise SandboxError(msg)
    needed, free = files * events * BYTES_AN_EVENT, shutil.disk_usage(folder).free
    if needed > free:
        msg = f"{files} files of {events} events need about {needed:,} bytes, {folder} has {free:,} free"
        raise SandboxError(msg)


def _write(path: Path, model: Model, *, events: int, seed: int, number: int, files: int) -> None:
    identity = uuid.uuid5(uuid.NAMESPACE_URL, path.name)
    with uproot.recreate(path, uuid_function=lambda: identity) as out:
        tree = out.mktree(
            "Events",
            {name: kind for name, (kind, _, _) in BRANCHES.items()},
            title="SIMULATED Drell-Yan and Z′ lepton pairs; not data of any experiment",
        )
        rng = np.random.default_rng([seed, number])
        weights = process_weights(model, events=events, files=files)
        for first, process in _processes(rng, model, events):
            pairs = dileptons(rng, model, process)
            columns = _columns(pairs, reconstruct(rng, pairs), weights[process])
            tree.extend({"event": number * events + first + np.arange(len(process)), **columns})
        out["metadata"] = json.dumps(_metadata(model, events=events, seed=seed, number=number, files=files))


def process_weights(model: Model, *, events: int, files: int) -> Floats:
    """Mean weight of an event of continuum, Z and Z′, shape (3,): expected yield over number generated."""
    counts = process_counts(model, events) * files
    return np.asarray(model.yields / np.maximum(counts, 1))


def _processes(rng: np.random.Generator, model: Model, events: int) -> Iterator[tuple[int, Integers]]:
    """First event number and shuffled processes of each basket; the mixture is exact over the file."""
    for first in range(0, events, BASKET):
        last = min(first + BASKET, events)
        counts = process_counts(model, last) - process_counts(model, first)
        yield first, rng.permutation(np.repeat(np.arange(3), counts))


def _columns(pairs: Dileptons, seen: Reconstructed, mean_weight: Floats) -> dict[str, Any]:
    return {
        "weight": pairs.weight * mean_weight,
        "truth_mass": pairs.mass,
        "truth_process": pairs.process.astype(np.int32),
        "MET_pt": seen.met_pt.astype(np.float32),
        "MET_phi": seen.met_phi.astype(np.float32),
        "Electron": _leptons(seen, ~pairs.is_muon, ELECTRON_MASS),
        "Muon": _leptons(seen, pairs.is_muon, MUON_MASS),
    }


def _leptons(seen: Reconstructed, flavour: Any, mass: float) -> ak.Array:
    chosen = seen.seen & flavour[:, None]
    values = {name: getattr(seen, name)[chosen].astype(np.float32) for name in ("pt", "eta", "phi")}
    values |= {"charge": seen.charge[chosen], "mass": np.full(chosen.sum(), mass, dtype=np.float32)}
    return ak.unflatten(ak.zip(values), chosen.sum(axis=1))


def _metadata(model: Model, *, events: int, seed: int, number: int, files: int) -> dict[str, Any]:
    return {
        "title": "Simulated Drell-Yan and Z′ lepton pairs",
        "simulated": True,
        "experiment": "none",
        "technique": "collider",
        "seed": seed,
        "file": number,
        "files": files,
        "events_a_file": events,
        "zprime_mass_GeV": model.zprime_mass,
        "zprime_relative_width": model.zprime_width,
        "zprime_cross_section_fb": model.zprime_fb,
        "continuum_cross_section_fb": CONTINUUM_FB,
        "z_cross_section_fb": Z_FB,
        "signal_fraction": model.signal_fraction,
        "luminosity_fb": model.luminosity_fb,
        "columns": [
            {"name": name, "unit": unit, "description": text} for name, (_, unit, text) in BRANCHES.items()
        ],
    }
