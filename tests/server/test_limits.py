"""Limits over HTTP: the catalogue, curve files below the server's root and none above it, their overlay."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.limits.conftest import HOSTILE, make
from tests.server.conftest import Asked, said
from vre_dm.limits.catalogue import curves, load
from vre_dm.limits.display import plain
from vre_dm.limits.overlay import MIME, overlay
from vre_dm.limits.scaffold import write_pairs

Post = Any
DEFECTS = sorted(Path(__file__).parents[1].joinpath("limits/defects").iterdir())


@pytest.fixture
def root(jp_root_dir: Path) -> Path:
    """The folder that the file browser shows, with one sound curve of the user in it."""
    (jp_root_dir / "own").mkdir()
    write_pairs([make()], jp_root_dir / "own")
    return jp_root_dir


@pytest.fixture
def draw(api: Asked) -> Post:
    async def post(curves: list[str], paths: list[str]) -> Any:
        return await api("limits", "overlay", method="POST", body={"curves": curves, "paths": paths})

    return post


async def test_the_whole_catalogue_is_offered_with_what_is_not_stated(api: Asked) -> None:
    answer = said(await api("limits", "curves"))
    assert answer["problems"] == []
    assert [row["id"] for row in answer["curves"]] == load().ids
    row = next(row for row in answer["curves"] if row["id"] == "si_lz_2024")
    assert (row["quantity"], row["symbol"], row["technique"]) == (
        "sigma_SI",
        "σ SI (nucleon)",
        "direct detection",
    )
    assert row["complete"] == list(load()["si_lz_2024"].completeness)
    assert row["unknown"] == list(load()["si_lz_2024"].unknowns)


@pytest.mark.parametrize("named", ["own", "own/si_toy_2020.json", "/own/si_toy_2020.csv"])
async def test_a_folder_or_either_file_of_a_curve_is_read(api: Asked, root: Path, named: str) -> None:
    answer = said(await api("limits", "curves", params={"folder": named}))
    assert [row["id"] for row in answer["curves"]] == ["si_toy_2020"]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda path: path.name)
async def test_every_defect_that_was_found_in_published_collections_is_said(
    api: Asked, root: Path, defect: Path
) -> None:
    shutil.copytree(defect, root / "broken")
    answer = said(await api("limits", "curves", params={"folder": "broken"}))
    assert answer["problems"]
    assert all(problem["message"].startswith("check '") for problem in answer["problems"])


async def test_a_broken_curve_is_said_with_its_file_and_neither_offered_nor_drawn(
    api: Asked, draw: Post, root: Path
) -> None:
    numbers = root / "own" / "si_toy_2020.csv"
    numbers.write_text(numbers.read_text().replace("\n1", "\n-1", 1))
    answer = said(await api("limits", "curves", params={"folder": "own"}))
    assert answer["curves"] == []
    assert [problem["file"] for problem in answer["problems"]] == ["si_toy_2020"]
    refused = await draw([], ["own/si_toy_2020.json"])
    assert refused.code == 400
    assert (said(refused)["error"], said(refused)["field"]) == ("InvalidCurve", "paths")
    assert "si_toy_2020.csv fails the check 'checksum'" in said(refused)["message"]


async def test_the_overlay_is_the_one_that_a_notebook_shows(draw: Post, root: Path) -> None:
    answer = said(
        await draw(["si_lz_2024", "si_xenonnt_2025"], ["own/si_toy_2020.csv", "own/si_toy_2020.json"])
    )
    plot = overlay([*curves("si_lz_2024", "si_xenonnt_2025"), make()])
    assert answer["payload"] == json.loads(json.dumps(plot._repr_mimebundle_()[MIME]))
    assert (answer["cell"], answer["bibtex"]) == (plot.cell(), plot.bibtex())


@pytest.mark.parametrize(
    ("ids", "says"),
    [
        (["si_lz_2024", "sdp_lz_2024"], "one axis cannot show sigma_SDp and sigma_SI"),
        (["si_lz_2042"], "no curve 'si_lz_2042'; near it: si_lz_2024"),
        ([], "an overlay needs at least one curve"),
    ],
)
async def test_what_cannot_be_drawn_is_refused_in_a_sentence(draw: Post, ids: list[str], says: str) -> None:
    refused = await draw(ids, [])
    assert (refused.code, said(refused)["field"]) == (400, "curves")
    assert says in said(refused)["message"]


@pytest.mark.parametrize(
    "path", ["../secret", "own/../../secret", "./own", "own//x", "own\\x", "a\nb", "out", "out/x"]
)
async def test_nothing_outside_the_root_is_read(api: Asked, draw: Post, root: Path, path: str) -> None:
    outside = root.parent / "secret"
    outside.mkdir()
    write_pairs([make()], outside)
    (root / "out").symlink_to(outside)
    listed = await api("limits", "curves", params={"folder": path})
    drawn = await draw([], [f"{path}/si_toy_2020.json"])
    for refused, field in ((listed, "folder"), (drawn, "paths")):
        assert (refused.code, said(refused)["error"], said(refused)["field"]) == (
            400,
            "InvalidRequest",
            field,
        )
        assert "that JupyterLab shows" in said(refused)["message"]


@pytest.mark.parametrize("path", [".secret", ".secret/si_toy_2020.json"])
async def test_what_the_file_browser_hides_is_not_read(api: Asked, draw: Post, root: Path, path: str) -> None:
    (root / "own").rename(root / ".secret")
    listed = await api("limits", "curves", params={"folder": path})
    drawn = await draw([], [".secret/si_toy_2020.json"])
    for refused, field in ((listed, "folder"), (drawn, "paths")):
        assert (refused.code, said(refused)["field"]) == (400, field)
        assert "is hidden" in said(refused)["message"]


@pytest.mark.parametrize("suffix", [".json", ".csv"])
async def test_either_file_of_a_curve_may_not_be_a_link_to_elsewhere(
    api: Asked, draw: Post, root: Path, suffix: str
) -> None:
    file = (root / "own" / "si_toy_2020").with_suffix(suffix)
    file.rename(root.parent / file.name)
    file.symlink_to(root.parent / file.name)
    for named in ("own/si_toy_2020.csv", "own/si_toy_2020.json"):
        listed = await api("limits", "curves", params={"folder": named})
        drawn = await draw(["si_lz_2024"], [named])
        for refused, field in ((listed, "folder"), (drawn, "paths")):
            assert (refused.code, said(refused)["field"]) == (400, field)
            assert "leads out" in said(refused)["message"]


async def test_a_file_that_is_no_curve_is_no_curve(api: Asked, draw: Post, root: Path) -> None:
    (root / "package.json").write_text('{"name": "x"}')
    (root / "notes.txt").write_text("x")
    answer = said(await api("limits", "curves", params={"folder": "package.json"}))
    assert (answer["curves"], len(answer["problems"])) == ([], 1)
    for path in ("notes.txt", "gone.json", ""):
        assert (await draw([], [path])).code == 400


async def test_hostile_text_arrives_as_text_that_can_be_read(api: Asked, draw: Post, root: Path) -> None:
    (root / "hostile").mkdir()
    write_pairs([make(label=HOSTILE, notes=HOSTILE)], root / "hostile")
    answer = said(await api("limits", "curves", params={"folder": "hostile"}))
    assert answer["curves"][0]["label"] == plain(HOSTILE)
    drawn = await draw([], ["hostile/si_toy_2020.json"])
    assert drawn.headers["Content-Type"].startswith("application/json")
    assert said(drawn)["payload"]["curves"][0]["label"] == plain(HOSTILE)


@pytest.mark.parametrize(
    "body", [{}, {"curves": [1], "paths": []}, {"curves": [], "paths": [], "more": 1}, []]
)
async def test_a_body_of_another_form_is_refused(api: Asked, body: object) -> None:
    assert (await api("limits", "overlay", method="POST", body=body)).code == 400
