"""Where kernels are installed: for one user, for one environment, or in a folder that machines share."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from vre_dm.errors import NotWritable


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that Jupyter looks into.

    Attributes
    ----------
    prefix
        Folder with ``share/jupyter/kernels``, or what takes its place for a user.
    words
        What to call it in a sentence.
    """

    prefix: Path
    words: str

    @classmethod
    def user(cls) -> Place:
        """For this user: below ``JUPYTER_DATA_DIR``, or where Jupyter has it."""
        from platformdirs import user_data_path

        said = os.environ.get("JUPYTER_DATA_DIR")
        data = Path(said) if said else user_data_path() / "jupyter"
        return cls(data.expanduser().absolute(), "your own kernels")

    @classmethod
    def environment(cls) -> Place:
        """For everybody who uses the environment that vre-dm is in."""
        return cls(Path(sys.prefix) / "share" / "jupyter", f"the environment {sys.prefix}")

    @classmethod
    def shared(cls, folder: Path) -> Place:
        """In a folder, such as one on CVMFS; Jupyter finds it by ``JUPYTER_PATH=FOLDER/share/jupyter``."""
        return cls(folder.expanduser().absolute() / "share" / "jupyter", str(folder))

    @property
    def kernels(self) -> Path:
        """Folder of the kernels' descriptions."""
        return self.prefix / "kernels"

    @property
    def environments(self) -> Path:
        """Folder of their environments."""
        return self.prefix / "vre-dm"

    def require_writable(self) -> None:
        """Make its folders.

        Raises
        ------
        NotWritable
            They cannot be made or written.
        """
        for folder in (self.kernels, self.environments):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                msg = f"{folder} cannot be made: {error.strerror}; choose another place with --prefix"
                raise NotWritable(msg) from error
            if not os.access(folder, os.W_OK):
                msg = f"{folder} cannot be written; choose another place with --prefix"
                raise NotWritable(msg)
