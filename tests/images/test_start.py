"""What a container does first, by the script itself: its home, what kubelet opened, its command."""

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

from builders.images.catalogue import ROOT

START = ROOT / "images" / "start.sh"
# says what it is asked, in a file and as an error
VRE_DM = '#!/bin/sh\necho "vre-dm $*" >> "$HOME/asked"\necho "$*"\necho "$*" >&2\n'


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Folder of programs, with a `vre-dm` that notes what it is asked."""
    folder = tmp_path / "programs"
    folder.mkdir()
    (folder / "vre-dm").write_text(VRE_DM)
    (folder / "vre-dm").chmod(0o755)
    return folder


@pytest.fixture
def home(tmp_path: Path, programs: Path) -> Path:
    """A home as kubelet leaves it: the group may write all of it."""
    home = tmp_path / "home"
    lake = home / ".local" / "share" / "vre-dm" / "lake"
    (lake / "client").mkdir(parents=True)
    (lake / "client" / "token").write_text("of-this-test-alone")
    (lake / "modules").symlink_to("/nowhere")
    (home / "work").mkdir()
    for path in (home, *home.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o2775 if path.is_dir() else 0o660)
    return home


def started(home: Path, *words: str, **given: str) -> subprocess.CompletedProcess[str]:
    """Start as a container does, in a pod of an admin who says that nobody else is in the group."""
    path = f"{home.parent / 'programs'}:/usr/bin:/bin"
    pod = {"KUBERNETES_SERVICE_HOST": "192.0.2.1", "VRE_DM_CLOSE_TO_GROUP": "yes"}
    environment = {"PATH": path, "HOME": str(home)} | pod | given
    command = ["sh", START, *(words or ("true",))]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


def modes(folder: Path) -> set[int]:
    """Modes of a folder and of all that is in it."""
    paths = (folder, *folder.rglob("*"))
    return {path.stat().st_mode & 0o7777 for path in paths if not path.is_symlink()}


def kept(home: Path) -> Path:
    """Where vre-dm keeps its data."""
    return home / ".local" / "share" / "vre-dm"


def test_it_becomes_what_it_is_told_and_makes_a_home_where_there_is_none(home: Path, tmp_path: Path) -> None:
    words = ("sh", "-c", 'echo "$HOME"')
    assert started(home, *words).stdout == f"{home}\n"
    done = started(home, *words, HOME=str(tmp_path / "not-there"), TMPDIR=str(tmp_path))
    assert done.stdout.startswith(f"{tmp_path}/home.")
    assert "cannot be written" in done.stderr


def test_a_full_home_does_not_keep_the_server_from_starting(home: Path, programs: Path) -> None:
    (programs / "vre-dm").write_text("#!/bin/sh\nexit 1\n")
    (programs / "jupyter").symlink_to("/bin/echo")
    done = started(home, "jupyter", "started")
    assert done.stdout == "started\n"
    assert "could not be copied" in done.stderr


def test_without_a_command_it_is_the_server_of_a_hub_where_a_hub_asks(home: Path, programs: Path) -> None:
    for name in ("jupyter", "jupyterhub-singleuser"):
        (programs / name).write_text(f"#!/bin/sh\necho {name} $*\n")
        (programs / name).chmod(0o755)
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(home)}
    alone = subprocess.run(["sh", START], env=environment, capture_output=True, text=True, check=True)
    assert alone.stdout == "jupyter lab --ip=0.0.0.0 --port=8888 --no-browser\n"
    asked = environment | {"JUPYTERHUB_API_TOKEN": "of-this-test-alone"}
    by_hub = subprocess.run(["sh", START], env=asked, capture_output=True, text=True, check=True)
    assert by_hub.stdout.strip() == "jupyterhub-singleuser"
    assert (home / "asked").read_text() == 2 * "vre-dm notebooks\n"


def test_what_kubelet_opened_to_the_group_is_closed_again_and_told(home: Path) -> None:
    said = started(home).stderr
    assert modes(kept(home)) == {0o700, 0o600}
    assert f"{kept(home)} was open to the group of the volume, and is yours alone again" in said
    # what is the user's own is left as it is
    assert (home / "work").stat().st_mode & 0o7777 == 0o2775
    assert "open to the group" not in started(home).stderr


def test_a_lake_and_logins_in_folders_that_were_chosen_are_closed_too(home: Path, tmp_path: Path) -> None:
    lake, state = tmp_path / "lake", tmp_path / "state"
    for folder in (lake, state / "vre-dm"):
        folder.mkdir(parents=True)
        folder.chmod(0o2770)
    started(home, VRE_DM_LAKE_ROOT=str(lake), XDG_STATE_HOME=str(state))
    assert modes(lake) == modes(state / "vre-dm") == {0o700}


def test_without_a_word_of_the_admin_nothing_is_closed_and_the_user_is_told_how(home: Path) -> None:
    # whoever is in the group may have changed what is in it meanwhile
    before = modes(home)
    said = started(home, VRE_DM_CLOSE_TO_GROUP="").stderr
    assert modes(home) == before
    assert f"chmod -R go-rwx,g-s '{kept(home)}'" in said
    assert "if nobody else is in that group" in said
    (told,) = re.findall(r"chmod -R .*?'.*?'", said)
    subprocess.run(["sh", "-c", told], check=True)
    assert modes(kept(home)) == {0o700, 0o600}


def test_a_cache_that_was_chosen_may_be_shared_and_is_left_as_it_is(home: Path, tmp_path: Path) -> None:
    for cache in (tmp_path / "shared", home / ".cache" / "vre-dm"):
        cache.mkdir(parents=True)
        cache.chmod(0o2770)
        said = started(home, VRE_DM_CACHE=str(cache)).stderr
        assert modes(cache) == {0o2770}
        assert str(cache) not in said


@pytest.mark.parametrize("mode", [0o770, 0o2750, 0o2700])
def test_a_folder_without_kubelets_mark_is_left_as_it_is(home: Path, mode: int) -> None:
    kept(home).chmod(mode)
    started(home)
    assert kept(home).stat().st_mode & 0o7777 == mode


def test_outside_of_kubernetes_nothing_is_closed(home: Path) -> None:
    before = modes(kept(home))
    started(home, KUBERNETES_SERVICE_HOST="")
    assert modes(kept(home)) == before


def test_a_folder_that_anybody_could_write_into_is_not_closed(home: Path) -> None:
    (kept(home) / "lake" / "client").chmod(0o2777)
    said = started(home).stderr
    assert (
        f"{kept(home)} stays open to the group of the volume, since others have files in it, or may" in said
    )
    assert kept(home).stat().st_mode & 0o7777 == 0o2775


def test_the_socket_of_a_database_that_was_killed_keeps_nothing_open(home: Path) -> None:
    left = kept(home) / "lake" / ".s.PGSQL.5432"
    os.mknod(left, stat.S_IFSOCK)
    left.chmod(0o777)
    started(home)
    assert not any(mode & 0o077 for mode in modes(kept(home)))


def test_a_link_is_not_followed(home: Path) -> None:
    kept(home).rename(home / "elsewhere")
    kept(home).symlink_to(home / "elsewhere")
    started(home)
    assert (home / "elsewhere").stat().st_mode & 0o7777 == 0o2775


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of another user")
def test_a_folder_with_files_of_another_user_is_not_closed(home: Path) -> None:
    os.chown(kept(home) / "lake" / "client" / "token", 65534, 65534)
    assert "since others have files in it" in started(home).stderr
    assert kept(home).stat().st_mode & 0o7777 == 0o2775


def test_a_home_in_which_anybody_can_exchange_files_is_told(home: Path) -> None:
    home.chmod(0o777)
    assert "give it the sticky bit" in started(home).stderr
    home.chmod(0o1777)
    assert "sticky" not in started(home).stderr


@pytest.mark.parametrize(
    "words",
    [
        ("dask-worker",),
        # as the chart's gateway has the kernel's own Python found
        ("python3", "-I", "-c", "import os, sys; os.execv(sys.argv[1], sys.argv[1:])", "/bin/true"),
        ("sh", "-c", "true"),
    ],
    ids=["worker", "gateway", "any"],
)
def test_a_command_that_no_jupyter_is_does_not_wait_for_notebooks(
    home: Path, programs: Path, words: tuple[str, ...]
) -> None:
    (programs / "dask-worker").symlink_to("/bin/true")
    started(home, *words, DASK_GATEWAY_CLUSTER_NAME="vre.1")
    assert not (home / "asked").exists()


@pytest.mark.parametrize("name", ["jupyter", "jupyter-lab", "jupyterhub-singleuser"])
def test_a_jupyter_server_finds_the_notebooks_however_it_is_called(
    home: Path, programs: Path, name: str
) -> None:
    (programs / name).symlink_to("/bin/true")
    for called in (name, str(programs / name)):
        started(home, called)
        assert (home / "asked").read_text() == "vre-dm notebooks\n"
        (home / "asked").unlink()


def test_a_server_that_a_hub_starts_in_its_own_way_finds_the_notebooks(home: Path) -> None:
    # a Binder's begins with python3
    started(home, "python3", "-c", "", JUPYTERHUB_API_TOKEN="of-this-test-alone")
    assert (home / "asked").read_text() == "vre-dm notebooks\n"


def test_what_a_lake_says_that_starts_with_the_container_is_in_its_log(home: Path) -> None:
    # it runs beside the command, with whose end a container ends
    said = started(home, "sleep", "1", VRE_DM_LAKE_AT_START="yes")
    assert "lake up" in said.stderr
    assert "lake up" not in said.stdout
