"""`vre-dm login`: log in to a lake, in a browser or by a code, and keep what came in a file of the user's."""

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import click

from vre_dm.errors import InvalidConfiguration
from vre_dm.lake.tables import clean

if TYPE_CHECKING:
    from vre_dm.lake.instance import Instance
    from vre_dm.lake.tokens.device import Prompt


@click.command()
@click.argument("name", required=False)
@click.option("--device", is_flag=True, help="Confirm a code on any screen; renewed by itself from then on.")
@click.option("--forget", is_flag=True, help="Remove the login that --device left on this machine.")
def login(name: str | None, device: bool, forget: bool) -> None:
    """Log in to a data lake in any browser; the token goes to a file that only you can read.

    NAME is a configured lake; the default one when left out. In a hub nothing is to be done: its tokens are
    used, and renewed, by themselves.
    """
    instance = _chosen(name)
    if forget:
        _forget(instance)
        return
    if device:
        _by_code(instance)
    else:
        _in_browser(instance)
    _tell(_chosen(name))


def _chosen(name: str | None) -> "Instance":
    from vre_dm.lake import instances

    instance = None if name == instances.EMBEDDED else instances.choose(name)
    instance = instance or instances.embedded_if_running()
    if instance is None or instance.auth != "oidc":
        msg = "no configured lake logs in by browser (auth_type = oidc); vre-dm doctor shows what is used"
        raise InvalidConfiguration(msg)
    return instance


def _by_code(instance: "Instance") -> None:
    from vre_dm.lake.sources import stored_login
    from vre_dm.lake.tokens.device import device_login

    if instance.registration is None:
        msg = (
            f"{instance.source} names no client at the issuer of {instance.name}; "
            "add issuer and client_id to its section [vre-dm], or log in without --device"
        )
        raise InvalidConfiguration(msg)
    client, scope = instance.registration.client(), instance.registration.scope
    kept = stored_login(instance.url, instance.registration)
    kept.prepare()
    kept.keep(*device_login(client, scope, _show, audience=instance.audience))
    click.echo(f"The login is kept in {kept.path}.")


def _in_browser(instance: "Instance") -> None:
    from vre_dm.lake.browser_login import browser_login
    from vre_dm.lake.sources import token_file
    from vre_dm.lake.tokens import write_token

    place = token_file(instance.tokens, instance.account)
    write_token(place.path, browser_login(instance, _show), found=place.found)
    click.echo(f"The token is in {place.path}.")


def _forget(instance: "Instance") -> None:
    from vre_dm.lake.sources import stored_login
    from vre_dm.lake.tokens.oauth import revoked

    known = instance.registration
    kept = None if known is None else stored_login(instance.url, known)
    if known is None or kept is None or kept.gone():
        click.echo(f"No login to {instance.name} is kept on this machine.")
        return
    ended = kept.forget(partial(revoked, known))
    click.echo(f"The login to {instance.name} is gone from this machine.")
    if ended:
        click.echo(f"{known.issuer} takes its refresh token no more.")
    else:
        click.echo(
            f"{known.issuer} may still take its refresh token: end the login on its page of your logins."
        )


def _show(prompt: "Prompt") -> None:
    minutes = f"{prompt.seconds / 60:.0f} minutes"
    if not prompt.code:
        click.echo(f"Open this address within {minutes}, and show it to nobody:")
        click.echo(f"\n    {clean(prompt.address, None)}\n")
        return
    click.echo(f"Open this address within {minutes}, and type the code:")
    click.echo(f"\n    {clean(prompt.address, None)}\n    {clean(prompt.code, None)}\n")
    if prompt.link:
        click.echo(f"or open this one, which holds it:\n\n    {clean(prompt.link, None)}\n")


def _tell(instance: "Instance") -> None:
    """Say which login is used from now on: by asking the lake with it."""
    from vre_dm.lake.connection import Connection

    connection = Connection(instance)
    account, ends = connection.account(), connection.tokens.expires()
    left = f"; {(ends - datetime.now(UTC)).total_seconds() / 60:.0f} min left" if ends else ""
    click.echo(f"{instance.name} knows you as {account}, by the {connection.tokens}{left}.")
