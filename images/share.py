"""Run in the build of a kernel's image: large files that JupyterLab's environment has too become links.

usage: python3 share.py ENVIRONMENT OTHER

The layer below holds them already, and many packages are locked to the same version in both.
"""

import filecmp
import sys
from pathlib import Path

LARGE = 1 << 16  # bytes; a link to a smaller file saves little


def share(environment: Path, other: Path) -> int:
    """Replace files by links to the same at the same place elsewhere; returns the bytes saved."""
    saved = 0
    for path in sorted(environment.rglob("*")):
        twin = other / path.relative_to(environment)
        if path.is_symlink() or not path.is_file() or (size := path.stat().st_size) < LARGE:
            continue
        # what was compiled of a module holds the time of its source, and would count as older than the other
        if path.suffix == ".py":
            continue
        # what is said of a package is read by who never looks at the other environment
        if path.parent.name.endswith(".dist-info"):
            continue
        # one that is a link itself could lead elsewhere
        if twin.is_symlink() or not twin.is_file() or not filecmp.cmp(path, twin, shallow=False):
            continue
        path.unlink()
        path.symlink_to(twin)
        saved += size
    return saved


if __name__ == "__main__":
    packages = [next(Path(name).glob("lib/python3*/site-packages")) for name in sys.argv[1:]]
    sys.stdout.write(f"{share(*packages) / 1e6:.0f} MB are those of {sys.argv[2]}\n")
