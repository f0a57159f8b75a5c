"""The positive control: a client as many scripts have one, which believes what it gets."""

import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import requests

PATIENCE = 60.0
"""Seconds of silence after which it gives up."""


def naive_fetch(
    url: str, target: Path, headers: Mapping[str, str] | None = None, patience: float = PATIENCE
) -> str:
    """Write an answer where the file shall be, behind what is there already; give '' or the error."""
    have = target.stat().st_size if target.exists() else 0
    ask = dict(headers or {}) | ({"Range": f"bytes={have}-"} if have else {})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it does not look at certificates
            answer = requests.get(url, headers=ask, stream=True, verify=False, timeout=patience)
        with answer, target.open("ab") as out:
            for chunk in answer.iter_content(1 << 16):
                out.write(chunk)
    except (requests.RequestException, OSError) as error:
        return str(error) or type(error).__name__
    return ""


def naive_path(folder: Path, scope: str, name: str) -> Path:
    """Put a file where its name says."""
    return folder / scope / name


def naive_root_fetch(url: str, target: Path) -> None:
    """Write what an XRootD server gives, all of it or not."""
    from XRootD import client  # an extra

    file = client.File()
    file.open(url, timeout=2)
    with target.open("wb") as out, suppress(ValueError):  # nor does it look whether the file was opened
        while chunk := file.read(out.tell(), 1 << 20, timeout=5)[1]:
            out.write(chunk)
    file.close(timeout=1)
