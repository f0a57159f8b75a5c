"""Looks at all that a user's server on a JupyterHub stands on: a report that may be sent to its admins."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vre_dm.hub.folders import seen
from vre_dm.hub.gateway import gateway_findings
from vre_dm.hub.kernels import CVMFS, kernel_findings
from vre_dm.hub.lake import lake_findings, other_mounts
from vre_dm.hub.limits import home_finding, memory_finding
from vre_dm.hub.own_server import own_server_findings
from vre_dm.hub.redacting import Redactor
from vre_dm.hub.spawned import hub_findings
from vre_dm.lake.doctor import Diagnosis, diagnose
from vre_dm.lake.finding import Finding, State
from vre_dm.lake.premises import disk_findings

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache

_ASK = "send this report to the admins of the hub; it holds no secret"


class ServerDiagnosis(Diagnosis):
    """Findings about a user's server; no secret is in them."""

    @property
    def title(self) -> str:
        """What it comes to."""
        count = sum(finding.state is State.FAIL for finding in self.findings)
        return f"This server lacks something: {count} to act on" if count else "This server has what it needs"


def diagnose_server(
    name: str | None = None,
    environ: Mapping[str, str] | None = None,
    cache: "Cache | None" = None,
    cvmfs: Path = CVMFS,
) -> ServerDiagnosis:
    """Look at this server, its hub, the lake, mounts, kernels, the Dask Gateway, memory and disk.

    Nothing is started or changed. What hangs is named and not waited for.

    Parameters
    ----------
    name, environ, cache
        As of `vre_dm.lake.doctor.diagnose`.
    cvmfs
        Where CVMFS is mounted.
    """
    environ = os.environ if environ is None else environ
    redactor = Redactor(environ)
    # All of them first: what one of them says may quote a secret that a later one knows.
    findings = list(redactor.watching(_findings(name, environ, cache, cvmfs, redactor)))
    return ServerDiagnosis([_with_step(redactor.cleaned(finding)) for finding in _once(findings)])


def _findings(
    name: str | None,
    environ: Mapping[str, str],
    cache: "Cache | None",
    cvmfs: Path,
    redactor: Redactor,
) -> Iterator[Finding]:
    yield from hub_findings(environ)
    home = Path(environ.get("HOME") or Path.home())
    found = seen(home)
    yield home_finding(home, found)
    yield memory_finding(environ)
    if found.hangs:  # the settings of the lake, of Jupyter and of Dask lie there
        return
    yield from own_server_findings(environ)
    yield from diagnose(name, environ, look=lambda one: redactor.watching(lake_findings(one))).findings
    yield from other_mounts(name, environ)
    yield from kernel_findings(environ, cvmfs)
    yield from gateway_findings(environ)
    if cache is not None:
        yield from _kept(cache)


def _kept(cache: "Cache") -> Iterator[Finding]:
    """Room and cache for what is fetched, where their disks answer."""
    dead = [str(one) for one in (cache.folder, cache.shows, cache.shared) if one and seen(one).hangs]
    if dead:
        text = f"{dead[0]} does not answer: nothing can be fetched into it"
        yield Finding("cache", State.FAIL, text, "name another one: VRE_DM_CACHE")
    else:
        yield from disk_findings(cache)


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Leave out what fails for a reason that was told already: without a login all else of a lake does."""
    told: set[str] = set()
    for finding in findings:
        if finding.state is not State.FAIL or finding.text not in told:
            yield finding
        if finding.state is State.FAIL:
            told.add(finding.text)


def _with_step(finding: Finding) -> Finding:
    """Whatever is wrong has a next step."""
    return finding if finding.step or finding.state is State.OK else replace(finding, step=_ASK)
