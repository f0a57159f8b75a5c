"""How many streams a user allows."""

import pytest

from vre_dm.errors import InvalidConfiguration
from vre_dm.lake.transfer.policy import Policy


def test_the_user_says_how_many_streams_there_may_be():
    assert Policy.read({}) == Policy.read({"VRE_DM_STREAMS": " "}) == Policy()
    assert (Policy.read({"VRE_DM_STREAMS": "2"}).threads, Policy.read({"VRE_DM_STREAMS": "2"}).streams) == (
        2,
        2,
    )
    assert Policy.read({"VRE_DM_STREAMS": "64"}).streams == Policy().streams


@pytest.mark.parametrize("said", ["0", "65", "-1", "many", "1.5", "²", "1" * 99])
def test_what_is_no_number_of_streams_is_refused_by_its_name(said: str):
    with pytest.raises(InvalidConfiguration, match="VRE_DM_STREAMS"):
        Policy.read({"VRE_DM_STREAMS": said})
