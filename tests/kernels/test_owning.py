"""Install and remove touch what is theirs and nothing else, whatever ends them; environments are not made."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.kernels.profiles import DEMO, LOCK, written
from vre_dm.cli import main
from vre_dm.errors import KernelFailed, MissingExtra, NotWritable
from vre_dm.kernels import debian, installing
from vre_dm.kernels.installing import install, remove
from vre_dm.kernels.place import Place
from vre_dm.kernels.profile import Profile
from vre_dm.kernels.record import installed


def silent(_: str) -> None:
    pass


def made(profile: Profile, target: Path, python: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    (target / "bin").mkdir(parents=True)
    (target / "bin" / "python").symlink_to(python)


def good(*_: object) -> int:
    return 1


def bad(*_: object) -> int:
    msg = "a notebook"
    raise KernelFailed(msg)


@pytest.fixture(autouse=True)
def without_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "make", made)
    monkeypatch.setattr(installing, "try_profile", good)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "prefix" / "share" / "jupyter", "a folder")


def prefix(place: Place) -> list[str]:
    return ["--prefix", str(place.prefix.parents[1])]


def command(*words: str) -> str:
    done = CliRunner().invoke(main, ["kernels", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.output


def own_kernel(place: Place, name: str) -> Path:
    """What Jupyter or its user has put beside ours."""
    folder = place.kernels / name
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps({"argv": [sys.executable, "{connection_file}"]}))
    return folder


def changed(profile: Profile, n: int = 1) -> Profile:
    """The same with another lock, so with another environment."""
    profile.lock.write_text(LOCK + f"# {n}\n")
    return Profile(profile.folder)


def environments(place: Place) -> list[str]:
    return sorted(path.name for path in place.environments.iterdir() if path.is_dir())


@pytest.mark.parametrize("content", [True, False])
def test_a_kernel_of_the_users_is_not_replaced(content: bool, place: Place, tmp_path: Path) -> None:
    own = own_kernel(place, "demo")
    if not content:
        (own / "kernel.json").unlink()
    with pytest.raises(NotWritable, match="kernels/demo was not installed by `vre-dm kernels`"):
        install(Profile(written(tmp_path)), place, silent)
    assert own.is_dir()
    assert environments(place) == []


def test_a_kernel_of_another_profile_is_not_replaced(place: Place, tmp_path: Path) -> None:
    install(Profile(written(tmp_path)), place, silent)
    with pytest.raises(NotWritable, match="kernels/demo is of the profile demo"):
        install(Profile(written(tmp_path, "other")), place, silent)
    remove("demo", place, silent)
    install(Profile(written(tmp_path / "again", "other")), place, silent)
    assert [each.profile for each in installed(place)] == ["other"]


def test_a_kernel_that_a_profile_no_longer_has_goes(place: Place, tmp_path: Path) -> None:
    install(Profile(written(tmp_path)), place, silent)
    own_kernel(place, "mine")
    install(Profile(written(tmp_path / "newer", kernel="second")), place, silent)
    assert {path.name for path in place.kernels.iterdir()} == {"mine", "second"}


def test_a_record_that_was_edited_removes_no_other_kernel_and_runs_no_other_python(
    place: Place, tmp_path: Path
) -> None:
    one = install(Profile(written(tmp_path)), place, silent)
    own = own_kernel(place, "python3")
    record = place.environments / "demo.json"
    said = json.loads(record.read_text())
    record.write_text(json.dumps(said | {"kernels": ["python3", "../../precious"]}))
    assert remove("demo", place, silent) == ("demo",)
    assert own.is_dir()
    for wrong in (
        tmp_path / "demo-0123456789ab",
        Path(one.environment) / ".." / "demo-0123456789ab",
        place.environments / "other-0123456789ab",
    ):
        record.write_text(json.dumps(said | {"environment": str(wrong)}))
        assert installed(place) == []


@pytest.mark.parametrize(
    "text",
    ["[" * 200_000, "[]", "{", '{"profile": ["x"]}', "\xff"],
    ids=["deep", "list", "cut", "types", "bytes"],
)
def test_a_record_that_is_none_is_passed_over(text: str, place: Place) -> None:
    place.require_writable()
    (place.environments / "demo.json").write_text(text, encoding="latin-1")
    assert installed(place) == []
    assert "base" in command("list", *prefix(place))


@pytest.mark.parametrize("text", ["[" * 200_000, "[]", "{}", '{"argv": [5]}', '{"argv": []}', '{"argv": 1}'])
def test_a_kernel_that_is_none_is_nobodys(text: str, place: Place, tmp_path: Path) -> None:
    (own_kernel(place, "odd") / "kernel.json").write_text(text)
    install(Profile(written(tmp_path)), place, silent)
    remove("demo", place, silent)
    assert [path.name for path in place.kernels.iterdir()] == ["odd"]


@pytest.mark.parametrize("end", [KernelFailed("no"), KeyboardInterrupt(), MissingExtra("no")])
def test_an_install_that_ends_early_leaves_what_was_there_and_no_more(
    end: BaseException, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = Profile(written(tmp_path))
    one = install(profile, place, silent)

    def ends(*_: object) -> int:
        raise end

    monkeypatch.setattr(installing, "try_profile", ends)
    for n in range(2):
        with pytest.raises(type(end)):
            install(changed(profile, n), place, silent)
    assert installed(place) == [one]
    assert environments(place) == [Path(one.environment).name]


def test_one_that_is_there_and_fails_stays_and_the_way_out_is_said(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = Profile(written(tmp_path))
    one = install(profile, place, silent)
    monkeypatch.setattr(installing, "try_profile", bad)
    with pytest.raises(KernelFailed, match=r"a notebook .*`vre-dm kernels remove` it and install it again"):
        install(profile, place, silent)
    assert one.python.exists()


def test_what_a_killed_install_left_is_removed_by_the_next_one_and_by_remove(
    place: Place, tmp_path: Path
) -> None:
    profile = Profile(written(tmp_path))
    one = install(profile, place, silent)
    for name in ("demo-0123456789ab", "demo-x-0123456789ab"):
        (place.environments / name).mkdir()
    install(profile, place, silent)
    assert environments(place) == sorted([Path(one.environment).name, "demo-x-0123456789ab"])
    (place.environments / "other-0123456789ab").mkdir()
    assert command("remove", "other", *prefix(place)) == "removed what was left of other\n"
    assert "removed demo" in command("remove", "demo", *prefix(place))
    assert environments(place) == ["demo-x-0123456789ab"]


def test_what_cannot_be_removed_is_said_and_stays_listed(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(Profile(written(tmp_path)), place, silent)

    def refused(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr("shutil.rmtree", refused)
        said = command("remove", "demo", *prefix(place))
    assert "could not be removed: Permission denied" in said
    assert "removed demo\n" not in said
    assert [each.profile for each in installed(place)] == ["demo"]


def test_an_environment_that_is_a_link_goes_and_what_it_leads_to_stays(place: Place, tmp_path: Path) -> None:
    one = install(Profile(written(tmp_path)), place, silent)
    Path(one.environment).rename(tmp_path / "elsewhere")
    Path(one.environment).symlink_to(tmp_path / "elsewhere")
    remove("demo", place, silent)
    assert not Path(one.environment).is_symlink()
    assert (tmp_path / "elsewhere" / "bin" / "python").is_symlink()


@pytest.mark.parametrize("name", ["nosuch", "a/b", "/../../../../uv", "..", "*", ""])
def test_a_name_that_is_not_installed_makes_and_opens_nothing(name: str, tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text("precious")
    said = command("remove", name, "--prefix", str(tmp_path / "new"))
    assert "is not installed in" in said
    assert (tmp_path / "uv.lock").read_text() == "precious"
    assert [path.name for path in tmp_path.iterdir()] == ["uv.lock"]


def test_a_link_in_the_place_of_the_lock_is_not_followed(place: Place, tmp_path: Path) -> None:
    place.require_writable()
    (tmp_path / "precious").write_text("precious")
    (place.environments / ".demo.lock").symlink_to(tmp_path / "precious")
    with pytest.raises(NotWritable, match="cannot be locked"):
        install(Profile(written(tmp_path)), place, silent)
    assert (tmp_path / "precious").read_text() == "precious"


def test_a_place_that_does_not_lock_is_said(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: int) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", refused)
    with pytest.raises(NotWritable, match="cannot be locked: Function not implemented"):
        install(Profile(written(tmp_path)), place, silent)


def test_who_waits_for_another_install_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def busy(_: int, how: int) -> None:
        asked.append(how)
        if len(asked) == 1:
            raise BlockingIOError

    place.require_writable()
    monkeypatch.setattr("fcntl.flock", busy)
    said: list[str] = []
    with place.alone("demo", said.append):
        assert said == ["waiting for another install of demo"]
    assert len(asked) == 2


def test_a_place_that_others_can_write_is_refused(place: Place, tmp_path: Path) -> None:
    profile = Profile(written(tmp_path))
    install(profile, place, silent)
    for folder in (place.environments, place.kernels):
        folder.chmod(0o777)
        for refused in (
            lambda: install(profile, place, silent),
            lambda: remove("demo", place, silent),
            lambda: place.require_guarded(),
        ):
            with pytest.raises(KernelFailed, match=f"{folder} can be changed by others"):
                refused()
        folder.chmod(0o755)


def test_a_place_that_others_could_exchange_is_refused(tmp_path: Path) -> None:
    place = Place.shared(tmp_path / "site")
    place.require_writable()
    (tmp_path / "site").chmod(0o775)  # a group's: any of them renames what is in it
    with pytest.raises(KernelFailed, match="site can be changed by others"):
        place.require_writable()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders to others")
def test_kernels_of_another_users_folder_are_run(tmp_path: Path) -> None:
    place = Place.shared(tmp_path / "site")
    place.require_writable()
    for folder in (tmp_path / "site").rglob("*"):
        os.chown(folder, 4711, 4711)
    place.require_guarded()


def test_a_place_of_another_user_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.require_writable()
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    with pytest.raises(KernelFailed, match="belongs to another user"):
        place.require_writable()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "share").write_text("a file in the way")
    with pytest.raises(NotWritable, match="choose another place with --prefix"):
        Place.shared(tmp_path).require_writable()


@pytest.fixture(params=[0o077, 0o000], ids=["careful", "careless"])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_what_is_for_all_can_be_read_by_all_and_be_written_by_nobody_else(
    umask: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing, "require_for_all", good)
    folder = tmp_path / "shared"
    place = Place.shared(folder)
    install(Profile(written(tmp_path)), place, silent)
    inside = [path for path in folder.rglob("*") if path.name[0] != "." and "demo-" not in str(path)]
    assert place.kernels / "demo" / "kernel.json" in inside
    assert place.environments / "demo.json" in inside
    for path in [folder, *inside]:
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path


def test_what_is_of_one_user_is_not_opened(place: Place) -> None:
    before = os.umask(0o077)
    try:
        place.require_writable()
    finally:
        os.umask(before)
    assert place.prefix.stat().st_mode & 0o777 == 0o700


def test_a_python_that_others_cannot_run_is_refused_for_a_shared_folder(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    hidden = closed / "real"
    hidden.write_text("")
    with pytest.raises(KernelFailed, match=r"others cannot run .*--python"):
        install(Profile(written(tmp_path)), Place.shared(tmp_path / "shared"), silent, hidden)
    assert not (tmp_path / "shared").exists()


@pytest.mark.parametrize("missing", ["uv", "nbclient"])
def test_both_extras_are_asked_for_before_anything_is_made(
    missing: str, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtra, match=r"pip install 'vre-dm\[lab,sandbox\]'"):
        install(Profile(written(tmp_path)), place, silent)
    assert not place.prefix.exists()


@pytest.mark.skipif(debian.unknown(), reason="not on Debian")
def test_a_missing_package_of_debian_is_named_with_the_command(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "apt.txt").write_text("dpkg\nno-such-package-anywhere  # why\n")
    with pytest.raises(KernelFailed, match=r"sudo apt-get install no-such-package-anywhere$"):
        debian.require(Profile(folder))


def test_the_list_tells_what_is_older_and_what_comes_from_other_profiles(
    place: Place, tmp_path: Path
) -> None:
    profile = Profile(written(tmp_path))
    install(profile, place, silent)
    words = [*prefix(place), "--profiles", str(tmp_path)]
    assert "A demonstration (installed with vre-dm" in command("list", *words)
    assert "demo     demo (installed from other --profiles)" in command("list", *prefix(place))
    profile.lock.write_text(LOCK.replace(DEMO, DEMO.replace("1.0", "2.0")))
    (profile.folder / "card.yaml").write_text(
        (profile.folder / "card.yaml").read_text().replace("1.0", "2.0")
    )
    assert "(installed, older than this profile: install it again)" in command("list", *words)
    (said,) = json.loads(command("list", "--json", *words))
    assert said["state"] == "older"
    assert said["kernels"] == ["demo"]


def test_a_change_of_vre_dm_makes_what_is_installed_older(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = Profile(written(tmp_path))
    one = install(profile, place, silent)
    assert one.current(profile)
    for module in ("environment", "record"):
        monkeypatch.setattr(f"vre_dm.kernels.{module}.of_vre_dm", lambda: "another")
    assert not one.current(profile)
    two = install(profile, place, silent)
    assert two.environment != one.environment
    assert environments(place) == [Path(two.environment).name]


def test_one_whose_python_is_gone_is_said_by_check_and_made_anew_by_install(
    place: Place, tmp_path: Path
) -> None:
    profile = Profile(written(tmp_path))
    one = install(profile, place, silent)
    one.python.unlink()
    said = command("check", "demo", *prefix(place), "--profiles", str(tmp_path))
    assert "bin/python cannot be run: No such file or directory" in said
    assert install(profile, place, silent).python.exists()


def test_each_package_is_listed_once() -> None:
    lines = command("list").splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("root "))
    assert "ROOT 6.40" in lines[at]
    assert lines[at + 1].count("root 0.1a12") == 1


def test_a_folder_that_does_not_say_what_is_wanted_is_not_solved(tmp_path: Path) -> None:
    assert "has no requirements.in" in command("lock", str(tmp_path))


def test_two_places_at_once_are_refused(tmp_path: Path) -> None:
    said = command("install", "base", "--user", "--prefix", str(tmp_path))
    assert "one of --user, --sys-prefix and --prefix" in said
