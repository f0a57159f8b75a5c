"""Which sources of tokens a lake's configuration and an environment name, the best first."""

import getpass
import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from vre_dm.errors import InvalidConfiguration
from vre_dm.lake.rucio_cfg import OURS
from vre_dm.lake.tokens import FileToken, FirstOf, Secret, TokenProvider, VariableToken
from vre_dm.lake.tokens.hub import hub_token
from vre_dm.lake.tokens.keeping import Kept
from vre_dm.lake.tokens.oauth import Registration, exchanged
from vre_dm.lake.tokens.renewing import Renewing
from vre_dm.lake.tokens.stored import StoredLogin

_HUB_KEY = "JUPYTERHUB_API_TOKEN"

AskHub = Callable[[str], TokenProvider]
"""Gives the hub's token of the user for an audience."""


def registration(options: Mapping[str, str], source: str) -> Registration | None:
    """Client at the lake's issuer that the section ``[vre-dm]`` names, if it does.

    Raises
    ------
    InvalidConfiguration
        An issuer without a client.
    """
    ours = {key.removeprefix(f"{OURS}."): value for key, value in options.items() if key.startswith(OURS)}
    issuer, name, ca = ours.get("issuer"), ours.get("client_id"), ours.get("issuer_ca")
    if not issuer:
        return None
    if not name:
        msg = f"{source} names an issuer in [{OURS}] and no client_id; add the one that is registered there"
        raise InvalidConfiguration(msg)
    return Registration(
        issuer=issuer,
        client_id=name,
        secret=Secret(ours["client_secret"]) if ours.get("client_secret") else None,
        scope=ours.get("login_scope") or "openid profile offline_access",
        storage_scope=ours.get("storage_scope", ""),
        ca=Path(os.path.expandvars(ca)).expanduser() if ca else None,
    )


def stored_login(url: str, client: Registration) -> StoredLogin:
    """Where the login of this user at a lake and its issuer is kept."""
    which = hashlib.sha256(f"{url}\n{client.issuer}\n{client.client_id}".encode()).hexdigest()[:12]
    name = f"{urlsplit(url).hostname or 'lake'}-{which}.json"
    return StoredLogin(platformdirs.user_state_path("vre-dm") / "logins" / name)


def hub(environ: Mapping[str, str], *, narrow: bool = True) -> AskHub | None:
    """Tokens of the hub that this notebook server belongs to, if it does; ``narrow`` as of `hub_token`."""
    api = environ.get("JUPYTERHUB_API_URL")
    if not (api and environ.get(_HUB_KEY)):
        return None
    return lambda audience: hub_token(api, VariableToken(_HUB_KEY), audience, narrow=narrow)


def sources(
    url: str,
    options: Mapping[str, str],
    environ: Mapping[str, str],
    account: str | None,
    client: Registration | None,
) -> TokenProvider | None:
    """Where tokens for a lake come from, the best first: a hub and a kept login renew them by themselves.

    Parameters
    ----------
    url
        Lake.
    options
        Of ``rucio.cfg`` and of its entry in `RucioConfig`.
    environ
        Environment to look into.
    account
        Account, after which Rucio's own client names its file.
    client
        Client at the lake's issuer.
    """
    audience, ask_hub = options.get("oidc_audience") or "rucio", hub(environ, narrow=False)
    found: list[TokenProvider] = [ask_hub(audience)] if ask_hub else []
    if client and ask_hub:
        scope = options.get("oidc_scope") or "openid profile"
        what = f"exchange of the hub's token at {client.issuer}"
        found.append(Kept(exchanged(client, ask_hub(""), audience, scope), what))
    written = _written_tokens(options, environ, account, audience)
    if client:
        login = stored_login(url, client)
        if login.path.exists() or not (found or written):
            found.append(Kept(Renewing(client, login, audience), f"login at {client.issuer}"))
    found += [written] if written else []
    return FirstOf(found) if len(found) > 1 else found[0] if found else None


def token_file(tokens: TokenProvider | None, account: str | None) -> FileToken:
    """Where a login in a browser leaves its token: the configured file, else that of Rucio's client."""
    among = tokens.sources if isinstance(tokens, FirstOf) else (tokens,)
    named = next((source for source in among if isinstance(source, FileToken)), None)
    return named or FileToken(_by_rucio(account), found=True)


def _by_rucio(account: str | None) -> Path:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user id that has no name
        user = str(os.getuid())
    folder = Path(tempfile.gettempdir(), f".rucio_{user}")
    return folder / ("auth_token_for_" + (f"account_{account}" if account else "default_account"))


def _written_tokens(
    options: Mapping[str, str], environ: Mapping[str, str], account: str | None, audience: str
) -> TokenProvider | None:
    """Files come before variables: a file can be renewed while the notebook lives.

    What the configuration of the lake does not name may belong to another lake: it must be for the audience.
    """
    by_rucio, around = _by_rucio(account), environ.get("BEARER_TOKEN_FILE")
    named = [options[key] for key in ("oidc_file_name", "auth_token_file_path") if options.get(key)]
    files = [FileToken(Path(file)) for file in named]
    files += [FileToken(Path(around), audience=audience)] if around else []
    own = options.get("oidc_env_name")
    variables = [VariableToken(own)] if own else []
    variables += [VariableToken(name, audience=audience) for name in ("RUCIO_ACCESS_TOKEN", "BEARER_TOKEN")]
    present = next((file for file in files if file.path.exists()), None)
    variable = next((variable for variable in variables if environ.get(variable.name)), None)
    if present or variable:
        return present or variable
    if os.path.lexists(by_rucio):
        return FileToken(by_rucio, found=True, audience=audience)
    return files[0] if files else None
