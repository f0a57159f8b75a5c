"""Which lakes exist for this user, and where each of their settings came from.

The only module of the lake's face that reads the environment (but for a token, which `tokens` reads from its
variable at each use) and knows the embedded lake.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vre_dm.errors import InvalidConfiguration
from vre_dm.lake import rucio_cfg, rucio_config, sources
from vre_dm.lake.audiences import Audiences
from vre_dm.lake.instance import Instance, Mount
from vre_dm.lake.tokens import FileToken, Secret

EMBEDDED = "embedded"
"""Name of the embedded lake of this machine."""

_SOURCE = "the embedded lake"


@dataclass(frozen=True)
class Known:
    """Lakes that are configured, the default one first, and what was seen but not used."""

    instances: list[Instance] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def known(environ: Mapping[str, str] | None = None) -> Known:
    """Every configured lake, in order of explicitness.

    `RucioConfig` of rucio-jupyterlab comes first, then the VRE's ``RUCIO_*`` variables, then ``rucio.cfg``.
    An instance that two of them describe appears once; what the first leaves open ``rucio.cfg`` fills in.
    The embedded lake is not listed: it is used when this list is empty.

    Parameters
    ----------
    environ
        Environment to read; the process's own when left out.

    Raises
    ------
    InvalidConfiguration
        ``rucio.cfg`` or ``RUCIO_CONFIG`` is wrong.
    """
    environ = os.environ if environ is None else environ
    path = rucio_cfg.find(environ)
    options = rucio_cfg.read(path) if path else {}
    found = rucio_config.from_jupyter(environ)
    entries = list(found.entries)
    variables = rucio_config.from_variables(environ)
    if variables and not any(_same(entry, variables) for entry in entries):
        entries.append(variables)
    instances: list[Instance] = []
    for entry in entries:
        try:
            instances.append(_from_entry(entry, options, environ))
            found.notes.extend(_unused(entry))
        except InvalidConfiguration as error:
            found.notes.append(str(error))
    if path and all(i.url != _clean(options["rucio_host"]) for i in instances):
        instances.append(from_rucio_cfg(path, environ))
    return Known(instances, found.notes)


def choose(name: str | None, environ: Mapping[str, str] | None = None) -> Instance | None:
    """Pick the configured lake of this name, or the default one; ``None`` when nothing is configured.

    Raises
    ------
    InvalidConfiguration
        No configured lake has this name.
    """
    found = known(environ)
    if name is None:
        if not found.instances and found.notes:
            raise InvalidConfiguration("; ".join(found.notes))
        return found.instances[0] if found.instances else None
    for instance in found.instances:
        if name in {instance.name, instance.url}:
            return instance
    names = ", ".join(i.name for i in found.instances) or "none"
    msg = f"no lake is called {name!r}; configured: {names} (and embedded, on this machine)"
    raise InvalidConfiguration(msg)


def embedded(say: Callable[[str], None]) -> Instance:
    """Use the embedded lake of this machine, started if it does not run.

    Parameters
    ----------
    say
        Is told that the lake is started and why, and what is being done meanwhile; nothing when it runs.
    """
    running = embedded_if_running()
    if running is not None:
        return running
    say("No data lake is configured: starting the embedded one on this machine (see vre-dm lake status).")
    return _embedded(_sandbox().up(say=say).rucio_config)


def awake(instance: Instance, say: Callable[[str], None]) -> Instance:
    """Start the embedded lake of this machine again if it stopped; every other lake is left as it is.

    Parameters
    ----------
    instance
        Lake that was connected to; the embedded one may come back at another address.
    say
        Is told that the lake is started, and what is being done meanwhile.
    """
    if not (instance.embedded and instance.source == _SOURCE):
        return instance
    now = embedded_if_running()
    if now is None:
        say("The embedded lake stopped because it was not used: starting it again.")
        now = _embedded(_sandbox().up(say=say).rucio_config)
    return replace(instance, url=now.url, auth_url=now.auth_url, registration=now.registration)


def embedded_if_running() -> Instance | None:
    """Give the embedded lake of this machine if it can be used now."""
    lake = _sandbox().status()
    return _embedded(lake.rucio_config) if lake.running else None


def _sandbox() -> Any:
    from vre_dm import sandbox  # heavy, and most users of a site never need it

    return sandbox


def _embedded(config: Path) -> Instance:
    # Variables of Rucio's own client speak of another lake: without them, or this one would not be used.
    return replace(from_rucio_cfg(config, {}), name=EMBEDDED, source=_SOURCE, embedded=True)


def from_file(path: Path) -> Instance:
    """Lake of a ``rucio.cfg`` that the user named: it wins over Rucio's own variables.

    Raises
    ------
    InvalidConfiguration
        The file cannot be read or lacks a setting.
    """
    overruled = {"RUCIO_ACCOUNT", "RUCIO_AUTH_TYPE", "RUCIO_VO"}
    return from_rucio_cfg(path, {name: value for name, value in os.environ.items() if name not in overruled})


def from_rucio_cfg(path: Path, environ: Mapping[str, str] | None = None) -> Instance:
    """Lake that a ``rucio.cfg`` describes.

    Raises
    ------
    InvalidConfiguration
        The file cannot be read or lacks a setting.
    """
    environ = os.environ if environ is None else environ
    options = rucio_cfg.read(path)
    auth = environ.get("RUCIO_AUTH_TYPE") or options.get("auth_type", "")
    account = environ.get("RUCIO_ACCOUNT") or options.get("account")
    password = options.get("password")
    ca = options.get("ca_cert")
    certificate, key = _certificate(auth, options, environ)
    url = _clean(options["rucio_host"])
    return Instance(
        name=urlsplit(options["rucio_host"]).hostname or "lake",
        url=url,
        auth_url=_clean(options.get("auth_host") or options["rucio_host"]),
        auth=auth,
        source=str(path),
        account=account,
        vo=environ.get("RUCIO_VO") or options.get("vo", "def"),
        ca=_file(ca) if ca else None,
        username=options.get("username"),
        password=Secret(password) if password else None,
        certificate=certificate,
        key=key,
        embedded=options.get("vre-dm.embedded", "").lower() in {"1", "yes", "true", "on"},
        **_oidc(url, auth, options, environ, account, str(path)),
    )


def from_settings(url: str, settings: Mapping[str, object]) -> Instance:
    """Lake given by arguments of `connect`.

    Parameters
    ----------
    url
        Address of the server.
    settings
        Attributes of `Instance`; ``token_file`` for OIDC; paths and passwords may be plain text. The kind of
        login follows from what is given.

    Raises
    ------
    InvalidConfiguration
        A setting is unknown or makes no sense.
    """
    given = _settings(settings)
    kind = "oidc" if "tokens" in given else "userpass" if "username" in given else "x509_proxy"
    usual = {"name": urlsplit(url).hostname or "lake", "source": "the arguments of connect()", "auth": kind}
    usual |= {"auth_url": _clean(url)}
    return Instance(**{**usual, **given, "url": _clean(url)})  # type: ignore[arg-type]


def changed(instance: Instance, settings: Mapping[str, object]) -> Instance:
    """Lake with some settings replaced; see `from_settings`.

    Raises
    ------
    InvalidConfiguration
        A setting is unknown or makes no sense.
    """
    return replace(instance, **_settings(settings))  # type: ignore[arg-type]


def _settings(settings: Mapping[str, object]) -> dict[str, object]:
    values = dict(settings)
    unknown = set(values) - set(Instance.__dataclass_fields__) - {"token_file"}
    if unknown:
        msg = f"connect() has no setting {', '.join(sorted(unknown))}; see help(vre_dm.connect)"
        raise InvalidConfiguration(msg)
    if "token_file" in values:
        values["tokens"] = FileToken(_file(str(values.pop("token_file"))))
    for key in ("ca", "certificate", "key"):
        if values.get(key) is not None:
            values[key] = _file(str(values[key]))
    if isinstance(values.get("password"), str):
        values["password"] = Secret(str(values["password"]))
    return values


def _from_entry(entry: Mapping[str, object], cfg: Mapping[str, str], environ: Mapping[str, str]) -> Instance:
    source = str(entry["source"])
    url = _clean(str(entry.get("rucio_base_url") or ""))
    # What rucio.cfg says counts only if it speaks of the same server.
    options = cfg if cfg and _clean(cfg["rucio_host"]) == url else {}
    named = entry.get("default_auth_type") or options.get("auth_type") or environ.get("RUCIO_AUTH_TYPE")
    auth = "oidc" if entry.get("oidc_auth") else str(named or "")
    account = environ.get("RUCIO_ACCOUNT") or options.get("account") or environ.get("JUPYTERHUB_USER")
    password = options.get("password")
    ca = entry.get("rucio_ca_cert") or options.get("ca_cert")
    certificate, key = _certificate(auth, options, environ)
    return Instance(
        name=str(entry.get("name") or urlsplit(url).hostname or "lake"),
        url=url,
        auth_url=_clean(str(entry.get("rucio_auth_url") or url)),
        auth=auth,
        source=source,
        account=account,
        vo=str(entry.get("vo") or options.get("vo", "def")),
        ca=_file(str(ca)) if ca else None,
        username=options.get("username"),
        password=Secret(password) if password else None,
        certificate=certificate,
        key=key,
        mount=_mount(entry, source),
        replicate=entry.get("mode") == "replica",
        rule_days=_number(entry.get("replication_rule_lifetime_days"), source) or None,
        **_oidc(url, auth, {**options, **_texts(entry)}, environ, account, source),
    )


def _oidc(
    url: str,
    auth: str,
    options: Mapping[str, str],
    environ: Mapping[str, str],
    account: str | None,
    source: str,
) -> dict[str, Any]:
    """Attributes of an instance that say what tokens are for and where they come from."""
    client = sources.registration(options, source)
    return {
        "tokens": sources.sources(url, options, environ, account, client) if auth == "oidc" else None,
        "scope": options.get("oidc_scope") or "openid profile",
        "audience": options.get("oidc_audience") or "rucio",
        "issuer": options.get("oidc_issuer"),
        "registration": client,
        "hub": sources.hub(environ),
        "storage_audiences": Audiences.parse(options.get("vre-dm.storage_audience", ""), source),
    }


def _certificate(
    auth: str, options: Mapping[str, str], environ: Mapping[str, str]
) -> tuple[Path | None, Path | None]:
    """PEM files of certificate and key; a proxy holds both, and is found as the grid's tools do."""
    if auth == "x509":
        certificate = environ.get("RUCIO_CLIENT_CERT") or options.get("client_cert")
        key = environ.get("RUCIO_CLIENT_KEY") or options.get("client_key")
    else:
        usual = f"{tempfile.gettempdir()}/x509up_u{os.geteuid()}"
        named = environ.get("RUCIO_CLIENT_PROXY") or options.get("client_x509_proxy")
        certificate, key = named or environ.get("X509_USER_PROXY") or usual, None
    return _file(certificate) if certificate else None, _file(key) if key else None


def _mount(entry: Mapping[str, object], source: str) -> Mount | None:
    rse, folder = entry.get("destination_rse"), entry.get("rse_mount_path")
    if not (isinstance(rse, str) and isinstance(folder, str)) or entry.get("mode") == "download":
        return None
    return Mount(rse, Path(folder), int(_number(entry.get("path_begins_at"), source)))


def _unused(entry: Mapping[str, object]) -> Iterator[str]:
    """What an instance says of a mount that is not used, since the rest of it is missing."""
    missing = [key for key in ("destination_rse", "rse_mount_path") if not entry.get(key)]
    if entry.get("mode") == "replica" and missing:
        yield f"{entry['source']}: mode = replica needs {' and '.join(missing)} too; files are copied instead"
    elif missing == ["destination_rse"] and entry.get("mode") != "download":
        yield f"{entry['source']}: rse_mount_path is not used without destination_rse, which is mounted there"


def _texts(entry: Mapping[str, object]) -> dict[str, str]:
    return {key: value for key, value in entry.items() if isinstance(value, str)}


def _number(value: object, source: str) -> float:
    try:
        return float(str(value or 0))
    except ValueError:
        msg = f"{source}: {value!r} is not a number; correct it"
        raise InvalidConfiguration(msg) from None


def _same(entry: Mapping[str, object], other: Mapping[str, object]) -> bool:
    return any(entry.get(key) == other.get(key) for key in ("name", "rucio_base_url"))


def _file(value: str) -> Path:
    return Path(os.path.expandvars(value)).expanduser()


def _clean(url: str) -> str:
    return url.strip().rstrip("/")
