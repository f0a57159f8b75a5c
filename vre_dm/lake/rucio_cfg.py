"""Reads `rucio.cfg` where Rucio's own client looks for it, without touching that client's state."""

import configparser
from collections.abc import Mapping
from pathlib import Path

from vre_dm.errors import InvalidConfiguration


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
    """Options of the section ``[client]``, and ``embedded`` from ``[vre-dm]``.

    Raises
    ------
    InvalidConfiguration
        The file cannot be read, or names no server.
    """
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(path.read_text(encoding="utf-8"), source=str(path))
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        why = " ".join(str(error).split())
        msg = f"{path} cannot be read as rucio.cfg: {why}; correct it"
        raise InvalidConfiguration(msg) from error
    options = dict(parser["client"]) if parser.has_section("client") else {}
    if not options.get("rucio_host"):
        msg = f"{path} has no rucio_host in its section [client]; add it"
        raise InvalidConfiguration(msg)
    options["embedded"] = parser.get("vre-dm", "embedded", fallback="")
    return options
