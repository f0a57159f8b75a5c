"""The words of the repository are true: every example runs on the real lake, every list is complete."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

import vre_dm
from vre_dm.cli import main
from vre_dm.lake import instances
from vre_dm.lake.rucio_config import VARIABLES
from vre_dm.lake.tables import size_text
from vre_dm.sandbox import LakeStatus, seed
from vre_dm.sandbox.services.rses import RSES

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CODEMETA = json.loads((ROOT / "codemeta.json").read_text())
BLOCK = re.compile(
    r"(?P<note><!--[^>]*-->\n)?^```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
NOT_RUN = re.compile(r"<!-- not run: .{10,}-->")
# Cells of one page in one namespace, as a kernel would run them; what each printed, as JSON.
RUNNER = """
import contextlib, io, json, sys
from IPython.core.interactiveshell import InteractiveShell
from vre_dm.compute.cluster import listing
listing._ANSWER = 60.0  # a scheduler of a busy machine is not silent
shell = InteractiveShell.instance()
for cell in json.load(sys.stdin):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        shell.run_cell(cell).raise_error()
    print(json.dumps(said.getvalue()), file=sys.__stdout__)
"""
# The only absolute paths a page may name: where Linux, PostgreSQL's user and Rucio's client have them.
ABSOLUTE = ("/proc/", "/var/lib/vre-dm", "/opt/rucio/etc/rucio.cfg", "/etc/jupyter", "/opt/vre-dm/lake")
# What the examples of a site are made of.
ABSOLUTE += ("/etc/ssl/certs/rucio_ca.pem", "/tmp/rucio_oauth.token", "/tmp/eos_oauth.token", "/eos/eulake")


def blocks(page: Path) -> Iterator[tuple[str, str, bool]]:
    """Kind and body of each fenced block, and whether the page says why it is not run."""
    for found in BLOCK.finditer(page.read_text()):
        yield found["kind"], found["body"], bool(NOT_RUN.match(found["note"] or ""))


def pages_with(*kinds: str) -> list[Path]:
    return [page for page in PAGES if any(kind in kinds and not skip for kind, _, skip in blocks(page))]


def fits(expected: str, said: str) -> bool:
    """Whether an output is the one on the page, where `…` is any text and `…` on its own any lines."""
    lines = [line.rstrip() for line in expected.strip("\n").splitlines()]
    parts = [
        r"(?:.*\n)*" if line == "…" else r".*".join(map(re.escape, line.split("…"))) + r" *\n"
        for line in lines
    ]
    return re.fullmatch("".join(parts), said.rstrip("\n") + "\n") is not None


@pytest.fixture
def environment(embedded_lake: LakeStatus, fonts: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """A reader's shell: nothing configured, the commands installed, a lake that runs."""
    (tmp_path / "home").mkdir()
    return fonts | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path / "home"),
        "LANG": "C.UTF-8",
        "VRE_DM_LAKE_ROOT": str(embedded_lake.root),
    }


@pytest.mark.parametrize("page", pages_with("python", "ipython"), ids=lambda page: page.name)
def test_every_python_example_runs_and_prints_what_the_page_says(
    page: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    cells: list[tuple[str, str | None]] = []
    for kind, body, skip in blocks(page):
        if kind in {"python", "ipython"} and not skip:
            cells.append((body, None))
        elif kind == "text" and cells and cells[-1][1] is None:
            cells[-1] = (cells[-1][0], body)
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=json.dumps([cell for cell, _ in cells]),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for (cell, expected), said in zip(cells, map(json.loads, done.stdout.splitlines()), strict=True):
        assert expected is None or fits(expected, said), f"{cell}\nprinted\n{said}"


@pytest.mark.parametrize("page", pages_with("console"), ids=lambda page: page.name)
def test_every_command_runs_and_answers_what_the_page_says(
    page: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    for kind, body, skip in blocks(page):
        if kind != "console" or skip:
            continue
        for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", body, re.MULTILINE):
            done = subprocess.run(
                ["bash", "-c", command], capture_output=True, text=True, cwd=tmp_path, env=environment
            )
            refused = "Error: " in expected
            assert (done.returncode != 0) is refused, f"{command}\n{done.stdout}{done.stderr}"
            said = done.stderr if refused else done.stdout
            assert not expected or fits(expected, said), f"{command}\nanswered\n{said}"


def test_an_output_of_another_wording_does_not_fit() -> None:
    assert fits("a … c\n…\nend\n", "a b c\nx\ny\nend\n")
    assert fits("…\nend\n", "end\n")
    assert not fits("a … c\n", "a b d\n")
    assert not fits("end\n", "end\nmore\n")


def test_only_installations_logins_in_a_browser_and_what_is_of_a_readers_server_or_hub_are_left_unrun() -> (
    None
):
    for page in PAGES:
        for kind, body, skip in blocks(page):
            excused = re.search(
                r"git clone|pip install|kernels install|login --device|doctor --hub|\$SERVER"
                r"|c\.(JupyterHub|DaskGateway)|helm upgrade",
                body,
            )
            assert not skip or excused, f"{page.name}: {body}"
            data = {"text", "json", "ini", "bibtex", "yaml", "requirements"}
            assert kind in {"python", "ipython", "console", "bash", *data}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name} links to {target}"
        assert not anchor or anchor in anchors(file), f"{page.name} links to {target}"


def test_the_readme_leads_to_every_page_of_docs() -> None:
    linked = set(re.findall(r"\]\((docs/[\w-]+\.md)", (ROOT / "README.md").read_text()))
    assert linked == {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_a_notebook_links_to_nothing_outside_of_its_folder_which_is_all_that_jupyterlab_serves(
    notebook: Path,
) -> None:
    cells = json.loads(notebook.read_text())["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not target.startswith(("https://", "#", "attachment:")):
            assert (notebook.parent / target.partition("#")[0]).resolve() in NOTEBOOKS, target


def anchors(page: Path) -> set[str]:
    """Anchors of a page's headings, spelled as the forges spell them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_names_a_path_of_somebodys_machine(page: Path) -> None:
    text = page.read_text()
    assert str(ROOT) not in text
    named = re.findall(r"(?<![\w.~*:/>…$}])/[a-z]+/[\w./-]*", re.sub(r"\]\([^)]*\)|https?://\S+", "", text))
    assert [path for path in named if not path.startswith(ABSOLUTE)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_target_and_file_that_a_page_names_exists(page: Path) -> None:
    words = re.findall(r"`([^`\n]+)`", page.read_text())
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for word in words:
        if made := re.match(r"make ([a-z-]+)", word):
            assert made[1] in targets, word
        if said := re.match(r"vre-dm ([a-z]+)(?: ([a-z]+))?(?: ([a-z]+))?", word):
            assert_command(word, [part for part in said.groups() if part])
        if re.fullmatch(r"(vre_dm|tests|builders|bench|docs|extension|notebooks|locks)/[\w./*]*", word):
            assert any(ROOT.glob(word)), word
        if re.fullmatch(r"\w*\*\w*\.py", word):
            assert any((ROOT / "vre_dm").rglob(word)), word


def assert_command(text: str, parts: list[str]) -> None:
    """Walk down the command line's groups; what follows a command is its argument."""
    import click

    command: click.Command = main
    for part in parts:
        if not isinstance(command, click.Group):
            return
        found = command.get_command(click.Context(command), part)
        assert found is not None, text
        command = found


def test_the_table_of_the_lakes_content_is_that_of_the_registry() -> None:
    assert between("content", ROOT / "docs/lake.md") == content_table(), f"paste this:\n{content_table()}"


def content_table() -> str:
    """Datasets and containers of the seed as the page shows them."""
    content = seed.load()
    sizes = {(file.scope, file.name): file.bytes for file in content.files}
    rows = ["| DID | files | size | what it is | at |", "|---|---|---|---|---|"]
    for dataset in content.datasets:
        size = size_text(sum(sizes[dataset.scope, name] for name in dataset.files))
        places = ", ".join(rse.partition("-")[0] for rse in dataset.rses)
        rows.append(
            f"| `{dataset.scope}:{dataset.name}` | {len(dataset.files)} | {size} "
            f"| {dataset.metadata['title']} | {places} |"
        )
    rows += ["", "| container | holds |", "|---|---|"]
    rows += [
        f"| `{each.scope}:{each.name}` | {', '.join(f'`{child}`' for child in each.children)} |"
        for each in content.containers
    ]
    return "\n".join(rows)


def between(name: str, page: Path) -> str:
    found = re.search(rf"<!-- {name}: begin -->\n(.*?)\n<!-- {name}: end -->", page.read_text(), re.DOTALL)
    assert found is not None, name
    return found[1]


def test_the_table_of_variables_is_that_of_what_is_read() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| `(\w+)` \|", between("variables", ROOT / "docs/admin.md"), re.MULTILINE
    )
    assert dict(rows) == VARIABLES


def test_the_three_examples_of_a_sites_lake_describe_the_same_one(tmp_path: Path) -> None:
    said = {kind: body for kind, body, _ in blocks(ROOT / "docs/admin.md") if kind in {"json", "bash", "ini"}}
    (tmp_path / ".jupyter").mkdir()
    (tmp_path / ".jupyter" / "jupyter_server_config.json").write_text(said["json"])
    (tmp_path / "rucio.cfg").write_text(said["ini"])
    home = {"HOME": str(tmp_path / "bare"), "RUCIO_HOME": str(tmp_path / "bare")}
    variables = dict(re.findall(r"(RUCIO_\w+)=(\S+)", said["bash"]))
    found = [
        instances.known(home | {"HOME": str(tmp_path)}),
        instances.known(home | variables),
        instances.known(home | {"RUCIO_CONFIG": str(tmp_path / "rucio.cfg")}),
    ]
    assert not [note for known in found for note in known.notes]
    by_jupyter, by_variables, by_cfg = (known.instances[0] for known in found)
    for each in (by_variables, by_cfg):
        for what in ("name", "url", "auth_url", "auth", "ca", "vo"):
            assert getattr(each, what) == getattr(by_jupyter, what), what
        assert str(each.tokens) == str(by_jupyter.tokens) == "file /tmp/rucio_oauth.token"
    assert by_jupyter.mount == by_variables.mount != by_cfg.mount is None
    assert by_jupyter.replicate
    assert by_variables.replicate
    assert by_jupyter.rule_days == by_variables.rule_days == 7


def test_the_table_of_storage_elements_is_the_lakes() -> None:
    for rse in RSES:
        row = re.search(rf"^\| `{rse.name}` \|.*$", (ROOT / "docs/lake.md").read_text(), re.MULTILINE)
        assert row is not None
        quota = f"{rse.quota >> 30} GiB" if rse.quota >= 1 << 30 else f"{rse.quota >> 20} MiB"
        assert all(f" {word} " in row[0] for word in (f"`{rse.scheme}`", rse.country, quota)), row[0]


def direct() -> dict[str, set[str]]:
    """Names of the direct dependencies by the heading they stand under."""
    listed = {"Core": PROJECT["project"]["dependencies"]}
    listed |= {
        f"Extra `{name}`": words for name, words in PROJECT["project"]["optional-dependencies"].items()
    }
    listed |= {f"Group `{name}`": words for name, words in PROJECT["dependency-groups"].items()}
    named = {
        heading: {re.split(r"[^\w.-]", word)[0] for word in words if isinstance(word, str)} - {"vre-dm"}
        for heading, words in listed.items()
    }
    npm = json.loads((ROOT / "extension/package.json").read_text())
    named["The extension"] = {*npm["dependencies"], *npm["devDependencies"]}
    return {heading: names for heading, names in named.items() if names}


def dependency_rows() -> dict[str, dict[str, tuple[str, str]]]:
    """Why and licence by name, by heading."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for section in re.split(r"^## ", (ROOT / "docs/dependencies.md").read_text(), flags=re.MULTILINE)[1:]:
        rows = re.findall(r"^\| `([\w./@-]+)` \| (.+) \| (.+) \|$", section, re.MULTILINE)
        if rows:
            found[section.partition("\n")[0]] = {name: (why, licence) for name, why, licence in rows}
    return found


def test_every_direct_dependency_is_explained_and_no_other() -> None:
    assert {heading: set(rows) for heading, rows in dependency_rows().items()} == direct()


def test_the_licences_are_those_that_the_packages_state() -> None:
    for heading, rows in dependency_rows().items():
        if heading == "The extension":
            continue  # npm's names, of which some are also Python's
        for name, (_, licence) in rows.items():
            try:
                stated = distribution(name).metadata["License-Expression"]
            except (PackageNotFoundError, KeyError):
                continue  # of the lake's private environment, or without a machine-readable licence
            assert stated is None or stated == licence, name


def test_every_file_of_metadata_says_the_same() -> None:
    project, citation = PROJECT["project"], dict(citation_fields())
    assert {vre_dm.__version__, citation["version"], CODEMETA["version"]} == {project["version"]}
    assert {citation["license"], project["license"]} == {"BSD-3-Clause"}
    assert CODEMETA["license"] == "https://spdx.org/licenses/BSD-3-Clause"
    address = project["urls"]["Repository"]
    assert {citation["repository-code"], CODEMETA["codeRepository"]} == {address}
    assert CODEMETA["keywords"] == project["keywords"]
    assert CODEMETA["description"] == project["description"] == citation["abstract"]
    assert f"git clone {address}" in (ROOT / "README.md").read_text()
    (author,) = CODEMETA["author"]
    assert author["name"] == project["authors"][0]["name"]
    assert f'- name: "{author["name"]}"' in (ROOT / "CITATION.cff").read_text()
    assert author["name"] in (ROOT / "LICENSE").read_text()


def citation_fields() -> Iterator[tuple[str, str]]:
    """Top-level texts of CITATION.cff, which is kept flat."""
    for line in (ROOT / "CITATION.cff").read_text().splitlines():
        if found := re.fullmatch(r'([a-z-]+): "?([^"]+?)"?', line):
            yield found[1], found[2]


def test_the_changelog_names_this_version_or_what_is_to_come() -> None:
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert ".dev" in vre_dm.__version__ or vre_dm.__version__ in headings


def test_pictures_stay_small_and_are_used() -> None:
    text = "".join(page.read_text() for page in PAGES)
    for picture in (ROOT / "docs/pictures").iterdir():
        assert picture.stat().st_size <= 200_000, picture.name
        assert picture.name in text
