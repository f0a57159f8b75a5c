"""A user who confirms a login by code on another screen: real page, real password."""

import json
import ssl
from collections.abc import Callable

import httpx

from vre_dm.lake.tokens.device import Prompt
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout


def user_of(lake: LakeStatus, **form: str) -> Callable[[Prompt], None]:
    """Opens the page that a prompt shows and types what a user of the lake would, unless told otherwise."""
    password = json.loads(Layout(lake.root).secrets.read_text())["accounts"]["dm"]
    context = ssl.create_default_context(cafile=str(lake.ca))

    def confirm(prompt: Prompt) -> None:
        with httpx.Client(verify=context, trust_env=False) as web:
            assert prompt.code in web.get(prompt.link).text
            typed = {"user_code": prompt.code, "username": "dm", "password": password, **form}
            assert web.post(prompt.address, data=typed).status_code == 200

    return confirm
