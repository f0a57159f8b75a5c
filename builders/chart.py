"""Write what the chart takes from elsewhere; with ``--check``, say whether it is up to date.

``files/profiles.json`` follows the cards of the profiles and the last trials of their images, ``Chart.lock``
the dependencies of ``Chart.yaml``, ``README.md`` the comments of ``values.yaml``.
"""

import argparse
import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from builders.chart_values import described
from builders.images.catalogue import BASE
from builders.images.record import trial
from vre_dm.kernels.profile import Profile, profiles

ROOT = Path(__file__).parent.parent
CHART = ROOT / "helm" / "vre-dm"
PROFILES = "files/profiles.json"
JUPYTERLAB = "python3"  # the kernel of its own environment, that of the profile base


def cards() -> str:
    """What the hub shows of each profile."""
    return json.dumps({each.name: _card(each) for each in profiles()}, indent=2) + "\n"


def lock(before: str) -> str:
    """``Chart.lock`` as `helm dependency update` writes it; the time stays while nothing else changes."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    wanted = chart["dependencies"]
    locked = [{key: each[key] for key in ("name", "version", "repository")} for each in wanted]
    known = yaml.safe_load(before) if before else {}
    digest = f"sha256:{_digest(wanted, locked)}"
    when = known.get("generated") if known.get("digest") == digest else datetime.now(UTC).isoformat()
    lines = ["dependencies:"]
    for each in locked:
        lines += [f"- name: {each['name']}", f"  repository: {each['repository']}"]
        lines += [f"  version: {each['version']}"]
    return "\n".join([*lines, f"digest: {digest}", f'generated: "{when}"', ""])


def readme() -> str:
    """The chart's own page."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    rows = []
    for value in described((CHART / "values.yaml").read_text()):
        shown = f"`{value.shown}`" if value.shown else ""
        rows.append(f"| `{value.name}` | {_cell(value.text)} | {_cell(shown)} |")
    needs = ", ".join(f"{each['name']} {each['version']}" for each in chart["dependencies"])
    return _PAGE.format(kubernetes=chart["kubeVersion"].removesuffix("-0"), needs=needs, rows="\n".join(rows))


def stale() -> list[str]:
    """Files that do not follow their source."""
    return [name for name, text in _made().items() if not _is(CHART / name, text)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a file is stale")
    options = parser.parse_args()
    old = stale()
    if options.check:
        for name in old:
            print(f"helm/vre-dm/{name} is stale: run `python -m builders.chart`", file=sys.stderr)
        return len(old)
    for name, text in _made().items():
        (CHART / name).write_text(text)
    return 0


def _made() -> dict[str, str]:
    there = CHART / "Chart.lock"
    return {
        PROFILES: cards(),
        "Chart.lock": lock(there.read_text() if there.exists() else ""),
        "README.md": readme(),
    }


def _card(profile: Profile) -> dict[str, Any]:
    packages: dict[str, str] = {}
    for promise in profile.card.promises:
        packages.setdefault(promise.package, promise.version)
    return {
        "title": profile.card.title,
        "about": profile.card.about,
        "packages": packages,
        "tried": {"size": tried.size, "day": tried.day} if (tried := trial(profile)) else None,
        "daskKernel": _dask(profile),
    }


def _dask(profile: Profile) -> str:
    """Kernel in whose environment a cluster runs: its own, else JupyterLab's, which every image has."""
    own = [spec.name for spec in profile.specs if spec.python]
    has_dask = {"distributed", "dask-gateway"} <= {pin.name for pin in profile.pins}
    return own[0] if own and has_dask and profile.name != BASE else JUPYTERLAB


def _digest(wanted: list[dict[str, Any]], locked: list[dict[str, Any]]) -> str:
    # Helm's own: of both lists as Go writes them, keys in the order of its structure.
    order = ("name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias")
    lists = [[{key: each[key] for key in order if key in each} for each in some] for some in (wanted, locked)]
    text = json.dumps(lists, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return hashlib.sha256(text.encode()).hexdigest()


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


_PAGE = """# The chart vre-dm

<!-- Written by `python -m builders.chart`: change values.yaml or the builder, not this page. -->

A JupyterHub whose users find the data lake, the kernels of their experiments and a Dask Gateway: the charts
{needs}, set up for vre-dm. It needs Kubernetes {kubernetes}.
[docs/admin.md](../../docs/admin.md#with-helm) says how to install it, what changes for users of a VRE that
runs already, and how to go back; [docs/images.md](../../docs/images.md) how its images are built and pushed.

| file | for whom |
|---|---|
| `values-escape.yaml` | the ESCAPE VRE at CERN |
| `values-lapp.yaml` | a second site on the same lake |
| `values-minikube.yaml` | trying everything on one machine, with no account |

## Values

Values that values.yaml does not have, nor those of the two charts, are refused. What is said here of one
profile or mount holds for each.

| value | meaning | default |
|---|---|---|
{rows}
"""


if __name__ == "__main__":
    sys.exit(main())
