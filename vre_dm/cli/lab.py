"""`vre-dm lab`: JupyterLab on the shipped notebooks, with a lake. `vre-dm notebooks`: the notebooks alone."""

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from vre_dm.errors import NotWritable
from vre_dm.resources import shipped

# Read beside the user's own: JupyterLab would else ask whether it may call home for news and updates.
_QUIET = Path(__file__).with_name("jupyter")
_COPIES = "vre-dm"  # in the user's home
_PASSED_ON = {"ignore_unknown_options": True, "allow_interspersed_args": False}


@click.command(context_settings=_PASSED_ON)
@click.option("--notebooks", type=click.Path(path_type=Path, file_okay=False), help="Folder to work in.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(notebooks: Path | None, arguments: tuple[str, ...]) -> None:
    """Start JupyterLab on the notebooks of vre-dm, with a lake to work on.

    Works in place in a checkout that can be written, else on copies in ~/vre-dm; what is there already is
    never overwritten. ARGUMENTS go to JupyterLab, for example --no-browser.
    """
    if find_spec("jupyterlab") is None:
        msg = "JupyterLab is not installed; pip install 'vre-dm[lab]'"
        raise click.ClickException(msg)
    folder = working_copy(shipped("notebooks"), notebooks, Path.home() / _COPIES)
    from vre_dm.session import connect

    lake = connect(say=lambda text: click.echo(text, err=True))
    click.echo(f"lake: {lake.instance.name} ({lake.instance.source}); notebooks: {folder}", err=True)
    as_root = ["--allow-root"] if os.geteuid() == 0 else []  # in a container there is nobody else
    # -P: a jupyterlab.py in the current folder is not JupyterLab
    started = [sys.executable, "-P", "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    known = os.environ.get("JUPYTER_CONFIG_PATH")
    environment = os.environ | {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, (known, str(_QUIET)))),
        # Terminals and cells find vre-dm and rucio also where their environment is not active.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }
    # Ctrl-C and exit code are JupyterLab's own
    os.execve(sys.executable, [*started, *as_root, *arguments], environment)  # noqa: S606


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
def notebooks(folder: Path | None) -> None:
    """Copy the notebooks of vre-dm to FOLDER, for a JupyterLab that runs already, and print where they are.

    FOLDER is ~/vre-dm when left out; a checkout's own are used in place then. What is there already is never
    overwritten.
    """
    click.echo(working_copy(shipped("notebooks"), folder, Path.home() / _COPIES))


def working_copy(origin: Path, chosen: Path | None, fallback: Path) -> Path:
    """Folder in which the notebooks can be edited, filled with those that are missing there.

    Parameters
    ----------
    origin
        Shipped notebooks; a checkout's are used in place if they can be written and nothing was chosen.
    chosen
        The user's folder.
    fallback
        Folder for copies of an installation's notebooks, which the next upgrade replaces.

    Raises
    ------
    NotWritable
        The folder cannot be made or written.
    """
    is_checkout = (origin.parent / "pyproject.toml").is_file()
    if chosen is None and is_checkout and os.access(origin, os.W_OK):
        return origin.absolute()
    folder = (chosen or fallback).expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source in sorted(origin.rglob("*.ipynb")):
            target = folder / source.relative_to(origin)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
    except OSError as error:
        msg = (
            f"cannot write notebooks in {folder}: {error.strerror}; choose another folder: "
            "`vre-dm lab --notebooks FOLDER` or `vre-dm notebooks FOLDER`"
        )
        raise NotWritable(msg) from error
    return folder
