"""What the workflow of a release may do, what the linters say of it, and its steps that write, really run."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from builders.images.catalogue import ROOT
from tests.images.programs import program
from tests.images.test_recipes import lint

WORKFLOW = ROOT / ".github" / "workflows" / "release.yml"
NAMES = "The tag is the version, and Binder's registry that of the images"
# tags and digests that a registry has are files; it notes what is copied into it
SKOPEO = """
case "$1" in
login) cat > password;;
list-tags) cat tags || exit 1;;
inspect) cat digest-there || exit 1;;
copy) echo "$*" >> copied; [ "$2" != --digestfile ] || echo sha256:d > "$3";;
esac
"""


def jobs() -> dict[str, Any]:
    """Jobs of the workflow, by name."""
    return dict(yaml.safe_load(WORKFLOW.read_text())["jobs"])


def script(job: str, name: str) -> str:
    """What a step runs."""
    (found,) = [step["run"] for step in jobs()[job]["steps"] if step["name"] == name]
    return str(found)


def ran(folder: Path, text: str, **given: str) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub does where a workflow says that its shell is bash."""
    if shutil.which("jq") is None:
        pytest.skip("no step of the workflow was run: jq is not installed (apt-get install jq)")
    (folder / "bin").mkdir(exist_ok=True)
    program(folder / "bin", "skopeo", SKOPEO)
    own = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "GITHUB_OUTPUT": str(folder / "output")}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", text],
        cwd=folder,
        env=own | {"GITHUB_ACTOR": "me", "TOKEN": "of-this-test-alone", "HOST": "ghcr.io"} | given,
        capture_output=True,
        text=True,
        check=False,
    )


def sums(folder: Path, *names: str) -> str:
    """What the job that wrote files says of them."""
    lines = (f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in names)
    return "\n".join(lines)


def test_zizmor_finds_nothing_in_the_workflow() -> None:
    lint("zizmor", "--offline", "--no-progress", WORKFLOW)


def test_the_workflow_follows_its_schema() -> None:
    check = pytest.importorskip("check_jsonschema", reason="check-jsonschema was not run: make install")
    # not in a process of its own: to load jsonschema there can take longer than all else in this file
    said = CliRunner().invoke(check.main, ["--builtin-schema", "vendor.github-workflows", str(WORKFLOW)])
    assert said.exit_code == 0, said.output


def test_every_action_is_pinned_by_its_commit() -> None:
    used = re.findall(r"uses: (\S+)( # v\S+)?$", WORKFLOW.read_text(), re.MULTILINE)
    assert used
    for action, version in used:
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", action), action
        assert version, action


def test_a_job_with_programs_of_others_can_write_and_sign_nothing() -> None:
    foreign, writing = [], []
    for name, job in jobs().items():
        used = [step["uses"] for step in job["steps"] if "uses" in step]
        if not all(each.startswith("actions/") for each in used):
            foreign.append(name)
            assert set(job["permissions"].values()) == {"read"}, name
        if set(job["permissions"].values()) != {"read"}:
            writing.append(name)
            # neither the project nor what is in an image is run there
            said = "\n".join(step.get("run", "") for step in job["steps"])
            assert not any("checkout" in each for each in used), name
            assert not re.search(r"\b(make|python3?|sudo|podman|buildah|docker run|pip|npm)\b", said), name
    assert foreign == ["scan"]
    assert writing == ["push", "attest", "release"]


def test_an_image_has_its_version_only_after_it_was_scanned_and_says_where_it_comes_from() -> None:
    found = jobs()
    order = ["checks", "images", "push", "scan", "attest", "release"]
    for name, before in zip(order[1:], order, strict=False):
        needs = found[name]["needs"]
        assert before in ([needs] if isinstance(needs, str) else needs), name
    said = {name: "\n".join(step.get("run", "") for step in job["steps"]) for name, job in found.items()}
    assert '"docker://$image:$VERSION-candidate"' in said["push"]
    versions = [name for name, text in said.items() if re.search(r"docker://\S*:\$VERSION(?!-cand)", text)]
    assert versions == ["release"]


def test_the_registry_is_that_of_the_list_of_images_and_the_token_goes_to_github_alone() -> None:
    text = WORKFLOW.read_text()
    assert "ghcr.io/" not in text
    assert '"images/images.toml"' in text
    assert 'test "$host" = ghcr.io\n' in script("names", NAMES)


@pytest.mark.parametrize(
    ("registry", "tag", "taken"),
    [
        ("ghcr.io/borealis", "v1.0", True),
        ("example.org", "v1.0", False),
        ("ghcr.io.example.org/borealis", "v1.0", False),
        ("ghcr.io/borealis", "v1.1", False),
    ],
)
def test_names_are_read_of_the_project_for_the_tag_of_its_version(
    tmp_path: Path, registry: str, tag: str, taken: bool
) -> None:
    for name, text in {
        "pyproject.toml": '[project]\nversion = "1.0"\n',
        "images/images.toml": f'registry = "{registry}"\n[base]\nsize = 1\n[dm]\nsize = 2\n',
        "binder/Dockerfile": f"ARG REGISTRY={registry}\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    done = ran(tmp_path, script("names", NAMES), GITHUB_REF_NAME=tag)
    assert (done.returncode == 0) == taken, done.stderr
    if taken:
        said = (tmp_path / "output").read_text().splitlines()
        assert said == ["host=ghcr.io", 'images=["base", "dm"]', f"registry={registry}", "version=1.0"]


def test_what_is_pushed_is_the_archive_that_was_tried(tmp_path: Path) -> None:
    text = script("push", "Push them under tags that nobody looks for")
    (tmp_path / "images.tar").write_text("all of them")
    given = {"REGISTRY": "ghcr.io/borealis", "VERSION": "1.0", "IMAGES": '["base", "dm"]'}
    meant = sums(tmp_path, "images.tar")
    done = ran(tmp_path, text, **given, SUMS=meant)
    assert done.returncode == 0, done.stderr
    copied = (tmp_path / "copied").read_text()
    assert (
        "docker-archive:images.tar:localhost/vre-dm-dm:1.0 docker://ghcr.io/borealis/vre-dm-dm:1.0-" in copied
    )
    output = (tmp_path / "output").read_text()
    assert json.loads(output.removeprefix("published=")) == [
        {"name": name, "reference": f"ghcr.io/borealis/vre-dm-{name}", "digest": "sha256:d"}
        for name in ("base", "dm")
    ]
    (tmp_path / "copied").unlink()
    (tmp_path / "images.tar").write_text("others")
    for said in (meant, ""):
        assert ran(tmp_path, text, **given, SUMS=said).returncode != 0
    assert not (tmp_path / "copied").exists()


def test_a_bill_that_was_exchanged_is_not_signed(tmp_path: Path) -> None:
    text = script("attest", "The bill is the one that was written where the image was tried")
    for name in ("base", "dm"):
        (tmp_path / f"{name}.cdx.json").write_text(name)
    (tmp_path / "images.tar").write_text("is not here any more")
    meant = sums(tmp_path, "images.tar", "./base.cdx.json", "./dm.cdx.json")
    (tmp_path / "images.tar").unlink()
    assert ran(tmp_path, text, NAME="dm", SUMS=meant).returncode == 0
    (tmp_path / "dm.cdx.json").write_text("another")
    assert ran(tmp_path, text, NAME="dm", SUMS=meant).returncode != 0
    assert ran(tmp_path, text, NAME="root", SUMS=meant).returncode != 0


@pytest.mark.parametrize(
    ("tags", "there", "given"),
    [
        ('{"Tags": ["1.0-candidate", "1.0.1", "0.9"]}', None, True),
        ('{"Tags": ["1.0", "1.0-candidate"]}', "sha256:a", True),
        ('{"Tags": ["1.0", "1.0-candidate"]}', "sha256:b", False),
        # what a registry does not tell is no leave to write over it
        ('{"Tags": ["1.0", "1.0-candidate"]}', None, False),
        ('{"Tags": null}', None, False),
        ("", None, False),
        (None, None, False),
    ],
    ids=["new", "the same", "another", "no digest", "null", "nothing", "no answer"],
)
def test_a_version_that_is_out_stays_what_it_is(
    tmp_path: Path, tags: str | None, there: str | None, given: bool
) -> None:
    for name, said in (("tags", tags), ("digest-there", there)):
        if said is not None:
            (tmp_path / name).write_text(said)
    published = '[{"name": "dm", "reference": "ghcr.io/borealis/vre-dm-dm", "digest": "sha256:a"}]'
    text = script("release", "The same images, by their digests")
    done = ran(tmp_path, text, PUBLISHED=published, VERSION="1.0")
    assert (done.returncode == 0) == given, done.stderr
    assert (tmp_path / "copied").exists() == given


def test_steps_run_as_they_are_tried_here() -> None:
    assert yaml.safe_load(WORKFLOW.read_text())["defaults"]["run"]["shell"] == "bash"
