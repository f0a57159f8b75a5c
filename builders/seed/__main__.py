"""``python -m builders.seed SOURCE``: builds the seed data; ``--check`` compares it with the raw inputs."""

import argparse
import sys
from pathlib import Path

from builders.seed.check import problems
from builders.seed.registry import SEED, build
from builders.seed.sources import read_all


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m builders.seed", description=__doc__)
    parser.add_argument(
        "source", type=Path, help="folder with flows/, curves/, fermi_lat_dsph/ and darkside50/"
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; compare what ships with the raw inputs"
    )
    options = parser.parse_args()
    sources = read_all(options.source)
    if options.check:
        found = problems(options.source, sources)
        print(
            "\n".join(found) or "every shipped value equals its raw input",
            file=sys.stderr if found else sys.stdout,
        )
        return 1 if found else 0
    changed = build(sources)
    total = sum(path.stat().st_size for path in (SEED / "files").rglob("*") if path.is_file())
    count = sum(len(list(source.files())) for source in sources)
    print(f"{len(changed)} files written, {count} in all, {total / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
