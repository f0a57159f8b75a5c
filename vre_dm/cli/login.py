"""`vre-dm login`: log in to a lake in a browser, and leave the token where Rucio's client finds it too."""

import click

from vre_dm.errors import InvalidConfiguration
from vre_dm.lake.tables import clean


@click.command()
@click.argument("name", required=False)
def login(name: str | None) -> None:
    """Log in to a data lake in any browser; the token goes to a file that only you can read.

    NAME is a configured lake; the default one when left out. In a hub nothing is to be done: its tokens are
    used, and renewed, by themselves.
    """
    from vre_dm.lake import instances
    from vre_dm.lake.browser_login import browser_login
    from vre_dm.lake.tokens import write_token
    from vre_dm.lake.tokens.device import Prompt

    def show(prompt: Prompt) -> None:
        click.echo(f"Open this address within {prompt.seconds / 60:.0f} minutes, and show it to nobody:")
        click.echo(f"\n    {clean(prompt.address, None)}\n")

    instance = instances.choose(name)
    if instance is None or instance.auth != "oidc":
        msg = "no configured lake logs in by browser (auth_type = oidc); vre-dm doctor shows what is used"
        raise InvalidConfiguration(msg)
    path = instances.token_file(instance)
    token = browser_login(instance, show)
    write_token(path, token)
    click.echo(f"Logged in to {instance.name}; the token is in {path}.")
