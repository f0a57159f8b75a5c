"""Puts the built JupyterLab extension into the wheel; without it a wheel has no panel, and pictures."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = "vre-dm-lab"


class LabExtension(BuildHookInterface):  # type: ignore[type-arg]
    """Build hook of hatch; `make extension` builds what it ships."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        built = Path(self.root, "vre_dm", "labextension")
        # An editable install is linked by `make extension`; a copy would go stale.
        if version == "editable":
            return
        if not (built / "package.json").is_file():
            self.app.display_warning(
                "vre_dm/labextension is not built (`make extension`): JupyterLab has no panel of the "
                "data lake, and overlays show as pictures"
            )
            return
        target = f"share/jupyter/labextensions/{NAME}"
        build_data["shared_data"] |= {
            str(built): target,
            str(Path(self.root, "extension", "install.json")): f"{target}/install.json",
        }
