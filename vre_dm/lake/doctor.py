"""Looks at which lake is used and what is wrong with it: one finding a line, each with the next step."""

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vre_dm.errors import InvalidConfiguration, VreDmError
from vre_dm.lake import instances
from vre_dm.lake.connection import Connection
from vre_dm.lake.credentials import credentials
from vre_dm.lake.finding import Finding, State, failed
from vre_dm.lake.instance import Instance
from vre_dm.lake.lake import Lake
from vre_dm.lake.premises import disk_findings, mount_findings
from vre_dm.lake.storage_tokens import StorageTokens
from vre_dm.lake.tables import Table, Tabular

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache

_CLOCK = 30.0  # seconds of difference at which tokens begin to fail


class Diagnosis(Tabular):
    """Findings about the lake that `connect` would use.

    Attributes
    ----------
    findings
        In the order they were looked at; later ones are missing when an earlier one makes them pointless.
    runs
        Whether there is a lake to look at; the embedded one is started when it is needed.
    """

    def __init__(self, findings: list[Finding], *, runs: bool = True) -> None:
        self.findings, self.runs = findings, runs

    @property
    def healthy(self) -> bool:
        """Whether nothing failed."""
        return all(finding.state is not State.FAIL for finding in self.findings)

    @property
    def title(self) -> str:
        """What it comes to."""
        if not self.runs:
            return "No lake runs; one is started when needed"
        return "The lake can be used" if self.healthy else "The lake cannot be used"

    def table(self) -> Table:
        """One row a finding."""
        rows = [(f.state, f.what, f.text + (f" -> {f.step}" if f.step else "")) for f in self.findings]
        return Table(self.title, ("", "", ""), rows, widest=400)


def examine(instance: Instance) -> Iterator[Finding]:
    """Look at one lake, step by step, until a step fails that the others need.

    Yields
    ------
    Finding
        Certificate authority, server, clock, credentials, account, storage elements, quota, mount.
    """
    yield from _certificates(instance)
    try:
        lake = Lake(instance, Path())
    except VreDmError as error:
        yield failed("credentials", error)
        return
    try:
        started = time.monotonic()
        version, clock = lake.ping(), lake.clock()
        yield Finding("server", State.OK, f"{instance.url} runs Rucio {version}{_took(started)}")
    except VreDmError as error:
        yield failed("server", error)
        return
    yield _clock(clock, datetime.now(UTC))
    now = clock or datetime.now(UTC)
    yield from credentials(lake.tokens, now)
    for_storage = StorageTokens(instance, lake.tokens)
    for audience in instance.storage_audiences.all():
        yield from credentials(for_storage.reaching(audience), now, "storage login")
    yield from _attempts(
        ("account", lambda: f"{lake.whoami()['account']} ({instance.auth}), by the {lake.tokens}"),
        ("storage", lambda: _storage(lake)),
        ("quota", lambda: _quota(lake)),
    )
    yield from mount_findings(Connection(instance), lake.access)


def diagnose(
    name: str | None = None,
    environ: Mapping[str, str] | None = None,
    cache: "Cache | None" = None,
    look: Callable[[Instance], Iterator[Finding]] = examine,
) -> Diagnosis:
    """Look at the lake that `connect` would use, without starting or changing anything.

    Parameters
    ----------
    name
        Name of a configured lake, or ``embedded``; the default one when left out.
    environ
        Environment to read; the process's own when left out.
    cache
        Where fetched files are kept; not looked at when left out.
    look
        Examines the lake, once it is known which.
    """
    kept = [] if cache is None else list(disk_findings(cache))
    findings: list[Finding] = []
    try:
        found = instances.known(environ)
        findings += [Finding("configuration", State.WARN, note) for note in found.notes]
        configured = None if name == instances.EMBEDDED else instances.choose(name, environ)
        instance = configured or instances.embedded_if_running()
    except InvalidConfiguration as error:
        return Diagnosis([*findings, failed("configuration", error), *kept])
    if instance is None:
        text = (
            "the embedded one does not run"
            if name
            else "no lake is configured and the embedded one does not run"
        )
        step = "vre-dm lake up, or nothing: connect() starts it"
        return Diagnosis([*findings, Finding("instance", State.WARN, text, step), *kept], runs=False)
    others = [i.name for i in found.instances if i.name != instance.name]
    more = f"; also configured: {', '.join(others)}" if others else ""
    findings.append(Finding("instance", State.OK, f"{instance.name}, from {instance.source}{more}"))
    return Diagnosis([*findings, *look(instance), *kept])


def _certificates(instance: Instance) -> Iterator[Finding]:
    if not instance.url.startswith("https"):
        yield Finding("TLS", State.OK, "not used: the server is this machine")
    elif instance.ca is None:
        yield Finding("TLS", State.OK, "the system's certificate authorities")
    else:
        try:
            ssl.create_default_context(cafile=str(instance.ca))
            yield Finding("TLS", State.OK, f"certificate authority {instance.ca}")
        except OSError as error:
            text = f"the certificate authority {instance.ca} cannot be used: {error.strerror or error}"
            yield Finding("TLS", State.FAIL, text, f"correct ca_cert in {instance.source}")


def _clock(server: datetime | None, here: datetime) -> Finding:
    if server is None:
        return Finding("clock", State.WARN, "the server does not tell the time")
    off = (here - server).total_seconds()
    if abs(off) < _CLOCK:
        return Finding("clock", State.OK, "agrees with the server's")
    text = f"this machine's clock is {abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} the server's"
    return Finding("clock", State.FAIL, text, "synchronise it (NTP): tokens look expired or not yet valid")


def _attempts(*looks: tuple[str, Callable[[], str]]) -> Iterator[Finding]:
    for what, look in looks:
        try:
            yield Finding(what, State.OK, look())
        except VreDmError as error:
            yield failed(what, error)


def _storage(lake: Lake) -> str:
    elements = lake.rses()
    schemes = ", ".join(sorted({endpoint.scheme for endpoint in elements.endpoints}))
    return f"{len(elements.names)} storage elements ({schemes})"


def _quota(lake: Lake) -> str:
    allowances = lake.quota().allowances
    return f"at {len(allowances)} storage elements" if allowances else "none set: rules will be refused"


def _took(started: float) -> str:
    return f", answered in {(time.monotonic() - started) * 500:.0f} ms"
