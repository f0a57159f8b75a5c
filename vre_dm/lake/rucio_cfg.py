"""Reads `rucio.cfg` where Rucio's own client looks for it, without touching that client's state."""

import configparser
from collections.abc import Mapping
from pathlib import Path

from vre_dm.errors import InvalidConfiguration

OURS = "vre-dm"
"""Section for what Rucio's client does not know."""

_OUR_KEYS = {
    "embedded", "issuer", "issuer_ca", "client_id", "client_secret", "login_scope", "storage_audience",
    "storage_scope",
}  # fmt: skip


def find(environ: Mapping[str, str]) -> Path | None:
    """Path of the configuration that Rucio's client would use, or ``None``.

    Raises
    ------
    InvalidConfiguration
        ``RUCIO_CONFIG`` names a file that does not exist.
    """
    given = environ.get("RUCIO_CONFIG")
    if given:
        if not Path(given).is_file():
            msg = f"the variable RUCIO_CONFIG names {given}, which is not a file; correct or unset it"
            raise InvalidConfiguration(msg)
        return Path(given)
    roots = [environ[name] for name in ("RUCIO_HOME", "VIRTUAL_ENV", "CONDA_PREFIX") if environ.get(name)]
    candidates = [Path(root) / "etc/rucio.cfg" for root in [*roots, "/opt/rucio"]]
    return next((path for path in candidates if path.is_file()), None)


def read(path: Path) -> dict[str, str]:
    """Options of the section ``[client]``, and those of ``[vre-dm]`` under ``vre-dm.KEY``.

    Raises
    ------
    InvalidConfiguration
        The file cannot be read, names no server, or has a key in ``[vre-dm]`` that means nothing.
    """
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(path.read_text(encoding="utf-8"), source=str(path))
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        msg = f"{path} cannot be read as rucio.cfg: {fault(error)}; correct it"
        raise InvalidConfiguration(msg) from error
    options = dict(parser["client"]) if parser.has_section("client") else {}
    if not options.get("rucio_host"):
        msg = f"{path} has no rucio_host in its section [client]; add it"
        raise InvalidConfiguration(msg)
    ours = dict(parser[OURS]) if parser.has_section(OURS) else {}
    unknown = set(ours) - _OUR_KEYS - set(parser.defaults())
    if unknown:
        msg = f"{path} has {min(unknown)} in its section [{OURS}], which means nothing; remove or correct it"
        raise InvalidConfiguration(msg)
    return options | {f"{OURS}.{key}": value for key, value in ours.items()}


def fault(error: Exception) -> str:
    """Why a configuration cannot be read; its lines are not shown, since one may hold a password."""
    if isinstance(error, configparser.MissingSectionHeaderError):
        return f"line {error.lineno} stands before any [section]"
    if isinstance(error, configparser.ParsingError):
        return f"line {error.errors[0][0]} is no setting"
    return " ".join(str(error).split())
