# Runs in the environment of the chart's tests: the configuration of a hub as zero-to-jupyterhub makes it from
# values, by its own file; with the chart's part in `extraConfig`.
import os
import sys
from pathlib import Path
from types import ModuleType

from traitlets.config import Config

FILE = Path(__file__).with_name("data") / "jupyterhub-4.4.0.config.txt"
SECRETS = {"hub.config.JupyterHub.cookie_secret": "0" * 64, "hub.config.CryptKeeper.keys": "0" * 64}
MOUNTED = "/etc/vre-dm"  # where the chart's files are in the hub's container


class Values:
    """Stands for that chart's module `z2jh`, which reads what the cluster mounts."""

    def __init__(self, values):
        self.values = values

    def get_config(self, key, default=None):
        found = self.values
        for part in key.split("."):
            if not isinstance(found, dict) or part not in found:
                return default
            found = found[part]
        return found

    def set_config_if_not_none(self, section, name, key):
        if (found := self.get_config(key)) is not None:
            setattr(section, name, found)

    def get_name(self, name):
        return name

    def get_name_env(self, name, suffix=""):
        return {"_SERVICE_PORT": "8081"}[suffix]

    def get_secret_value(self, key, default=""):
        return SECRETS.get(key, "none" if key.endswith(".apiToken") else default)


def configured(values, files):
    """What the hub is told.

    values: those of that chart, its own with ours over them; files: a folder with what the chart mounts.
    """
    module, said = ModuleType("z2jh"), Values(values)
    for name in ("get_config", "get_name", "get_name_env", "get_secret_value", "set_config_if_not_none"):
        setattr(module, name, getattr(said, name))
    sys.modules["z2jh"] = module
    extra = said.get_config("hub.extraConfig")
    for name, text in extra.items():
        extra[name] = text.replace(f'"{MOUNTED}-login"', repr(files)).replace(f'"{MOUNTED}"', repr(files))
    os.environ["HUB_SERVICE_PORT"] = "8081"
    c = Config()
    exec(compile(FILE.read_text(), str(FILE), "exec"), {"get_config": lambda: c, "__file__": str(FILE)})
    return c
