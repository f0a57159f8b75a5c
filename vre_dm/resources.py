"""Where the files shipped beside the code are: inside an installed wheel, or at the root of a checkout."""

from pathlib import Path

PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """Path of a shipped file or folder, for example ``locks/lake.txt``.

    Raises
    ------
    FileNotFoundError
        Neither the installed package nor the checkout holds it.
    """
    for root in (PACKAGE / "share", PACKAGE.parent):
        if (root / name).exists():
            return root / name
    msg = f"{name} was not shipped with this installation of vre-dm; reinstall it"
    raise FileNotFoundError(msg)
