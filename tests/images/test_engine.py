"""An engine is taken when it really answers, and is asked for nothing that it would fetch."""

from pathlib import Path

import pytest

from builders.images.engine import Engine, able, find, run
from builders.images.errors import ImagesError, NoEngine
from tests.images.programs import program


def test_without_an_engine_the_text_says_what_to_install(path: Path) -> None:
    with pytest.raises(
        NoEngine, match=r"neither buildah with podman .*apt-get install buildah podman.* nor docker"
    ):
        find()


def test_a_client_whose_engine_does_not_answer_is_no_engine(path: Path) -> None:
    program(path, "docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    with pytest.raises(NoEngine):
        find()


def test_buildah_without_podman_is_not_taken(path: Path) -> None:
    program(path, "buildah", "exit 0")
    program(path, "docker", "exit 0")
    assert find() == Engine(("docker",), ("docker",))


def test_buildah_with_podman_comes_first(path: Path) -> None:
    for name in ("buildah", "podman", "docker"):
        program(path, name, "exit 0")
    assert find() == Engine(("buildah",), ("podman",))


def test_containers_that_only_start_with_few_rights_are_started_so(path: Path) -> None:
    program(
        path,
        "podman",
        'case "$*" in *--runtime=runc*) exit 0;; esac; echo "setrlimit: not permitted" >&2; exit 1',
    )
    modest = able(Engine(("buildah",), ("podman",)), "debian")
    assert modest.runner[:2] == ("podman", "--runtime=runc")
    assert modest.podman


def test_where_no_container_starts_the_text_has_what_the_engine_says(path: Path) -> None:
    program(path, "docker", 'echo "no space left" >&2; exit 1')
    with pytest.raises(NoEngine, match="no container starts here: no space left"):
        able(Engine(("docker",), ("docker",)), "debian")


def test_a_build_pulls_nothing_and_keeps_the_health_check(path: Path, tmp_path: Path) -> None:
    program(path, "buildah", f'echo "$@" > {tmp_path}/said')
    engine = Engine(("buildah",), ("podman",))
    with (tmp_path / "log").open("w") as log:
        engine.build("context", "Containerfile", "localhost/x:1", {"DEBIAN": "x"}, {"made": "today"}, log)
    said = (tmp_path / "said").read_text().split()
    assert {"--pull-never", "--format=docker", "--build-arg=DEBIAN=x", "--label=made=today"} <= set(said)
    assert "--tag=localhost/x:1" in said
    assert said[-1] == "context"


def test_a_failing_build_names_its_log(path: Path, tmp_path: Path) -> None:
    program(path, "buildah", "echo what went wrong; exit 3")
    with (
        (tmp_path / "build.log").open("w") as log,
        pytest.raises(ImagesError, match=r"buildah build.*build\.log"),
    ):
        Engine(("buildah",), ("podman",)).build("context", "Containerfile", "x:1", {}, {}, log)
    assert (tmp_path / "build.log").read_text() == "what went wrong\n"


def test_what_is_not_here_has_no_labels(path: Path) -> None:
    program(path, "podman", "exit 125")
    engine = Engine(("buildah",), ("podman",))
    assert engine.inspect("x") is None
    assert engine.labels("x") == {}


def test_labels_are_those_of_the_configuration(path: Path) -> None:
    program(path, "podman", """echo '[{"Config": {"Labels": {"a": "b"}}}]'""")
    assert Engine(("buildah",), ("podman",)).labels("x") == {"a": "b"}


def test_the_end_of_what_a_command_says_is_in_the_error(path: Path) -> None:
    program(path, "podman", "echo a reason >&2; exit 1")
    with pytest.raises(ImagesError, match="podman tag fails: a reason"):
        run(["podman", "tag", "a", "b"])


def test_an_image_that_is_here_is_no_answer_of_a_registry(path: Path, tmp_path: Path) -> None:
    program(path, "buildah", f'echo "$@" > {tmp_path}/said')
    assert Engine(("buildah",), ("podman",)).pull("debian")
    assert "--policy=always" in (tmp_path / "said").read_text().split()


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("ghcr.io/alice/vre-dm-base", "ghcr.io/alice/vre-dm-base"),
        ("docker.io/alice/vre-dm-base", "alice/vre-dm-base"),
        ("docker.io/library/vre-dm-base", "vre-dm-base"),
        ("localhost:5000/vre-dm-base", "localhost:5000/vre-dm-base"),
    ],
)
def test_docker_says_the_digest_by_the_name_that_it_shortens(path: Path, target: str, said: str) -> None:
    digests = f'["example.org/other@sha256:1", "{said}@sha256:2"]'
    program(path, "docker", f"""case "$1" in image) echo '[{{"RepoDigests": {digests}}}]';; esac""")
    assert Engine(("docker",), ("docker",)).push("localhost/x:1", f"{target}:1") == "sha256:2"


def test_a_push_of_which_docker_says_no_digest_is_told_as_one(path: Path) -> None:
    program(path, "docker", """case "$1" in image) echo '[{"RepoDigests": []}]';; esac""")
    with pytest.raises(ImagesError, match="was pushed, but docker does not say by which digest"):
        Engine(("docker",), ("docker",)).push("localhost/x:1", "ghcr.io/alice/x:1")
