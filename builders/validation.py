"""Write what `vre-dm validate` prints into docs/analyses.md, whose test runs the command again.

Run ``python -m builders.validation``; it uses the lake that is configured, or the embedded one.
"""

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "analyses.md"
BLOCK = re.compile(r"(<!-- validation: begin -->\n).*(<!-- validation: end -->\n)", re.DOTALL)


def main() -> None:
    """Run the command and put its output between the marks."""
    done = subprocess.run([sys.executable, "-m", "vre_dm", "validate"], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        said = (done.stdout.strip().splitlines() or ["vre-dm validate printed nothing"])[-1]
        sys.exit(f"{PAGE.name} stays as it is: {said}")
    told = f"```console\n$ vre-dm validate\n{done.stdout}```\n"
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(BLOCK.sub(lambda found: found[1] + told + found[2], page), encoding="utf-8")


if __name__ == "__main__":
    main()
