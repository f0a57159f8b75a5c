"""What was built on this machine is really started; where nothing was, this says so and what was not run."""

import pytest

from builders.images.building import LOCAL
from builders.images.catalogue import images
from builders.images.debian import REFERENCE
from builders.images.engine import Engine, able, find
from builders.images.errors import NoEngine
from builders.images.source import source
from builders.images.testing import try_images


@pytest.fixture
def engine() -> Engine:
    try:
        return able(find(), REFERENCE)
    except NoEngine as error:
        pytest.skip(f"no image was started: {error}")


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_image_of_base_is_as_it_has_to_be(engine: Engine) -> None:
    base, state = images()[0], source()
    if engine.inspect(base.reference(LOCAL, state.version)) is None:
        pytest.skip("no image was started: none was built here (make images)")
    (tried,) = try_images([base], engine, state, print)
    assert tried.faults == []
