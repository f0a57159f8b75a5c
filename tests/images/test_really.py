"""What was built on this machine is really started; where nothing was, this says so and what was not run."""

import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from builders.images import binder
from builders.images.building import LOCAL, base_reference
from builders.images.catalogue import Image, images
from builders.images.engine import Engine, able, find
from builders.images.errors import NoEngine
from builders.images.source import source
from builders.images.testing import try_images

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
REGISTRY = next(filter(None, map(shutil.which, ("docker-registry", "registry"))), None)


@pytest.fixture(scope="module")
def engine() -> Engine:
    try:
        found = find()
        if found.inspect(base_reference(source())) is None:
            pytest.skip("no image was started: none was built here (make images)")
        return able(found, base_reference(source()))
    except NoEngine as error:
        pytest.skip(f"no image was started: {error}")


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Registry of this machine alone."""
    if REGISTRY is None:
        pytest.skip("no image was pushed: no registry is installed (apt-get install docker-registry)")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = tmp_path / "registry.yml"
    settings.write_text(
        f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {tmp_path}/kept}}}}\n"
        f"http: {{addr: '127.0.0.1:{port}'}}\n"
    )
    known = tmp_path / "registries.conf"
    known.write_text(f"[[registry]]\nlocation = '127.0.0.1:{port}'\ninsecure = true\n")
    monkeypatch.setenv("CONTAINERS_REGISTRIES_CONF", str(known))
    with subprocess.Popen([REGISTRY, "serve", settings], stderr=subprocess.DEVNULL) as process:
        for _ in range(100):
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/"):
                break
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
        process.terminate()


@pytest.mark.parametrize("image", images(), ids=lambda image: image.name)
def test_an_image_is_as_it_has_to_be(engine: Engine, image: Image) -> None:
    state = source()
    if engine.inspect(image.reference(LOCAL, state.version)) is None:
        pytest.skip(f"that of {image.name} was not started: it was not built here (make images)")
    (tried,) = try_images([image], engine, state, print)
    assert tried.faults == []


def test_a_visitor_of_binder_has_his_plot_in_time(engine: Engine) -> None:
    state = source()
    if engine.inspect(f"{LOCAL}/vre-dm-dm:{state.version}") is None:
        pytest.skip("Binder's image was not started: that of dm was not built here (make images)")
    seen = binder.visit(engine, binder.build(engine, state), print)
    assert seen.faults == []


def test_what_is_pushed_is_there_by_the_digest_that_is_told(engine: Engine, registry: str) -> None:
    if not engine.podman:
        pytest.skip("no image was pushed: docker would have to be told that this registry has no TLS")
    target = f"{registry}/vre-dm-base:1"
    words = ["skopeo", "inspect", "--tls-verify=false", "--format={{.Digest}}"]
    try:
        digest = engine.push(base_reference(source()), target)
        for name in (f"{target}", f"{registry}/vre-dm-base@{digest}"):
            done = subprocess.run([*words, f"docker://{name}"], capture_output=True, text=True, check=True)
            assert done.stdout.strip() == digest
    finally:
        subprocess.run([*engine.runner, "untag", target, target], capture_output=True, check=False)
